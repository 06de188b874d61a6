// SPDX-License-Identifier: BSL-1.0
#include <time.h>

#include <barelink/port/posix/clock.hpp>

#include "support/catch.hpp"

using namespace barelink;
namespace px = barelink::posix;

TEST_CASE("clock: milliseconds, cut to 32 bits", "[port]") {
    STATIC_REQUIRE(px::detail::instant_of({0, 999'999}).ms == 0);
    STATIC_REQUIRE(px::detail::instant_of({1, 1'000'000}).ms == 1001);
    STATIC_REQUIRE(px::detail::instant_of({4'294'967, 295'999'999}).ms == 0xFFFF'FFFFU);
    STATIC_REQUIRE(px::detail::instant_of({4'294'967, 296'000'000}).ms == 0);
    STATIC_REQUIRE(px::detail::instant_of({8'589'934, 592'000'000}).ms == 0);
}

TEST_CASE("clock: shows the time of its source", "[port]") {
    px::clock  c;
    timespec   before{};
    timespec   after{};
    REQUIRE(::clock_gettime(px::clock::source, &before) == 0);
    auto const now = c.now();
    REQUIRE(::clock_gettime(px::clock::source, &after) == 0);
    CHECK(now.reached(px::detail::instant_of(before)));
    CHECK(px::detail::instant_of(after).reached(now));
#if defined(__linux__)
    CHECK(px::clock::source == CLOCK_BOOTTIME);
#endif
}

TEST_CASE("clock: never goes back", "[port]") {
    px::clock c;
    auto      last = c.now();
    for (int i = 0; i < 10'000; ++i) {
        auto const now = c.now();
        REQUIRE(now.reached(last));
        last = now;
    }
}
