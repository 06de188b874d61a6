// SPDX-License-Identifier: BSL-1.0
// What CONNECT says to Huawei IoTDA, its limits and topics.
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
#include <barelink/text/slice.hpp>
#include <barelink/text/utc.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::huawei {

// A keep alive out of range is answered by CONNACK 2.
inline constexpr platform_limits limits{
    .highest_qos      = qos::at_least_once,
    .payload_max      = 1024U * 1024U,
    .topic_max        = 128,
    .keep_alive_min_s = 30,
    .keep_alive_max_s = 1200,
    .retain           = false,
    .will             = false,
};
inline constexpr std::uint16_t keep_alive_advised_s = 120;

// A value that is checked while compiling.
[[nodiscard]] consteval std::uint16_t keep_alive_s(std::uint16_t seconds) {
    return v0::detail::cloud_keep_alive<limits>(seconds);
}

inline constexpr std::uint16_t mqtt_port = 1883;
inline constexpr std::uint16_t tls_port  = 8883;

// Lifetime: borrowed by the functions that take it.
struct identity {
    std::string_view device = {};  // device id
    std::string_view secret = {};
};

// Whether the cloud compares the hour of the login with its own. If it does, sign anew for each connect.
enum class hour_is : std::uint8_t { unchecked = 0, checked = 1 };

// Returns bad_device_name, bad_device_secret.
[[nodiscard]] constexpr errc check(identity const& id) noexcept {
    if (!v0::detail::is_word(id.device, 256, "/+#")) return errc::bad_device_name;
    return v0::detail::is_word(id.secret, 64, {}) ? errc::ok : errc::bad_device_secret;
}

// Bytes that a login needs beside the device id, which it holds twice.
inline constexpr std::size_t login_room_without_ids = 5 + 10 + 64;

// The login of a device at `now`, seconds since 1970. Without a clock, any time does with hour_is::unchecked. Returns
// what check() does, bad_timestamp, crypto_failed, text_too_long. Lifetime: views of `room`.
template <mac_engine Engine>
[[nodiscard]] constexpr result<login> secret_login(bytes_out room, identity const& id, hour_is checked,
                                                   std::uint64_t now, Engine& engine) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    if (now > utc_last) return errc::bad_timestamp;
    char    digits[10] = {};
    builder time{digits};
    time << utc_hour{utc(now)};
    builder out{room};
    out << id.device << "_0_" << static_cast<char>('0' + static_cast<int>(checked)) << '_' << time.view();
    auto const client_id = out.take();
    auto const user      = (out << id.device).take();
    // The time is the key and the secret is the text, not the other way round.
    v0::detail::add_mac(out, engine, digest::sha256, time.view(), id.secret);
    auto const password = out.take();
    if (!password) return password.error;
    return login{client_id.value, user.value, password.value};
}

namespace detail {
constexpr result<std::string_view> topic(bytes_out room, std::string_view device, std::string_view after,
                                         std::string_view request = {}) noexcept {
    if (!v0::detail::is_word(device, 256, "/+#")) return errc::bad_device_name;
    builder out{room};
    out << "$oc/devices/" << device << "/sys/" << after << request;
    return out.take();
}
}  // namespace detail

// Topics. Return bad_device_name, text_too_long.
[[nodiscard]] constexpr result<std::string_view> message_topic(bytes_out room, std::string_view device) noexcept {
    return detail::topic(room, device, "messages/up");
}
[[nodiscard]] constexpr result<std::string_view> inbound_topic(bytes_out room, std::string_view device) noexcept {
    return detail::topic(room, device, "messages/down");
}
[[nodiscard]] constexpr result<std::string_view> property_topic(bytes_out room, std::string_view device) noexcept {
    return detail::topic(room, device, "properties/report");
}
[[nodiscard]] constexpr result<std::string_view> event_topic(bytes_out room, std::string_view device) noexcept {
    return detail::topic(room, device, "events/up");
}
[[nodiscard]] constexpr result<std::string_view> command_filter(bytes_out room, std::string_view device) noexcept {
    return detail::topic(room, device, "commands/#");
}
// The answer to a command goes where its request id says.
[[nodiscard]] constexpr result<std::string_view> command_answer(bytes_out room, std::string_view device,
                                                                std::string_view command) noexcept {
    constexpr std::string_view mark = "/commands/request_id=";
    auto const                 at   = command.find(mark);
    if (at == std::string_view::npos) return errc::bad_topic;
    return detail::topic(room, device, "commands/response/request_id=", slice(command, at + mark.size()));
}

}  // namespace barelink::inline v0::huawei
