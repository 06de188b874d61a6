// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/slice.hpp>

#include "base/check_both.hpp"

using barelink::slice;

TEST_CASE("a slice ends where its text does", "[text][slice]") {
    CHECK_BOTH(slice("abcde", 0) == "abcde");
    CHECK_BOTH(slice("abcde", 1, 2) == "bc");
    CHECK_BOTH(slice("abcde", 3, 9) == "de");
    CHECK_BOTH(slice("abcde", 5).empty());
    CHECK_BOTH(slice("abcde", 6, 1).empty());
    CHECK_BOTH(slice("abcde", static_cast<std::size_t>(-1), static_cast<std::size_t>(-1)).empty());
    CHECK_BOTH(slice({}, 0).empty());
}
