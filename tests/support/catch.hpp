// SPDX-License-Identifier: BSL-1.0
// Catch2 of either generation. Both spell the test macros alike; a matcher that was renamed in 3 gets its new name
// in 2, so a test never asks which one it has. Write Catch::Matchers::... in full: 3 no longer opens that namespace.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <string>

#include <catch2/catch.hpp>

namespace Catch::Matchers {

inline auto ContainsSubstring(std::string const& text, CaseSensitive::Choice cases = CaseSensitive::Yes) {
    return Contains(text, cases);
}

}  // namespace Catch::Matchers
#endif
