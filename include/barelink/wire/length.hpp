// SPDX-License-Identifier: BSL-1.0
// The Remaining Length: one to four bytes of seven bits, the low ones first [2.2.3].
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

inline constexpr std::uint32_t remaining_length_max = 268'435'455;

[[nodiscard]] constexpr std::uint8_t length_size(std::size_t value) noexcept {
    std::uint8_t size = 1;
    while ((value >>= 7) != 0) ++size;
    return size;
}

// A whole packet of which `remaining` bytes follow the fixed header.
[[nodiscard]] constexpr std::size_t packet_size(std::size_t remaining) noexcept {
    return 1U + length_size(remaining) + remaining;
}

// Requires: room for length_size(value) bytes, value <= remaining_length_max. Returns the end of what it wrote.
constexpr char* write_length(char* to, std::uint32_t value) noexcept {
    while (value > 0x7F) {
        *to++ = static_cast<char>((value & 0x7F) | 0x80);
        value >>= 7;
    }
    *to++ = static_cast<char>(value);
    return to;
}

struct decoded_length {
    std::uint32_t value = 0;
    std::uint8_t  size  = 0;  // bytes that it took

    friend constexpr bool operator==(decoded_length, decoded_length) = default;
};

namespace detail {
// What is no length: the rest is to come, or it is malformed.
inline constexpr std::uint32_t length_unfinished = 0xFFFF'FFFFU;
inline constexpr std::uint32_t length_malformed  = 0xFFFF'FFFEU;

// The length in front of `count` bytes. Its shortest form is the only one, so length_size() says how long it was.
BARELINK_NOINLINE constexpr std::uint32_t scan_length(char const* from, std::size_t count) noexcept {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        if (count-- == 0) return length_unfinished;
        auto const byte = octet(*from++);
        value |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return byte == 0 && shift != 0 ? length_malformed : value;
    }
    return length_malformed;
}

[[nodiscard]] constexpr errc length_error(std::uint32_t scanned) noexcept {
    return scanned <= remaining_length_max ? errc::ok
           : scanned == length_unfinished  ? errc::would_block
                                           : errc::malformed_packet;
}
}  // namespace detail

// Returns would_block if more bytes must come (with how many are there), malformed_packet for a fifth byte or for a
// longer form than needed (5.0 forbids it [MQTT-1.5.5-1]; no 3.1.1 encoder writes it, and a peer that does may not
// agree with us on the end).
[[nodiscard]] constexpr result<decoded_length> read_length(bytes_in from) noexcept {
    auto const value = detail::scan_length(from.data(), from.size());
    auto const error = detail::length_error(value);
    if (error == errc::would_block) return {decoded_length{0, static_cast<std::uint8_t>(from.size())}, error};
    if (error != errc::ok) return error;
    return decoded_length{value, length_size(value)};
}

}  // namespace barelink::inline v0
