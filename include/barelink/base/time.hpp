// SPDX-License-Identifier: BSL-1.0
// Time is a 32-bit count of milliseconds that wraps after 49.7 days. Every comparison here survives the wrap as
// long as the two instants are less than 24.8 days apart; the longest wait of MQTT (keep alive) is 18.2 hours.
#pragma once

#include <cstdint>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// A reading of the caller's monotonic clock.
struct instant {
    std::uint32_t ms = 0;

    // True if `*this` is `other` or later.
    [[nodiscard]] constexpr bool reached(instant other) const noexcept { return ms - other.ms < 0x8000'0000U; }
    // Milliseconds since `earlier`. Requires: reached(earlier).
    [[nodiscard]] constexpr std::uint32_t since(instant earlier) const noexcept { return ms - earlier.ms; }

    friend constexpr instant operator+(instant t, std::uint32_t later) noexcept { return {t.ms + later}; }
    friend constexpr bool operator==(instant, instant) = default;
};

// The next instant at which something has to be done, if there is any.
struct deadline {
    static constexpr std::uint32_t never = 0xFFFF'FFFFU;

    instant at    = {};
    bool    armed = false;

    constexpr void arm(instant when) noexcept { *this = {when, true}; }
    constexpr void stop() noexcept { armed = false; }
    [[nodiscard]] constexpr bool due(instant now) const noexcept { return armed && now.reached(at); }

    // Takes over `when` if that is earlier.
    constexpr void earliest(instant when) noexcept {
        if (!armed || at.reached(when)) arm(when);
    }
    // If it is armed, moves it back to `when` or later.
    constexpr void not_before(instant when) noexcept {
        if (when.reached(at)) at = when;
    }
    constexpr void earliest(deadline other) noexcept {
        if (other.armed) earliest(other.at);
    }

    // Milliseconds from `now` on: 0 when due, `never` when nothing is armed.
    [[nodiscard]] constexpr std::uint32_t left(instant now) const noexcept {
        if (!armed) return never;
        return now.reached(at) ? 0 : at.since(now);
    }
    friend constexpr bool operator==(deadline, deadline) = default;
};

}  // namespace barelink::inline v0
