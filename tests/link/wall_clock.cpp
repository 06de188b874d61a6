// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/wall_clock.hpp>

#include <cstdint>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// The least that is a wall clock.
struct archetype {
    archetype()                            = delete;
    archetype(archetype const&)            = delete;
    archetype& operator=(archetype const&) = delete;
    wall_time now() noexcept;
};

struct no_now {};
struct may_throw {
    wall_time now();
};
struct plain_number {
    std::uint64_t now() noexcept;
};
struct hidden {
private:
    [[maybe_unused]] wall_time now() noexcept;
};

}  // namespace

TEST_CASE("a wall clock is whatever says now() without throwing", "[link][wall_clock]") {
    STATIC_REQUIRE(wall_clock<archetype>);
    STATIC_REQUIRE(wall_clock<no_wall_clock>);
    STATIC_REQUIRE(check_wall_clock<archetype>());
}

TEST_CASE("a wall clock that is missing, throwing, private or a plain number is none", "[link][wall_clock]") {
    STATIC_REQUIRE_FALSE(wall_clock<no_now>);
    STATIC_REQUIRE_FALSE(wall_clock<may_throw>);
    STATIC_REQUIRE_FALSE(wall_clock<plain_number>);
    STATIC_REQUIRE_FALSE(wall_clock<hidden>);
    STATIC_REQUIRE_FALSE(wall_clock<int>);
}

TEST_CASE("a time that nobody has set is unknown", "[link][wall_clock]") {
    STATIC_REQUIRE(wall_time{}.trust == time_trust::unknown);
    STATIC_REQUIRE(no_wall_clock::now() == wall_time{});
}
