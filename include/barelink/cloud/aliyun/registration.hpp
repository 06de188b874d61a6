// SPDX-License-Identifier: BSL-1.0
// Dynamic registration: a device that knows only the secret of its product asks for one of its own, once, over HTTPS or
// over MQTT with TLS, and stores it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/answer.hpp>
#include <barelink/cloud/aliyun/connect.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/json.hpp>
#include <barelink/text/percent.hpp>

namespace barelink::inline v0::aliyun {

// Who asks. `random` is chosen by the device, anew each time: 1 to 64 letters and digits.
struct applicant {
    std::string_view product_key    = {};
    std::string_view device_name    = {};
    std::string_view product_secret = {};
    std::string_view random         = {};
    digest           method         = digest::sha256;
};

// Returns bad_product_key, bad_device_name, bad_product_secret, or bad_option for `random`.
[[nodiscard]] constexpr errc check(applicant const& a) noexcept {
    if (auto const e = check_name({a.product_key, a.device_name, {}}); e != errc::ok) return e;
    if (!detail::is_word(a.product_secret, secret_max, {})) return errc::bad_product_secret;
    return detail::is_word(a.random, 64, "|,=&") ? errc::ok : errc::bad_option;
}

namespace detail {
template <mac_engine Engine>
constexpr void add_signature(builder& out, Engine& engine, applicant const& a) noexcept {
    add_mac(out, engine, a.method, a.product_secret, "deviceName", a.device_name, "productKey", a.product_key, "random",
            a.random);
}
}  // namespace detail

// POST to https://{auth_host}:443{register_path}, with a body of form_type.
inline constexpr std::string_view register_path = "/auth/register/device";

// The body of the request. Returns what check() does, crypto_failed, text_too_long.
template <mac_engine Engine>
[[nodiscard]] constexpr result<std::string_view> register_body(bytes_out room, applicant const& a,
                                                               Engine& engine) noexcept {
    if (auto const e = check(a); e != errc::ok) return e;
    builder out{room};
    out << "productKey=" << percent{a.product_key} << "&deviceName=" << percent{a.device_name}
        << "&random=" << percent{a.random} << "&signMethod=" << sign_method(a.method) << "&sign=";
    detail::add_signature(out, engine, a);
    return out.take();
}

// What a device gets. Lifetime: views of the memory that the reading function was given.
struct registration {
    std::uint32_t    code          = 0;   // of the HTTPS answer, also beside an error
    std::string_view product_key   = {};
    std::string_view device_name   = {};
    std::string_view device_secret = {};  // of a device whose name was registered before
    std::string_view client_id     = {};  // of one whose name was not,
    std::string_view device_token  = {};  // and what it connects with
};

// Reads the body of the HTTPS response. Returns as read_auth_answer().
[[nodiscard]] inline result<registration> read_register_answer(std::string_view body, std::span<json_token> tokens,
                                                               bytes_out room) noexcept {
    json         root;
    auto const   code = detail::open(body, tokens, root);
    registration r{.code = code.value};
    if (!code) return {r, code.error};
    auto const data = root["data"];
    builder    out{room};
    r.product_key   = detail::field(out, data["productKey"]);
    r.device_name   = detail::field(out, data["deviceName"]);
    r.device_secret = detail::field(out, data["deviceSecret"]);
    return out.error() == errc::ok ? result<registration>{r} : result<registration>{{.code = code.value}, out.error()};
}

// Whether the name of the device stands in the console before it asks.
enum class name_is : std::uint8_t { registered, unknown };

// The login of a connection that only registers. It needs TLS; the keep alive is not looked at; nothing has to be
// subscribed to. The answer comes as a message (is_registration()), then disconnect, and do not reconnect: the cloud
// hangs up after 15 seconds. `instance` is instance_of(host), empty for a public instance. Returns what check() does,
// bad_address for the instance, crypto_failed, text_too_long.
template <mac_engine Engine>
[[nodiscard]] constexpr result<login> register_login(bytes_out room, applicant const& a, name_is name,
                                                     std::string_view instance, Engine& engine) noexcept {
    if (auto const e = check(a); e != errc::ok) return e;
    if (!instance.empty() && (!detail::is_host(instance) || instance.find('=') != std::string_view::npos)) {
        return errc::bad_address;
    }
    identity const id{a.product_key, a.device_name, {}};
    builder        out{room};
    out << a.device_name << '.' << a.product_key << "|securemode=2,authType="
        << (name == name_is::registered ? "register" : "regnwl") << ",random=" << a.random
        << ",signmethod=" << sign_method(a.method);
    if (!instance.empty()) out << ",instanceId=" << instance;
    out << '|';
    auto const client_id = out.take();
    auto const user      = detail::user_name(out, id);
    detail::add_signature(out, engine, a);
    auto const password = out.take();
    if (!password) return password.error;
    return login{client_id.value, user.value, password.value};
}

// True for the topics on which the answer comes. Which of the two a cloud uses for which variant differs.
[[nodiscard]] constexpr bool is_registration(std::string_view topic) noexcept {
    return topic == "/ext/register" || topic == "/ext/regnwl";
}

// Reads the payload of that message. Returns malformed_json, too_many_tokens, missing_field if there is neither a
// secret nor a client id and a token, text_too_long.
[[nodiscard]] inline result<registration> read_registration(std::string_view payload, std::span<json_token> tokens,
                                                            bytes_out room) noexcept {
    auto const parsed = json::parse(payload, tokens);
    if (!parsed) return parsed.error;
    auto const   root = parsed.value;
    registration r;
    builder      out{room};
    r.product_key = detail::field(out, root["productKey"]);
    r.device_name = detail::field(out, root["deviceName"]);
    if (root["deviceToken"].exists()) {
        r.client_id    = detail::field(out, root["clientId"]);
        r.device_token = detail::field(out, root["deviceToken"]);
    } else {
        r.device_secret = detail::field(out, root["deviceSecret"]);
    }
    return out.error() == errc::ok ? result<registration>{r} : result<registration>{out.error()};
}

// The login of a device that has a token instead of a secret. `extensions` as in connect_options. Returns
// bad_product_key, bad_device_name, bad_client_id, bad_extension, missing_field, text_too_long. Lifetime: views of
// `room` and of `r`.
[[nodiscard]] constexpr result<login> device_token_login(bytes_out room, registration const& r,
                                                         std::string_view extensions = {}) noexcept {
    identity const id{r.product_key, r.device_name, {}};
    if (auto const e = check_name(id); e != errc::ok) return e;
    if (!detail::is_word(r.client_id, 256, "|")) return errc::bad_client_id;
    if (r.device_token.empty()) return errc::missing_field;
    if (auto const e = detail::check(connect_options{.extensions = extensions}); e != errc::ok) return e;
    builder out{room};
    out << r.client_id << "|securemode=-2,authType=connwl";
    if (!extensions.empty()) out << ',' << extensions;
    out << '|';
    auto const client_id = out.take();
    auto const user      = detail::user_name(out, id);
    if (!user) return user.error;
    return login{client_id.value, user.value, r.device_token};
}

}  // namespace barelink::inline v0::aliyun
