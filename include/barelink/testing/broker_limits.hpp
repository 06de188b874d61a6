// SPDX-License-Identifier: BSL-1.0
// How much the broker of this folder can hold, and how it is to misbehave.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/delegate.hpp>
#include <barelink/testing/broker_options.hpp>
#include <barelink/wire/reason.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {
struct connect_packet;
class properties;
}

namespace barelink::inline v0::testing {

struct broker_limits {
    std::uint16_t connections   = 4;     // at one time, dead ones that nobody has noticed included
    std::uint16_t sessions      = 4;     // of clients that are connected or have left one behind
    std::uint16_t subscriptions = 8;     // of each session
    std::uint16_t queue         = 32;    // of each session: messages to the client that wait or are under way
    std::uint16_t history       = 64;    // of each session: messages of the client that are remembered
    std::uint16_t messages      = 48;    // different ones that are queued, retained or a will
    std::uint16_t retained      = 8;     // topics with a retained message
    std::uint32_t message_bytes = 1024;  // topic, payload and properties of one message
    std::uint16_t filter_bytes  = 128;   // longest topic filter
    std::uint32_t rx_bytes      = 2048;  // longest packet from a client
    std::uint32_t tx_bytes      = 2048;  // bytes that wait for a client to read
    std::uint16_t aliases       = 8;     // of topics, of each connection and in each direction
    std::uint16_t alias_bytes   = 128;   // longest topic with an alias
};

template <broker_limits L>
consteval bool check_broker_limits() {
    static_assert(L.connections > 0 && L.sessions > 0, "barelink: broker_limits need a connection and a session");
    static_assert(L.rx_bytes >= 128, "barelink: broker_limits::rx_bytes must be at least 128");
    static_assert(L.tx_bytes >= L.message_bytes + 112,
                  "barelink: broker_limits::tx_bytes must be at least message_bytes + 112, a PUBLISH and some answers");
    return true;
}

// May be changed at any time. Lifetime: what a delegate points to must outlive the broker.
struct broker_knobs {
    bool answer_connects      = true;   // false: no CONNACK
    bool answer_pings         = true;   // false: no PINGRESP
    bool answer_publishes     = true;   // false: no PUBACK, PUBREC, PUBREL, PUBCOMP
    bool answer_requests      = true;   // false: no SUBACK, UNSUBACK
    bool deliver              = true;   // false: messages to clients wait in their queues
    bool speak_3_1            = true;
    bool speak_3_1_1          = true;
    bool speak_5              = true;   // false: CONNACK of 3.1.1 with code 1 [3.1.2.2]
    bool hang_up_on_5         = false;  // the connection is closed without a CONNACK
    bool tell_of_nobody       = true;   // 5.0: PUBACK and PUBREC say no_matching_subscribers
    bool use_aliases          = true;   // 5.0: on topics to clients that take them
    bool refuse_subscriptions = false;  // SUBACK 0x80 for every filter
    bool judge_silence        = true;   // false: a dead network may be the reason, so it is no violation

    qos            granted_max = qos::exactly_once;         // highest QoS that a SUBACK grants
    std::uint16_t  inflight    = 20;                        // messages above QoS 0 sent to one client at one time
    connect_return connack     = connect_return::accepted;  // other: every CONNECT is refused with it

    reason_code connack_reason   = reason_code::success;            // other: every CONNECT of 5.0 is refused with it
    reason_code publish_reason   = reason_code::success;            // other: every PUBLISH of 5.0 is refused with it
    reason_code subscribe_reason = reason_code::unspecified_error;  // of filters that are refused, in 5.0

    // Says who may come in. Unset: everybody.
    delegate<connect_return(connect_packet const&)> login = {};
    // True for a filter that gets 0x80. Unset: none.
    delegate<bool(std::string_view client_id, std::string_view filter)> refuse = {};
    // The answer of 5.0 to a message; from 0x80 on nobody gets it. Unset: success for all.
    delegate<reason_code(std::string_view client_id, message const&)> judge = {};
    // Asked with what a client's CONNECT or AUTH brings. Unset: an authentication method is refused.
    delegate<auth_step(std::string_view client_id, std::string_view method, std::string_view data)> authenticate = {};
    // Sees every message that a client has published: QoS 2 once, QoS 1 each time that it comes.
    delegate<void(std::string_view client_id, message const&)> seen = {};
    // The same with the properties of 5.0.
    delegate<void(std::string_view client_id, message const&, properties const&)> seen_with = {};
};

struct broker_counts {
    std::uint32_t connects     = 0;  // CONNECTs that were accepted
    std::uint32_t refused      = 0;
    std::uint32_t disconnects  = 0;  // in order, with DISCONNECT
    std::uint32_t breaks       = 0;  // connections that ended otherwise
    std::uint32_t takeovers    = 0;
    std::uint32_t wills        = 0;  // published
    std::uint32_t pings        = 0;
    std::uint32_t messages_in  = 0;  // accepted from clients: QoS 2 once, QoS 1 each time
    std::uint32_t duplicates   = 0;  // PUBLISHes that were received again
    std::uint32_t messages_out = 0;  // PUBLISHes written to clients
    std::uint32_t dropped      = 0;  // messages for which a limit was too low
    std::uint32_t silences     = 0;  // connections closed for want of a sign of life
    std::uint32_t expired      = 0;  // messages that were not delivered in time [3.3.2.3.3]
    std::uint32_t too_large    = 0;  // packets left out because of a client's maximum packet size
    std::uint32_t sessions     = 0;  // whose expiry interval was over
    std::uint32_t logins       = 0;  // exchanges of AUTH packets that have succeeded
};

}  // namespace barelink::inline v0::testing
