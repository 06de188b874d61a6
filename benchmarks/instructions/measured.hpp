// SPDX-License-Identifier: BSL-1.0
// What the measured programs share: PROGRAM WHAT COUNT does WHAT, COUNT times. callgrind counts inside functions named
// measured_*, and not inside outside_*: entering one of either switches counting over, leaving it switches back. The
// difference of two counts is what run.sh prints, so what happened before the first one cancels.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

#define MEASURED extern "C" [[gnu::noinline]]

inline constexpr std::string_view topic   = "bench/speed/device-001/telemetry";                              // 32 bytes
inline constexpr std::string_view payload =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-";  // 64 bytes
static_assert(topic.size() == 32 && payload.size() == 64);

// What the compiler must not know beforehand.
template <class T>
T hide(T value) {
    asm volatile("" : "+r"(value) : : "memory");
    return value;
}

inline void require(bool condition, char const* what) {
    if (condition) return;
    std::fprintf(stderr, "instructions: %s\n", what);
    std::exit(1);
}

struct job {
    std::string_view what;
    int              count;
};
inline job arguments(int argc, char** argv) {
    require(argc == 3, "usage: PROGRAM WHAT COUNT");
    return {argv[1], std::atoi(argv[2])};
}
