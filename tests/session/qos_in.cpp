// SPDX-License-Identifier: BSL-1.0
// Messages of the server: what the user gets, and what goes back.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr features with_ack{.deferred_ack = true};

template <features F>
constexpr bool exactly_once_in() {
    rig<F> r;
    if (!r.online() || !r.give("\x34\x06\0\1a\0\x0Bx"sv)) return false;
    auto const e = r.s.next_event();
    if (e.type != event_type::message || e.topic != "a" || e.payload != "x" || e.id != 11 || e.size != 1) return false;
    if (r.s.next_event() || !r.writes("\x50\x02\0\x0B"sv)) return false;
    // The same again before PUBREL: answered, not delivered.
    if (!r.give("\x3C\x06\0\1a\0\x0Bx"sv) || r.s.next_event() || !r.writes("\x50\x02\0\x0B"sv)) return false;
    if (!r.give("\x62\x02\0\x0B"sv) || r.s.next_event() || !r.writes("\x70\x02\0\x0B"sv)) return false;
    // After PUBCOMP the identifier is a new message.
    return r.give("\x34\x06\0\1a\0\x0By"sv) && r.s.next_event().payload == "y";
}

}  // namespace

TEST_CASE("QoS 0 is handed over and not answered", "[session][MQTT-3.3.4-1]") {
    rig r;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(publish("a/b", "hello", 0, 0, retain_bit), 99, &answers) == "message a/b=hello q0 retain");
    CHECK(answers == "");
}

TEST_CASE("QoS 1 is answered by PUBACK, after the user has had it",
          "[session][MQTT-4.3.2-2][MQTT-3.3.4-1][MQTT-2.3.1-6]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "x", 1, 0x1234)));
    CHECK(words(r.s.next_event()) == "message a=x q1 #4660");
    CHECK_FALSE(r.s.next_event());
    CHECK(r.writes("\x40\x02\x12\x34"sv));
    // The same identifier is a new message, with DUP or without.
    CHECK(r.hears(publish("a", "x", 1, 0x1234, dup_bit)) == "message a=x q1 #4660 dup");
}

TEST_CASE("QoS 2 is delivered once and answered each time", "[session][MQTT-4.3.3-2][MQTT-2.3.1-6][MQTT-3.3.4-1]") {
    STATIC_REQUIRE(exactly_once_in<plain>());
    CHECK(exactly_once_in<plain>());
    STATIC_REQUIRE(exactly_once_in<with_ack>());
    CHECK(exactly_once_in<with_ack>());
    CHECK(exactly_once_in<everything>());
}

TEST_CASE("PUBREL for what is not known is answered all the same", "[session][MQTT-4.3.3-2]") {
    rig r;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(pubrel(9), 99, &answers) == "");
    CHECK(words(answers) == "PUBCOMP 9");
}

TEST_CASE("answers keep the order of the messages", "[session][MQTT-4.6.0-2][MQTT-4.6.0-3]") {
    rig r;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(publish("a", "1", 1, 5) + publish("a", "2", 2, 3) + publish("a", "3", 1, 9) + publish("a", "4", 2, 1),
                  999, &answers) ==
          "message a=1 q1 #5, message a=2 q2 #3, message a=3 q1 #9, message a=4 q2 #1");
    CHECK(words(answers) == "PUBACK 5, PUBREC 3, PUBACK 9, PUBREC 1");
}

TEST_CASE("more messages in one read than the control lane has room for", "[session][MQTT-4.5.0-2]") {
    rig<plain, sizes{.rx = 256}> r;
    REQUIRE(r.online());
    std::string stream;
    std::string expected;
    std::string events;
    for (unsigned i = 1; i <= 25; ++i) {
        stream += publish("t", "x", 1, i);
        expected += (i > 1 ? ", " : "") + ("PUBACK " + std::to_string(i));
        events += (i > 1 ? ", " : "") + ("message t=x q1 #" + std::to_string(i));
    }
    std::string answers;
    CHECK(r.hears(stream, 256, &answers) == events);
    CHECK(words(answers) == expected);
}

TEST_CASE("more QoS 1 messages in one read than limits::inbound, without manual acknowledgement",
          "[session][MQTT-4.5.0-2]") {
    // Acknowledgement may be deferred, but nobody asked for it.
    rig<with_ack, sizes{.rx = 256, .inbound = 3}> r;
    REQUIRE(r.online());
    std::string stream;
    std::string expected;
    for (unsigned i = 1; i <= 25; ++i) {
        stream += publish("t", "x", 1, i);
        expected += (i > 1 ? ", " : "") + ("PUBACK " + std::to_string(i));
    }
    std::string answers;
    r.hears(stream, 256, &answers);
    CHECK(r.s.fault() == errc::ok);
    CHECK(words(answers) == expected);
}

TEST_CASE("nothing is read while answers wait", "[session]") {
    rig<plain, sizes{.rx = 256}> r;
    REQUIRE(r.online());
    std::string stream;
    for (unsigned i = 1; i <= 12; ++i) stream += publish("t", "x", 1, i);
    REQUIRE(r.give(stream));
    std::size_t got = 0;
    while (r.s.next_event()) ++got;
    CHECK(got >= 8);
    CHECK(got < 12);
    CHECK_FALSE(r.s.hungry());
    auto const before = got;
    r.drop_output();
    while (r.s.next_event()) ++got;
    CHECK(got == 12);
    CHECK(got > before);
    r.drop_output();
    CHECK(r.s.hungry());
}

TEST_CASE("more QoS 2 messages than limits::inbound end the connection with their own error",
          "[session][MQTT-4.8.0-2]") {
    rig<plain, sizes{.inbound = 2}> r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("t", "x", 2, 1) + publish("t", "x", 2, 2)) == "message t=x q2 #1, message t=x q2 #2");
    CHECK(r.hears(pubrel(1)) == "");
    CHECK(r.hears(publish("t", "x", 2, 3)) == "message t=x q2 #3");
    CHECK(r.hears(publish("t", "x", 2, 3, dup_bit)) == "");
    CHECK(r.s.fault() == errc::ok);
    CHECK(r.hears(publish("t", "x", 1, 4)) == "message t=x q1 #4");
    CHECK(r.hears(publish("t", "x", 2, 5)) == "");
    CHECK(r.s.fault() == errc::inbound_full);
}

TEST_CASE("what was received is known after a reconnect, if the session is",
          "[session][MQTT-4.3.3-2][MQTT-4.1.0-1][MQTT-3.2.2-2][MQTT-3.2.2-3]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("t", "x", 2, 7)));
    CHECK(r.told() == "message t=x q2 #7");
    // PUBREC is lost with the connection.
    REQUIRE(r.again(true));
    std::string answers;
    CHECK(r.hears(publish("t", "x", 2, 7, dup_bit), 99, &answers) == "");
    CHECK(r.hears(pubrel(7), 99, &answers) == "");
    CHECK(words(answers) == "PUBREC 7, PUBCOMP 7");
    CHECK(r.hears(publish("t", "y", 2, 8)) == "message t=y q2 #8");
    REQUIRE(r.again(false));
    CHECK(r.hears(publish("t", "z", 2, 8)) == "message t=z q2 #8");
}

TEST_CASE("a message whose answer never left is delivered again only at QoS 1", "[session]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("t", "x", 1, 7)));
    CHECK(words(r.s.next_event()) == "message t=x q1 #7");
    REQUIRE(r.again(true));
    CHECK(r.s.pending_output().empty());
    CHECK(r.hears(publish("t", "x", 1, 7, dup_bit)) == "message t=x q1 #7 dup");
}
