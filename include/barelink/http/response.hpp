// SPDX-License-Identifier: BSL-1.0
// The head of a response, line by line [RFC 9112, 4 and 5].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/http/grammar.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::http {

struct response {
    std::uint16_t status     = 0;
    bool          chunked    = false;
    bool          has_length = false;
    bool          has_range  = false;  // a part of the whole [RFC 9110, 14.4]
    std::uint64_t length     = 0;      // of this body, if has_length
    std::uint64_t first      = 0;      // where this body begins in the whole
    std::uint64_t last       = 0;      // and ends, if has_range
    std::uint64_t total      = 0;      // size of the whole; 0 if it is not known

    friend constexpr bool operator==(response const&, response const&) = default;
};

namespace detail {
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    auto const blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

// Takes decimal digits off the front. False if there is none, or more than 2^62.
[[nodiscard]] constexpr bool take_number(std::string_view& text, std::uint64_t& value) noexcept {
    std::size_t digits = 0;
    value              = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        if (value > (std::uint64_t{1} << 62) / 10) return false;
        value = value * 10 + static_cast<std::uint64_t>(text[digits] - '0');
    }
    text.remove_prefix(digits);
    return digits != 0;
}
[[nodiscard]] constexpr bool take(std::string_view& text, std::string_view what) noexcept {
    if (!starts_alike(text, what)) return false;
    text.remove_prefix(what.size());
    return true;
}
}  // namespace detail

// Reads the first line. Returns malformed_response, also for a version other than 1.0 and 1.1.
[[nodiscard]] constexpr errc read_status_line(std::string_view line, response& out) noexcept {
    std::uint64_t status = 0;
    if (!line.starts_with("HTTP/1.0 ") && !line.starts_with("HTTP/1.1 ")) return errc::malformed_response;
    auto digits = slice(line, 9, 3);
    auto rest   = slice(line, 9 + digits.size());
    if (digits.size() != 3 || !detail::take_number(digits, status) || !digits.empty() || status < 100) {
        return errc::malformed_response;
    }
    if (!rest.empty() && rest[0] != ' ') return errc::malformed_response;
    out        = {};
    out.status = static_cast<std::uint16_t>(status);
    return errc::ok;
}

namespace detail {
[[nodiscard]] constexpr errc read_length(std::string_view value, response& out) noexcept {
    std::uint64_t length = 0;
    if (!take_number(value, length) || !value.empty() || (out.has_length && out.length != length)) {
        return errc::malformed_response;
    }
    out.length     = length;
    out.has_length = true;
    return errc::ok;
}

// "bytes 5-9/10", or "bytes */10" beside a refusal.
[[nodiscard]] constexpr errc read_range(std::string_view value, response& out) noexcept {
    if (!take(value, "bytes ")) return errc::malformed_response;
    if (!take(value, "*")) {
        if (!take_number(value, out.first) || !take(value, "-") || !take_number(value, out.last) ||
            out.last < out.first) {
            return errc::malformed_response;
        }
        out.has_range = true;
    }
    if (!take(value, "/")) return errc::malformed_response;
    if (take(value, "*")) return value.empty() ? errc::ok : errc::malformed_response;
    bool const good = take_number(value, out.total) && value.empty() && (!out.has_range || out.last < out.total);
    return good ? errc::ok : errc::malformed_response;
}
}  // namespace detail

// Reads one header field. `location` becomes a view of the line if the field is one. Returns malformed_response for a
// line that is no field, a folded one, a length that is none or another one, and a coding other than chunked.
[[nodiscard]] constexpr errc read_field(std::string_view line, response& out, std::string_view& location) noexcept {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || !detail::is_token(slice(line, 0, colon))) return errc::malformed_response;
    auto const field = slice(line, 0, colon);
    auto const value = detail::trim(slice(line, colon + 1));
    if (!detail::is_field_value(value)) return errc::malformed_response;
    if (same_alike(field, "content-length")) return detail::read_length(value, out);
    if (same_alike(field, "content-range")) return detail::read_range(value, out);
    if (same_alike(field, "location")) location = value;
    if (same_alike(field, "transfer-encoding")) {
        // Twice chunked is not chunked.
        if (out.chunked || !same_alike(value, "chunked")) return errc::malformed_response;
        out.chunked = true;
    }
    return errc::ok;
}

// Whether the head as a whole can be. Returns malformed_response for a body that is chunked and has a length, which is
// how requests are smuggled past proxies [RFC 9112, 6.3], and for a part whose length is not that of its range.
[[nodiscard]] constexpr errc check(response const& r) noexcept {
    if (r.chunked && r.has_length) return errc::malformed_response;
    if (r.status != 206) return errc::ok;
    if (!r.has_range) return errc::malformed_response;
    return r.has_length && r.length != r.last - r.first + 1 ? errc::malformed_response : errc::ok;
}

}  // namespace barelink::inline v0::http
