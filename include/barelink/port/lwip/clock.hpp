// SPDX-License-Identifier: BSL-1.0
// The clock that lwIP has already.
#pragma once

#include <lwip/sys.h>

#include <barelink/base/time.hpp>
#include <barelink/link/clock.hpp>

namespace barelink::inline v0::lwip {

// Counts the milliseconds of the board's sys_now(), which must wrap after 2^32 and go on while the device sleeps.
struct clock {
    [[nodiscard]] static instant now() noexcept { return {sys_now()}; }
};

static_assert(check_clock<clock>());

}  // namespace barelink::inline v0::lwip
