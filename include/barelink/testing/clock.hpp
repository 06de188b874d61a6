// SPDX-License-Identifier: BSL-1.0
// A clock that stands still until it is told to move.
#pragma once

#include <cstdint>

#include <barelink/base/time.hpp>
#include <barelink/link/clock.hpp>

namespace barelink::inline v0::testing {

// Start it shortly before 2^32 to see a program through the wrap.
class manual_clock {
public:
    constexpr explicit manual_clock(instant start = {}) noexcept : now_{start} {}

    [[nodiscard]] constexpr instant now() const noexcept { return now_; }
    constexpr void set(instant to) noexcept { now_ = to; }
    constexpr void advance(std::uint32_t ms) noexcept { now_ = now_ + ms; }

private:
    instant now_;
};

static_assert(monotonic_clock<manual_clock>);

}  // namespace barelink::inline v0::testing
