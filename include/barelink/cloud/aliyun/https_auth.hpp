// SPDX-License-Identifier: BSL-1.0
// HTTPS authentication: a device asks for a token and for the broker it belongs to, and connects with them. Ask again
// before every connect: what was given may have moved or expired (a token lives 7 days).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/answer.hpp>
#include <barelink/cloud/aliyun/connect.hpp>
#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/json.hpp>
#include <barelink/text/percent.hpp>

namespace barelink::inline v0::aliyun {

// POST to https://{auth_host}:443{auth_path}, with a body of form_type.
inline constexpr std::string_view auth_path = "/auth/devicename";

// The body of the request. Uses `method`, `client_id` and `timestamp` of the options. Returns bad_product_key,
// bad_device_name, bad_device_secret, bad_client_id, bad_timestamp, bad_extension, crypto_failed, text_too_long.
template <mac_engine Engine>
[[nodiscard]] constexpr result<std::string_view> auth_body(bytes_out room, identity const& id,
                                                           connect_options const& o, Engine& engine) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    if (auto const e = detail::check(o); e != errc::ok) return e;
    char             wished[client_id_max] = {};
    builder          name{wished};
    auto const       client_id = detail::plain_client_id(name, id, o.client_id);
    builder          out{room};
    out << "productKey=" << percent{id.product_key} << "&deviceName=" << percent{id.device_name}
        << "&clientId=" << percent{client_id.value};
    if (o.timestamp.data() != nullptr) out << "&timestamp=" << o.timestamp;
    out << "&signmethod=" << sign_method(o.method) << "&version=default&resources=mqtt&sign=";
    detail::add_signature(out, engine, o.method, id, {.client_id = client_id.value, .timestamp = o.timestamp});
    return out.take();
}

// What the service says. Lifetime: views of the memory that read_auth_answer() was given.
struct auth_answer {
    std::uint32_t    code      = 0;  // as it was sent, also beside an error
    std::string_view iot_id    = {};
    std::string_view iot_token = {};
    std::string_view host      = {};
    std::uint16_t    port      = 0;
};

// Reads the body of the response. Returns malformed_json, too_many_tokens, missing_field (also for a port that is
// none), text_too_long, or what error_of() says of a code that is not 200: identity_refused, device_secret_refused,
// device_unknown, authentication_type_refused, parameter_refused, server_unavailable, cloud_failed.
[[nodiscard]] inline result<auth_answer> read_auth_answer(std::string_view body, std::span<json_token> tokens,
                                                          bytes_out room) noexcept {
    json        root;
    auto const  code = detail::open(body, tokens, root);
    auth_answer a{.code = code.value};
    if (!code) return {a, code.error};
    auto const data = root["data"];
    auto const mqtt = data["resources"]["mqtt"];
    builder    out{room};
    a.iot_id        = detail::field(out, data["iotId"]);
    a.iot_token     = detail::field(out, data["iotToken"]);
    a.host          = detail::field(out, mqtt["host"]);
    auto const port = mqtt["port"].number();
    if (!port || port.value == 0 || port.value > 0xFFFF) out.fail(errc::missing_field);
    a.port = static_cast<std::uint16_t>(port.value);
    if (out.error() == errc::ok && !detail::is_host(a.host)) out.fail(errc::missing_field);
    return out.error() == errc::ok ? result<auth_answer>{a} : result<auth_answer>{{.code = code.value}, out.error()};
}

// The login with what the service gave; connect to its host and port. Choose secure_mode::https_tls or, on TCP,
// https_tcp. Returns as direct_login(). Lifetime: views of `room` and of the answer.
[[nodiscard]] constexpr result<login> token_login(bytes_out room, identity const& id, connect_options const& o,
                                                  auth_answer const& a) noexcept {
    if (auto const e = check_name(id); e != errc::ok) return e;
    if (auto const e = detail::check(o); e != errc::ok) return e;
    if (a.iot_id.empty() || a.iot_token.empty()) return errc::missing_field;
    builder out{room};
    (void)detail::plain_client_id(out, id, o.client_id);
    auto const client_id = detail::finish_client_id(out, o);
    if (!client_id) return client_id.error;
    return login{client_id.value, a.iot_id, a.iot_token};
}

}  // namespace barelink::inline v0::aliyun
