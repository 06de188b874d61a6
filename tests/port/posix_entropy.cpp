// SPDX-License-Identifier: BSL-1.0
#include <set>

#include <barelink/port/posix/entropy.hpp>

#include "support/catch.hpp"

namespace px = barelink::posix;

namespace {

// 1000 of 2^32: two equal ones come once in 8600 runs, three pairs never.
template <class Draw>
void check_series(Draw draw) {
    std::set<std::uint32_t> seen;
    std::uint32_t           ones  = 0;
    std::uint32_t           zeros = 0;
    for (int i = 0; i < 1000; ++i) {
        auto const n = draw();
        seen.insert(n);
        ones |= n;
        zeros |= ~n;
    }
    CHECK(seen.size() > 997);
    CHECK(ones == 0xFFFF'FFFFU);
    CHECK(zeros == 0xFFFF'FFFFU);
}

}  // namespace

TEST_CASE("entropy: draws differ", "[port]") {
    px::entropy e;
    check_series([&] { return e.draw(); });
}

TEST_CASE("entropy: also without the kernel's help", "[port]") {
    px::entropy e;
    check_series([&] { return e.draw_without_kernel(); });
}

TEST_CASE("entropy: two sources draw different series", "[port]") {
    px::entropy a;
    px::entropy b;
    int         equal = 0;
    for (int i = 0; i < 16; ++i) equal += a.draw_without_kernel() == b.draw_without_kernel() ? 1 : 0;
    CHECK(equal < 3);
    equal = 0;
    for (int i = 0; i < 16; ++i) equal += a.draw() == b.draw() ? 1 : 0;
    CHECK(equal < 3);
}
