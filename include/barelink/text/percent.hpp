// SPDX-License-Identifier: BSL-1.0
// Percent encoding of URLs and form bodies [RFC 3986, 2.1].
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/hex.hpp>

namespace barelink::inline v0 {

// What needs no escape anywhere in a URL [RFC 3986, 2.3].
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

// `out << percent{text}`: everything but unreserved characters as % and two capital digits. The strictest form: right
// in a path segment, a query, a form body, an SAS token and a SigV4 signature alike.
struct percent {
    std::string_view text = {};

    friend constexpr builder& operator<<(builder& out, percent const& p) noexcept {
        for (char const c : p.text) {
            if (is_unreserved(c)) {
                out << c;
            } else {
                auto const value = octet(c);
                out << '%' << hex_digit(value >> 4U, true) << hex_digit(value & 15U, true);
            }
        }
        return out;
    }
};

// Reads it back; '+' stays itself. Returns how many bytes were written; malformed_text for a '%' without two digits,
// text_too_long if they do not fit.
[[nodiscard]] constexpr result<std::size_t> read_percent(std::string_view text, bytes_out to) noexcept {
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (text.size() - i < 3) return errc::malformed_text;
            auto const high = hex_value(text[i + 1]);
            auto const low  = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return errc::malformed_text;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (size == to.size()) return errc::text_too_long;
        to[size++] = c;
    }
    return size;
}

}  // namespace barelink::inline v0
