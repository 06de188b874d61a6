// SPDX-License-Identifier: BSL-1.0
// The filters that the device wants, and how far the Server has agreed. It is a declaration: after every CONNACK what
// the Server does not know is asked for again.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/list.hpp>
#include <barelink/base/time.hpp>
#include <barelink/session/events.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

enum class subscription_state : std::uint8_t {
    wanted,    // SUBSCRIBE has to be written
    asked,     // SUBSCRIBE is in line or on its way
    active,    // SUBACK came
    unwanted,  // UNSUBSCRIBE has to be written
    leaving,   // UNSUBSCRIBE is in line or on its way
    // The rest has to be told to the user, by subscription_reports:
    granted,
    refused,
    late,
    left,
    left_late,
};

struct subscription_report {
    event_type type  = event_type::none;
    errc       cause = errc::ok;
};
inline constexpr subscription_report subscription_reports[] = {
    {event_type::subscribed, errc::ok},
    {event_type::subscribe_failed, errc::subscription_refused},
    {event_type::subscribe_failed, errc::subscribe_timeout},
    {event_type::unsubscribed, errc::ok},
    {event_type::unsubscribe_failed, errc::unsubscribe_timeout},
};

// Lifetime: `filter` is the caller's text, until the entry is gone.
struct subscription {
    std::string_view   filter   = {};
    instant            asked_at = {};
    packet_id          id       = 0;
    subscription_state state    = {};
    qos                level    = {};  // asked for
    qos                given    = {};  // granted

    [[nodiscard]] constexpr bool waits() const noexcept {
        return state == subscription_state::asked || state == subscription_state::leaving;
    }
};

class subscription_table : public list<subscription> {
public:
    using list::list;

    [[nodiscard]] constexpr subscription* find(std::string_view filter) noexcept {
        for (auto& s : *this) {
            if (s.filter == filter) return &s;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr subscription* find(packet_id id, subscription_state state) noexcept {
        for (auto& s : *this) {
            if (s.id == id && s.state == state) return &s;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr bool uses(packet_id id) const noexcept {
        for (auto const& s : *this) {
            if (s.waits() && s.id == id) return true;
        }
        return false;
    }
    // Requests that await an answer.
    [[nodiscard]] constexpr std::uint8_t requests() const noexcept {
        std::uint8_t count = 0;
        for (auto const& s : *this) count = static_cast<std::uint8_t>(count + (s.waits() ? 1 : 0));
        return count;
    }
    [[nodiscard]] constexpr deadline overdue(std::uint32_t timeout_ms) const noexcept {
        deadline first{};
        for (auto const& s : *this) {
            if (s.waits()) first.earliest(s.asked_at + timeout_ms);
        }
        return first;
    }
    // Marks what should have been answered by `now`. Returns whether there was any.
    constexpr bool expire(instant now, std::uint32_t timeout_ms) noexcept {
        bool any = false;
        for (auto& s : *this) {
            if (!s.waits() || !now.reached(s.asked_at + timeout_ms)) continue;
            s.state = s.state == subscription_state::asked ? subscription_state::late : subscription_state::left_late;
            any     = true;
        }
        return any;
    }
    // The connection is gone; what was asked on it has to be asked again.
    constexpr void lose_connection() noexcept {
        for (auto& s : *this) {
            if (s.state == subscription_state::asked) s.state = subscription_state::wanted;
            if (s.state == subscription_state::leaving) s.state = subscription_state::unwanted;
        }
    }
    // Everything has to be asked for again; if the Server knows nothing of us, nothing has to be cancelled.
    constexpr void ask_again(bool forgotten) noexcept {
        for (auto& s : *this) {
            if (s.state == subscription_state::active) s.state = subscription_state::wanted;
            if (s.state == subscription_state::unwanted && forgotten) s.state = subscription_state::left;
        }
    }
};

}  // namespace barelink::inline v0
