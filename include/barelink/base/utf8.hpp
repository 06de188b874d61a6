// SPDX-License-Identifier: BSL-1.0
// Which strings MQTT allows: well-formed UTF-8 without surrogates [MQTT-1.5.3-1] and without U+0000 [MQTT-1.5.3-2].
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0 {

// Length of the well-formed character at the front of `text`, 0 if there is none [RFC 3629, 4]. Requires: a first
// byte of 0x80 or more. Work: at most four bytes.
[[nodiscard]] constexpr std::size_t utf8_multibyte(std::string_view text) noexcept {
    auto const first = octet(text[0]);
    // The lead byte says how many follow; only the second byte has bounds of its own: they keep out overlong
    // forms (E0, F0), surrogates (ED) and what lies above U+10FFFF (F4).
    std::size_t const size = first < 0xC2 ? 0U : first < 0xE0 ? 2U : first < 0xF0 ? 3U : first < 0xF5 ? 4U : 0U;
    if (size == 0 || text.size() < size) return 0;
    std::uint8_t const low  = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    std::uint8_t const high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (octet(text[1]) < low || octet(text[1]) > high) return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if ((octet(text[i]) & 0xC0) != 0x80) return 0;
    }
    return size;
}

// What a string has beyond plain characters; bits of utf8_scan().
enum : std::uint8_t {
    utf8_ill_formed = 1,
    utf8_wildcard   = 2,  // '+' or '#'
};

namespace detail {
// How many bytes in front are surely plain: on 64-bit hosts eight at a time, elsewhere the loop below is shorter.
[[nodiscard]] constexpr std::size_t plain_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    if (sizeof(std::size_t) < 8 || std::is_constant_evaluated()) return at;
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
    constexpr std::uint64_t tops = 0x8080'8080'8080'8080U;
    for (; text.size() - at >= 8; at += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, 8);
        // A byte of (x - 1) & ~x has its top bit set only if x was 0 there, or if a lower byte borrowed: then it is
        // looked at once more, one by one. '#' and '+' differ in one bit.
        auto const plain = (eight | 0x0808'0808'0808'0808U) ^ (ones * ('#' | '+'));
        if ((((eight - ones) | eight | (plain - ones)) & tops) != 0) break;
    }
    return at;
}
}  // namespace detail

// Reads a string once for all rules of MQTT on strings. Work: its length.
[[nodiscard]] BARELINK_NOINLINE constexpr std::uint8_t utf8_scan(std::string_view text) noexcept {
    std::uint8_t      found = 0;
    char const*       at    = text.data() + detail::plain_prefix(text);
    char const* const end   = text.data() + text.size();
    while (at != end) {
        auto const c = octet(*at);
        // From ',' to DEL there is nothing special, and topics have little else.
        if (static_cast<unsigned>(c - ',') < 0x80U - ',') {
            ++at;
        } else if (c >= 0x80) {
            auto const size = utf8_multibyte({at, static_cast<std::size_t>(end - at)});
            if (size == 0) return utf8_ill_formed;
            at += size;
        } else {
            if (c == 0) return utf8_ill_formed;
            if (c == '+' || c == '#') found = utf8_wildcard;
            ++at;
        }
    }
    return found;
}

// Whether a payload is text; other than in MQTT's own strings, U+0000 may be in it [5.0, 3.3.2.3.2].
[[nodiscard]] constexpr bool is_utf8_payload(std::string_view payload) noexcept {
    for (std::size_t start = 0; start <= payload.size();) {
        auto end = start;
        while (end < payload.size() && payload[end] != 0) ++end;
        if ((utf8_scan({payload.data() + start, end - start}) & utf8_ill_formed) != 0) return false;
        start = end + 1;
    }
    return true;
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    return (utf8_scan(text) & utf8_ill_formed) == 0;
}

}  // namespace barelink::inline v0
