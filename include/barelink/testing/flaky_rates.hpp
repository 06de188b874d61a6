// SPDX-License-Identifier: BSL-1.0
// How bad a network is. All zero is a perfect one.
#pragma once

#include <cstdint>

#include <barelink/base/config.hpp>

namespace barelink::inline v0::testing {

// Chances are so many of 1000; times are milliseconds; "up to" is uniform from 0 on.
struct flaky_rates {
    std::uint16_t split        = 0;     // reads and writes that move only a part, at least one byte
    std::uint16_t block        = 0;     // reads and writes that say would_block although they could move bytes,
    std::uint32_t block_ms_max = 5;     // for up to this long, at least 1
    std::uint32_t latency_ms   = 0;     // every written piece takes this long
    std::uint16_t delay        = 0;     // pieces that take longer,
    std::uint32_t delay_ms_max = 500;   // by up to this
    std::uint32_t connect_ms   = 0;     // a connection takes up to this long to be set up
    std::uint16_t refuse       = 0;     // connection attempts that are refused
    std::uint16_t ignore       = 0;     // connection attempts that nobody ever answers
    std::uint16_t cut          = 0;     // connections that are reset, both ends are told
    std::uint16_t lose         = 0;     // connections that die in silence, neither end is told
    std::uint32_t fate_bytes   = 2000;  // a cut or a loss comes after up to so many bytes, both directions counted
};

// Numbers that look random and are the same for one seed everywhere (xorshift64*).
class dice {
public:
    constexpr explicit dice(std::uint64_t seed) noexcept {
        // Neighbouring seeds must not give similar series: mix first (the finalizer of splitmix64).
        seed += 0x9E37'79B9'7F4A'7C15U;
        seed = (seed ^ (seed >> 30)) * 0xBF58'476D'1CE4'E5B9U;
        seed = (seed ^ (seed >> 27)) * 0x94D0'49BB'1331'11EBU;
        seed ^= seed >> 31;
        state_ = seed != 0 ? seed : 1;
    }
    constexpr std::uint32_t draw() noexcept {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<std::uint32_t>((state_ * 0x2545'F491'4F6C'DD1DU) >> 32);
    }
    // Uniform from `low` to `high`, both included. Requires: low <= high.
    constexpr std::uint32_t draw(std::uint32_t low, std::uint32_t high) noexcept {
        auto const span = std::uint64_t{high} - low + 1;
        return low + static_cast<std::uint32_t>((draw() * span) >> 32);
    }
    // True in so many of 1000 cases. Draws nothing for 0, so a knob that is off does not change a series.
    constexpr bool chance(std::uint16_t of_1000) noexcept { return of_1000 != 0 && draw(0, 999) < of_1000; }

private:
    std::uint64_t state_ = 1;
};

}  // namespace barelink::inline v0::testing
