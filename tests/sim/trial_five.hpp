// SPDX-License-Identifier: BSL-1.0
// What a storm of 5.0 has beside that of 3.1.1: limits of both sides, reasons, properties, sessions that expire. See
// trial.hpp.
#pragma once

#include <barelink/wire/reason.hpp>

#include "sim/trial.hpp"

namespace sim {

// The value of the user property of a message.
inline std::string words_of(lane in, std::uint32_t number) {
    return std::to_string(in.index()) + ':' + std::to_string(number);
}

// The broker ends the connection, with or without a word.
template <limits L>
void trial<L>::part() {
    static constexpr reason_code reasons[] = {reason_code::server_busy, reason_code::server_shutting_down,
                                              reason_code::session_taken_over, reason_code::quota_exceeded,
                                              reason_code::administrative_action, reason_code::use_another_server};
    auto const i = dice_.draw(0, 11);
    if (i > 5) return cloud_.kick("pump");
    cloud_.disconnect("pump", reasons[i]);
}

// The connections to come get something else, or nobody gets one.
template <limits L>
void trial<L>::grant() {
    bool const resumes = !plan_.how.clean_session && plan_.five.expiry_s() != 0;
    bool const knows   = resumes && L.highest_qos == qos::exactly_once;
    if (plan_.five.varies && dice_.chance(700)) return draw_grants(dice_, cloud_.options, knows);
    cloud_.knobs.connack_reason = dice_.chance(500) ? reason_code::server_unavailable : reason_code::banned;
}

// What a message of the broker's, or a piece of it, has beside topic and payload.
template <limits L>
void trial<L>::look_at(event const& e) {
    if (!is_5()) return;
    if (e.with.number(property_id::subscription_identifier) != 1) note("another subscription identifier");
    auto const most = plan_.five.asks.receive_maximum;
    if (unanswered_ > (most == 0 ? L.inbound : most)) note("the broker has sent more than the receive maximum");
    auto const packets = plan_.five.asks.maximum_packet_size;
    if (packets != 0 && e.size + e.topic.size() > packets) note("a packet that is too large");
    bool const  dropped = e.type == event_type::dropped;
    auto const  start   = dropped ? std::string{} : partial_ + std::string{e.payload};
    auto const  number  = dropped ? e.size - large_size : number_in(start);
    auto const  user    = e.with.find(property_id::user_property);
    bool const  has     = user.id == property_id::user_property;
    if (has != plan_.five.users) note("a user property is lost, or comes from nowhere");
    if (!has || (!dropped && start.size() < size_min)) return;
    if (user.text != "n" || user.value != words_of(lane_of(e), number)) note("the user property of another message");
}

// Whether a message to the device may be above its maximum packet size, with all that can be put into its head.
template <limits L>
bool trial<L>::may_be_too_large(entry const& e) const {
    auto const most = plan_.five.asks.maximum_packet_size;
    return is_5() && most != 0 && e.size + 60 > most;
}

// A publish of the device's.
template <limits L>
result<packet_id> trial<L>::send(message const& m, entry& e, bool pulled) {
    if constexpr (L.versions.v5) {
        auto const          words = words_of(e.in, e.number);
        property const      own[] = {{"n", words}};
        property_list const with  = plan_.five.users ? property_list{own} : property_list{};
        if constexpr (L.sources != 0) {
            if (pulled) return mqtt_->publish(m, e.size, {&trial::pull, &e}, with);
        }
        return mqtt_->publish(m, with);
    } else {
        if constexpr (L.sources != 0) {
            if (pulled) return mqtt_->publish(m, e.size, {&trial::pull, &e});
        }
        return mqtt_->publish(m);
    }
}

template <limits L>
bool trial<L>::send_down(message const& m, entry const& e) {
    auto const     words = words_of(e.in, e.number);
    property const own[] = {{"n", words}};
    return cloud_.publish(m, plan_.five.users ? property_list{own} : property_list{});
}

// The messages for which the broker has no quota: always the same ones, as they may come again.
template <limits L>
bool trial<L>::refuses(lane in, std::uint32_t number) const {
    return plan_.five.refuses && (number + in.index()) % 7 == 3;
}

template <limits L>
reason_code trial<L>::judge(std::string_view, message const& m) noexcept {
    if (m.topic == "up/rest") return reason_code::success;
    return refuses(up_lane(m), number_in(m.payload)) ? reason_code::quota_exceeded : reason_code::success;
}

template <limits L>
void trial<L>::on_seen_with(std::string_view, message const& m, properties const& with) noexcept {
    if (m.topic == "up/rest") return;
    auto const user = with.find(property_id::user_property);
    bool const has  = user.id == property_id::user_property;
    if (has != plan_.five.users) note("the broker misses a user property, or sees one too many");
    if (has && user.value != words_of(up_lane(m), number_in(m.payload))) note("the broker sees another user property");
}

// An answer to a publish, which says why.
template <limits L>
void trial<L>::look_at_answer(event const& e) {
    auto* const sent = up_.find_open(e.id);
    if (!is_5() || sent == nullptr) return;
    bool const refused = refuses(sent->in, sent->number);
    auto const nobody  = plan_.five.tells ? reason_code::no_matching_subscribers : reason_code::success;
    if (e.type == event_type::uncertain) {
        sent->optional = plan_.five.varies;  // it may have become too long for the broker
    } else if (e.type == event_type::delivered) {
        if (refused) note("delivered, although the broker has refused it");
        if (sent->in.level == qos::at_least_once && e.reason != nobody) note("another reason in PUBACK");
    } else if (e.cause == errc::publish_refused) {
        if (!refused || e.reason != reason_code::quota_exceeded) note("refused, but not by the broker");
    } else if (e.cause == errc::packet_too_long_for_server) {
        if (!plan_.five.varies && plan_.five.grants.maximum_packet_size == 0) note("too long, but for whom?");
        // It may have been sent in a session that is lost.
        sent->optional = plan_.five.varies && !plan_.kept();
    } else if (e.cause != errc::source_failed) {
        note("rejected for another reason");
    }
}

// Sessions may have expired since the last connection.
template <limits L>
void trial<L>::count_expired() {
    auto const all = cloud_.counts().sessions;
    just_lost_     = just_lost_ || all != expired_;
    expired_       = all;
}

}  // namespace sim
