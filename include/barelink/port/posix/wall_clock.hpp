// SPDX-License-Identifier: BSL-1.0
// The calendar of a POSIX system.
#pragma once

#include <time.h>

#include <cstdint>

#include <barelink/link/wall_clock.hpp>

namespace barelink::inline v0::posix {

// Satisfies `wall_clock`. A machine without a battery begins in 1970, or where its image was made, and is set later by
// the network: what lies before a floor is therefore not believed.
class wall_clock {
public:
    // `floor_s`: seconds since 1970 before which it cannot be: the time of the build, or one that was saved.
    constexpr explicit wall_clock(std::uint64_t floor_s = 0) noexcept : floor_s_{floor_s} {}

    // Returns the system's time; the floor if the system's time lies before it; unknown without a floor before 2020.
    [[nodiscard]] wall_time now() const noexcept {
        timespec t{};
        ::clock_gettime(CLOCK_REALTIME, &t);
        return read(t.tv_sec > 0 ? static_cast<std::uint64_t>(t.tv_sec) : 0);
    }
    // What now() says when the system says `s`.
    [[nodiscard]] constexpr wall_time read(std::uint64_t s) const noexcept {
        constexpr std::uint64_t year_2020 = 1'577'836'800;
        if (s > floor_s_ && s > year_2020) return {time_trust::trusted, s};
        return floor_s_ != 0 ? wall_time{time_trust::floor, floor_s_} : wall_time{};
    }

private:
    std::uint64_t floor_s_;
};

}  // namespace barelink::inline v0::posix
