// SPDX-License-Identifier: BSL-1.0
// Bytes as hexadecimal digits. Ours, because wolfCrypt's Base16 writes capital letters, which SigV4 forbids, and a zero
// behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/text/builder.hpp>

namespace barelink::inline v0 {

[[nodiscard]] constexpr char hex_digit(unsigned value, bool capital = false) noexcept {
    auto const ten = capital ? 'A' : 'a';
    return static_cast<char>(value < 10 ? '0' + static_cast<int>(value) : ten + static_cast<int>(value) - 10);
}

// 0..15, or -1 for what is no hexadecimal digit of either case.
[[nodiscard]] constexpr int hex_value(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// `out << hex{digest}`: two digits for each byte, small letters unless capitals are asked for.
struct hex {
    bytes_in bytes   = {};
    bool     capital = false;

    friend constexpr builder& operator<<(builder& out, hex const& h) noexcept {
        auto const to = out.extend(2 * h.bytes.size());
        for (std::size_t i = 0; i < to.size(); ++i) {
            auto const value = octet(h.bytes[i / 2]);
            to[i]            = hex_digit(i % 2 == 0 ? value >> 4U : value & 15U, h.capital);
        }
        return out;
    }
};

// Reads pairs of digits. Returns how many bytes they are; malformed_text for anything else than pairs of digits,
// text_too_long if the bytes do not fit.
[[nodiscard]] constexpr result<std::size_t> read_hex(std::string_view digits, bytes_out to) noexcept {
    if (digits.size() % 2 != 0) return errc::malformed_text;
    auto const size = digits.size() / 2;
    if (size > to.size()) return errc::text_too_long;
    for (std::size_t i = 0; i < size; ++i) {
        auto const high = hex_value(digits[2 * i]);
        auto const low  = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) return errc::malformed_text;
        to[i] = static_cast<char>(high * 16 + low);
    }
    return size;
}

}  // namespace barelink::inline v0
