// SPDX-License-Identifier: BSL-1.0
#include <barelink/port/posix/wall_clock.hpp>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

constexpr std::uint64_t y2001 = 978'307'200, y2024 = 1'704'067'200, y2026 = 1'767'225'600;

}  // namespace

TEST_CASE("the system's calendar is believed once it has been set", "[port][wall_clock]") {
    STATIC_REQUIRE(wall_clock<posix::wall_clock>);
    CHECK_BOTH(posix::wall_clock{}.read(y2026) == wall_time{time_trust::trusted, y2026});
    CHECK_BOTH(posix::wall_clock{}.read(0) == wall_time{});
    CHECK_BOTH(posix::wall_clock{}.read(y2001) == wall_time{});
}

TEST_CASE("nothing before the floor is believed", "[port][wall_clock]") {
    CHECK_BOTH(posix::wall_clock{y2024}.read(y2026) == wall_time{time_trust::trusted, y2026});
    CHECK_BOTH(posix::wall_clock{y2024}.read(y2024) == wall_time{time_trust::floor, y2024});
    CHECK_BOTH(posix::wall_clock{y2024}.read(0) == wall_time{time_trust::floor, y2024});
    CHECK_BOTH(posix::wall_clock{y2026}.read(y2024) == wall_time{time_trust::floor, y2026});
}

TEST_CASE("this machine knows the time, or says that it does not", "[port][wall_clock]") {
    auto const t = posix::wall_clock{}.now();
    CHECK((t.trust == time_trust::trusted) == (t.s != 0));
}
