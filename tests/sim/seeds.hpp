// SPDX-License-Identifier: BSL-1.0
// Which seeds a simulation runs.
//
//   BARELINK_SEEDS=n   the first n seeds
//   BARELINK_SEED=n    only this one: replays what a failure has printed
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace sim {

struct seed_range {
    std::uint64_t first = 1;
    std::uint64_t last  = 0;
};

inline bool read_number(char const* name, std::uint64_t& into) {
    char const* const text = std::getenv(name);
    if (text == nullptr || *text == '\0') return false;
    into = std::strtoull(text, nullptr, 10);
    return true;
}

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool instrumented = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool instrumented = true;
#else
inline constexpr bool instrumented = false;
#endif
#else
inline constexpr bool instrumented = false;
#endif

// `count` seeds, unless the environment says otherwise.
inline seed_range seeds(std::uint64_t count) {
    std::uint64_t n = 0;
    if (read_number("BARELINK_SEED", n)) return {n, n};
    if (read_number("BARELINK_SEEDS", n)) return {1, n};
    return {1, count};
}

inline std::string replay(std::uint64_t seed) { return "replay with BARELINK_SEED=" + std::to_string(seed); }

}  // namespace sim
