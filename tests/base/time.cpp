// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/time.hpp>

#include <cstdint>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

constexpr std::uint32_t half = 0x8000'0000U;
constexpr std::uint32_t last = 0xFFFF'FFFFU;

constexpr deadline armed_at(std::uint32_t ms) {
    deadline d;
    d.arm({ms});
    return d;
}

constexpr deadline earlier_of(deadline first, std::uint32_t ms) {
    first.earliest(instant{ms});
    return first;
}

constexpr deadline earlier_of(deadline first, deadline second) {
    first.earliest(second);
    return first;
}

constexpr deadline stopped(deadline d) {
    d.stop();
    return d;
}

}  // namespace

TEST_CASE("an instant has reached itself and everything before it", "[base][time]") {
    CHECK_BOTH(instant{5}.reached({5}));
    CHECK_BOTH(instant{6}.reached({5}));
    CHECK_BOTH(!instant{5}.reached({6}));
    CHECK_BOTH(instant{half - 1}.reached({0}));
    CHECK_BOTH(!instant{half}.reached({0}));
}

TEST_CASE("instants are ordered across the wrap of the counter", "[base][time]") {
    CHECK_BOTH(instant{0}.reached({last}));
    CHECK_BOTH(!instant{last}.reached({0}));
    CHECK_BOTH(instant{4}.reached({last - 4}));
    CHECK_BOTH(!instant{last - 4}.reached({4}));
    CHECK_BOTH(instant{half - 2}.reached({last}));
    CHECK_BOTH(!instant{half - 1}.reached({last}));
}

TEST_CASE("time passes and is added across the wrap", "[base][time]") {
    CHECK_BOTH(instant{100}.since({40}) == 60);
    CHECK_BOTH(instant{9}.since({last}) == 10);
    CHECK_BOTH(instant{last} + 1 == instant{0});
    CHECK_BOTH(instant{last - 9} + 30 == instant{20});
    CHECK_BOTH((instant{last - 9} + 30).since({last - 9}) == 30);
}

TEST_CASE("a deadline that is not armed is never due and leaves for ever", "[base][time][deadline]") {
    CHECK_BOTH(!deadline{}.due({0}));
    CHECK_BOTH(!deadline{}.due({last}));
    CHECK_BOTH(deadline{}.left({0}) == deadline::never);
    CHECK_BOTH(!stopped(armed_at(5)).due({9}));
    CHECK_BOTH(stopped(armed_at(5)).left({1}) == deadline::never);
}

TEST_CASE("a deadline is due from its instant on", "[base][time][deadline]") {
    CHECK_BOTH(!armed_at(10).due({9}));
    CHECK_BOTH(armed_at(10).due({10}));
    CHECK_BOTH(armed_at(10).due({11}));
    CHECK_BOTH(armed_at(10).left({3}) == 7);
    CHECK_BOTH(armed_at(10).left({10}) == 0);
    CHECK_BOTH(armed_at(10).left({11}) == 0);
}

TEST_CASE("a deadline behind the wrap is waited for, not fired", "[base][time][deadline]") {
    CHECK_BOTH(!armed_at(5).due({last - 4}));
    CHECK_BOTH(armed_at(5).left({last - 4}) == 10);
    CHECK_BOTH(!armed_at(5).due({4}));
    CHECK_BOTH(armed_at(5).due({5}));
    CHECK_BOTH(armed_at(last).due({3}));
    CHECK_BOTH(armed_at(last).left({3}) == 0);
}

TEST_CASE("the longest wait of MQTT works from every quarter of the counter", "[base][time][deadline][MQTT-3.1.2-23]") {
    constexpr std::uint32_t wait = 65'535'000U + 65'535'000U / 2;  // one and a half keep alive
    for (std::uint32_t const start : {0U, 0x4000'0000U, half - 1, half, 0xC000'0000U, last - wait, last - 1, last}) {
        deadline d;
        d.arm(instant{start} + wait);
        CHECK(d.left({start}) == wait);
        CHECK_FALSE(d.due({start}));
        CHECK_FALSE(d.due(instant{start} + (wait - 1)));
        CHECK(d.due(instant{start} + wait));
    }
}

TEST_CASE("the earlier of two instants wins, also across the wrap", "[base][time][deadline]") {
    CHECK_BOTH(earlier_of(deadline{}, 5) == armed_at(5));
    CHECK_BOTH(earlier_of(armed_at(7), 5) == armed_at(5));
    CHECK_BOTH(earlier_of(armed_at(5), 7) == armed_at(5));
    CHECK_BOTH(earlier_of(armed_at(5), last) == armed_at(last));
    CHECK_BOTH(earlier_of(armed_at(last), 5) == armed_at(last));
    CHECK_BOTH(earlier_of(deadline{}, armed_at(5)) == armed_at(5));
    CHECK_BOTH(earlier_of(armed_at(7), armed_at(5)) == armed_at(5));
    CHECK_BOTH(earlier_of(armed_at(5), armed_at(7)) == armed_at(5));
}

TEST_CASE("a deadline that is not armed changes no other", "[base][time][deadline]") {
    CHECK_BOTH(earlier_of(armed_at(5), deadline{}) == armed_at(5));
    CHECK_BOTH(earlier_of(armed_at(5), stopped(armed_at(1))) == armed_at(5));
    CHECK_BOTH(earlier_of(stopped(armed_at(1)), 5) == armed_at(5));
    CHECK_BOTH(!earlier_of(deadline{}, stopped(armed_at(1))).armed);
}

TEST_CASE("arming again replaces the instant, also by a later one", "[base][time][deadline]") {
    auto d = armed_at(5);
    d.arm({50});
    CHECK(d == armed_at(50));
    CHECK_FALSE(d.due({5}));
}
