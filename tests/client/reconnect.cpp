// SPDX-License-Identifier: BSL-1.0
// Coming back: how long to wait, when to start over, when somebody else has our name.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

struct loaded_dice {
    std::uint32_t next = 0;
    std::uint32_t draw() noexcept { return next; }
};

// Lets attempts fail and collects the waits that are announced; each is slept through to the millisecond.
template <class Bench>
std::vector<std::uint32_t> waits(Bench& b, std::size_t count) {
    std::vector<std::uint32_t> all;
    b.net.stages.assign(count, errc::connect_refused);
    for (std::size_t i = 0; i < count; ++i) {
        auto const connects = b.net.connects;
        auto const told = b.settle();
        auto const at = told.rfind(' ');
        if (at == std::string::npos || told.find("connect_refused") == std::string::npos) break;
        all.push_back(static_cast<std::uint32_t>(std::stoul(told.substr(at + 1))));
        CHECK(b.net.connects == connects + 1);
        CHECK(b.sleep() == all.back());
        if (all.back() > 1) CHECK(b.after(all.back() - 1) == "");
        CHECK(b.net.connects == connects + 1);
        b.clock.ms += 1;
    }
    return all;
}

template <class Bench>
std::string cut(Bench& b, errc why = errc::closed_by_peer) {
    b.net.read_error = why;
    return b.settle();
}

}  // namespace

