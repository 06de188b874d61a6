// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/entropy.hpp>

#include <cstdint>
#include <set>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

// The least that is an entropy source.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    std::uint32_t draw() noexcept;
};

struct no_draw {};
struct may_throw {
    std::uint32_t draw();
};
struct too_few_bits {
    std::uint16_t draw() noexcept;
};

}  // namespace

TEST_CASE("an entropy source is whatever draws 32 bits without throwing", "[link][entropy]") {
    STATIC_REQUIRE(entropy_source<archetype>);
    STATIC_REQUIRE(entropy_source<no_entropy>);
    STATIC_REQUIRE(entropy_source<seeded_entropy>);
    STATIC_REQUIRE(check_entropy<archetype>());
    STATIC_REQUIRE_FALSE(entropy_source<no_draw>);
    STATIC_REQUIRE_FALSE(entropy_source<may_throw>);
    STATIC_REQUIRE_FALSE(entropy_source<too_few_bits>);
}

TEST_CASE("no entropy draws the same number each time", "[link][entropy]") {
    CHECK_BOTH(no_entropy::draw() == no_entropy::draw());
}

TEST_CASE("one seed gives one series", "[link][entropy]") {
    seeded_entropy a{12345}, b{12345};
    for (int i = 0; i < 1000; ++i) CHECK(a.draw() == b.draw());
}

TEST_CASE("a seed of 0 does not stop the generator", "[link][entropy]") {
    seeded_entropy zero{0};
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(zero.draw());
    CHECK(seen.size() == 1000);
    CHECK(seen.count(0) == 0);
}

TEST_CASE("a series does not repeat itself for a long while", "[link][entropy]") {
    seeded_entropy source{1};
    auto const first = source.draw();
    bool repeated = false;
    for (int i = 0; i < 1'000'000; ++i) repeated = repeated || source.draw() == first;
    CHECK_FALSE(repeated);
}

TEST_CASE("each bit is set in about half of what is drawn", "[link][entropy]") {
    seeded_entropy source{42};
    int ones[32] = {};
    for (int i = 0; i < 10'000; ++i) {
        auto const drawn = source.draw();
        for (unsigned bit = 0; bit < 32; ++bit) ones[bit] += static_cast<int>((drawn >> bit) & 1U);
    }
    for (int const n : ones) {
        CHECK(n > 4700);
        CHECK(n < 5300);
    }
}

// A fleet is switched on at once: the devices have serial numbers in a row and each makes its first draw.
TEST_CASE("devices with serial numbers in a row spread over the whole range at the first draw", "[link][entropy]") {
    int in_quarter[4] = {};
    for (std::uint32_t serial = 1; serial <= 1000; ++serial) ++in_quarter[seeded_entropy{serial}.draw() >> 30];
    for (int const n : in_quarter) {
        CHECK(n > 150);
        CHECK(n < 350);
    }
}
