// SPDX-License-Identifier: BSL-1.0
// Randomness of a POSIX system, for the jitter of reconnects.
#pragma once

#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#if __has_include(<sys/random.h>)
#include <sys/random.h>
#endif

#include <cstdint>

#include <barelink/link/entropy.hpp>

namespace barelink::inline v0::posix {

// Draws from the kernel with getrandom(2). While the kernel's pool is still empty (early at boot), or where it has no
// getrandom, it does not wait: it mixes the nanoseconds of two clocks with the process id and the number of draws. That
// is good enough to spread the reconnects of a fleet, and for nothing else.
class entropy {
public:
    [[nodiscard]] std::uint32_t draw() noexcept {
#if defined(GRND_NONBLOCK)
        std::uint32_t drawn = 0;
        if (::getrandom(&drawn, sizeof drawn, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof drawn)) return drawn;
#endif
        return draw_without_kernel();
    }

    // What draw() falls back to. Returns another series for each process and each moment of start.
    [[nodiscard]] std::uint32_t draw_without_kernel() noexcept {
        timespec wall{};
        timespec up{};
        ::clock_gettime(CLOCK_REALTIME, &wall);
        ::clock_gettime(CLOCK_MONOTONIC, &up);
        mix(static_cast<std::uint64_t>(wall.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(wall.tv_nsec));
        mix(static_cast<std::uint64_t>(up.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(up.tv_nsec));
        mix(static_cast<std::uint64_t>(::getpid()));
        return static_cast<std::uint32_t>(state_ >> 32);
    }

private:
    // One round of a multiply-and-shift hash; the odd increment makes equal readings give different results.
    void mix(std::uint64_t reading) noexcept {
        state_ = (state_ ^ reading) + 0x9E37'79B9'7F4A'7C15U;
        state_ = (state_ ^ (state_ >> 30)) * 0xBF58'476D'1CE4'E5B9U;
        state_ = (state_ ^ (state_ >> 27)) * 0x94D0'49BB'1331'11EBU;
        state_ ^= state_ >> 31;
    }

    std::uint64_t state_ = 0;
};

static_assert(check_entropy<entropy>());

}  // namespace barelink::inline v0::posix
