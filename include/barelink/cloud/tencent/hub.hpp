// SPDX-License-Identifier: BSL-1.0
// What CONNECT says to Tencent IoT Hub, its limits and topics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/limits.hpp>
#include <barelink/cloud/literal.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::tencent {

inline constexpr platform_limits limits{
    .highest_qos      = qos::at_least_once,
    .payload_max      = 16U * 1024U,
    .topic_max        = 255,
    .keep_alive_max_s = 900,
    .retain           = false,
    .will             = false,
};

// A value that is checked while compiling.
[[nodiscard]] consteval std::uint16_t keep_alive_s(std::uint16_t seconds) {
    return v0::detail::cloud_keep_alive<limits>(seconds);
}

inline constexpr std::uint16_t mqtt_port = 1883;  // a key
inline constexpr std::uint16_t tls_port  = 8883;  // a certificate

inline constexpr std::string_view sdk_app_id = "12010126";

// Lifetime: borrowed by the functions that take it.
struct identity {
    std::string_view product = {};  // ProductId
    std::string_view device  = {};  // DeviceName
    std::string_view key     = {};  // DeviceSecret: base64. Empty for a device with a certificate
};

// Returns bad_product_key, bad_device_name.
[[nodiscard]] constexpr errc check(identity const& id) noexcept {
    if (!v0::detail::is_word(id.product, 32, ";/+#.")) return errc::bad_product_key;
    return v0::detail::is_word(id.device, 48, ";/+#") ? errc::ok : errc::bad_device_name;
}

// Returns bad_product_key, text_too_long.
[[nodiscard]] constexpr result<std::string_view> host(bytes_out room, std::string_view product) noexcept {
    if (!v0::detail::is_word(product, 32, ".") || !v0::detail::is_host(product)) return errc::bad_product_key;
    builder out{room};
    out << product << ".iotcloud.tencentdevices.com";
    return out.take();
}

// What is signed besides the names.
struct connect_options {
    digest           method = digest::sha256;  // or sha1
    std::string_view nonce  = {};              // a random word of the device, anew each time
    std::uint64_t    expiry = 0;               // seconds since 1970: the login is good until then
};

namespace detail {
using namespace v0::detail;

// Bytes of a key, decoded.
inline constexpr std::size_t key_max = 64;

constexpr result<login> names(builder& out, identity const& id, connect_options const& o) noexcept {
    out << id.product << id.device;
    auto const client_id = out.take();
    out << id.product << id.device << ';' << sdk_app_id << ';' << o.nonce << ';' << o.expiry;
    auto const user = out.take();
    return user ? result<login>{login{client_id.value, user.value, {}}} : result<login>{user.error};
}
}  // namespace detail

// The login of a device with a key. Returns what check() does, bad_device_secret for a key that is not base64,
// bad_option for the method or the nonce, crypto_failed, text_too_long. Lifetime: views of `room`.
template <class Engine>
    requires mac_engine<Engine> && base64_codec<Engine>
[[nodiscard]] constexpr result<login> key_login(bytes_out room, identity const& id, connect_options const& o,
                                                Engine& engine) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    if (o.method == digest::md5 || !detail::is_word(o.nonce, 16, ";")) return errc::bad_option;
    builder    out{room};
    auto const made = detail::names(out, id, o);
    if (!made) return made;
    char       decoded[detail::key_max + 2] = {};
    auto const size                         = engine.decode_base64(id.key, decoded);
    if (!size || size.value == 0 || size.value > detail::key_max) return errc::bad_device_secret;
    detail::add_mac(out, engine, o.method, {decoded, size.value}, made.value.user_name);
    wipe(decoded);
    out << (o.method == digest::sha1 ? ";hmacsha1" : ";hmacsha256");
    auto const password = out.take();
    if (!password) return password.error;
    return login{made.value.client_id, made.value.user_name, password.value};
}

// The login of a device with a client certificate; the password is not looked at. Returns what check() does,
// bad_option, text_too_long.
[[nodiscard]] constexpr result<login> certificate_login(bytes_out room, identity const& id,
                                                        connect_options const& o) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    if (!detail::is_word(o.nonce, 16, ";")) return errc::bad_option;
    builder out{room};
    return detail::names(out, id, o);
}

namespace detail {
constexpr result<std::string_view> topic(bytes_out room, identity const& id, std::string_view before,
                                         std::string_view slash = {}, std::string_view name = {}) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    builder out{room};
    out << before << id.product << '/' << id.device << slash << name;
    return out.take();
}
}  // namespace detail

// Topics; `name` is "control", "event", "data" or one of the product's own. Return what check() does, text_too_long.
[[nodiscard]] constexpr result<std::string_view> topic(bytes_out room, identity const& id,
                                                       std::string_view name) noexcept {
    return detail::topic(room, id, {}, "/", name);
}
[[nodiscard]] constexpr result<std::string_view> shadow_topic(bytes_out room, identity const& id) noexcept {
    return detail::topic(room, id, "$shadow/operation/");
}
[[nodiscard]] constexpr result<std::string_view> shadow_result_topic(bytes_out room, identity const& id) noexcept {
    return detail::topic(room, id, "$shadow/operation/result/");
}
[[nodiscard]] constexpr result<std::string_view> ota_report_topic(bytes_out room, identity const& id) noexcept {
    return detail::topic(room, id, "$ota/report/");
}
[[nodiscard]] constexpr result<std::string_view> ota_update_topic(bytes_out room, identity const& id) noexcept {
    return detail::topic(room, id, "$ota/update/");
}

}  // namespace barelink::inline v0::tencent
