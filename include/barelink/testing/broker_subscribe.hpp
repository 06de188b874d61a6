// SPDX-License-Identifier: BSL-1.0
// What the broker does with SUBSCRIBE and UNSUBSCRIBE.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/topic/filter.hpp>
#include <barelink/topic/shared.hpp>
#include <barelink/wire/subscribe.hpp>
#include <barelink/wire/v5/suback.hpp>
#include <barelink/wire/v5/subscribe.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
constexpr bool broker<L>::is_filter(connection const& c, std::string_view filter) const noexcept {
    return find_filter_fault(filter) == filter_fault::none && (!c.v5() || is_shared_form(filter));
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
    code_list codes = {};
    if (c.v5()) {
        v5::topic_list list{body, packet_type::subscribe};
        while (list.next()) {
            if (!subscribe(c, list.request(), list.with(), list.id(), codes)) return;
        }
        if (list.error() != errc::ok) return refuse(c, list.error(), list.id());
        return answer_request(c, packet_type::suback, list.id(), codes);
    }
    topic_list list{body, packet_type::subscribe};
    while (list.next()) {
        if (!subscribe(c, {.filter = list.filter(), .level = list.level()}, {}, list.id(), codes)) return;
    }
    if (list.error() != errc::ok) return violate(c, violation::malformed_packet, list.id());
    answer_request(c, packet_type::suback, list.id(), codes);
}

// One filter. Returns false if it has ended the connection.
template <broker_limits L>
constexpr bool broker<L>::subscribe(connection& c, v5::topic_request const& r, properties const& with, packet_id id,
                                    code_list& codes) noexcept {
    bool const good = is_filter(c, r.filter);
    if (!good || codes.full()) {
        violate(c, good ? violation::packet_too_long : violation::bad_filter, id);
        return false;
    }
    auto&      s          = session_of(c);
    auto const identifier = with.number(property_id::subscription_identifier);
    auto const reason     = judge_subscribe(c, r, identifier, id);
    if (refused(reason)) {
        codes.add(static_cast<char>(reason));
        return true;
    }
    auto*      sub    = s.find_subscription(r.filter);
    bool const is_new = sub == nullptr;
    if (is_new) sub = &s.subscriptions.add({.filter = r.filter});
    auto const most   = knobs.granted_max < c.granted.maximum_qos ? knobs.granted_max : c.granted.maximum_qos;
    sub->level        = r.level < most ? r.level : most;
    sub->shared       = c.v5() && is_shared(r.filter);
    sub->no_local     = r.no_local;
    sub->as_published = r.retain_as_published;
    sub->identifier   = identifier;
    codes.add(static_cast<char>(sub->level));
    bool const wanted = r.retained == retain_handling::send ||
                        (r.retained == retain_handling::send_if_new && is_new);
    if (wanted && !sub->shared) send_retained(s, *sub);
    return true;
}

template <broker_limits L>
constexpr reason_code broker<L>::judge_subscribe(connection& c, v5::topic_request const& r, std::uint32_t identifier,
                                                 packet_id id) noexcept {
    if (identifier != 0 && !c.granted.identifiers_available) {
        violate(c, violation::identifiers_not_supported, id);
        return reason_code::subscription_identifiers_not_supported;
    }
    if (c.v5() && is_shared(r.filter) && !c.granted.shared_available) {
        violate(c, violation::shared_not_supported, id);
        return reason_code::shared_subscriptions_not_supported;
    }
    if ((utf8_scan(r.filter) & utf8_wildcard) != 0 && !c.granted.wildcards_available) {
        violate(c, violation::wildcards_not_supported, id);
        return reason_code::wildcard_subscriptions_not_supported;
    }
    auto& s = session_of(c);
    if (s.find_subscription(r.filter) == nullptr && s.subscriptions.full()) {
        return c.v5() ? reason_code::quota_exceeded : reason_code::unspecified_error;
    }
    bool const refused = knobs.refuse_subscriptions || r.filter.size() > L.filter_bytes ||
                         (knobs.refuse && knobs.refuse(c.client_id.view(), r.filter));
    if (!refused) return reason_code::success;
    return c.v5() ? knobs.subscribe_reason : reason_code::unspecified_error;
}

template <broker_limits L>
constexpr void broker<L>::send_retained(session& s, subscription const& sub) noexcept {
    for (auto const r : retained_) {
        if (r == pool::none || !sub.covers(pool_.at(r).topic) || pool_.expired(r, now_)) continue;
        if (sub.no_local && pool_.posted(r).source == number_of(s)) continue;
        outbound m{.message = r, .level = pool_.at(r).level, .retain = true};
        if (m.level > sub.level) m.level = sub.level;
        if (sub.identifier != 0) m.identifiers.add(sub.identifier);
        static_cast<void>(enqueue(s, m));
    }
}

template <broker_limits L>
constexpr void broker<L>::on_unsubscribe(connection& c, bytes_in body) noexcept {
    code_list codes = {};
    if (c.v5()) {
        v5::topic_list list{body, packet_type::unsubscribe};
        while (list.next()) {
            if (!unsubscribe(c, list.request().filter, list.id(), codes)) return;
        }
        if (list.error() != errc::ok) return refuse(c, list.error(), list.id());
        return answer_request(c, packet_type::unsuback, list.id(), codes);
    }
    topic_list list{body, packet_type::unsubscribe};
    while (list.next()) {
        if (!unsubscribe(c, list.filter(), list.id(), codes)) return;
    }
    if (list.error() != errc::ok) return violate(c, violation::malformed_packet, list.id());
    answer_request(c, packet_type::unsuback, list.id(), codes);
}

// One filter. Returns false if it has ended the connection.
template <broker_limits L>
constexpr bool broker<L>::unsubscribe(connection& c, std::string_view filter, packet_id id,
                                      code_list& codes) noexcept {
    bool const good = is_filter(c, filter);
    if (!good || (c.v5() && codes.full())) {
        violate(c, good ? violation::packet_too_long : violation::bad_filter, id);
        return false;
    }
    auto&       s   = session_of(c);
    auto* const sub = s.find_subscription(filter);
    if (sub != nullptr) s.subscriptions.erase(sub);
    if (!c.v5()) return true;
    codes.add(static_cast<char>(sub != nullptr ? reason_code::success : reason_code::no_subscription_existed));
    return true;
}

// SUBACK or UNSUBACK, if the client may ask and the knobs let us answer.
template <broker_limits L>
constexpr void broker<L>::answer_request(connection& c, packet_type type, packet_id id,
                                         code_list const& codes) noexcept {
    if (!request_allowed(c, id)) return;
    if (!c.v5() && type == packet_type::unsuback) return send_ack(c, type, id);
    // A bound that the compiler sees, or it warns of a copy without one.
    auto const     count              = codes.size() < filters_max ? codes.size() : filters_max;
    bytes_in const list               = {codes.begin(), count};
    char           packet[answer_max] = {};
    auto const     size               = c.v5() ? v5::encode_suback(packet, type, id, list, property_list{})
                                               : encode_suback(packet, id, list);
    if (size.value > c.asked.maximum_packet_size) {
        ++counts_.too_large;  // [MQTT-3.1.2-24]
    } else {
        send(c, bytes_in{packet, size.value});
    }
}

}  // namespace barelink::inline v0::testing
