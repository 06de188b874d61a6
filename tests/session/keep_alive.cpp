// SPDX-License-Identifier: BSL-1.0
// Pings: when they leave, when they need not, and what happens without an answer.
#include <array>
#include <cstdint>
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

// Clock readings: somewhere, and such that 2^32 lies in the middle of each wait.
constexpr std::array<std::uint32_t, 6> starts{1000, 0, 0U - 1, 0U - 3000, 0U - 60'000, 0x8000'0000U - 30'000};

}  // namespace

TEST_CASE("an idle device pings before the keep alive is over, and not before it must", "[session][MQTT-3.1.2-23]") {
    for (auto const start : starts) {
        for (unsigned const seconds : {1U, 4U, 40U, 60U, 300U, 65'535U}) {
            CAPTURE(start, seconds);
            rig r{start};
            r.o.keep_alive_s = static_cast<std::uint16_t>(seconds);
            REQUIRE(r.online());
            for (int i = 0; i < 4; ++i) {
                auto const next = r.s.next_deadline();
                REQUIRE(next.armed);
                auto const wait = next.left({r.clock});
                CHECK(wait < seconds * 1000);
                CHECK(wait >= seconds * 500);
                r.later(wait - 1);
                CHECK(r.said() == "");
                r.later(1);
                CHECK(r.said() == "PINGREQ");
                CHECK(r.hears(pingresp()) == "");
                CHECK(r.s.expire() == errc::ok);
            }
        }
    }
}

TEST_CASE("keep alive 0 never pings", "[session][3.1.2.10]") {
    rig r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    CHECK_FALSE(r.s.next_deadline().armed);
    r.later(0x7000'0000);
    CHECK(r.said() == "");
    CHECK(r.s.expire() == errc::ok);
}

TEST_CASE("who only sends or only receives pings, who does both does not", "[session][MQTT-3.1.2-23]") {
    // Nobody is silent for the keep alive; who hears nothing wants to know whether the link is dead.
    for (unsigned const way : {1U, 2U, 3U}) {
        bool const sends = (way & 1) != 0;
        bool const receives = (way & 2) != 0;
        rig r;
        r.o.keep_alive_s = 10;
        REQUIRE(r.online());
        std::uint32_t silent = 0;
        std::uint32_t pings = 0;
        for (int i = 0; i < 300; ++i) {
            r.later(500);
            silent += 500;
            if (sends && i % 3 == 0) REQUIRE(r.publish("t", "x", 0));
            if (receives) {
                REQUIRE(r.give(publish("in", "x", 0)));
                CHECK(r.told() == "message in=x q0");
            }
            auto const said = r.said();
            if (said.find("PINGREQ") != std::string::npos) {
                ++pings;
                REQUIRE(r.hears(pingresp()) == "");
            }
            if (!said.empty()) silent = 0;
            REQUIRE(silent < 10'000);
            REQUIRE(r.s.expire() == errc::ok);
        }
        CAPTURE(way, pings);
        CHECK((sends && receives ? pings == 0 : pings >= 13 && pings <= 17));
    }
}

TEST_CASE("without PINGRESP the connection ends", "[session][MQTT-3.12.4-1][3.1.2.10]") {
    for (auto const start : starts) {
        rig r{start};
        r.o.keep_alive_s = 60;
        REQUIRE(r.online());
        r.later(55'000);
        CHECK(r.said() == "PINGREQ");
        // Other packets are no answer.
        CHECK(r.hears(publish("a", "x")) == "message a=x q0");
        CHECK(r.s.next_deadline().left({r.clock}) == 10'000);
        r.later(9'999);
        CHECK(r.s.expire() == errc::ok);
        r.later(1);
        CHECK(r.s.expire() == errc::ping_timeout);
        CHECK(r.s.fault() == errc::ping_timeout);
        CHECK(r.told() == "");
    }
}

TEST_CASE("an owner that was busy blames nobody", "[session]") {
    rig r;
    REQUIRE(r.online());
    r.later(55'000);
    CHECK(r.said() == "PINGREQ");
    REQUIRE(r.give(pingresp()));
    r.later(30'000);
    CHECK(r.s.expire() == errc::ok);
    CHECK(r.told() == "");
    CHECK(r.s.expire() == errc::ok);
}

TEST_CASE("a stalled transport gets one ping, not many", "[session]") {
    rig r;
    r.o.keep_alive_s = 10;
    r.o.request_timeout_ms = 60'000;
    r.o.write_timeout_ms = 60'000;
    REQUIRE(r.online());
    for (int i = 0; i < 50; ++i) {
        r.later(1000);
        static_cast<void>(r.s.pending_output());
        CHECK(r.s.expire() == errc::ok);
    }
    CHECK(r.said() == "PINGREQ");
}

TEST_CASE("PINGRESP that nobody asked for, and one with a body", "[session]") {
    rig r;
    REQUIRE(r.online());
    CHECK(r.hears(pingresp()) == "");
    CHECK(r.s.fault() == errc::ok);
    CHECK(r.hears(blob{}.u8(0xD0).u8(1).u8(0)) == "");
    CHECK(r.s.fault() == errc::malformed_packet);
}

TEST_CASE("the deadline lies ahead, in every state", "[session]") {
    // A keep alive that is shorter than the other timeouts must not wake the owner for nothing.
    rig r;
    r.o.keep_alive_s = 2;
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    for (int i = 0; i < 9; ++i) {
        CHECK(r.s.state() == session_state::waiting);
        REQUIRE(r.s.next_deadline().left({r.clock}) > 0);
        r.later(1000);
        CHECK(r.said() == "");
        CHECK(r.s.expire() == errc::ok);
    }
    CHECK(r.s.next_deadline().left({r.clock}) == 1000);
    REQUIRE(r.give(connack()));
    CHECK(r.told() == "connected");
    // Connected late: a ping is due at once.
    r.later(0);
    CHECK(r.said() == "PINGREQ");
}

TEST_CASE("the deadline lies ahead while leaving over a stalled transport", "[session]") {
    rig r;
    r.o.keep_alive_s = 2;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 0));
    REQUIRE(r.s.disconnect() == errc::ok);
    for (int i = 0; i < 19; ++i) {
        static_cast<void>(r.s.pending_output());
        REQUIRE(r.s.next_deadline().left({r.clock}) > 0);
        r.later(1000);
        CHECK(r.s.expire() == errc::ok);
    }
    r.later(1000);
    CHECK(r.s.expire() == errc::write_timeout);
}

TEST_CASE("the deadline lies ahead while no ping fits the control lane", "[session]") {
    rig<plain, sizes{.answers = 1}> r;
    r.o.keep_alive_s = 2;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "", 1, 1)));
    CHECK(r.told() == "message a= q1 #1");
    for (int i = 0; i < 19; ++i) {
        static_cast<void>(r.s.pending_output());
        REQUIRE(r.s.next_deadline().left({r.clock}) > 0);
        r.later(1000);
    }
}
