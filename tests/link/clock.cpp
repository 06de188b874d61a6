// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/clock.hpp>

#include <cstdint>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// The least that is a clock.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    instant now() noexcept;
};
struct static_now {
    static instant now() noexcept;
};

struct no_now {};
struct may_throw {
    instant now();
};
struct plain_number {
    std::uint32_t now() noexcept;
};
struct hidden {
private:
    [[maybe_unused]] instant now() noexcept;
};

}  // namespace

TEST_CASE("a clock is whatever says now() without throwing", "[link][clock]") {
    STATIC_REQUIRE(monotonic_clock<archetype>);
    STATIC_REQUIRE(monotonic_clock<static_now>);
    STATIC_REQUIRE(check_clock<archetype>());
}

TEST_CASE("a clock that is missing, throwing, private or of another unit is none", "[link][clock]") {
    STATIC_REQUIRE_FALSE(monotonic_clock<no_now>);
    STATIC_REQUIRE_FALSE(monotonic_clock<may_throw>);
    STATIC_REQUIRE_FALSE(monotonic_clock<plain_number>);
    STATIC_REQUIRE_FALSE(monotonic_clock<hidden>);
    STATIC_REQUIRE_FALSE(monotonic_clock<int>);
}
