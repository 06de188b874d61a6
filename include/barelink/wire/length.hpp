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

// Returns would_block if more bytes must come, malformed_packet for a fifth byte or for a longer form than needed
// (5.0 forbids it [MQTT-1.5.5-1]; no 3.1.1 encoder writes it, and a peer that does may not agree with us on the end).
[[nodiscard]] constexpr result<decoded_length> read_length(bytes_in from) noexcept {
    std::uint32_t value = 0;
    unsigned      size  = 0;
    auto          error = errc::would_block;
    while (error == errc::would_block && size < from.size()) {
        auto const byte = octet(from[size]);
        value |= static_cast<std::uint32_t>(byte & 0x7F) << (7 * size);
        if (byte < 0x80) error = errc::ok;
        if (byte < 0x80 ? size != 0 && byte == 0 : size == 3) error = errc::malformed_packet;
        ++size;
    }
    return {decoded_length{value, static_cast<std::uint8_t>(size)}, error};
}

}  // namespace barelink::inline v0
