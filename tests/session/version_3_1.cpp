// SPDX-License-Identifier: BSL-1.0
// What MQTT 3.1 asks of a client beside or instead of 3.1.1.
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

struct old_device : rig<features{.v3_1 = true, .v3_1_1 = false}> {
    old_device() {
        o.protocol = version::v3_1;
        o.clean_session = false;
    }
};

}  // namespace

TEST_CASE("3.1: a client identifier has 1 to 23 characters", "[session][v31][MQTT31-3.1-client-id]") {
    for (std::size_t size = 0; size < 30; ++size) {
        std::string const id(size, 'i');
        old_device d;
        d.o.client_id = id;
        CAPTURE(size);
        CHECK(d.begin() == (size >= 1 && size <= 23 ? errc::ok : errc::bad_client_id));
        d.o.clean_session = true;
        CHECK(d.begin() == (size >= 1 && size <= 23 ? errc::ok : errc::bad_client_id));
    }
}

TEST_CASE("3.1: long names and passwords are sent as they are", "[session][v31]") {
    std::string const name(40, 'n');
    old_device d;
    d.o.user_name = name;
    d.o.password = name;
    REQUIRE(d.begin() == errc::ok);
    CHECK(d.output().find(name + std::string{"\0\x28", 2} + name) != std::string::npos);
}

TEST_CASE("3.1: a SUBACK that refuses is understood", "[session][v31][MQTT31-3.9-refusal]") {
    old_device d;
    REQUIRE(d.online());
    REQUIRE(d.subscribe("a", 2) == errc::ok);
    REQUIRE(d.subscribe("b", 1) == errc::ok);
    d.drop_output();
    CHECK(d.hears(suback(1, 0x80) + suback(2, 1)) == "subscribe_failed a subscription_refused, subscribed b q1 #2");
}

TEST_CASE("3.1: nothing is sent again while the connection lives, and nothing but PUBLISH with DUP behind it",
          "[session][v31][MQTT31-4.2-retry][MQTT31-2.1-dup]") {
    old_device d;
    d.o.keep_alive_s = 0;
    d.o.publish_timeout_ms = 0x7FFF'FFFF;
    d.o.request_timeout_ms = 0x3FFF'FFFF;
    REQUIRE(d.online());
    REQUIRE(d.publish("t", "1", 1).value == 1);
    REQUIRE(d.publish("t", "2", 2).value == 2);
    REQUIRE(d.publish("t", "3", 2).value == 3);
    REQUIRE(d.subscribe("f", 1) == errc::ok);
    REQUIRE(d.s.unsubscribe("g") == errc::ok);
    d.drop_output();
    REQUIRE(d.hears(pubrec(3)) == "");
    for (int minute = 0; minute < 60; ++minute) {
        d.later(60'000);
        CHECK(d.said() == "");
        CHECK(d.s.expire() == errc::ok);
    }
    REQUIRE(d.again(false));
    CHECK(d.said() ==
          "PUBREL 3, SUBSCRIBE 6 f q1, UNSUBSCRIBE 7 g, PUBLISH t=1 q1 #1 dup, PUBLISH t=2 q2 #2 dup");
}
