// SPDX-License-Identifier: BSL-1.0
// Commands while an event is being handled, and leaving in order.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

TEST_CASE("a handler publishes, subscribes, unsubscribes; its event stays readable", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("x", 0) == errc::ok);
    r.drop_output();
    REQUIRE(r.hears(suback(1, 0)) == "subscribed x q0 #1");
    REQUIRE(r.give(publish("a", "hello", 1, 7) + publish("a", "next", 0)));
    auto const e = r.s.next_event();
    REQUIRE(r.publish("echo", e.payload, 2).value == 2);
    REQUIRE(r.subscribe("y", 1) == errc::ok);
    REQUIRE(r.s.unsubscribe("x") == errc::ok);
    for (int i = 0; i < 20; ++i) static_cast<void>(r.publish("fill", e.topic, 0));
    CHECK(e.payload == "hello");
    CHECK(e.topic == "a");
    CHECK(words(r.s.next_event()) == "message a=next q0");
    CHECK(r.said().find("PUBACK 7, SUBSCRIBE 3 y q1, UNSUBSCRIBE 4 x, PUBLISH echo=hello q2 #2, PUBLISH fill=a q0") ==
          0);
}

TEST_CASE("queued bytes are written before DISCONNECT, and nothing after it", "[session][MQTT-3.14.4-2]") {
    for (std::size_t const step : {1U, 3U, 1000U}) {
        rig r;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "0", 0));
        REQUIRE(r.publish("t", "1", 1));
        REQUIRE(r.give(publish("a", "", 1, 9)));
        CHECK(r.told() == "message a= q1 #9");
        REQUIRE(r.s.disconnect() == errc::ok);
        CHECK(r.s.disconnect() == errc::not_connected);
        CHECK(r.publish("t", "2", 0).error == errc::not_connected);
        CHECK(r.said(step) == "PUBACK 9, PUBLISH t=0 q0, PUBLISH t=1 q1 #1, DISCONNECT");
        CHECK(r.s.state() == session_state::closed);
        CHECK(r.s.pending_output().empty());
    }
}

TEST_CASE("a handler disconnects: its own message is answered first", "[session][MQTT-3.14.4-2]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "", 1, 9)));
    REQUIRE(r.s.next_event());
    REQUIRE(r.s.disconnect() == errc::ok);
    CHECK_FALSE(r.s.next_event());
    CHECK(r.said() == "PUBACK 9, DISCONNECT");
}

TEST_CASE("what arrives while DISCONNECT waits is not answered behind it", "[session][MQTT-3.14.4-2]") {
    auto const check = []<features F>() {
        for (std::size_t sent = 0; sent < 2; ++sent) {
            rig<F> r;
            REQUIRE(r.online());
            REQUIRE(r.publish("t", "2", 2).value == 1);
            r.drop_output();
            REQUIRE(r.s.disconnect() == errc::ok);
            std::string wire{text_of(r.s.pending_output().first(sent))};
            r.s.sent(sent);
            REQUIRE(r.give(publish("a", "", 1, 9) + publish("a", "", 2, 10) + pubrec(1) + pubrel(11)));
            r.told();
            wire += r.output(1);
            r.told();
            wire += r.output(1);
            CAPTURE(sent);
            CHECK(words(wire) == "DISCONNECT");
            CHECK(r.s.state() == session_state::closed);
        }
    };
    check.operator()<plain>();
    check.operator()<everything>();
}

TEST_CASE("an open message is not answered behind DISCONNECT", "[session][MQTT-3.14.4-2]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "", 1, 9)));
    REQUIRE(r.s.next_event());
    REQUIRE(r.s.disconnect() == errc::ok);
    // The owner writes before it ends the event.
    std::string wire;
    for (auto out = r.s.pending_output(); !out.empty(); out = r.s.pending_output()) {
        wire += text_of(out);
        r.s.sent(out.size());
    }
    CHECK_FALSE(r.s.next_event());
    wire += r.output();
    auto const said = words(wire);
    CHECK((said == "DISCONNECT" || said == "PUBACK 9, DISCONNECT"));
}

TEST_CASE("a publish made while leaving waits for the next connection", "[session]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.s.disconnect() == errc::ok);
    r.drop_output();
    REQUIRE(r.s.state() == session_state::closed);
    REQUIRE(r.publish("t", "1", 1).value == 1);
    CHECK(r.said() == "");
    REQUIRE(r.again(true));
    CHECK(r.said() == "PUBLISH t=1 q1 #1");
}

TEST_CASE("events that are over are void, the next ones are not", "[session]") {
    rig<plain, sizes{.rx = 64}> r;
    REQUIRE(r.online());
    for (unsigned i = 0; i < 300; ++i) {
        auto const payload = pattern(i % 50, i);
        REQUIRE(r.hears(large_publish("t", payload, i % 3, 1 + i % 2)) ==
                "message t=" + payload_words(payload) + " q" + std::to_string(i % 3) +
                    (i % 3 != 0 ? " #" + std::to_string(1 + i % 2) : ""));
        if (i % 3 == 2) REQUIRE(r.hears(pubrel(1 + i % 2)) == "");
    }
}

TEST_CASE("the link that breaks while an event is open takes its answer along", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "x", 1, 9)));
    auto const e = r.s.next_event();
    r.s.end();
    CHECK(e.payload == "x");
    CHECK_FALSE(r.s.next_event());
    REQUIRE(r.online());
    CHECK(r.said() == "");
}
