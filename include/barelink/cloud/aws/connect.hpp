// SPDX-License-Identifier: BSL-1.0
// Where AWS IoT Core listens, and what CONNECT says there. With a client certificate that is the client id alone.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aws/limits.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/percent.hpp>

namespace barelink::inline v0::aws {

inline constexpr std::uint16_t mqtt_port = 8883;  // a client certificate
inline constexpr std::uint16_t tls_port  = 443;   // with one of the protocol names below, or WebSocket

// What TLS has to offer by ALPN on port 443 [RFC 7301]; the server name (SNI) is needed on every port.
inline constexpr std::string_view alpn_certificate = "x-amzn-mqtt-ca";  // a client certificate
inline constexpr std::string_view alpn_authorizer  = "mqtt";            // a custom authorizer

inline constexpr std::string_view websocket_path     = "/mqtt";
inline constexpr std::string_view websocket_protocol = "mqtt";

// The host of an account, whose prefix the console shows. Returns bad_address, text_too_long.
[[nodiscard]] constexpr result<std::string_view> host(bytes_out room, std::string_view prefix,
                                                      std::string_view region) noexcept {
    if (!detail::is_host(prefix) || !detail::is_host(region)) return errc::bad_address;
    builder out{room};
    out << prefix << "-ats.iot." << region << ".amazonaws.com";
    return out.take();
}

// Returns bad_client_id for an empty one, one above 128 bytes or one that is not UTF-8.
[[nodiscard]] constexpr result<login> certificate_login(std::string_view client_id) noexcept {
    if (client_id.empty() || client_id.size() > client_id_max || !is_utf8(client_id)) return errc::bad_client_id;
    return login{client_id, {}, {}};
}

// What a custom authorizer looks at. Only what has data is sent.
struct authorizer {
    std::string_view name        = {};  // not needed if the account has a default one
    std::string_view token_name  = {};  // as the authorizer calls it
    std::string_view token       = {};
    std::string_view signature   = {};  // base64 of the token's signature
    std::string_view user_name   = {};
    std::string_view password    = {};  // any bytes
};

// The login for a custom authorizer: the user name carries the values as a query, percent encoded. Returns
// bad_client_id, bad_user_name for a '?' in it or a token without a name, text_too_long. Lifetime: views of `room` and
// of what was given.
[[nodiscard]] constexpr result<login> authorizer_login(bytes_out room, std::string_view client_id,
                                                       authorizer const& a) noexcept {
    auto const id = certificate_login(client_id);
    if (!id) return id.error;
    if (a.user_name.find('?') != std::string_view::npos || !is_utf8(a.user_name)) return errc::bad_user_name;
    if (a.token_name.empty() != a.token.empty()) return errc::bad_user_name;
    builder    out{room};
    char       mark = '?';
    auto const add  = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        out << mark << percent{name} << '=' << percent{value};
        mark = '&';
    };
    out << a.user_name;
    add("x-amz-customauthorizer-name", a.name);
    add("x-amz-customauthorizer-signature", a.signature);
    add(a.token_name, a.token);
    auto const user = out.take();
    if (!user) return user.error;
    return login{client_id, user.value, a.password};
}

}  // namespace barelink::inline v0::aws
