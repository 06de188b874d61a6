// SPDX-License-Identifier: BSL-1.0
// The randomness that lwIP has already, for the jitter of reconnects.
#pragma once

#include <cstdint>

#include <lwip/opt.h>

#include <barelink/link/entropy.hpp>

#ifndef LWIP_RAND
#error "barelink: port/lwip/entropy.hpp needs LWIP_RAND in arch/cc.h, for local ports and DNS too"
#endif

namespace barelink::inline v0::lwip {

// Draws from the board's LWIP_RAND().
struct entropy {
    [[nodiscard]] static std::uint32_t draw() noexcept { return static_cast<std::uint32_t>(LWIP_RAND()); }
};

static_assert(check_entropy<entropy>());

}  // namespace barelink::inline v0::lwip
