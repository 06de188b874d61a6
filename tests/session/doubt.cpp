// SPDX-License-Identifier: BSL-1.0
// What is not sure after a reconnect or a reset, and who gets the benefit of the doubt.
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

TEST_CASE("an answer from before the reconnect is no error while the repetition waits", "[session][MQTT-4.4.0-1]") {
    for (unsigned level = 1; level <= 2; ++level) {
        rig r;
        r.o.clean_session = false;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "x", level).value == 1);
        r.drop_output();
        REQUIRE(r.again(true));
        // The server answers what it got on the last connection, before our repetition has left.
        REQUIRE(r.give(level == 1 ? puback(1) : pubrec(1)));
        r.told();
        CHECK(name(r.s.fault()) == name(errc::ok));
    }
}

TEST_CASE("with manual_ack too, a new message under a doubtful identifier is handed over", "[session][MQTT-4.3.3-2]") {
    rig<features{.v3_1 = true, .deferred_ack = true}> r;
    r.o.protocol = version::v3_1;
    r.o.clean_session = false;
    r.o.manual_ack = true;
    r.s.manual_ack(true);
    REQUIRE(r.online());
    REQUIRE(r.hears(publish("t", "old", 2, 7)) == "message t=old q2 #7");
    REQUIRE(r.again(false));  // the server has lost the session, which 3.1 cannot say
    CHECK(r.hears(publish("t", "new", 2, 7)) == "message t=new q2 #7");
}

TEST_CASE("after a power cut a session that is present may be another one", "[session][MQTT-4.3.3-2]") {
    rig<everything> r;
    r.o.clean_session = false;
    REQUIRE(r.s.restore(false, 7, 0) == errc::ok);
    REQUIRE(r.online(true));
    CHECK(r.hears(publish("t", "new", 2, 7)) == "message t=new q2 #7");
}

TEST_CASE("the identifier of a request that is late is not free", "[session][MQTT-2.3.1-3]") {
    rig r;
    r.o.keep_alive_s = 0;
    r.o.publish_timeout_ms = 0x7FFF'FFFF;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("f", 1) == errc::ok);
    r.drop_output();
    r.later(20'000);
    REQUIRE(r.s.expire() == errc::ok);
    REQUIRE(r.told() == "subscribe_failed f subscribe_timeout");
    for (unsigned i = 0; i < 65'535; ++i) {
        auto const id = r.publish("t", "", 1).value;
        REQUIRE(id != 1);
        r.drop_output();
        REQUIRE(r.give(puback(id)));
        static_cast<void>(r.s.next_event());
    }
}

TEST_CASE("a repeated publish whose source fails may have been delivered", "[session]") {
    rig<features{.sources = true}, sizes{.tx = 64}> r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    struct once {
        bool broken = false;
        std::size_t read(std::uint32_t, bytes_out into) { return broken ? 0 : into.size(); }
        payload_source source() { return payload_source::to<&once::read>(*this); }
    } f;
    REQUIRE(r.s.publish({.topic = "t", .level = qos::exactly_once}, 500, f.source()).value == 1);
    static_cast<void>(r.output());
    f.broken = true;
    REQUIRE(r.again(true));
    static_cast<void>(r.output());
    CHECK(r.told().find("uncertain") == 0);
}
