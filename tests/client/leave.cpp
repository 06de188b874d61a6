// SPDX-License-Identifier: BSL-1.0
// disconnect() in every phase, and handlers that use the client.
#include <string>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

TEST_CASE("on line: what is queued is written, then DISCONNECT, then the transport is closed",
          "[client][MQTT-3.14.4-1][MQTT-3.14.4-2][MQTT-3.1.2-4]") {
    for (std::size_t const step : {1U, 4U, 1000U}) {
        bench b;
        REQUIRE(b.start());
        REQUIRE(b.c->publish({.topic = "t", .payload = "0"}));
        REQUIRE(b.c->publish({.topic = "t", .payload = "1", .level = qos::at_least_once}));
        REQUIRE(b.c->disconnect() == errc::ok);
        CHECK_FALSE(b.c->online());
        std::string told;
        for (int i = 0; i < 60 && told.empty(); ++i) {
            b.net.room = step;
            told = b.turn();
        }
        CHECK(told == "disconnected requested 0");
        CHECK(b.net.said() == "PUBLISH t=0 q0, PUBLISH t=1 q1 #1, DISCONNECT");
        CHECK_FALSE(b.net.open);
        CHECK_FALSE(b.c->next_deadline().armed);
        CHECK(b.after(1'000'000) == "");
        CHECK(b.c->disconnect() == errc::not_connected);
        // And back: the publish is sent again.
        b.net.room = 1000;
        REQUIRE(b.c->connect() == errc::ok);
        REQUIRE(b.online(true));
        CHECK(b.net.said() == "PUBLISH t=1 q1 #1 dup");
    }
}

TEST_CASE("while dialling, waiting for CONNACK, or backing off: given up at once", "[client]") {
    bench dial;
    dial.power_on();
    dial.net.stages.assign(9, connect_stage::connect);
    REQUIRE(dial.c->connect() == errc::ok);
    CHECK(dial.turn() == "");
    REQUIRE(dial.c->disconnect() == errc::ok);
    CHECK(dial.turn() == "disconnected requested 0");
    CHECK(dial.net.written.empty());
    CHECK(dial.after(100'000) == "");

    bench waiting;
    waiting.power_on();
    REQUIRE(waiting.c->connect() == errc::ok);
    CHECK(waiting.turn() == "");
    REQUIRE(waiting.c->disconnect() == errc::ok);
    CHECK(waiting.turn() == "disconnected requested 0");
    CHECK(waiting.net.said() == "CONNECT");
    CHECK_FALSE(waiting.net.open);

    bench backing;
    REQUIRE(backing.start());
    backing.net.read_error = errc::closed_by_peer;
    CHECK(backing.settle() == "disconnected closed_by_peer 1000");
    REQUIRE(backing.c->disconnect() == errc::ok);
    CHECK(backing.settle() == "disconnected requested 0");
    CHECK(backing.after(100'000) == "");
    CHECK(backing.net.connects == 1);

    bench before;
    before.power_on();
    REQUIRE(before.c->connect() == errc::ok);
    REQUIRE(before.c->disconnect() == errc::ok);
    CHECK(before.settle() == "disconnected requested 0");
    CHECK(before.net.connects == 0);
}

TEST_CASE("a second disconnect() does not cut off what the first one lets out", "[client][MQTT-3.14.4-2]") {
    bench b;
    REQUIRE(b.start());
    b.net.room = 0;
    REQUIRE(b.c->publish({.topic = "t"}));
    REQUIRE(b.c->disconnect() == errc::ok);
    CHECK(b.turn() == "");
    CHECK(b.net.open);
    REQUIRE(b.c->disconnect() == errc::ok);
    CHECK(b.turn() == "");
    CHECK(b.net.open);
    b.net.room = 1000;
    CHECK(b.settle() == "disconnected requested 0");
    CHECK(b.net.said() == "PUBLISH t= q0, DISCONNECT");
}

TEST_CASE("leaving over a transport that takes nothing ends by the write timeout", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.room = 0;
    REQUIRE(b.c->disconnect() == errc::ok);
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 20'000);
    CHECK(b.after(19'999) == "");
    CHECK(b.after(1) == "disconnected requested 0");
}

TEST_CASE("the peer hangs up while we leave: still requested", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.room = 0;
    REQUIRE(b.c->disconnect() == errc::ok);
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected requested 0");
    CHECK(b.after(1'000'000) == "");
}

TEST_CASE("nothing follows DISCONNECT, whatever arrives meanwhile", "[client][MQTT-3.14.4-2]") {
    for (std::size_t room = 0; room < 3; ++room) {
        bench b;
        REQUIRE(b.start());
        b.net.room = room;
        REQUIRE(b.c->disconnect() == errc::ok);
        static_cast<void>(b.c->next_deadline());
        b.net.incoming += publish("a", "x", 1, 9) + publish("a", "y", 2, 10);
        for (int i = 0; i < 5; ++i) {
            b.turn();
            static_cast<void>(b.c->next_deadline());
        }
        b.net.room = 1000;
        b.settle();
        auto const said = b.net.said();
        CAPTURE(room, said);
        CHECK(said.size() >= 10);
        CHECK(said.substr(said.size() - 10) == "DISCONNECT");
    }
}

TEST_CASE("a handler publishes, subscribes and disconnects", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.incoming += publish("in", "ping", 1, 9) + publish("in", "quit", 2, 10) + publish("in", "late", 0);
    std::string told;
    auto const handler = [&](event const& e) {
        told += words(e) + ", ";
        if (e.payload == "ping") {
            CHECK(b.c->publish({.topic = "out", .payload = e.payload, .level = qos::at_least_once}));
            CHECK(b.c->subscribe("more", qos::at_most_once) == errc::ok);
            CHECK(e.payload == "ping");
        }
        if (e.payload == "quit") {
            CHECK(b.c->unsubscribe("more") == errc::ok);
            CHECK(b.c->disconnect() == errc::ok);
            CHECK(b.c->disconnect() == errc::ok);  // at once
            CHECK(e.payload == "quit");
        }
        if (e.type == event_type::disconnected && e.cause == errc::requested) CHECK(b.c->connect() == errc::ok);
    };
    for (int i = 0; i < 6; ++i) b.c->poll(handler);
    CHECK(told.find("message in=ping q1 #9, message in=quit q2 #10, ") == 0);
    CHECK(told.find("disconnected requested 0") != std::string::npos);
    CHECK(b.net.said().find("CONNECT") != std::string::npos);
}
