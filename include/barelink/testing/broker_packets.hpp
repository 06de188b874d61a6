// SPDX-License-Identifier: BSL-1.0
// What the broker does with each packet of a client, and what it thinks of it.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/disconnect.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
constexpr void broker<L>::handle(connection& c, fixed_header const& h, bytes_in body) noexcept {
    bool const early = c.at == link_step::authenticating && h.type != packet_type::connect &&
                       h.type != packet_type::auth && h.type != packet_type::disconnect;
    if (early) return violate(c, violation::packet_before_connack);
    switch (h.type) {
    case packet_type::connect: return on_connect(c, body);
    case packet_type::publish: return on_publish(c, h, body);
    case packet_type::subscribe: return on_subscribe(c, body);
    case packet_type::unsubscribe: return on_unsubscribe(c, body);
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp: return on_ack(c, h.type, body);
    case packet_type::pingreq: {
        if (!body.empty()) return violate(c, violation::malformed_packet);
        ++counts_.pings;
        char pong[2] = {};
        write_empty(pong, packet_type::pingresp);
        if (knobs.answer_pings) send(c, pong);
        return;
    }
    case packet_type::disconnect: return on_disconnect(c, body);
    case packet_type::auth: return on_auth(c, body);
    default: return violate(c, violation::packet_of_a_server);
    }
}

template <broker_limits L>
constexpr void broker<L>::on_ack(connection& c, packet_type type, bytes_in body) noexcept {
    v5::ack_packet ack{};
    if (c.v5()) {
        auto const read = v5::decode_ack(type, body);
        if (!read) return refuse(c, read.error);
        ack = read.value;
    } else {
        auto const id = decode_ack(body);
        if (!id) return violate(c, violation::malformed_packet);
        ack.id = id.value;
    }
    if (type == packet_type::pubrel) return on_pubrel(c, ack.id);
    on_answer(c, type, ack.id, ack.reason);
}

template <broker_limits L>
constexpr void broker<L>::on_disconnect(connection& c, bytes_in body) noexcept {
    bool with_will = false;
    if (c.v5()) {
        auto const p = v5::decode_reason(packet_type::disconnect, body, sender::client);
        if (!p) return refuse(c, p.error);
        with_will         = p.value.reason != reason_code::normal_disconnection;  // [MQTT-3.14.4-3]
        auto const expiry = p.value.with.find(property_id::session_expiry_interval);
        if (expiry.id != property_id::none && c.at == link_step::online) {
            bool const raised = c.asked.session_expiry_s == 0 && expiry.number != 0;
            auto const most   = c.granted.session_expiry_max_s;
            if (raised) violate(c, violation::expiry_raised);
            session_of(c).expiry_s = raised ? 0 : expiry.number < most ? expiry.number : most;
        }
    } else if (!body.empty()) {
        return violate(c, violation::malformed_packet);
    }
    ++counts_.disconnects;
    leave(c, with_will, true);
    c.left = true;
}

template <broker_limits L>
constexpr void broker<L>::on_pubrel(connection& c, packet_id id) noexcept {
    auto&       s = session_of(c);
    auto* const m = s.find_inbound(id);
    if (m == nullptr || m->level != qos::exactly_once) {
        // In a session that was resumed it may be one whose PUBCOMP was lost.
        if (m != nullptr || s.fresh) violate(c, violation::release_unknown, id);
    } else {
        if (m->at == inbound::step::open) violate(c, violation::release_before_pubrec, id);
        if (m->at == inbound::step::done && m->released == s.serial) violate(c, violation::release_repeated, id);
        for (auto const& other : s.inbound) {
            if (&other == m) break;
            bool const waits = other.level == qos::exactly_once && other.at == inbound::step::received;
            if (waits && m->at == inbound::step::received) violate(c, violation::release_out_of_order, id);
        }
        m->at       = inbound::step::done;
        m->released = s.serial;
    }
    if (!knobs.answer_publishes) return;
    bool const unknown = c.v5() && m == nullptr;
    send_ack(c, packet_type::pubcomp, id, unknown ? reason_code::packet_identifier_not_found : reason_code::success);
    c.answer_written();
}

// PUBACK, PUBREC, PUBCOMP. A PUBREC that refuses ends the exchange [4.3.3].
template <broker_limits L>
constexpr void broker<L>::on_answer(connection& c, packet_type type, packet_id id,
                                     reason_code reason) noexcept {
    auto&       s    = session_of(c);
    auto* const m    = s.find_outbound(id);
    bool const  comp = type == packet_type::pubcomp;
    if (m == nullptr || m->due || (comp && m->at != outbound::step::released)) {
        return violate(c, violation::ack_unknown, id);
    }
    if (comp) {
        if (m->counted) c.raise_quota_out();  // [MQTT-3.3.4-9]
        return erase(s, m);
    }
    auto const level = type == packet_type::puback ? qos::at_least_once : qos::exactly_once;
    if (m->level != level) return violate(c, violation::ack_of_other_qos, id);
    if (m->at == outbound::step::released) return violate(c, violation::ack_repeated, id);
    for (auto const& other : s.outbound) {
        if (&other == m) break;
        bool const waits = other.level == level && other.at == outbound::step::sent && !other.due;
        if (waits) violate(c, violation::ack_out_of_order, id);
    }
    if (type == packet_type::puback || refused(reason)) {
        if (m->counted) c.raise_quota_out();
        return erase(s, m);
    }
    pool_.release(m->message);
    m->message = pool::none;
    m->at      = outbound::step::released;
    m->due     = true;  // deliver() writes PUBREL
}

}  // namespace barelink::inline v0::testing
