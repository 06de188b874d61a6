// SPDX-License-Identifier: BSL-1.0
// Who the server has to be: one value, for the name that we send (SNI) and for the name that we check.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/tls/der.hpp>
#include <barelink/tls/ip_address.hpp>

namespace barelink::inline v0::tls {

namespace detail {
[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_name_character(char c) noexcept {
    return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) || c == '-' || c == '_';
}
// DNS compares without regard to case [RFC 4343].
[[nodiscard]] constexpr bool same_name(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}
[[nodiscard]] constexpr std::size_t first_label(std::string_view name) noexcept {
    std::size_t size = 0;
    while (size < name.size() && name[size] != '.') ++size;
    return size;
}

// Labels of 1 to 63 letters, digits, - and _ with single dots between; 1 to 253 characters; the last label is no
// number, for then it would be an address, or somebody's idea of one (1.2.3, 0x7f.1) [RFC 1123 2.1].
[[nodiscard]] constexpr bool is_dns_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > 253) return false;
    std::size_t label   = 0;
    bool        numeric = true;
    for (char const c : name) {
        if (c == '.') {
            if (label == 0) return false;
            label   = 0;
            numeric = true;
            continue;
        }
        if (!is_name_character(c) || ++label > 63) return false;
        if (!is_digit(c)) numeric = false;
    }
    return label != 0 && !numeric;
}

// Whether a dNSName of a certificate is for this host. A star stands for exactly the first label, whole, and two more
// labels must follow it: neither `*` nor `*.com` nor `b*.example.com` is for anybody [RFC 9525 6.3].
[[nodiscard]] constexpr bool dns_name_matches(std::string_view presented, std::string_view host) noexcept {
    if (presented.size() > 2 && presented[0] == '*' && presented[1] == '.') {
        presented.remove_prefix(1);
        auto rest = presented;
        rest.remove_prefix(1);
        if (!is_dns_name(rest) || first_label(rest) == rest.size()) return false;
        auto const label = first_label(host);
        if (label == 0) return false;
        host.remove_prefix(label);
        return same_name(presented, host);
    }
    return is_dns_name(presented) && same_name(presented, host);
}
}  // namespace detail

// A DNS name or an IP address; or nothing, which matches nobody. Lifetime: a name is borrowed from its text.
class server_identity {
public:
    constexpr server_identity() noexcept = default;

    // Reads `broker.example.com` (also with the dot of an absolute name at its end), `192.0.2.7` or `2001:db8::1`.
    // Gives the empty identity for anything else: an empty label, `.example.com`, `*.example.com`, `1.2.3`,
    // `fe80::1%eth0`.
    constexpr explicit server_identity(std::string_view text) noexcept : address_{text} {
        if (address_) return;
        if (!text.empty() && text[text.size() - 1] == '.') text.remove_suffix(1);
        if (detail::is_dns_name(text)) name_ = text;
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return address_ || !name_.empty(); }

    // What is sent in the clear as SNI [RFC 6066 3]: the name; empty for an address.
    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

    // Whether a certificate with these names (certificate::alt_names) is for this server. A DNS name is looked for
    // among the DNS names alone, an address among the addresses, in binary. URIs, e-mail addresses and the common name
    // of the subject count for nothing. Work: one look at each name.
    [[nodiscard]] constexpr bool matches(bytes_in alt_names) const noexcept {
        constexpr std::uint8_t dns = 0x82, ip = 0x87;  // [RFC 5280 4.2.1.6]
        bool                   found = false;
        der_reader             names{alt_names};
        while (!names.ended()) {
            auto const n = names.next();
            if (n.tag == dns && !name_.empty()) found = found || detail::dns_name_matches(text_of(n.content), name_);
            if (n.tag == ip && address_) found = found || same_text(text_of(n.content), text_of(address_.bytes()));
        }
        return found && !names.failed();
    }

private:
    ip_address       address_ = {};
    std::string_view name_    = {};
};

}  // namespace barelink::inline v0::tls
