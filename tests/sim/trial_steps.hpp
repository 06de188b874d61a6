// SPDX-License-Identifier: BSL-1.0
// What happens in a storm, and what a device makes of its events. See trial.hpp.
#pragma once

#include "sim/trial.hpp"

namespace sim {

template <limits L>
void trial<L>::step() {
    if (idle_ && dice_.chance(700)) note_connect(mqtt_->connect());
    auto const last = static_cast<std::uint32_t>(held_.size()) - 1;
    if (!held_.empty() && dice_.chance(500)) acknowledge(dice_.draw(0, last));
    auto const kind = dice_.draw(0, 99);
    if (kind < 45) return publish();
    if (kind < 70) return publish_down();
    if (kind < 78) return request_something();
    if (kind < 81) return is_5() ? part() : cloud_.kick("pump");
    if (kind < 83) return link_.cut();
    if (kind < 84) return cloud_.restart(true);
    if (kind < 86) return lose_session();
    if (kind < 88) return plan_.silent ? link_.lose() : void();
    if (kind < 94) return turn_a_knob();
    if (kind < 97) return acknowledge_all();
    if (!idle_) static_cast<void>(mqtt_->disconnect());
}

template <limits L>
lane trial<L>::draw_lane() {
    auto const top = number(L.highest_qos);
    return {static_cast<std::uint8_t>(dice_.draw(0, lane::topics - 1)), static_cast<qos>(dice_.draw(0, top))};
}

template <limits L>
void trial<L>::publish() {
    auto const in     = draw_lane();
    bool const pulled = plan_.sources && dice_.chance(300);
    auto&      e      = up_.add(in, pulled ? dice_.draw(size_min, 800) : dice_.draw(size_min, 90));
    if (pulled) e.fails = dice_.chance(50);
    auto const payload = pulled ? std::string{} : payload_of(e);
    auto const id      = send({.topic = up_topics[in.topic], .payload = payload, .level = in.level}, e, pulled);
    if (id) return up_.accept(e, id.value);
    bool const expected = id.error == errc::inflight_full || id.error == errc::ring_full ||
                          (is_5() && id.error == errc::packet_too_long_for_server) ||
                          (id.error == errc::not_connected && in.level == qos::at_most_once) ||
                          (pulled && (id.error == errc::sources_full || id.error == errc::source_failed));
    if (!expected) note("publish() returned " + std::to_string(static_cast<int>(id.error)));
    up_.forget_last();
}

template <limits L>
std::size_t trial<L>::pull(void* context, std::uint32_t offset, bytes_out into) {
    auto const& e = *static_cast<entry const*>(context);
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = payload_byte(e, offset + static_cast<std::uint32_t>(i));
    return e.fails && offset + into.size() > e.size / 2 ? 0 : into.size();
}

// A message that is too large for the device has a size that says which one it is: it may be reported without
// payload.
template <limits L>
void trial<L>::publish_down() {
    if (!cloud_.subscribed("pump", filters[0])) return;
    auto const in    = draw_lane();
    bool const large = dice_.chance(250);
    auto&      e     = down_.add(in, large ? 0 : dice_.draw(size_min, 80));
    if (large) e.size = large_size + e.number;
    auto const payload = payload_of(e);
    e.optional         = may_be_too_large(e);
    if (!send_down({.topic = down_topics[in.topic], .payload = payload, .level = in.level}, e)) down_.forget_last();
}

template <limits L>
void trial<L>::request_something() {
    auto const i = dice_.draw(1, 2);
    if (requests_[i] != request::none) return;
    if (known_[i]) {
        unsubscribe(i);
    } else {
        subscribe(i);
    }
}

template <limits L>
void trial<L>::subscribe(std::size_t i) {
    auto e = errc::ok;
    if constexpr (L.versions.v5) {
        e = mqtt_->subscribe(filters[i], L.highest_qos, {.identifier = static_cast<std::uint32_t>(i + 1)});
    } else {
        e = mqtt_->subscribe(filters[i], L.highest_qos);
    }
    if (e == errc::ok) {
        requests_[i] = request::subscribe;
        known_[i]    = true;
    } else if (e != errc::ring_full && e != errc::subscribe_requests_full) {
        note("subscribe() returned " + std::to_string(static_cast<int>(e)));
    }
}

template <limits L>
void trial<L>::unsubscribe(std::size_t i) {
    auto const e = mqtt_->unsubscribe(filters[i]);
    if (e == errc::ok) {
        requests_[i] = request::unsubscribe;
    } else if (e != errc::ring_full && e != errc::subscribe_requests_full) {
        note("unsubscribe() returned " + std::to_string(static_cast<int>(e)));
    }
}

template <limits L>
void trial<L>::lose_session() {
    if (!plan_.forgets) return;
    cloud_.restart(false);
    ++sessions_lost_;
    just_lost_ = true;
}

template <limits L>
void trial<L>::turn_a_knob() {
    auto& k = cloud_.knobs;
    if (dice_.chance(500)) {
        // A broker that leaves out an answer and gives later ones breaks the order itself: not on one connection.
        if (!k.answer_publishes) link_.cut();
        k.answer_connects = k.answer_pings = k.answer_publishes = k.answer_requests = k.deliver = true;
        k.connack_reason = reason_code::success;
        return;
    }
    if (is_5() && dice_.chance(200)) return grant();
    bool* const all[] = {&k.answer_connects, &k.answer_pings, &k.answer_publishes, &k.answer_requests, &k.deliver};
    *all[dice_.draw(0, 4)] = false;
}

template <limits L>
void trial<L>::acknowledge(std::size_t i) {
    if constexpr (L.manual_ack) {
        // What the connection took with it is not there any more.
        auto const e = mqtt_->acknowledge(held_[i].id);
        if (e != errc::ok && e != errc::nothing_to_acknowledge) note("acknowledge() returned something else");
        if (e == errc::ok && unanswered_ != 0) --unanswered_;
        held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

template <limits L>
void trial<L>::acknowledge_all() {
    while (!held_.empty()) acknowledge(0);
}

template <limits L>
void trial<L>::on_event(event const& e) {
    switch (e.type) {
    case event_type::connected: return on_connected(e);
    case event_type::disconnected:
        partial_.clear();
        if (plan_.how.clean_session || (is_5() && plan_.five.expiry_s() == 0)) ++sessions_lost_;
        idle_ = e.cause == errc::requested;
        if (!idle_ && e.retry_in_ms == 0) note("the device gave up");
        return;
    case event_type::message: return on_message(e);
    case event_type::chunk:
        if (e.offset != partial_.size()) note("a chunk is missing");
        look_at(e);
        partial_ += e.payload;
        return;
    case event_type::dropped:
        if (plan_.how.chunks) note("dropped although chunks are on");
        if (e.cause != errc::message_too_long) note("dropped for another reason");
        look_at(e);
        return down_.arrived(lane_of(e), e.size - large_size);
    case event_type::subscribed:
    case event_type::subscribe_failed:
    case event_type::unsubscribed:
    case event_type::unsubscribe_failed: return on_request(e);
    case event_type::delivered: look_at_answer(e); return finish(e, outcome::delivered);
    case event_type::rejected:
        if (!is_5() && e.cause != errc::source_failed) note("rejected for another reason");
        look_at_answer(e);
        ++rejected_;
        if (e.id != 0) finish(e, outcome::rejected);
        return;
    case event_type::uncertain:
        if (plan_.kept() && !plan_.five.varies) note("uncertain, although the broker has kept the session");
        look_at_answer(e);
        return finish(e, outcome::uncertain);
    case event_type::replaced: return;
    default: note("an event of an unknown type");
    }
}

template <limits L>
void trial<L>::on_connected(event const& e) {
    bool const says = plan_.how.protocol != version::v3_1;
    bool const must = connected_ && plan_.kept() && says;
    unanswered_     = 0;
    count_expired();
    if (must && !e.session_present) note("the session is gone");
    connected_ = true;
    // With 3.1, or if the CONNACK that said it was lost, the device can't know that the broker has forgotten it.
    bool const told = says && !e.session_present;
    if (just_lost_ && !told && !plan_.how.clean_session) lost_unseen_ = true;
    just_lost_ = false;
}

template <limits L>
lane trial<L>::lane_of(event const& e) {
    return {static_cast<std::uint8_t>(e.topic == down_topics[0] ? 0 : 1), e.level};
}

template <limits L>
void trial<L>::on_message(event const& e) {
    if (e.topic == "down/rest") {
        heard_ = true;
        return;
    }
    if (e.id != 0 && plan_.how.manual_ack) {
        held_.push_back({e.id, e.level});
        ++unanswered_;
    }
    look_at(e);
    if (e.size != e.payload.size()) {
        if (e.size != partial_.size() || !e.payload.empty()) note("a message in chunks ends too early");
        down_.arrived(lane_of(e), partial_);
        partial_.clear();
    } else {
        down_.arrived(lane_of(e), e.payload);
    }
    if (!calm_ && dice_.chance(100)) publish();
}

template <limits L>
void trial<L>::on_request(event const& e) {
    for (std::size_t i = 0; i < 3; ++i) {
        if (e.topic != filters[i]) continue;
        bool const leaving = e.type == event_type::unsubscribed || e.type == event_type::unsubscribe_failed;
        if (requests_[i] == (leaving ? request::unsubscribe : request::subscribe)) requests_[i] = request::none;
        // One that was not answered in time stays declared, and is asked for again after the next CONNACK.
        lapsed_[i] = e.type == event_type::subscribe_failed && e.cause == errc::subscribe_timeout;
        known_[i]  = e.type == event_type::subscribed || lapsed_[i];
    }
}

template <limits L>
void trial<L>::finish(event const& e, outcome how) {
    if (e.id == rest_id_ && how == outcome::delivered) {
        rest_id_ = 0;
    } else {
        up_.finish(e.id, how);
    }
}

template <limits L>
void trial<L>::on_seen(std::string_view, message const& m) noexcept {
    if (m.topic == "up/rest") return;
    up_.arrived(up_lane(m), m.payload);
}

}  // namespace sim
