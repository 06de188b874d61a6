// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: an entropy source needs `uint32_t draw\(\) noexcept`
#include <cstdint>

#include <barelink/link/entropy.hpp>

struct dice {
    std::uint32_t roll() noexcept;
#ifdef CORRECTED
    std::uint32_t draw() noexcept;
#endif
};
static_assert(barelink::check_entropy<dice>());
