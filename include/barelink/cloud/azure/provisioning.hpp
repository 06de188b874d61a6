// SPDX-License-Identifier: BSL-1.0
// The provisioning service of Azure tells a device which hub it belongs to: connect, subscribe, register, ask until it
// is assigned.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/azure/sas.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/json.hpp>
#include <barelink/text/json_string.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::azure {

inline constexpr std::string_view provisioning_host    = "global.azure-devices-provisioning.net";
inline constexpr std::uint16_t    provisioning_port    = 8883;
inline constexpr std::string_view provisioning_answers = "$dps/registrations/res/#";  // subscribe first

// Lifetime: borrowed by the functions that take it.
struct enrollment {
    std::string_view scope           = {};  // "0ne...", as the portal shows it
    std::string_view registration_id = {};
};

// Returns bad_product_key for the scope, bad_device_name for the registration id.
[[nodiscard]] constexpr errc check(enrollment const& e) noexcept {
    if (!v0::detail::is_word(e.scope, 64, "/&")) return errc::bad_product_key;
    return v0::detail::is_word(e.registration_id, 128, "/&") ? errc::ok : errc::bad_device_name;
}

// The login of a device with a client certificate. Returns what check() does, text_too_long.
[[nodiscard]] constexpr result<login> certificate_login(bytes_out room, enrollment const& e) noexcept {
    if (auto const error = check(e); error != errc::ok) return error;
    builder out{room};
    out << e.scope << "/registrations/" << e.registration_id << "/api-version=2019-03-31";
    auto const user = out.take();
    if (!user) return user.error;
    return login{e.registration_id, user.value, {}};
}

// The login of a device with a key, good until `expiry`, seconds since 1970. Returns what check() does,
// bad_device_secret, crypto_failed, text_too_long. Lifetime: views of `room` and of the registration id.
template <class Engine>
    requires mac_engine<Engine> && base64_codec<Engine>
[[nodiscard]] constexpr result<login> key_login(bytes_out room, enrollment const& e, std::string_view key_base64,
                                                std::uint64_t expiry, Engine& engine) noexcept {
    auto const made = certificate_login(room, e);
    if (!made) return made;
    builder out{room.subspan(made.value.user_name.size())};
    add_sas_token(out, {key_base64, "registration"}, expiry, engine, e.scope, "/registrations/", e.registration_id);
    auto const password = out.take();
    if (!password) return password.error;
    return login{made.value.client_id, made.value.user_name, password.value};
}

// Where to publish the request, whose payload is register_payload(), and where to ask how far it has come (no payload).
[[nodiscard]] constexpr result<std::string_view> register_topic(bytes_out room, std::uint32_t request) noexcept {
    builder out{room};
    out << "$dps/registrations/PUT/iotdps-register/?$rid=" << request;
    return out.take();
}
[[nodiscard]] constexpr result<std::string_view> status_topic(bytes_out room, std::uint32_t request,
                                                              std::string_view operation) noexcept {
    builder out{room};
    out << "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=" << request << "&operationId=" << operation;
    return out.take();
}
[[nodiscard]] constexpr result<std::string_view> register_payload(bytes_out room, enrollment const& e) noexcept {
    if (auto const error = check(e); error != errc::ok) return error;
    builder out{room};
    out << "{\"registrationId\":" << json_string{e.registration_id} << '}';
    return out.take();
}

// What an answer says. Lifetime: views of the memory that the reading function was given.
struct assignment {
    std::uint16_t    status        = 0;   // 200 or 202, or an error as in HTTP
    std::uint32_t    retry_after_s = 0;   // ask again so late; 0 if the answer does not say
    std::string_view operation     = {};  // while it is being assigned
    std::string_view hub           = {};  // when it is: connect to it
    std::string_view device        = {};
};

// Reads topic and payload of a message under provisioning_answers. Returns would_block while the device is being
// assigned; bad_topic; identity_refused for 401, server_unavailable for 429 and 5xx, cloud_failed for any other status
// or an assignment that failed; malformed_json, too_many_tokens, missing_field, text_too_long.
[[nodiscard]] inline result<assignment> read_assignment(std::string_view topic, std::string_view payload,
                                                        std::span<json_token> tokens, bytes_out room) noexcept {
    constexpr std::string_view begin = "$dps/registrations/res/";
    if (!topic.starts_with(begin)) return errc::bad_topic;
    topic.remove_prefix(begin.size());
    auto const number = [](std::string_view digits) {
        std::uint32_t value = 0;
        for (char const c : slice(digits, 0, 6)) {
            if (c < '0' || c > '9') break;
            value = value * 10 + static_cast<std::uint32_t>(c - '0');
        }
        return value;
    };
    assignment a{.status = static_cast<std::uint16_t>(number(slice(topic, 0, 3)))};
    if (auto const at = topic.find("retry-after="); at != std::string_view::npos) {
        a.retry_after_s = number(slice(topic, at + 12));
    }
    if (a.status == 401) return {a, errc::identity_refused};
    if (a.status == 429 || a.status >= 500) return {a, errc::server_unavailable};
    if (a.status != 200 && a.status != 202) return {a, errc::cloud_failed};
    auto const parsed = json::parse(payload, tokens);
    if (!parsed) return {a, parsed.error};
    auto const state  = parsed.value["status"].written();
    auto const result_of = parsed.value["registrationState"];
    builder    out{room};
    auto const text = [&](json const& value) {
        if (auto const e = value.string(out); e != errc::ok) out.fail(e);
        return out.take().value;
    };
    if (same_text(state, "assigned")) {
        a.hub    = text(result_of["assignedHub"]);
        a.device = text(result_of["deviceId"]);
        return {a, out.error()};
    }
    a.operation = text(parsed.value["operationId"]);
    if (out.error() != errc::ok) return {a, out.error()};
    bool const waiting = same_text(state, "assigning") || same_text(state, "unassigned");
    return {a, waiting ? errc::would_block : errc::cloud_failed};
}

}  // namespace barelink::inline v0::azure
