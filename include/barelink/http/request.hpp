// SPDX-License-Identifier: BSL-1.0
// What a device asks a web server for [RFC 9112].
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/http/grammar.hpp>
#include <barelink/http/url.hpp>
#include <barelink/text/builder.hpp>

namespace barelink::inline v0::http {

enum class method : std::uint8_t { get, head, post, put };

[[nodiscard]] constexpr std::string_view name(method m) noexcept {
    constexpr std::string_view names[] = {"GET", "HEAD", "POST", "PUT"};
    return names[static_cast<std::size_t>(m)];
}

struct field {
    std::string_view name  = {};
    std::string_view value = {};
};

// Bytes `first` to `last` of a resource, both included.
struct byte_range {
    static constexpr std::uint64_t end = ~std::uint64_t{0};

    bool          wanted = false;
    std::uint64_t first  = 0;
    std::uint64_t last   = end;
};

// Lifetime: all views are borrowed until the exchange has ended.
struct request {
    method                 what         = method::get;
    url                    to           = {};  // `tls` says what the transport is: it is not set up by it
    std::span<field const> fields       = {};  // further ones; not sent to another host after a redirect
    std::string_view       content_type = {};
    std::string_view       body         = {};
    byte_range             range        = {};
    std::uint8_t           redirects    = 0;       // followed at most; needs memory for their URL
    bool                   any_status   = false;   // the body of a refusal is wanted too
    std::uint32_t          timeout_ms   = 0;       // for the whole exchange; 0 sets no limit
    std::uint32_t          idle_ms      = 10'000;  // without any progress of the other side; 0 sets no limit
};

namespace detail {
// What add_head() writes itself; twice it would mean two things to two readers.
[[nodiscard]] constexpr bool is_own_field(request const& r, std::string_view name) noexcept {
    for (std::string_view const own : {"host", "connection", "content-length", "transfer-encoding",
                                       r.range.wanted ? "range" : "host",
                                       r.content_type.empty() ? "host" : "content-type"}) {
        if (same_alike(name, own)) return true;
    }
    return false;
}
}  // namespace detail

// Returns bad_address, bad_url for a path without '/' in front or with a blank, bad_header, bad_option for a range that
// ends before it begins.
[[nodiscard]] constexpr errc check(request const& r) noexcept {
    url authority{.tls = r.to.tls};
    if (!detail::is_visible(r.to.host) || detail::read_authority(r.to.host, authority) != errc::ok ||
        authority.host.size() != r.to.host.size() || r.to.host.find('/') != std::string_view::npos || r.to.port == 0) {
        return errc::bad_address;
    }
    if (!r.to.path.starts_with('/') || !detail::is_visible(r.to.path)) return errc::bad_url;
    if (!detail::is_field_value(r.content_type)) return errc::bad_header;
    for (auto const& f : r.fields) {
        if (!detail::is_token(f.name) || detail::is_own_field(r, f.name) || !detail::is_field_value(f.value)) {
            return errc::bad_header;
        }
    }
    return r.range.wanted && r.range.last < r.range.first ? errc::bad_option : errc::ok;
}

// Appends the head of the request. Requires: check() is ok. Errors of `out`: text_too_long.
constexpr void add_head(builder& out, request const& r) noexcept {
    out << name(r.what) << ' ' << r.to.path << " HTTP/1.1\r\nHost: " << r.to.host;
    if (r.to.port != default_port(r.to.tls)) out << ':' << r.to.port;
    // One exchange a connection: what follows its end need not be read.
    out << "\r\nConnection: close\r\n";
    if (r.range.wanted) {
        out << "Range: bytes=" << r.range.first << '-';
        if (r.range.last != byte_range::end) out << r.range.last;
        out << "\r\n";
    }
    if (!r.content_type.empty()) out << "Content-Type: " << r.content_type << "\r\n";
    if (!r.body.empty() || r.what == method::post || r.what == method::put) {
        out << "Content-Length: " << r.body.size() << "\r\n";
    }
    for (auto const& f : r.fields) out << f.name << ": " << f.value << "\r\n";
    out << "\r\n";
}

}  // namespace barelink::inline v0::http
