// SPDX-License-Identifier: BSL-1.0
// What a session remembers in 5.0 beside all else, from one CONNECT to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/session/options.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/reason.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// What the Server grants in CONNACK [3.2.2.3]. It counts for this connection alone.
struct granted {
    std::uint32_t packet_max       = 0;  // bytes of a whole packet [MQTT-3.2.2-15]
    std::uint16_t receive_max      = 0;  // publishes above QoS 0 at one time [MQTT-3.3.4-7]
    std::uint16_t alias_max        = 0;  // [MQTT-3.2.2-17, -18]
    std::uint16_t keep_alive_s     = 0;  // [MQTT-3.2.2-21]
    qos           highest_qos      = {};     // [MQTT-3.2.2-11]
    bool          retain           = false;  // [MQTT-3.2.2-14]
    bool          wildcards        = false;
    bool          shared           = false;
    bool          subscription_ids = false;

    // Requires: the properties of a CONNACK, checked.
    constexpr void take(properties const& with) noexcept {
        for (auto const& p : with) {
            auto const n = p.number;
            switch (p.id) {
            case property_id::maximum_packet_size: packet_max = n; break;
            case property_id::receive_maximum: receive_max = static_cast<std::uint16_t>(n); break;
            case property_id::topic_alias_maximum: alias_max = static_cast<std::uint16_t>(n); break;
            case property_id::server_keep_alive: keep_alive_s = static_cast<std::uint16_t>(n); break;
            case property_id::maximum_qos: highest_qos = static_cast<qos>(n); break;
            case property_id::retain_available: retain = n != 0; break;
            case property_id::wildcard_subscription_available: wildcards = n != 0; break;
            case property_id::shared_subscription_available: shared = n != 0; break;
            case property_id::subscription_identifier_available: subscription_ids = n != 0; break;
            default: break;
            }
        }
    }

    // Whether a publish may be sent: ok, qos_unavailable, retain_unavailable or packet_too_long_for_server.
    [[nodiscard]] constexpr errc check(qos level, bool retained, std::size_t packet) const noexcept {
        return level > highest_qos      ? errc::qos_unavailable
               : retained && !retain    ? errc::retain_unavailable
               : packet > packet_max    ? errc::packet_too_long_for_server
                                        : errc::ok;
    }
    // Whether a filter may be asked for: success, or the code with which the Server would refuse it.
    [[nodiscard]] constexpr reason_code check(std::string_view filter) const noexcept {
        if (is_shared(filter) && !shared) return reason_code::shared_subscriptions_not_supported;
        bool wild = false;
        for (char const c : filter) wild = wild || c == '+' || c == '#';
        return wild && !wildcards ? reason_code::wildcard_subscriptions_not_supported : reason_code::success;
    }
};

struct state_5 {
    granted       grants       = {};
    properties    with         = {};  // of the packet that was heard last
    property_list leave_with   = {};
    reason_code   reason       = reason_code::success;
    reason_code   leave_reason = reason_code::normal_disconnection;
    std::string_view method    = {};     // of an enhanced authentication; empty: none
    instant       asked_at     = {};     // when a new authentication was begun
    bool          asking       = false;  // and whether it goes on
    bool          in_dialogue  = false;  // AUTH waits to be written, not CONNECT
    bool          nameless     = false;  // the Server has to give us an identifier
    bool          left         = false;  // the Server has said that it goes
    bool          blind        = false;  // a topic alias may have been missed
    bool          unreadable   = false;  // the message that the user has right now is refused
};

// What a Server grants that says nothing else.
inline constexpr state_5 fresh_state_5{.grants = {.packet_max       = 0xFFFF'FFFF,
                                                  .receive_max      = 0xFFFF,
                                                  .highest_qos      = qos::exactly_once,
                                                  .retain           = true,
                                                  .wildcards        = true,
                                                  .shared           = true,
                                                  .subscription_ids = true}};

inline constexpr options_5 plain_options_5{};

// What outlives a connection.
struct lasting_5 {
    options_5 const* more = nullptr;  // never so behind set_up()
    // Publishes of QoS 0 that waited and may not be sent to the Server that came then, to be told.
    std::uint16_t too_long = 0;
    std::uint16_t retained = 0;
    bool          form_5   = false;  // of the publishes that wait
};

}  // namespace barelink::inline v0
