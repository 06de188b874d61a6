// SPDX-License-Identifier: BSL-1.0
// The monotonic clock of a POSIX system.
#pragma once

#include <time.h>

#include <cstdint>

#include <barelink/link/clock.hpp>

namespace barelink::inline v0::posix {

namespace detail {

// The low 32 bits of the count of milliseconds; it wraps as `instant` does.
[[nodiscard]] constexpr instant instant_of(timespec const& t) noexcept {
    auto const seconds = static_cast<std::uint64_t>(t.tv_sec);
    auto const rest    = static_cast<std::uint64_t>(t.tv_nsec) / 1'000'000U;
    return {static_cast<std::uint32_t>(seconds * 1000U + rest)};
}

}  // namespace detail

// Counts milliseconds since the system was started. On Linux it goes on while the system sleeps (CLOCK_BOOTTIME);
// elsewhere CLOCK_MONOTONIC is read, and whether that counts sleep is up to the system.
struct clock {
#if defined(CLOCK_BOOTTIME)
    static constexpr clockid_t source = CLOCK_BOOTTIME;
#else
    static constexpr clockid_t source = CLOCK_MONOTONIC;
#endif

    [[nodiscard]] static instant now() noexcept {
        timespec t{};
        // A kernel before 2.6.39 does not know CLOCK_BOOTTIME; every kernel knows CLOCK_MONOTONIC.
        if (::clock_gettime(source, &t) != 0) ::clock_gettime(CLOCK_MONOTONIC, &t);
        return detail::instant_of(t);
    }
};

static_assert(check_clock<clock>());

}  // namespace barelink::inline v0::posix
