// SPDX-License-Identifier: BSL-1.0
// The language barelink needs, and the only macros it defines.
#pragma once

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "barelink needs C++20. GNU and Clang: -std=c++20. Zephyr: CONFIG_STD_CPP20=y and \
CONFIG_REQUIRES_FULL_LIBCPP=y. CMSIS-Toolbox: language-CPP: c++20. IAR: EWARM 10. ESP-IDF 5.1 or later: nothing."
#endif
#if !defined(__cpp_concepts) || __cpp_concepts < 201907L
#error "barelink needs C++20 concepts: g++ 12, clang 14 or newer"
#endif

#define BARELINK_VERSION_MAJOR 0
#define BARELINK_VERSION_MINOR 1
#define BARELINK_VERSION_PATCH 0
// One number to compare in `#if`: 10000 * major + 100 * minor + patch.
#define BARELINK_VERSION 100

// Called for a mistake of the program itself, never for anything a peer can cause. Define it before the
// first include to trap, log or reset; without it the check costs nothing.
#ifndef BARELINK_ASSERT
#define BARELINK_ASSERT(condition) static_cast<void>(0)
#endif

// Keeps a function that is called from many places out of line: even at -Os compilers still inline small cursor
// primitives into every caller, which triples them. On a 64-bit host speed counts more.
#if defined(__GNUC__) && __SIZEOF_POINTER__ < 8
#define BARELINK_NOINLINE [[gnu::noinline]]
#else
#define BARELINK_NOINLINE
#endif
