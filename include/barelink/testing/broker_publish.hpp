// SPDX-License-Identifier: BSL-1.0
// What the broker does with a PUBLISH of a client.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/v5/publish.hpp>

namespace barelink::inline v0::testing {

namespace detail {
// FNV-1a: equal content is told from other content, nothing more.
[[nodiscard]] constexpr std::uint32_t digest(std::string_view bytes, std::uint32_t start = 2'166'136'261U) noexcept {
    for (char const c : bytes) start = (start ^ octet(c)) * 16'777'619U;
    return start;
}
}  // namespace detail

// Returns false if it may not be; that is noted.
template <broker_limits L>
constexpr bool broker<L>::read_publish(connection& c, fixed_header const& h, bytes_in body, arrival& a) noexcept {
    if (c.v5()) return read_publish_5(c, h, body, a);
    auto const p = decode_publish(h.flags, body);
    if (!p) {
        violate(c, violation::malformed_packet);
        return false;
    }
    a = {.content = {.topic   = p.value.topic,
                     .payload = text_of(body.subspan(p.value.size)),
                     .level   = p.value.level,
                     .retain  = p.value.retain},
         .id      = p.value.id,
         .dup     = p.value.dup};
    return true;
}

template <broker_limits L>
constexpr bool broker<L>::read_publish_5(connection& c, fixed_header const& h, bytes_in body, arrival& a) noexcept {
    auto const p = v5::decode_publish(h.flags, body, sender::client);
    if (!p) {
        refuse(c, p.error);
        return false;
    }
    a = {.content = {.topic   = p.value.topic,
                     .payload = text_of(body.subspan(p.value.size)),
                     .level   = p.value.level,
                     .retain  = p.value.retain},
         .with    = p.value.with,
         .id      = p.value.id,
         .dup     = p.value.dup};
    auto wrong = violation::none;
    if (a.content.level > c.granted.maximum_qos) wrong = violation::qos_not_supported;
    if (a.content.retain && !c.granted.retain_available) wrong = violation::retain_not_supported;
    if (a.content.level != qos::at_most_once) {
        if (c.quota_in == 0) {
            wrong = violation::receive_maximum_exceeded;
        } else {
            --c.quota_in;
        }
    }
    if (wrong != violation::none) {
        violate(c, wrong, a.id);
        return false;
    }
    return p.value.alias == 0 || resolve_alias(c, p.value.alias, a);
}

template <broker_limits L>
constexpr bool broker<L>::resolve_alias(connection& c, std::uint16_t alias, arrival& a) noexcept {
    auto wrong = violation::none;
    if (alias > c.granted.topic_alias_maximum) {
        wrong = violation::topic_alias_invalid;
    } else if (!a.content.topic.empty()) {
        if (!c.aliases_in.set(alias, a.content.topic)) wrong = violation::packet_too_long;
    } else {
        a.content.topic = c.aliases_in.topic(alias);
        if (a.content.topic.empty()) wrong = violation::topic_alias_unknown;
    }
    if (wrong != violation::none) violate(c, wrong, a.id);
    return wrong == violation::none;
}

// The reason for its answer.
template <broker_limits L>
constexpr reason_code broker<L>::judge_publish(connection& c, arrival const& a) noexcept {
    if (!c.v5()) return reason_code::success;
    if (knobs.publish_reason != reason_code::success) return knobs.publish_reason;
    auto const reason = knobs.judge ? knobs.judge(c.client_id.view(), a.content) : reason_code::success;
    if (reason != reason_code::success || !knobs.tell_of_nobody || a.content.level == qos::at_most_once) return reason;
    return is_wanted({.content = a.content, .source = c.session}) ? reason : reason_code::no_matching_subscribers;
}

template <broker_limits L>
constexpr void broker<L>::on_publish(connection& c, fixed_header const& h, bytes_in body) noexcept {
    arrival a{};
    if (!read_publish(c, h, body, a)) return;
    auto const& m     = a.content;
    bool        again = false;
    inbound*    known = nullptr;
    if (m.level != qos::at_most_once) {
        auto const digest = detail::digest(m.topic, detail::digest(m.payload)) + (m.retain ? 1U : 0U);
        known             = know(c, a, digest, again);
        if (known == nullptr) return;
        known->connection = session_of(c).serial;
        if (again) ++counts_.duplicates;
    }
    bool const once   = m.level == qos::exactly_once;
    bool const old    = again && once;
    auto const reason = old ? reason_code::success : judge_publish(c, a);
    if (c.at != link_step::online) return;
    if (known != nullptr) {
        bool const ends = !once || refused(reason);
        if (knobs.answer_publishes) {
            send_ack(c, once ? packet_type::pubrec : packet_type::puback, a.id, reason);
            known->at = once ? inbound::step::received : inbound::step::done;
            if (ends) c.answer_written();
        }
        if (refused(reason)) session_of(c).inbound.erase(known);
    }
    if (old || refused(reason)) return;
    ++counts_.messages_in;
    if (knobs.seen) knobs.seen(c.client_id.view(), m);
    if (knobs.seen_with) knobs.seen_with(c.client_id.view(), m, a.with);
    static_cast<void>(route(make_posted(m, a.with, c.session)));
}

// Finds the record of a PUBLISH or makes one; `again`: it came before. Returns nullptr if there is no room for one.
template <broker_limits L>
constexpr auto broker<L>::know(connection& c, arrival const& p, std::uint32_t digest, bool& again) noexcept
    -> inbound* {
    auto& s = session_of(c);
    if (auto* const m = s.find_inbound(p.id)) {
        bool const same = m->digest == digest && m->level == p.content.level;
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
    return &s.inbound.add({.id = p.id, .level = p.content.level, .digest = digest, .order = ++s.arrivals});
}

template <broker_limits L>
constexpr void broker<L>::judge_again(connection& c, arrival const& p, std::uint32_t digest,
                                      inbound const& m) noexcept {
    auto& s = session_of(c);
    if (m.connection == s.serial) {
        return violate(c, p.dup ? violation::resent_while_connected : violation::id_in_use, p.id);
    }
    if (!p.dup) violate(c, violation::resent_without_dup, p.id);
    if (m.digest != digest || m.level != p.content.level) violate(c, violation::resent_with_other_content, p.id);
    if (m.order < s.resent) violate(c, violation::resent_out_of_order, p.id);
    s.resent = m.order;
}

}  // namespace barelink::inline v0::testing
