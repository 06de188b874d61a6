// SPDX-License-Identifier: BSL-1.0
// The characters of a JSON string, both ways [RFC 8259, 7].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/hex.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0 {

// `out << json_string{text}`: in quotes, with the escapes that JSON requires. Requires: `text` is UTF-8.
struct json_string {
    std::string_view text = {};

    friend constexpr builder& operator<<(builder& out, json_string const& s) noexcept {
        out << '"';
        for (char const c : s.text) {
            auto const value = octet(c);
            if (c == '"' || c == '\\') {
                out << '\\' << c;
            } else if (value < 0x20) {
                out << "\\u00" << hex_digit(value >> 4U) << hex_digit(value & 15U);
            } else {
                out << c;
            }
        }
        return out << '"';
    }
};

namespace detail {
// Four digits of \uXXXX, or -1.
[[nodiscard]] constexpr std::int32_t json_unit(std::string_view text, std::size_t at) noexcept {
    if (text.size() < at + 4) return -1;
    std::int32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
        auto const digit = hex_value(text[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

constexpr void add_utf8(builder& out, std::uint32_t code) noexcept {
    auto const tail = [&](unsigned shift) { out << static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) {
        out << static_cast<char>(code);
    } else if (code < 0x800) {
        out << static_cast<char>(0xC0U | (code >> 6));
        tail(0);
    } else if (code < 0x1'0000) {
        out << static_cast<char>(0xE0U | (code >> 12));
        tail(6);
        tail(0);
    } else {
        out << static_cast<char>(0xF0U | (code >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

// The code point of the \u escape whose digits begin at `at`, which moves behind it; -1 for half a surrogate pair.
[[nodiscard]] constexpr std::int32_t json_code_point(std::string_view text, std::size_t& at) noexcept {
    auto const high = json_unit(text, at);
    at += 4;
    if (high < 0xD800 || high > 0xDFFF) return high;
    if (high > 0xDBFF || !slice(text, at).starts_with("\\u")) return -1;
    auto const low = json_unit(text, at + 2);
    at += 6;
    return low >= 0xDC00 && low <= 0xDFFF ? 0x1'0000 + (high - 0xD800) * 0x400 + (low - 0xDC00) : -1;
}
}  // namespace detail

// Appends the characters of a string that stands without its quotes. Returns malformed_json for an escape that JSON
// does not have, text_too_long.
constexpr errc read_json_string(std::string_view text, builder& out) noexcept {
    constexpr std::string_view short_names = "\"\\/bfnrt";
    constexpr std::string_view meant       = "\"\\/\b\f\n\r\t";
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '\\') {
            out << text[i++];
            continue;
        }
        if (++i == text.size()) return errc::malformed_json;
        char const c = text[i++];
        if (c == 'u') {
            auto const code = detail::json_code_point(text, i);
            if (code < 0) return errc::malformed_json;
            detail::add_utf8(out, static_cast<std::uint32_t>(code));
            continue;
        }
        auto const which = short_names.find(c);
        if (which == std::string_view::npos) return errc::malformed_json;
        out << meant[which];
    }
    return out.error();
}

}  // namespace barelink::inline v0
