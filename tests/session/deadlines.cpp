// SPDX-License-Identifier: BSL-1.0
// Everything that is waited for, to the millisecond, with the clock passing 2^32 on the way.
#include <array>
#include <cstdint>
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

constexpr std::array<std::uint32_t, 5> starts{1000, 0, 0U - 1, 0U - 5000, 0x8000'0000U - 5000};

// Nothing happens for ms - 1 milliseconds; then expire() gives `cause`. The deadline says so all the time.
template <class Rig>
void expires(Rig& r, std::uint32_t ms, errc cause) {
    CHECK(r.s.next_deadline().left({r.clock}) == ms);
    r.later(ms - 1);
    CHECK(r.s.expire() == errc::ok);
    CHECK(r.told() == "");
    CHECK(r.s.next_deadline().left({r.clock}) == 1);
    r.later(1);
    CHECK(r.s.expire() == cause);
    CHECK(r.s.fault() == cause);
}

}  // namespace

TEST_CASE("CONNACK has to come in time, counted from the last byte of CONNECT", "[session][3.2]") {
    for (auto const start : starts) {
        rig r{start};
        REQUIRE(r.begin() == errc::ok);
        auto const size = r.s.pending_output().size();
        r.s.sent(1);
        r.later(3000);
        static_cast<void>(r.s.pending_output());
        r.s.sent(size - 1);
        expires(r, 10'000, errc::connack_timeout);
    }
}

TEST_CASE("the transport has to take something in time", "[session]") {
    for (auto const start : starts) {
        rig r{start};
        r.o.keep_alive_s = 0;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "xxxx", 0));
        static_cast<void>(r.s.pending_output());
        r.later(15'000);
        r.s.sent(1);
        static_cast<void>(r.s.pending_output());
        expires(r, 20'000, errc::write_timeout);
    }
}

TEST_CASE("CONNECT that the transport does not take is a write timeout", "[session]") {
    rig r;
    REQUIRE(r.begin() == errc::ok);
    static_cast<void>(r.s.pending_output());
    expires(r, 20'000, errc::write_timeout);
}

TEST_CASE("PUBACK is waited for from the moment that the publish has left", "[session]") {
    for (auto const start : starts) {
        rig r{start};
        r.o.keep_alive_s = 0;
        r.o.publish_timeout_ms = 7'000;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "x", 1).value == 1);
        r.later(30'000);
        CHECK(r.s.expire() == errc::ok);
        auto const size = r.s.pending_output().size();
        r.s.sent(size - 1);
        r.later(9'000);
        CHECK(r.s.expire() == errc::ok);
        static_cast<void>(r.s.pending_output());
        r.s.sent(1);
        expires(r, 7'000, errc::publish_timeout);
        r.s.end();
        CHECK_FALSE(r.s.next_deadline().armed);
    }
}

TEST_CASE("PUBREC and PUBCOMP have the same time each", "[session]") {
    for (auto const start : starts) {
        rig r{start};
        r.o.keep_alive_s = 0;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "x", 2).value == 1);
        REQUIRE(r.publish("t", "y", 2).value == 2);
        r.drop_output();
        r.later(19'000);
        CHECK(r.hears(pubrec(1)) == "");
        CHECK(r.s.expire() == errc::ok);
        CHECK(r.s.next_deadline().left({r.clock}) == 1'000);
        CHECK(r.hears(pubrec(2)) == "");
        expires(r, 20'000, errc::publish_timeout);
    }
}

TEST_CASE("an acknowledgement of one publish gives the others no more time", "[session]") {
    rig r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 1).value == 1);
    r.drop_output();
    r.later(5'000);
    REQUIRE(r.publish("t", "y", 1).value == 2);
    r.drop_output();
    r.later(5'000);
    CHECK(r.hears(puback(2)) == "delivered #2");
    expires(r, 10'000, errc::publish_timeout);
}

TEST_CASE("what is not taken out of the buffer is not late", "[session]") {
    rig r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 1).value == 1);
    r.drop_output();
    r.later(19'000);
    REQUIRE(r.give(puback(1)));
    r.later(5'000);
    CHECK_FALSE(r.s.hungry());
    CHECK(r.s.expire() == errc::ok);
    CHECK(r.told() == "delivered #1");
    CHECK(r.s.expire() == errc::ok);
}

TEST_CASE("SUBACK and UNSUBACK that do not come are events, and the connection lives", "[session]") {
    for (auto const start : starts) {
        rig r{start};
        r.o.keep_alive_s = 0;
        REQUIRE(r.online());
        REQUIRE(r.subscribe("a", 1) == errc::ok);
        r.drop_output();
        r.later(1'000);
        REQUIRE(r.s.unsubscribe("b") == errc::ok);
        r.drop_output();
        CHECK(r.s.next_deadline().left({r.clock}) == 19'000);
        r.later(18'999);
        CHECK(r.s.expire() == errc::ok);
        CHECK(r.told() == "");
        r.later(1);
        CHECK(r.s.expire() == errc::ok);
        CHECK(r.told() == "subscribe_failed a subscribe_timeout");
        r.later(1'000);
        CHECK(r.s.expire() == errc::ok);
        CHECK(r.told() == "unsubscribe_failed b unsubscribe_timeout");
        CHECK_FALSE(r.s.next_deadline().armed);
        // They come late: then the subscription stands after all.
        CHECK(r.hears(suback(1, 1) + unsuback(2)) == "subscribed a q1 #1");
        CHECK(r.s.fault() == errc::ok);
    }
}

TEST_CASE("a link that breaks stops every deadline", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 1).value == 1);
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    r.drop_output();
    REQUIRE(r.s.next_deadline().armed);
    r.s.end();
    CHECK_FALSE(r.s.next_deadline().armed);
    r.later(100'000);
    CHECK(r.s.expire() == errc::ok);
    CHECK(r.told() == "");
    REQUIRE(r.online());
    CHECK(r.said() == "SUBSCRIBE 3 a q1, PUBLISH t=x q1 #1");
    CHECK(r.s.next_deadline().left({r.clock}) == 20'000);
}
