// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: a clock needs `instant now\(\) noexcept`
#include <cstdint>

#include <barelink/link/clock.hpp>

struct ticks {
    std::uint32_t millis() noexcept;
#ifdef CORRECTED
    barelink::instant now() noexcept;
#endif
};
static_assert(barelink::check_clock<ticks>());