TEST_CASE("the waits double up to the maximum", "[client]") {
    for (std::uint32_t const start : {1000U, 0U - 20'000U}) {
        bench b;
        b.clock.ms = start;
        b.power_on();
        REQUIRE(b.c->connect() == errc::ok);
        CHECK(waits(b, 9) == std::vector<std::uint32_t>{1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000});
    }
    bench b;
    b.o.backoff_ms_min = 300;
    b.o.backoff_ms_max = 1000;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(waits(b, 4) == std::vector<std::uint32_t>{300, 600, 1000, 1000});
}

TEST_CASE("jitter takes up to half of each wait away, as drawn", "[client]") {
    bench<limits{}, loaded_dice> b;
    loaded_dice dice;
    b.o.jitter = true;
    b.power_on(dice);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(waits(b, 3) == std::vector<std::uint32_t>{1000, 2000, 4000});
    dice.next = 0x8000'0000U;
    CHECK(waits(b, 2) == std::vector<std::uint32_t>{6000, 12000});
    dice.next = 0xFFFF'FFFFU;
    auto const last = waits(b, 1);
    REQUIRE(last.size() == 1);
    CHECK(last[0] >= 16'000);
    CHECK(last[0] <= 16'001);
}

TEST_CASE("a link resets the backoff only if it lived long enough", "[client]") {
    for (std::uint32_t const lived : {0U, 9'999U, 10'000U}) {
        bench b;
        b.o.keep_alive_s = 0;
        b.power_on();
        REQUIRE(b.c->connect() == errc::ok);
        CHECK(waits(b, 3) == std::vector<std::uint32_t>{1000, 2000, 4000});
        REQUIRE(b.online());
        CHECK(b.after(lived) == "");
        CAPTURE(lived);
        CHECK(cut(b) == (lived < 10'000 ? "disconnected closed_by_peer 8000" : "disconnected closed_by_peer 1000"));
    }
}

TEST_CASE("a link that lived for the whole range of the clock has lived long", "[client]") {
    bench b;
    b.o.keep_alive_s = 0;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(waits(b, 3).size() == 3);
    REQUIRE(b.online());
    for (int i = 0; i < 8; ++i) CHECK(b.after(0x2000'0000U) == "");
    CHECK(b.after(5'000) == "");
    CHECK(cut(b) == "disconnected closed_by_peer 1000");
}

TEST_CASE("what cannot heal waits the maximum at once, and does not count as a failure of the network", "[client]") {
    bench b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.settle() == "");
    CHECK(b.hears(connack(false, 5)) == "disconnected not_authorized 60000");
    CHECK(b.after(59'999) == "");
    CHECK(b.net.connects == 1);
    b.clock.ms += 1;
    CHECK(waits(b, 2) == std::vector<std::uint32_t>{1000, 2000});
}

TEST_CASE("without reconnect the end is the end", "[client]") {
    bench b;
    b.o.reconnect = false;
    REQUIRE(b.start());
    CHECK(cut(b) == "disconnected closed_by_peer 0");
    CHECK(b.c->next_deadline().armed == false);
    CHECK(b.after(1'000'000) == "");
    CHECK(b.net.connects == 1);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.online());
    bench<limits{.reconnect = false}> n;
    REQUIRE(n.start());
    CHECK(cut(n) == "disconnected closed_by_peer 0");
    CHECK(n.after(1'000'000) == "");
    CHECK(n.net.connects == 1);
}

TEST_CASE("hung up soon, twice in a row: another device has our client id", "[client]") {
    bench b;
    b.o.keep_alive_s = 0;
    REQUIRE(b.start());
    CHECK(b.after(100'000) == "");
    CHECK(cut(b) == "disconnected closed_by_peer 1000");
    b.clock.ms += 1'000;
    REQUIRE(b.online());
    CHECK(b.after(500) == "");
    CHECK(cut(b, errc::connection_reset) == "replaced, disconnected connection_reset 2000");
    // Again and again: no duel, the waits grow.
    for (char const* const told : {"4000", "8000", "16000", "32000", "60000", "60000"}) {
        b.clock.ms += b.sleep();
        REQUIRE(b.online());
        CHECK(cut(b) == std::string{"replaced, disconnected closed_by_peer "} + told);
    }
}

TEST_CASE("other failures in between, or a long life, are no takeover", "[client]") {
    bench b;
    b.o.keep_alive_s = 0;
    REQUIRE(b.start());
    CHECK(cut(b) == "disconnected closed_by_peer 1000");
    b.clock.ms += 1'000;
    b.net.stages = {errc::connect_refused};
    CHECK(b.settle() == "disconnected connect_refused 2000");
    b.clock.ms += 2'000;
    REQUIRE(b.online());
    CHECK(cut(b) == "disconnected closed_by_peer 4000");
    b.clock.ms += 4'000;
    REQUIRE(b.online());
    CHECK(b.after(10'000) == "");
    CHECK(cut(b) == "disconnected closed_by_peer 1000");
    b.clock.ms += 1'000;
    REQUIRE(b.online());
    CHECK(b.hears(two(0)) == "disconnected malformed_packet 2000");
}

TEST_CASE("the session is resumed: publishes and subscriptions as they were", "[client][MQTT-4.4.0-1]") {
    bench b;
    REQUIRE(b.start());
    REQUIRE(b.c->subscribe("f", qos::at_least_once) == errc::ok);
    CHECK(b.hears(suback(1, 1)) == "subscribed f q1 #1");
    REQUIRE(b.c->publish({.topic = "t", .payload = "1", .level = qos::at_least_once}).value == 2);
    REQUIRE(b.c->publish({.topic = "t", .payload = "2", .level = qos::exactly_once}).value == 3);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "SUBSCRIBE 1 f q1, PUBLISH t=1 q1 #2, PUBLISH t=2 q2 #3");
    CHECK(cut(b) == "disconnected closed_by_peer 1000");
    b.clock.ms += 1'000;
    REQUIRE(b.online(true));
    CHECK(b.net.said() == "PUBLISH t=1 q1 #2 dup, PUBLISH t=2 q2 #3 dup");
    CHECK(b.hears(puback(2) + pubrec(3)) == "delivered #2");
    CHECK(b.net.said() == "PUBREL 3");
    CHECK(b.hears(two(0)).find("disconnected malformed_packet") == 0);
    b.clock.ms += 60'000;
    b.settle();
    CHECK(b.net.said() == "CONNECT");
    CHECK(b.hears(connack(false)) == "connected, uncertain #3");
    CHECK(b.net.said() == "SUBSCRIBE 4 f q1");
}

TEST_CASE("the end of a connection is told before the next one begins", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.read_error = errc::closed_by_peer;
    b.c->poll();
    b.clock.ms += 5'000;
    for (int i = 0; i < 5; ++i) b.c->poll();
    CHECK(b.net.connects == 1);
    CHECK(b.sleep() == 0);
    CHECK(words(b.c->next_event()) == "disconnected closed_by_peer 1000");
    b.c->poll();
    CHECK(b.net.connects == 2);
}
