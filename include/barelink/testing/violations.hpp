// SPDX-License-Identifier: BSL-1.0
// What a server can see a client do wrong.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/wire/reason.hpp>

namespace barelink::inline v0::testing {

enum class violation : std::uint8_t {
    none,
    // after these the connection is closed [MQTT-4.8.0-1]
    malformed_packet,           // bytes that no packet may have
    packet_too_long,            // longer than broker_limits::rx_bytes: perhaps the limit is too low
    first_not_connect,          // [MQTT-3.1.0-1]
    second_connect,             // [MQTT-3.1.0-2]
    packet_of_a_server,         // CONNACK, SUBACK, UNSUBACK or PINGRESP
    packet_after_disconnect,    // [MQTT-3.14.4-2]
    bad_filter,                 // SUBSCRIBE or UNSUBSCRIBE with a filter that is none
    history_full,               // more messages under way than broker_limits::history
    // the same of 5.0; DISCONNECT says why [MQTT-4.13.1-1]
    protocol_error,             // a packet that may be, but not so, or not now
    auth_unasked,               // AUTH although CONNECT had no method [MQTT-4.12.0-7]
    auth_method_changed,        // [MQTT-4.12.0-5]
    packet_before_connack,      // with a method, other than AUTH and DISCONNECT [MQTT-3.1.2-30]
    packet_too_large,           // above the maximum that was announced [MQTT-3.2.2-15]
    receive_maximum_exceeded,   // [MQTT-3.3.4-7]
    topic_alias_invalid,        // 0, or above the maximum that was announced [MQTT-3.3.2-8, -9, MQTT-3.2.2-17, -18]
    topic_alias_unknown,        // without a topic on this connection [MQTT-3.3.2-7]
    qos_not_supported,          // above the maximum that was announced [MQTT-3.2.2-11]
    retain_not_supported,       // [MQTT-3.2.2-14]
    silence,                    // nothing came for one and a half times the keep alive [MQTT-3.1.2-24, MQTT-3.2.2-21]
    // these are only recorded
    bad_client_id,              // empty with clean session off [MQTT-3.1.3-8]; in 3.1 empty or longer than 23
    id_in_use,                  // an identifier of an exchange that is not complete [MQTT-2.3.1-2, -3]
    dup_without_predecessor,    // DUP in a new session: nobody can have seen the message before
    resent_while_connected,     // a PUBLISH again on the connection on which it was sent
    resent_without_dup,         // [MQTT-3.3.1-1]
    resent_with_other_content,
    resent_out_of_order,        // [MQTT-4.6.0-1]
    publish_after_release,      // PUBLISH again although PUBREL was sent [MQTT-4.3.3-1]
    release_unknown,            // PUBREL in a new session for what was never published
    release_before_pubrec,      // PUBREL although PUBREC was not sent
    release_repeated,           // PUBREL again on the connection on which it was sent
    release_out_of_order,       // [MQTT-4.6.0-4]
    ack_unknown,                // PUBACK, PUBREC or PUBCOMP for what was not sent on this connection
    ack_of_other_qos,           // PUBACK for QoS 2, or PUBREC for QoS 1
    ack_out_of_order,           // [MQTT-4.6.0-2, -3]
    ack_repeated,               // PUBREC twice
    wildcards_not_supported,    // subscribed to all the same [3.2.2.3.11]
    shared_not_supported,       // likewise [3.2.2.3.13]
    identifiers_not_supported,  // a subscription identifier all the same [3.2.2.3.12]
    expiry_raised,              // from 0 in CONNECT to another value in DISCONNECT [3.14.2.2.2]
};
inline constexpr auto last_of_violations = violation::expiry_raised;

[[nodiscard]] constexpr bool ends_connection(violation v) noexcept { return v <= violation::silence; }

[[nodiscard]] constexpr std::string_view words(violation v) noexcept {
    switch (v) {
    case violation::none: return "nothing";
    case violation::malformed_packet: return "a malformed packet";
    case violation::packet_too_long: return "a packet longer than broker_limits::rx_bytes";
    case violation::first_not_connect: return "a first packet that is no CONNECT";
    case violation::second_connect: return "a second CONNECT";
    case violation::packet_of_a_server: return "a packet that only a server may send";
    case violation::packet_after_disconnect: return "a packet after DISCONNECT";
    case violation::bad_filter: return "a topic filter that is none";
    case violation::history_full: return "more messages under way than broker_limits::history";
    case violation::protocol_error: return "an error of the protocol";
    case violation::auth_unasked: return "an AUTH without a method in CONNECT";
    case violation::auth_method_changed: return "an AUTH with another method";
    case violation::packet_before_connack: return "a packet that may not come before CONNACK";
    case violation::packet_too_large: return "a packet above the maximum packet size";
    case violation::receive_maximum_exceeded: return "more publishes than the receive maximum";
    case violation::topic_alias_invalid: return "a topic alias that is not allowed";
    case violation::topic_alias_unknown: return "a topic alias without a topic";
    case violation::qos_not_supported: return "a QoS above the maximum";
    case violation::retain_not_supported: return "RETAIN, which is not available";
    case violation::silence: return "silence beyond one and a half times the keep alive";
    case violation::bad_client_id: return "a client id that is not allowed";
    case violation::id_in_use: return "a packet id that is in use";
    case violation::dup_without_predecessor: return "DUP in a new session";
    case violation::resent_while_connected: return "a PUBLISH again on the same connection";
    case violation::resent_without_dup: return "a PUBLISH again without DUP";
    case violation::resent_with_other_content: return "a PUBLISH again with other content";
    case violation::resent_out_of_order: return "PUBLISHes again in another order";
    case violation::publish_after_release: return "a PUBLISH again after its PUBREL";
    case violation::release_unknown: return "a PUBREL in a new session for an unknown message";
    case violation::release_before_pubrec: return "a PUBREL before the PUBREC";
    case violation::release_repeated: return "a PUBREL again on the same connection";
    case violation::release_out_of_order: return "PUBRELs in another order than their PUBRECs";
    case violation::ack_unknown: return "an acknowledgement of what was not sent";
    case violation::ack_of_other_qos: return "an acknowledgement of another QoS";
    case violation::ack_out_of_order: return "acknowledgements in another order than their messages";
    case violation::ack_repeated: return "a PUBREC again";
    case violation::wildcards_not_supported: return "a wildcard subscription, which is not available";
    case violation::shared_not_supported: return "a shared subscription, which is not available";
    case violation::identifiers_not_supported: return "a subscription identifier, which is not available";
    case violation::expiry_raised: return "a session expiry interval raised from 0";
    }
    return "unknown";
}

// The rule of 5.0 that it breaks, or of 3.1.1 where only that has one. Empty for limits of the broker itself.
[[nodiscard]] constexpr std::string_view clause(violation v) noexcept {
    switch (v) {
    case violation::malformed_packet:
    case violation::packet_of_a_server:
    case violation::protocol_error: return "MQTT-4.13.1-1";
    case violation::first_not_connect: return "MQTT-3.1.0-1";
    case violation::second_connect: return "MQTT-3.1.0-2";
    case violation::packet_after_disconnect: return "MQTT-3.14.4-2";
    case violation::bad_filter: return "MQTT-3.8.3-1";
    case violation::auth_unasked: return "MQTT-4.12.0-7";
    case violation::auth_method_changed: return "MQTT-4.12.0-5";
    case violation::packet_before_connack: return "MQTT-3.1.2-30";
    case violation::packet_too_large: return "MQTT-3.2.2-15";
    case violation::receive_maximum_exceeded: return "MQTT-3.3.4-7";
    case violation::topic_alias_invalid: return "MQTT-3.3.2-9";
    case violation::topic_alias_unknown: return "MQTT-3.3.2-7";
    case violation::qos_not_supported: return "MQTT-3.2.2-11";
    case violation::retain_not_supported: return "MQTT-3.2.2-14";
    case violation::silence: return "MQTT-3.1.2-22";
    case violation::bad_client_id: return "MQTT-3.1.3-8";
    case violation::id_in_use: return "MQTT-2.2.1-3";
    case violation::dup_without_predecessor:
    case violation::resent_without_dup: return "MQTT-3.3.1-1";
    case violation::resent_while_connected: return "MQTT-4.4.0-1";
    case violation::resent_with_other_content: return "4.4";
    case violation::resent_out_of_order: return "MQTT-4.6.0-1";
    case violation::publish_after_release: return "MQTT-4.3.3-6";
    case violation::release_unknown:
    case violation::release_before_pubrec:
    case violation::release_repeated: return "MQTT-4.3.3-4";
    case violation::release_out_of_order: return "MQTT-4.6.0-4";
    case violation::ack_unknown:
    case violation::ack_of_other_qos:
    case violation::ack_repeated: return "MQTT-3.3.4-1";
    case violation::ack_out_of_order: return "MQTT-4.6.0-2";
    case violation::wildcards_not_supported: return "3.2.2.3.11";
    case violation::shared_not_supported: return "3.2.2.3.13";
    case violation::identifiers_not_supported: return "3.2.2.3.12";
    case violation::expiry_raised: return "3.14.2.2.2";
    case violation::none:
    case violation::packet_too_long:
    case violation::history_full: break;
    }
    return {};
}

// What DISCONNECT of 5.0 says about it.
[[nodiscard]] constexpr reason_code reason_for(violation v) noexcept {
    switch (v) {
    case violation::malformed_packet: return reason_code::malformed_packet;
    case violation::packet_too_long:
    case violation::packet_too_large: return reason_code::packet_too_large;
    case violation::bad_filter: return reason_code::topic_filter_invalid;
    case violation::history_full: return reason_code::implementation_specific_error;
    case violation::receive_maximum_exceeded: return reason_code::receive_maximum_exceeded;
    case violation::topic_alias_invalid: return reason_code::topic_alias_invalid;
    case violation::qos_not_supported: return reason_code::qos_not_supported;
    case violation::retain_not_supported: return reason_code::retain_not_supported;
    case violation::silence: return reason_code::keep_alive_timeout;
    default: return reason_code::protocol_error;
    }
}

// What a decoder has found, as a violation.
[[nodiscard]] constexpr violation violation_for(errc found) noexcept {
    if (found == errc::protocol_error) return violation::protocol_error;
    return found == errc::topic_alias_invalid ? violation::topic_alias_invalid : violation::malformed_packet;
}

// One of them, with what is known about it.
struct violation_report {
    violation      kind      = violation::none;
    std::uint16_t  id        = 0;  // packet id, or 0
    instant        at        = {};
    fixed_text<64> client_id = {};

    // "a second CONNECT from "pump" at 1234 ms".
    [[nodiscard]] constexpr fixed_text<192> text() const noexcept {
        fixed_text<192> line{words(kind)};
        if (id != 0) line << ", packet id " << id << ',';
        (line << " from ").quoted(client_id.view()) << " at " << at.ms << " ms";
        return line;
    }
};

}  // namespace barelink::inline v0::testing
