// SPDX-License-Identifier: BSL-1.0
// What a client says of itself at each attempt, and how it goes on after one that it had to give up.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr auto full_connect = "\x10\x26\0\4MQTT\4\xEC\0\x1E\0\3dev\0\4last\0\3bye\0\4user\0\4pass"sv;

template <class Bench>
void set_all(Bench& b) {
    b.o.keep_alive_s = 30;
    b.o.will = {.topic = "last", .payload = "bye", .level = qos::at_least_once, .retain = true};
    b.o.user_name = "user";
    b.o.password = "pass";
}

// Leaves the options as they are.
struct silent_hook {
    errc refresh(login&) noexcept { return errc::ok; }
};

template <class Bench, class... Policies>
void comes_back_as_the_same(Bench& b, Policies&... policies) {
    b.o.client_id = "device-0815";
    b.power_on(policies...);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    auto const first = b.net.written;
    REQUIRE(first.find("\0\x0B" "device-0815"sv) != std::string::npos);
    // Hung up before CONNACK, refused, broken on line, a fault on line, left and asked back.
    for (int round = 0; round < 5; ++round) {
        b.net.written.clear();
        switch (round) {
        case 0: b.net.read_error = errc::closed_by_peer; break;
        case 1: b.net.incoming += connack(false, 3); break;
        case 2: b.net.incoming += connack(true) + publish("a", "x", 2, 1); break;
        case 3: b.net.incoming += connack(true) + two(0); break;
        default: b.net.incoming += connack(true); break;
        }
        b.settle();
        if (round == 2) b.net.read_error = errc::closed_by_peer;
        if (round == 4) REQUIRE(b.c->disconnect() == errc::ok);
        b.settle();
        REQUIRE_FALSE(b.net.open);
        b.net.written.clear();
        if (round == 4) REQUIRE(b.c->connect() == errc::ok);
        b.after(60'000);
        CAPTURE(round);
        CHECK(b.net.open);
        CHECK(b.net.written == first);
    }
}

}  // namespace

TEST_CASE("CONNECT says what the options say, with a credentials hook and without",
          "[client][MQTT-3.1.2-9][MQTT-3.1.2-18][MQTT-3.1.2-20][MQTT-3.1.3-1]") {
    bench b;
    set_all(b);
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.written == full_connect);

    silent_hook hook;
    bench<limits{}, silent_hook> h;
    set_all(h);
    h.power_on(hook);
    REQUIRE(h.c->connect() == errc::ok);
    h.settle();
    CHECK(h.net.written == full_connect);
}

TEST_CASE("an empty user name and an empty password are sent as empty fields",
          "[client][MQTT-3.1.2-19][MQTT-3.1.2-21]") {
    bench b;
    b.o.user_name = "";
    b.o.password = "";
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.written == "\x10\x13\0\4MQTT\4\xC0\0\x3C\0\3dev\0\0\0\0"sv);
}

TEST_CASE("every attempt names the same client, however the last one ended", "[client][MQTT-3.1.3-2][3.1]") {
    bench b;
    comes_back_as_the_same(b);
    silent_hook hook;
    bench<limits{}, silent_hook> h;
    comes_back_as_the_same(h, hook);
}

TEST_CASE("one CONNECT for each connection, whatever happens on it", "[client][3.1]") {
    bench b;
    REQUIRE(b.start());
    std::string all;
    for (unsigned i = 1; i <= 50; ++i) {
        CHECK(b.c->connect() == errc::already_connected);
        b.net.incoming += publish("in", "x", i % 3, i % 3 != 0 ? i : 0);
        REQUIRE(b.c->publish({.topic = "out", .payload = "y"}));
        b.after(60'000);
        all += b.net.said() + ", ";
        b.net.incoming += pingresp();
        b.settle();
        REQUIRE(b.c->online());
    }
    CHECK(all.find("CONNECT") == std::string::npos);
    CHECK(all.find("PINGREQ") != std::string::npos);
    CHECK(b.net.connects == 1);
}

TEST_CASE("a message that there is no room for ends the connection, and is taken when it comes again",
          "[client][MQTT-4.8.0-2]") {
    bench<limits{.inbound = 2}> b;
    REQUIRE(b.start());
    CHECK(b.hears(publish("in", "1", 2, 1) + publish("in", "2", 2, 2) + publish("in", "3", 2, 3)) ==
          "message in=1 q2 #1, message in=2 q2 #2");
    CHECK(b.settle() == "disconnected inbound_full 1000");
    CHECK(b.net.said() == "PUBREC 1, PUBREC 2");
    CHECK_FALSE(b.net.open);
    b.clock.ms += 1'000;
    REQUIRE(b.online(true));
    CHECK(b.hears(pubrel(1) + pubrel(2) + publish("in", "3", 2, 3, dup_bit)) == "message in=3 q2 #3 dup");
    CHECK(b.net.said() == "PUBCOMP 1, PUBCOMP 2, PUBREC 3");
}
