// SPDX-License-Identifier: BSL-1.0
// The parts of a URL, as far as a device follows one [RFC 3986].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/http/grammar.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::http {

// Lifetime: views of the text it was read from.
struct url {
    bool             tls  = true;
    std::string_view host = {};
    std::uint16_t    port = 443;
    std::string_view path = "/";  // and query; begins with '/', except in a text that lacks it

    friend constexpr bool operator==(url const&, url const&) = default;
};

[[nodiscard]] constexpr std::uint16_t default_port(bool tls) noexcept { return tls ? 443 : 80; }

namespace detail {
// Host and port of an authority, `out.tls` being known. User names and IPv6 addresses are not followed.
[[nodiscard]] constexpr errc read_authority(std::string_view text, url& out) noexcept {
    auto const colon = text.find(':');
    out.host         = slice(text, 0, colon);
    out.port         = default_port(out.tls);
    if (out.host.empty() || text.find_first_of("@[]\\?<>\"") != std::string_view::npos) return errc::bad_url;
    if (colon == std::string_view::npos) return errc::ok;
    std::uint32_t port = 0;
    for (char const c : slice(text, colon + 1)) {
        if (c < '0' || c > '9' || port > 0xFFFF) return errc::bad_url;
        port = port * 10 + static_cast<std::uint32_t>(c - '0');
    }
    out.port = static_cast<std::uint16_t>(port);
    return port == 0 || port > 0xFFFF ? errc::bad_url : errc::ok;
}
}  // namespace detail

// Reads http://host[:port][/path][?query] or the same with https; a fragment is dropped. Returns bad_url for anything
// else. Work: the length.
[[nodiscard]] constexpr result<url> read_url(std::string_view text) noexcept {
    if (!detail::is_visible(text)) return errc::bad_url;
    url u;
    u.tls = starts_alike(text, "https://");
    if (!u.tls && !starts_alike(text, "http://")) return errc::bad_url;
    text.remove_prefix(u.tls ? 8 : 7);
    text             = slice(text, 0, text.find('#'));
    auto const slash = text.find_first_of("/?");
    if (auto const e = detail::read_authority(slice(text, 0, slash), u); e != errc::ok) return e;
    if (slash != std::string_view::npos) {
        // A query without a path would need a '/' that the text does not have.
        if (text[slash] == '?') return errc::bad_url;
        u.path = slice(text, slash);
    }
    return u;
}

// Appends where `location` leads from `base`: a whole URL, or one that begins with "//" or "/". Errors of `out`:
// bad_url for any other form, text_too_long.
constexpr void resolve(builder& out, url const& base, std::string_view location) noexcept {
    if (!detail::is_visible(location) || location.empty()) return out.fail(errc::bad_url);
    if (location[0] != '/') {
        out << location;
        return;
    }
    out << (base.tls ? "https:" : "http:");
    if (!location.starts_with("//")) out << "//" << base.host << ':' << base.port;
    out << location;
}

}  // namespace barelink::inline v0::http
