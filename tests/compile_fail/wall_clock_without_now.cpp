// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: a wall clock needs `wall_time now\(\) noexcept`
#include <cstdint>

#include <barelink/link/wall_clock.hpp>

struct calendar {
    std::uint64_t seconds() noexcept;
#ifdef CORRECTED
    barelink::wall_time now() noexcept;
#endif
};
static_assert(barelink::check_wall_clock<calendar>());
