// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/clock.hpp>

#include "base/check_both.hpp"

using namespace barelink;
using barelink::testing::manual_clock;

namespace {

constexpr instant moved(std::uint32_t start, std::uint32_t by) {
    manual_clock clock{{start}};
    clock.advance(by);
    return clock.now();
}
constexpr instant put(instant to) {
    manual_clock clock;
    clock.set(to);
    return clock.now();
}

}  // namespace

TEST_CASE("a manual clock stands still until it is moved", "[testing][clock]") {
    CHECK_BOTH(manual_clock{}.now() == instant{0});
    CHECK_BOTH(moved(5, 0) == instant{5});
    CHECK_BOTH(moved(5, 7) == instant{12});
    CHECK_BOTH(put({99}) == instant{99});
}

TEST_CASE("a manual clock wraps as the clock of a device does", "[testing][clock]") {
    CHECK_BOTH(moved(0xFFFF'FFFF, 1) == instant{0});
    CHECK_BOTH(moved(0xFFFF'FFF0, 0x20).reached({0xFFFF'FFF0}));
}
