// SPDX-License-Identifier: BSL-1.0
// From a message to everybody who wants it.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/writer.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
constexpr bool broker<L>::publish(message const& m) noexcept {
    return route({.content = m});
}

template <broker_limits L>
constexpr bool broker<L>::publish(message const& m, property_list with) noexcept {
    char   bytes[L.message_bytes] = {};
    writer w{bytes};
    for (auto const& p : with) barelink::detail::put_property(w, p);
    if (!w.fits()) {
        ++counts_.dropped;
        return false;
    }
    return route(make_posted(m, properties{bytes_in{bytes, w.size()}}, posted_message::nobody));
}

// Returns false if a limit did not allow it for somebody.
template <broker_limits L>
constexpr bool broker<L>::route(posted_message const& p) noexcept {
    bool       all   = !p.content.retain || retain(p);
    pool_index index = pool::none;
    for (auto& s : sessions_) {
        if (!s.used) continue;
        auto const w = s.wants(p.content.topic, number_of(s) == p.source);
        if (w.any()) all = pass(s, p, w, index) && all;
    }
    all = pass_shared(p, index) && all;
    pool_.release(index);
    return all;
}

// Gives it to one session. `index`: where it is kept, none if that was not necessary yet.
template <broker_limits L>
constexpr bool broker<L>::pass(session& s, posted_message const& p, wish const& w, pool_index& index) noexcept {
    auto const level = w.level < number(p.content.level) ? static_cast<qos>(w.level) : p.content.level;
    if (!s.connected && level == qos::at_most_once) return true;
    if (index == pool::none) index = pool_.keep(p, now_);
    if (index == pool::none) {
        ++counts_.dropped;
        return false;
    }
    return enqueue(s, {.message     = index,
                       .level       = level,
                       .retain      = p.content.retain && w.as_published,
                       .identifiers = w.identifiers});
}

// Of every group that wants it one member gets it, the one that has waited longest, if possible one that is connected
// [4.8.2].
template <broker_limits L>
constexpr bool broker<L>::pass_shared(posted_message const& p, pool_index& index) noexcept {
    bool all = true;
    for (auto& first : sessions_) {
        for (auto& sub : first.subscriptions) {
            if (!first.used || !sub.shared || !sub.covers(p.content.topic)) continue;
            session*      member = nullptr;
            subscription* share  = nullptr;
            bool          again  = false;  // the group had its turn with a session further in front
            for (auto& s : sessions_) {
                auto* const other = s.used ? s.find_subscription(sub.filter.view()) : nullptr;
                if (other == nullptr || !other->shared) continue;
                again             = again || &s < &first;
                bool const better = member == nullptr || (s.connected && !member->connected) ||
                                    (s.connected == member->connected && other->served < share->served);
                if (!better) continue;
                member = &s;
                share  = other;
            }
            if (again) continue;
            share->served = ++shared_turns_;
            wish w{};
            share->join(w);
            all = pass(*member, p, w, index) && all;
        }
    }
    return all;
}

// Whether anybody has subscribed to it.
template <broker_limits L>
constexpr bool broker<L>::is_wanted(posted_message const& p) const noexcept {
    for (auto const& s : sessions_) {
        if (!s.used) continue;
        if (s.wants(p.content.topic, number_of(s) == p.source).any()) return true;
        for (auto const& sub : s.subscriptions) {
            if (sub.shared && sub.covers(p.content.topic)) return true;
        }
    }
    return false;
}

// [MQTT-3.3.1-5, -10]
template <broker_limits L>
constexpr bool broker<L>::retain(posted_message const& p) noexcept {
    pool_index* place = nullptr;
    for (auto& r : retained_) {
        if (r == pool::none || (pool_.at(r).topic != p.content.topic && !pool_.expired(r, now_))) continue;
        pool_.release(r);
        r     = pool::none;
        place = &r;
    }
    if (p.content.payload.empty()) return true;
    for (auto& r : retained_) {
        if (place == nullptr && r == pool::none) place = &r;
    }
    if (place != nullptr) *place = pool_.keep(p, now_);
    bool const kept = place != nullptr && *place != pool::none;
    if (!kept) ++counts_.dropped;
    return kept;
}

template <broker_limits L>
constexpr message broker<L>::retained(std::string_view topic) const noexcept {
    for (auto const r : retained_) {
        if (r != pool::none && pool_.at(r).topic == topic && !pool_.expired(r, now_)) return pool_.at(r);
    }
    return {};
}

template <broker_limits L>
constexpr bool broker<L>::enqueue(session& s, outbound const& m) noexcept {
    if (s.outbound.full()) {
        ++counts_.dropped;
        return false;
    }
    pool_.hold(m.message);
    s.outbound.add(m);
    return true;
}

template <broker_limits L>
constexpr void broker<L>::erase(session& s, outbound* m) noexcept {
    pool_.release(m->message);
    s.outbound.erase(m);
}

}  // namespace barelink::inline v0::testing
