// SPDX-License-Identifier: BSL-1.0
// One check, made by the compiler and again by the machine: the two take different branches of is_constant_evaluated(),
// and only the second runs under the sanitizers.
#pragma once

#include "support/catch.hpp"

#define CHECK_BOTH(...)              \
    do {                             \
        STATIC_REQUIRE(__VA_ARGS__); \
        CHECK(__VA_ARGS__);          \
    } while (false)
