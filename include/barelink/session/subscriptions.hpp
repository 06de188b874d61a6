// SPDX-License-Identifier: BSL-1.0
// The filters that the device wants, and how far the Server has agreed. It is a declaration: after every CONNACK what
// the Server does not know is asked for again.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/session/event_type.hpp>
#include <barelink/wire/property.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

enum class subscription_state : std::uint8_t {
    free,      // no entry
    lapsed,    // SUBACK did not come on this connection: asked for again on the next one
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
    left_refused,
};

struct subscription_report {
    event_type         type  = event_type::none;
    errc               cause = errc::ok;
    subscription_state after = {};
};
inline constexpr subscription_report subscription_reports[] = {
    {event_type::subscribed, errc::ok, subscription_state::active},
    {event_type::subscribe_failed, errc::subscription_refused, subscription_state::free},
    {event_type::subscribe_failed, errc::subscribe_timeout, subscription_state::lapsed},
    {event_type::unsubscribed, errc::ok, subscription_state::free},
    {event_type::unsubscribe_failed, errc::unsubscribe_timeout, subscription_state::free},
    {event_type::unsubscribe_failed, errc::subscription_refused, subscription_state::free},
};

// What 5.0 adds to a subscription [3.8.3.1]. Lifetime: `with` is the caller's, as long as the filter.
struct subscribe_options {
    bool            no_local            = false;  // not what we publish ourselves
    bool            retain_as_published = false;  // RETAIN as its publisher set it
    retain_handling retained            = retain_handling::send;
    std::uint32_t   identifier          = 0;   // comes with each message of this subscription; 0: none
    property_list   with                = {};  // user properties
};

// Lifetime: `filter` is the caller's text, until the entry is gone.
struct subscription {
    std::string_view   filter   = {};
    instant            asked_at = {};
    packet_id          id       = 0;
    subscription_state state    = {};
    qos                level    = {};  // asked for
    std::uint8_t       code     = 0;   // what the Server has said: the level granted, or a reason
    bool               left     = false;  // the request was written, at asked_at

    [[nodiscard]] constexpr bool waits() const noexcept {
        return state == subscription_state::asked || state == subscription_state::leaving;
    }
};

class subscription_table {
public:
    constexpr subscription_table() noexcept = default;
    constexpr explicit subscription_table(std::span<subscription> area) noexcept { place(area); }

    // Requires: nothing is in it.
    constexpr void place(std::span<subscription> area) noexcept {
        data_     = area.data();
        capacity_ = static_cast<std::uint8_t>(area.size());
    }

    // All entries, also the free ones.
    [[nodiscard]] constexpr subscription* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr subscription* end() const noexcept { return data_ + capacity_; }

    // The entry of this filter; without one a free entry, else one that has lapsed; nullptr if there is none of these.
    [[nodiscard]] constexpr subscription* find_or_free(std::string_view filter) const noexcept {
        for (auto& s : *this) {
            if (s.state != subscription_state::free && same_text(s.filter, filter)) return &s;
        }
        auto* const unused = first(subscription_state::free);
        return unused != nullptr ? unused : first(subscription_state::lapsed);
    }
    [[nodiscard]] constexpr subscription* first(subscription_state state) const noexcept {
        for (auto& s : *this) {
            if (s.state == state) return &s;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr subscription* find(packet_id id, subscription_state state) const noexcept {
        for (auto& s : *this) {
            if (s.id == id && s.state == state) return &s;
        }
        return nullptr;
    }
    // Whether the answer to a request may still come, so that nothing else may have its identifier [MQTT-2.3.1-3]. The
    // last one of each entry, answered or not, is enough to know.
    [[nodiscard]] constexpr bool uses(packet_id id) const noexcept {
        for (auto const& s : *this) {
            if (s.id == id) return true;
        }
        return false;
    }
    // A request was written.
    constexpr void written(packet_id id, instant now) const noexcept {
        for (auto& s : *this) {
            if (s.id == id) {
                s.left     = true;
                s.asked_at = now;
            }
        }
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
            if (s.waits() && s.left) first.earliest(s.asked_at + timeout_ms);
        }
        return first;
    }
    // Marks what should have been answered by `now`. Returns whether there was any.
    constexpr bool expire(instant now, std::uint32_t timeout_ms) const noexcept {
        bool any = false;
        for (auto& s : *this) {
            if (!s.waits() || !s.left || !now.reached(s.asked_at + timeout_ms)) continue;
            s.state = s.state == subscription_state::asked ? subscription_state::late : subscription_state::left_late;
            any     = true;
        }
        return any;
    }
    // The connection is gone; what was asked on it has to be asked again.
    constexpr void lose_connection() const noexcept {
        for (auto& s : *this) {
            if (s.state == subscription_state::asked || s.state == subscription_state::lapsed ||
                s.state == subscription_state::late) {
                s.state = subscription_state::wanted;
            }
            if (s.state == subscription_state::leaving) s.state = subscription_state::unwanted;
        }
    }
    // Everything has to be asked for again; if the Server knows nothing of us, nothing has to be cancelled.
    constexpr void ask_again(bool forgotten) const noexcept {
        for (auto& s : *this) {
            if (s.state == subscription_state::active) s.state = subscription_state::wanted;
            if (s.state == subscription_state::unwanted && forgotten) s.state = subscription_state::left;
        }
    }

private:
    subscription* data_     = nullptr;
    std::uint8_t  capacity_ = 0;
};

}  // namespace barelink::inline v0
