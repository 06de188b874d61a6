// SPDX-License-Identifier: BSL-1.0
// A program may bring its own assertion; here it counts.
namespace {
int broken_promises = 0;
}
#define BARELINK_ASSERT(condition) static_cast<void>((condition) ? 0 : ++broken_promises)

#include <barelink/base/config.hpp>

#include "support/catch.hpp"

TEST_CASE("the version is one number that can be compared", "[base][config]") {
    STATIC_REQUIRE(BARELINK_VERSION ==
                   10000 * BARELINK_VERSION_MAJOR + 100 * BARELINK_VERSION_MINOR + BARELINK_VERSION_PATCH);
    STATIC_REQUIRE(BARELINK_VERSION_MINOR < 100);
    STATIC_REQUIRE(BARELINK_VERSION_PATCH < 100);
}

TEST_CASE("an assertion that the program defines first is kept", "[base][config]") {
    BARELINK_ASSERT(1 + 1 == 2);
    CHECK(broken_promises == 0);
    BARELINK_ASSERT(1 + 1 == 3);
    CHECK(broken_promises == 1);
}
