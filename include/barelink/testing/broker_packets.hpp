// SPDX-License-Identifier: BSL-1.0
// What the broker does with each packet of a client, and what it thinks of it.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/topic/filter.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/subscribe.hpp>

namespace barelink::inline v0::testing {

namespace detail {
// FNV-1a: equal content is told from other content, nothing more.
[[nodiscard]] constexpr std::uint32_t digest(std::string_view bytes, std::uint32_t start = 2'166'136'261U) noexcept {
    for (char const c : bytes) start = (start ^ octet(c)) * 16'777'619U;
    return start;
}
}  // namespace detail

template <broker_limits L>
constexpr void broker<L>::handle(connection& c, fixed_header const& h, bytes_in body) noexcept {
    switch (h.type) {
    case packet_type::connect: return on_connect(c, body);
    case packet_type::publish: return on_publish(c, h, body);
    case packet_type::subscribe: return on_subscribe(c, body);
    case packet_type::unsubscribe: return on_unsubscribe(c, body);
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp: {
        auto const id = decode_ack(body);
        if (!id) return violate(c, violation::malformed_packet);
        if (h.type == packet_type::pubrel) return on_pubrel(c, id.value);
        return on_answer(c, h.type, id.value);
    }
    case packet_type::pingreq: {
        if (!body.empty()) return violate(c, violation::malformed_packet);
        ++counts_.pings;
        char pong[2] = {};
        write_empty(pong, packet_type::pingresp);
        if (knobs.answer_pings) send(c, pong);
        return;
    }
    case packet_type::disconnect:
        if (!body.empty()) return violate(c, violation::malformed_packet);
        ++counts_.disconnects;
        leave(c, false);
        c.left = true;
        return;
    default: return violate(c, violation::packet_of_a_server);
    }
}

// Looks for a reason to refuse a CONNECT.
template <broker_limits L>
constexpr connect_return broker<L>::judge_connect(connection& c, connect_packet const& p) noexcept {
    bool const spoken = p.protocol == version::v3_1 ? knobs.speak_3_1 : knobs.speak_3_1_1;
    if (!spoken) return connect_return::unacceptable_version;
    if (check_connect(p) == errc::bad_client_id) {
        violate(c, violation::bad_client_id);
        return connect_return::identifier_rejected;
    }
    if (c.client_id.truncated()) return connect_return::identifier_rejected;
    if (knobs.connack != connect_return::accepted) return knobs.connack;
    return knobs.login ? knobs.login(p) : connect_return::accepted;
}

template <broker_limits L>
constexpr void broker<L>::on_connect(connection& c, bytes_in body) noexcept {
    if (c.at == link_step::online) return violate(c, violation::second_connect);
    if (!knobs.answer_connects) return;
    auto const p      = decode_connect(body);
    auto       code   = connect_return::unacceptable_version;
    session*   s      = nullptr;
    bool       resume = false;
    if (p.error != errc::unacceptable_version) {
        if (!p) return violate(c, violation::malformed_packet);
        c.client_id = p.value.client_id;
        if (c.client_id.empty()) c.client_id << "unnamed-" << serial_ + 1;
        code = judge_connect(c, p.value);
    }
    if (code == connect_return::accepted) {
        // [MQTT-3.1.4-2]
        if (auto const* const old = find_session(c.client_id.view()); old != nullptr && old->connected) {
            ++counts_.takeovers;
            kick(c.client_id.view());
        }
        s      = find_session(c.client_id.view());
        resume = s != nullptr && !p.value.clean_session;
        if (s != nullptr && !resume) forget(*s);
        if (!resume) s = new_session();
        if (s == nullptr) code = connect_return::server_unavailable;
    }
    char answer[4] = {};
    write_connack(answer, {.session_present = resume && p.value.protocol != version::v3_1, .code = code});
    send(c, answer);
    if (code != connect_return::accepted) {
        ++counts_.refused;
        return leave(c, false);
    }
    ++counts_.connects;
    c.at           = link_step::online;
    c.protocol     = p.value.protocol;
    c.session      = static_cast<std::uint16_t>(s - sessions_);
    c.keep_alive_s = p.value.keep_alive_s;
    c.will         = p.value.will.topic.empty() ? pool::none : pool_.keep(p.value.will);
    if (c.will == pool::none && !p.value.will.topic.empty()) ++counts_.dropped;
    s->client_id = c.client_id;
    s->connected = true;
    s->clean     = p.value.clean_session;
    // 3.1 does not tell whether there was a session, so a client may think that there was.
    s->fresh  = !resume && (p.value.protocol != version::v3_1 || p.value.clean_session);
    s->serial = ++serial_;
    s->resent = 0;
    for (auto& m : s->outbound) m.due = true;  // [MQTT-4.4.0-1]
}

template <broker_limits L>
constexpr auto broker<L>::new_session() noexcept -> session* {
    for (auto& s : sessions_) {
        if (s.used) continue;
        s.used = true;
        return &s;
    }
    ++counts_.dropped;
    return nullptr;
}

template <broker_limits L>
constexpr void broker<L>::on_publish(connection& c, fixed_header const& h, bytes_in body) noexcept {
    auto const p = decode_publish(h.flags, body);
    if (!p) return violate(c, violation::malformed_packet);
    message const m{.topic   = p.value.topic,
                    .payload = text_of(body.subspan(p.value.size)),
                    .level   = p.value.level,
                    .retain  = p.value.retain};
    bool again = false;
    if (m.level != qos::at_most_once) {
        auto const digest = detail::digest(m.topic, detail::digest(m.payload)) + (m.retain ? 1U : 0U);
        auto*      known  = know(c, p.value, digest, again);
        if (known == nullptr) return;
        known->connection = session_of(c).serial;
        if (again) ++counts_.duplicates;
        if (knobs.answer_publishes) {
            bool const once = m.level == qos::exactly_once;
            send_ack(c, once ? packet_type::pubrec : packet_type::puback, p.value.id);
            known->at = once ? inbound::step::received : inbound::step::done;
        }
    }
    if (again && m.level == qos::exactly_once) return;
    ++counts_.messages_in;
    if (knobs.seen) knobs.seen(c.client_id.view(), m);
    static_cast<void>(route(m));
}

// Finds the record of a PUBLISH or makes one; `again`: it came before. Returns nullptr if there is no room for one.
template <broker_limits L>
constexpr auto broker<L>::know(connection& c, publish_header const& p, std::uint32_t digest, bool& again) noexcept
    -> inbound* {
    auto& s = session_of(c);
    if (auto* const m = s.find_inbound(p.id)) {
        bool const same = m->digest == digest && m->level == p.level;
        again           = m->at != inbound::step::done || (p.dup && same && m->level == qos::at_least_once);
        if (again) {
            judge_again(c, p, digest, *m);
            return m;
        }
        // The server forgets a message of QoS 2 with its release, and would take it for a new one.
        if (p.dup && same) violate(c, violation::publish_after_release, p.id);
        s.inbound.erase(m);
    } else if (p.dup && s.fresh) {
        violate(c, violation::dup_without_predecessor, p.id);
    }
    for (auto const id : c.requests) {
        if (id == p.id) violate(c, violation::id_in_use, p.id);
    }
    for (auto& m : s.inbound) {
        if (!s.inbound.full()) break;
        if (m.at != inbound::step::done) continue;
        s.inbound.erase(&m);
        break;
    }
    if (s.inbound.full()) {
        violate(c, violation::history_full, p.id);
        return nullptr;
    }
    return &s.inbound.add({.id = p.id, .level = p.level, .digest = digest, .order = ++s.arrivals});
}

template <broker_limits L>
constexpr void broker<L>::judge_again(connection& c, publish_header const& p, std::uint32_t digest,
                                      inbound const& m) noexcept {
    auto& s = session_of(c);
    if (m.connection == s.serial) {
        return violate(c, p.dup ? violation::resent_while_connected : violation::id_in_use, p.id);
    }
    if (!p.dup) violate(c, violation::resent_without_dup, p.id);
    if (m.digest != digest || m.level != p.level) violate(c, violation::resent_with_other_content, p.id);
    if (m.order < s.resent) violate(c, violation::resent_out_of_order, p.id);
    s.resent = m.order;
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
    if (knobs.answer_publishes) send_ack(c, packet_type::pubcomp, id);
}

// PUBACK, PUBREC, PUBCOMP.
template <broker_limits L>
constexpr void broker<L>::on_answer(connection& c, packet_type type, packet_id id) noexcept {
    auto&       s    = session_of(c);
    auto* const m    = s.find_outbound(id);
    bool const  comp = type == packet_type::pubcomp;
    if (m == nullptr || m->due || (comp && m->at != outbound::step::released)) {
        return violate(c, violation::ack_unknown, id);
    }
    if (comp) return erase(s, m);
    auto const level = type == packet_type::puback ? qos::at_least_once : qos::exactly_once;
    if (m->level != level) return violate(c, violation::ack_of_other_qos, id);
    if (m->at == outbound::step::released) return violate(c, violation::ack_repeated, id);
    for (auto const& other : s.outbound) {
        if (&other == m) break;
        bool const waits = other.level == level && other.at == outbound::step::sent && !other.due;
        if (waits) violate(c, violation::ack_out_of_order, id);
    }
    if (type == packet_type::puback) return erase(s, m);
    pool_.release(m->message);
    m->message = pool::none;
    m->at      = outbound::step::released;
    m->due     = true;  // deliver() writes PUBREL
}

template <broker_limits L>
constexpr bool broker<L>::request_allowed(connection& c, packet_id id) noexcept {
    bool used = false;
    for (auto const other : c.requests) used = used || other == id;
    auto const* const m = session_of(c).find_inbound(id);
    if (used || (m != nullptr && m->at != inbound::step::done)) violate(c, violation::id_in_use, id);
    if (knobs.answer_requests) return true;
    if (!c.requests.full()) c.requests.add(id);
    return false;
}

template <broker_limits L>
constexpr void broker<L>::on_subscribe(connection& c, bytes_in body) noexcept {
    fixed_list<char, filters_max> codes = {};
    auto&                         s     = session_of(c);
    topic_list                    list{body, packet_type::subscribe};
    while (list.next()) {
        if (find_filter_fault(list.filter()) != filter_fault::none) return violate(c, violation::bad_filter, list.id());
        if (codes.full()) return violate(c, violation::packet_too_long, list.id());
        typename session::subscription* sub = nullptr;
        for (auto& other : s.subscriptions) {
            if (other.filter.view() == list.filter()) sub = &other;
        }
        bool const refused = knobs.refuse_subscriptions || list.filter().size() > L.filter_bytes ||
                             (knobs.refuse && knobs.refuse(c.client_id.view(), list.filter())) ||
                             (sub == nullptr && s.subscriptions.full());
        if (refused) {
            codes.add(static_cast<char>(subscription_failure));
            continue;
        }
        if (sub == nullptr) sub = &s.subscriptions.add({.filter = list.filter()});
        sub->level = list.level() < knobs.granted_max ? list.level() : knobs.granted_max;
        codes.add(static_cast<char>(sub->level));
        for (auto const r : retained_) {
            if (r == pool::none || !matches(list.filter(), pool_.at(r).topic)) continue;
            auto const level = pool_.at(r).level;
            static_cast<void>(enqueue(s, r, level < sub->level ? level : sub->level, true));
        }
    }
    if (list.error() != errc::ok) return violate(c, violation::malformed_packet, list.id());
    if (!request_allowed(c, list.id())) return;
    // A bound that the compiler sees, or it warns of a copy without one.
    auto const count              = codes.size() < filters_max ? codes.size() : filters_max;
    char       packet[answer_max] = {};
    auto const size               = encode_suback(packet, list.id(), bytes_in{codes.begin(), count});
    send(c, bytes_in{packet, size.value});
}

template <broker_limits L>
constexpr void broker<L>::on_unsubscribe(connection& c, bytes_in body) noexcept {
    auto&      s = session_of(c);
    topic_list list{body, packet_type::unsubscribe};
    while (list.next()) {
        if (find_filter_fault(list.filter()) != filter_fault::none) return violate(c, violation::bad_filter, list.id());
        for (auto& sub : s.subscriptions) {
            if (sub.filter.view() != list.filter()) continue;
            s.subscriptions.erase(&sub);
            break;
        }
    }
    if (list.error() != errc::ok) return violate(c, violation::malformed_packet, list.id());
    if (request_allowed(c, list.id())) send_ack(c, packet_type::unsuback, list.id());
}

}  // namespace barelink::inline v0::testing
