// SPDX-License-Identifier: BSL-1.0
// What a server can see a client do wrong.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/time.hpp>
#include <barelink/testing/fixed.hpp>

namespace barelink::inline v0::testing {

enum class violation : std::uint8_t {
    none,
    // after these the connection is closed [MQTT-4.8.0-1]
    malformed_packet,         // bytes that no packet may have
    packet_too_long,          // longer than broker_limits::rx_bytes: perhaps the limit is too low
    first_not_connect,        // [MQTT-3.1.0-1]
    second_connect,           // [MQTT-3.1.0-2]
    packet_of_a_server,       // CONNACK, SUBACK, UNSUBACK or PINGRESP
    packet_after_disconnect,  // [MQTT-3.14.4-2]
    bad_filter,               // SUBSCRIBE or UNSUBSCRIBE with a filter that is none
    history_full,             // more messages under way than broker_limits::history
    silence,                  // nothing came for one and a half times the keep alive [MQTT-3.1.2-24]
    // these are only recorded
    bad_client_id,            // empty with clean session off [MQTT-3.1.3-8]; in 3.1 empty or longer than 23
    id_in_use,                // an identifier of an exchange that is not complete [MQTT-2.3.1-2, -3]
    dup_without_predecessor,  // DUP in a new session: nobody can have seen the message before
    resent_while_connected,   // a PUBLISH again on the connection on which it was sent
    resent_without_dup,       // [MQTT-3.3.1-1]
    resent_with_other_content,
    resent_out_of_order,      // [MQTT-4.6.0-1]
    publish_after_release,    // PUBLISH again although PUBREL was sent [MQTT-4.3.3-1]
    release_unknown,          // PUBREL in a new session for what was never published
    release_before_pubrec,    // PUBREL although PUBREC was not sent
    release_repeated,         // PUBREL again on the connection on which it was sent
    release_out_of_order,     // [MQTT-4.6.0-4]
    ack_unknown,              // PUBACK, PUBREC or PUBCOMP for what was not sent on this connection
    ack_of_other_qos,         // PUBACK for QoS 2, or PUBREC for QoS 1
    ack_out_of_order,         // [MQTT-4.6.0-2, -3]
    ack_repeated,             // PUBREC twice
};

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
    }
    return "unknown";
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
