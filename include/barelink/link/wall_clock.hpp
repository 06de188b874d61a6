// SPDX-License-Identifier: BSL-1.0
// What the calendar says, and how far it can be believed: certificates have dates, and devices wake up in 1970.
#pragma once

#include <concepts>
#include <cstdint>

namespace barelink::inline v0 {

// How far wall_time::s can be believed.
enum class time_trust : std::uint8_t {
    unknown,  // nobody has told the time since the power came
    floor,    // it is at least this late: the time of the build, or the last one that was saved
    trusted,  // this is the time: from the network, a GNSS receiver, a clock with a battery
};

// A reading of the calendar. All zero: unknown.
struct wall_time {
    time_trust    trust = time_trust::unknown;
    std::uint64_t s     = 0;  // seconds since 1970-01-01 00:00 UTC, leap seconds not counted; 0 if unknown
    friend constexpr bool operator==(wall_time, wall_time) = default;
};

// `wall_time now()` reads the calendar. It may jump: time that is measured comes from link/clock.hpp.
template <class T>
concept wall_clock = requires(T& c) {
    { c.now() } noexcept -> std::same_as<wall_time>;
};

template <class T>
consteval bool check_wall_clock() {
    static_assert(wall_clock<T>, "barelink: a wall clock needs `wall_time now() noexcept`");
    return true;
}

// For a device that never learns the time: no certificate can be judged with it, a PSK needs none.
struct no_wall_clock {
    static constexpr wall_time now() noexcept { return {}; }
};

}  // namespace barelink::inline v0
