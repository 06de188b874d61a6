// SPDX-License-Identifier: BSL-1.0
// How sessions begin, wait for their client and end [4.1].
#pragma once

#include <barelink/testing/broker.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
constexpr auto broker<L>::find_session(std::string_view client_id) noexcept -> session* {
    for (auto& s : sessions_) {
        if (s.used && s.client_id.view() == client_id) return &s;
    }
    return nullptr;
}
template <broker_limits L>
constexpr auto broker<L>::find_session(std::string_view client_id) const noexcept -> session const* {
    for (auto const& s : sessions_) {
        if (s.used && s.client_id.view() == client_id) return &s;
    }
    return nullptr;
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
constexpr bool broker<L>::connected(std::string_view client_id) const noexcept {
    auto const* const s = find_session(client_id);
    return s != nullptr && s->connected;
}
template <broker_limits L>
constexpr bool broker<L>::has_session(std::string_view client_id) const noexcept {
    return find_session(client_id) != nullptr;
}
template <broker_limits L>
constexpr bool broker<L>::subscribed(std::string_view client_id, std::string_view filter) const noexcept {
    auto const* const s = find_session(client_id);
    if (s == nullptr) return false;
    for (auto const& sub : s->subscriptions) {
        if (sub.filter.view() == filter) return true;
    }
    return false;
}
template <broker_limits L>
constexpr std::size_t broker<L>::waiting(std::string_view client_id) const noexcept {
    auto const* const s = find_session(client_id);
    return s == nullptr ? 0 : s->outbound.size();
}

// Its connection is over. `will`: what is to be published, or none.
template <broker_limits L>
constexpr void broker<L>::part(session& s, pool_index will, std::uint32_t will_delay_s) noexcept {
    s.connected = false;
    if (s.expiry_s == 0) {
        forget(s);
    } else {
        if (s.expiry_s < horizon_s) s.ends.arm(now_ + s.expiry_s * 1000U);
        if (will != pool::none && will_delay_s != 0) {
            s.will = will;
            s.will_due.arm(now_ + (will_delay_s < horizon_s ? will_delay_s : horizon_s) * 1000U);
            return;
        }
    }
    publish_will(will);
}

template <broker_limits L>
constexpr void broker<L>::publish_will(pool_index will) noexcept {
    if (will == pool::none) return;
    ++counts_.wills;
    static_cast<void>(route(pool_.posted(will)));
    pool_.release(will);
}

// Without its will.
template <broker_limits L>
constexpr void broker<L>::forget(session& s) noexcept {
    for (auto const& m : s.outbound) pool_.release(m.message);
    pool_.release(s.will);
    pool_.forget_source(number_of(s));
    s.outbound.clear();
    s.inbound.clear();
    s.subscriptions.clear();
    s.client_id.clear();
    s.used = s.connected = false;
    s.fresh              = true;
    s.last_id            = 0;
    s.will               = pool::none;
    s.expiry_s = s.arrivals = s.resent = 0;
    s.will_due.stop();
    s.ends.stop();
}

// A session that ends takes its will along, whatever its delay [3.1.3.2.2].
template <broker_limits L>
constexpr void broker<L>::end(session& s) noexcept {
    auto const will = s.will;
    s.will          = pool::none;
    forget(s);
    publish_will(will);
}

// What is over by now: sessions, delays of wills.
template <broker_limits L>
constexpr void broker<L>::expire() noexcept {
    for (auto& s : sessions_) {
        if (s.will_due.due(now_)) {
            s.will_due.stop();
            auto const will = s.will;
            s.will          = pool::none;
            publish_will(will);
        }
        if (!s.ends.due(now_)) continue;
        ++counts_.sessions;
        end(s);
    }
}

template <broker_limits L>
constexpr void broker<L>::forget_sessions() noexcept {
    for (auto& s : sessions_) {
        if (s.used && !s.connected) forget(s);
    }
}

}  // namespace barelink::inline v0::testing
