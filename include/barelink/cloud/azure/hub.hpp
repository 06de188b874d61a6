// SPDX-License-Identifier: BSL-1.0
// What CONNECT says to an Azure IoT Hub, and its topics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/azure/sas.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/percent.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::azure {

inline constexpr std::uint16_t    mqtt_port          = 8883;  // with TLS
inline constexpr std::uint16_t    websocket_port     = 443;
inline constexpr std::string_view websocket_path     = "/$iothub/websocket";
inline constexpr std::string_view websocket_protocol = "mqtt";
inline constexpr std::string_view api_version        = "2021-04-12";

// A device of a hub, or a module of a device. Lifetime: borrowed by the functions that take it.
struct identity {
    std::string_view hub    = {};  // the host name, such as "myhub.azure-devices.net"
    std::string_view device = {};
    std::string_view module = {};  // empty for the device itself
};

// Returns bad_address for the hub, bad_device_name for device or module: empty, above 128 characters, or with one that
// ends a level or a query.
[[nodiscard]] constexpr errc check(identity const& id) noexcept {
    if (!v0::detail::is_host(id.hub)) return errc::bad_address;
    if (!v0::detail::is_word(id.device, 128, "/&")) return errc::bad_device_name;
    if (!id.module.empty() && !v0::detail::is_word(id.module, 128, "/&")) return errc::bad_device_name;
    return errc::ok;
}

namespace detail {
using namespace v0::detail;

constexpr void add_name(builder& out, identity const& id, std::string_view between) noexcept {
    out << id.device;
    if (!id.module.empty()) out << between << id.module;
}

constexpr result<std::string_view> user_name(builder& out, identity const& id, std::string_view model) noexcept {
    out << id.hub << '/';
    add_name(out, id, "/");
    out << "/?api-version=" << api_version;
    if (!model.empty()) out << "&model-id=" << percent{model};
    return out.take();
}
}  // namespace detail

// The login of a device with a client certificate: an empty password is none. `model` is the DTDL model that the device
// announces, or empty. Returns what check() does, text_too_long. Lifetime: views of `room`.
[[nodiscard]] constexpr result<login> certificate_login(bytes_out room, identity const& id,
                                                        std::string_view model = {}) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    builder out{room};
    detail::add_name(out, id, "/");
    auto const client_id = out.take();
    auto const user      = detail::user_name(out, id, model);
    if (!user) return user.error;
    return login{client_id.value, user.value, {}};
}

// The login of a device with a key. The hub ends the connection at `expiry`, seconds since 1970: connect again with a
// new token before. Returns what check() does, bad_device_secret, crypto_failed, text_too_long. Lifetime: views of
// `room`.
template <class Engine>
    requires mac_engine<Engine> && base64_codec<Engine>
[[nodiscard]] constexpr result<login> key_login(bytes_out room, identity const& id, shared_key const& key,
                                                std::uint64_t expiry, Engine& engine,
                                                std::string_view model = {}) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    builder out{room};
    detail::add_name(out, id, "/");
    auto const client_id = out.take();
    auto const user      = detail::user_name(out, id, model);
    add_sas_token(out, key, expiry, engine, id.hub, "/devices/", id.device, id.module.empty() ? "" : "/modules/",
                  id.module);
    auto const password = out.take();
    if (!password) return password.error;
    return login{client_id.value, user.value, password.value};
}

// Filters to subscribe to.
inline constexpr std::string_view twin_answers = "$iothub/twin/res/#";
inline constexpr std::string_view twin_desired = "$iothub/twin/PATCH/properties/desired/#";
inline constexpr std::string_view method_calls = "$iothub/methods/POST/#";

// Where messages to the device come. Returns what check() does, text_too_long.
[[nodiscard]] constexpr result<std::string_view> inbound_filter(bytes_out room, identity const& id) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    builder out{room};
    out << "devices/";
    detail::add_name(out, id, "/modules/");
    out << "/messages/devicebound/#";
    return out.take();
}

// Where the device sends to. `properties` is a list such as "a=1&b=2", percent encoded, or empty. Returns as above.
[[nodiscard]] constexpr result<std::string_view> telemetry_topic(bytes_out room, identity const& id,
                                                                 std::string_view properties = {}) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    builder out{room};
    out << "devices/";
    detail::add_name(out, id, "/modules/");
    out << "/messages/events/" << properties;
    return out.take();
}

// Topics with a request number, which comes back in the answer.
[[nodiscard]] constexpr result<std::string_view> twin_get(bytes_out room, std::uint32_t request) noexcept {
    builder out{room};
    out << "$iothub/twin/GET/?$rid=" << request;
    return out.take();
}
[[nodiscard]] constexpr result<std::string_view> twin_report(bytes_out room, std::uint32_t request) noexcept {
    builder out{room};
    out << "$iothub/twin/PATCH/properties/reported/?$rid=" << request;
    return out.take();
}

// A call of a method. Lifetime: views of the topic.
struct method_call {
    std::string_view method  = {};
    std::string_view request = {};
};

// Reads the topic of a message under method_calls. Returns bad_topic for any other.
[[nodiscard]] constexpr result<method_call> read_method_call(std::string_view topic) noexcept {
    constexpr std::string_view begin = "$iothub/methods/POST/";
    constexpr std::string_view mark  = "/?$rid=";
    if (!topic.starts_with(begin)) return errc::bad_topic;
    topic.remove_prefix(begin.size());
    auto const at = topic.find(mark);
    if (at == std::string_view::npos || at == 0 || at + mark.size() == topic.size()) return errc::bad_topic;
    return method_call{slice(topic, 0, at), slice(topic, at + mark.size())};
}

// Where the answer to a call goes; `status` as in HTTP.
[[nodiscard]] constexpr result<std::string_view> method_answer(bytes_out room, method_call const& call,
                                                               std::uint16_t status) noexcept {
    builder out{room};
    out << "$iothub/methods/res/" << status << "/?$rid=" << call.request;
    return out.take();
}

}  // namespace barelink::inline v0::azure
