// SPDX-License-Identifier: BSL-1.0
// Bytes are `char`, so that topics, payloads and packets are views of one buffer, also in constant expressions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

using bytes_in  = std::span<char const>;
using bytes_out = std::span<char>;

// The same bytes as text. Lifetime: that of `b`.
[[nodiscard]] constexpr std::string_view text_of(bytes_in b) noexcept { return {b.data(), b.size()}; }

// A binary payload as the view that publish() takes. Lifetime: that of `b`.
[[nodiscard]] inline std::string_view text_of(std::span<std::uint8_t const> b) noexcept {
    return {reinterpret_cast<char const*>(b.data()), b.size()};
}

// The bytes of a payload as numbers 0..255. Lifetime: that of `text`.
[[nodiscard]] inline std::span<std::uint8_t const> octets_of(std::string_view text) noexcept {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

namespace detail {
// Packets have odd offsets, at which the libraries of small chips copy byte by byte as well, in ten times the flash.
// Where both ends are even, two bytes go at a time.
#if defined(__GNUC__)
using half_word [[gnu::may_alias]] = std::uint16_t;
#else
using half_word = char;
#endif
BARELINK_NOINLINE constexpr void copy_forward(char* to, char const* from, std::size_t count) noexcept {
    if (!std::is_constant_evaluated()) {
        auto const ends = reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from);
        for (; ends % 2 == 0 && count >= 4 * sizeof(half_word); count -= 4 * sizeof(half_word)) {
            auto* const       t = reinterpret_cast<half_word*>(to);
            auto const* const f = reinterpret_cast<half_word const*>(from);
            t[0] = f[0];
            t[1] = f[1];
            t[2] = f[2];
            t[3] = f[3];
            to += 4 * sizeof(half_word);
            from += 4 * sizeof(half_word);
        }
    }
    for (; count >= 4; count -= 4, to += 4, from += 4) {
        to[0] = from[0];
        to[1] = from[1];
        to[2] = from[2];
        to[3] = from[3];
    }
    while (count-- != 0) *to++ = *from++;
}
// The last byte first, for an area that moves towards its end.
BARELINK_NOINLINE constexpr void copy_backward(char* to, char const* from, std::size_t count) noexcept {
    for (; count != 0; --count) to[count - 1] = from[count - 1];
}
}  // namespace detail

// Copies `count` bytes, the first one first: the areas may overlap if `to` is the one in front.
constexpr void move_bytes(char* to, char const* from, std::size_t count) noexcept {
    if (std::is_constant_evaluated() || sizeof(void*) < 8) {
        detail::copy_forward(to, from, count);
    } else if (count != 0) {
        std::memmove(to, from, count);
    }
}

// a == b, without a C library's comparison.
[[nodiscard]] constexpr bool same_text(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

[[nodiscard]] constexpr std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

// Two bytes, the high one first [MQTT-1.5.2].
[[nodiscard]] constexpr std::uint16_t load_u16(char const* from) noexcept {
    return static_cast<std::uint16_t>((octet(from[0]) << 8) | octet(from[1]));
}

constexpr char* store_u16(char* to, std::uint16_t value) noexcept {
    to[0] = static_cast<char>(value >> 8);
    to[1] = static_cast<char>(value & 0xFF);
    return to + 2;
}

}  // namespace barelink::inline v0
