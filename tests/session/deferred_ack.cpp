// SPDX-License-Identifier: BSL-1.0
// acknowledge(): the user says when a message is done, the engine says it to the server in order.
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

constexpr features with_ack{.deferred_ack = true};

template <sizes Z = sizes{}>
struct manual : rig<with_ack, Z> {
    manual() {
        this->o.clean_session = false;
        this->s.manual_ack(true);
    }
};

}  // namespace

TEST_CASE("nothing is answered before acknowledge()", "[session][MQTT-4.3.2-2][MQTT-4.3.3-2]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "x", 1, 1) + publish("a", "y", 2, 2)) == "message a=x q1 #1, message a=y q2 #2");
    CHECK(r.said() == "");
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.said() == "PUBACK 1");
    CHECK(r.s.acknowledge(1) == errc::nothing_to_acknowledge);
    CHECK(r.s.acknowledge(3) == errc::nothing_to_acknowledge);
    CHECK(r.s.acknowledge(2) == errc::ok);
    CHECK(r.s.acknowledge(2) == errc::nothing_to_acknowledge);
    CHECK(r.said() == "PUBREC 2");
    std::string answers;
    CHECK(r.hears(pubrel(2), 9, &answers) == "");
    CHECK(words(answers) == "PUBCOMP 2");
}

TEST_CASE("answers leave in the order of the messages, whatever the order of acknowledge()",
          "[session][MQTT-4.6.0-2][MQTT-4.6.0-3]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "", 1, 1) + publish("a", "", 2, 2) + publish("a", "", 1, 3) + publish("a", "", 0)) ==
          "message a= q1 #1, message a= q2 #2, message a= q1 #3, message a= q0");
    CHECK(r.s.acknowledge(3) == errc::ok);
    CHECK(r.said() == "");
    CHECK(r.s.acknowledge(2) == errc::ok);
    CHECK(r.said() == "");
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.said() == "PUBACK 1, PUBREC 2, PUBACK 3");
}

TEST_CASE("acknowledge() inside the handler, and for QoS 0", "[session]") {
    manual r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "", 1, 1) + publish("a", "", 0)));
    auto e = r.s.next_event();
    CHECK(r.s.acknowledge(e.id) == errc::ok);
    e = r.s.next_event();
    CHECK(r.s.acknowledge(e.id) == errc::nothing_to_acknowledge);
    CHECK_FALSE(r.s.next_event());
    CHECK(r.said() == "PUBACK 1");
}

TEST_CASE("manual acknowledgement can be switched; the message that is open keeps its rule", "[session]") {
    manual r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "1", 1, 1) + publish("a", "2", 1, 2) + publish("a", "3", 1, 3)));
    CHECK(words(r.s.next_event()) == "message a=1 q1 #1");
    r.s.manual_ack(false);  // for those that follow
    CHECK(words(r.s.next_event()) == "message a=2 q1 #2");
    r.s.manual_ack(true);
    CHECK(words(r.s.next_event()) == "message a=3 q1 #3");
    CHECK_FALSE(r.s.next_event());
    CHECK(r.said() == "");
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.said() == "PUBACK 1, PUBACK 2");
    CHECK(r.s.acknowledge(2) == errc::nothing_to_acknowledge);
    CHECK(r.s.acknowledge(3) == errc::ok);
    CHECK(r.said() == "PUBACK 3");
}

TEST_CASE("a full table of held messages stops the reading, not the link", "[session]") {
    manual<sizes{.inbound = 2}> r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "", 1, 1) + publish("a", "", 2, 2) + publish("a", "x", 1, 3) + puback(9)));
    CHECK(r.told() == "message a= q1 #1, message a= q2 #2");
    CHECK_FALSE(r.s.hungry());
    CHECK(r.told() == "");
    r.later(60'000);
    CHECK(r.s.expire() == errc::ok);
    CHECK(r.said() == "PINGREQ");  // we are alive
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.said() == "PUBACK 1");
    CHECK(r.told() == "message a=x q1 #3");
    CHECK(r.s.hungry());
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("a table full of QoS 2 messages that wait for PUBREL is a fault", "[session]") {
    manual<sizes{.inbound = 2}> r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "", 2, 1) + publish("a", "", 2, 2)) == "message a= q2 #1, message a= q2 #2");
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.s.acknowledge(2) == errc::ok);
    CHECK(r.said() == "PUBREC 1, PUBREC 2");
    CHECK(r.hears(publish("a", "", 2, 3)) == "");
    CHECK(r.s.fault() == errc::inbound_full);
}

TEST_CASE("more acknowledgements at once than the control lane has room for", "[session]") {
    manual<sizes{.rx = 256, .answers = 2, .inbound = 20}> r;
    REQUIRE(r.online());
    blob stream{};
    std::string expected;
    for (unsigned i = 1; i <= 20; ++i) {
        stream.add(publish("a", "", i % 2 + 1, i));
        expected += (i > 1 ? ", " : "") + std::string{i % 2 == 0 ? "PUBACK " : "PUBREC "} + std::to_string(i);
    }
    r.hears(stream);
    for (unsigned i = 20; i >= 1; --i) REQUIRE(r.s.acknowledge(static_cast<packet_id>(i)) == errc::ok);
    CHECK(r.said(3) == expected);
    CHECK(r.intact());
}

TEST_CASE("after a reconnect QoS 1 is forgotten and QoS 2 is still held", "[session][MQTT-4.4.0-1][MQTT-4.3.3-2]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "1", 1, 1) + publish("a", "2", 2, 2) + publish("a", "3", 2, 3)) ==
          "message a=1 q1 #1, message a=2 q2 #2, message a=3 q2 #3");
    REQUIRE(r.again(true));
    CHECK(r.s.acknowledge(1) == errc::nothing_to_acknowledge);
    // All come again; QoS 2 is not handed over a second time.
    CHECK(r.hears(publish("a", "1", 1, 1, dup_bit) + publish("a", "2", 2, 2, dup_bit) +
                  publish("a", "3", 2, 3, dup_bit)) == "message a=1 q1 #1 dup");
    CHECK(r.said() == "");
    CHECK(r.s.acknowledge(3) == errc::ok);
    CHECK(r.s.acknowledge(2) == errc::ok);
    CHECK(r.s.acknowledge(1) == errc::ok);
    auto const said = r.said();
    CHECK(said.find("PUBREC 2, PUBREC 3") != std::string::npos);
    CHECK(said.find("PUBACK 1") != std::string::npos);
    CHECK(r.hears(pubrel(2) + pubrel(3)) == "");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("PUBREL for a message that the user still holds is a protocol error", "[session][MQTT-4.8.0-1]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "2", 2, 2)) == "message a=2 q2 #2");
    CHECK(r.hears(pubrel(2)) == "");
    CHECK(r.s.fault() == errc::protocol_error);
}

TEST_CASE("a lost session forgets what the user holds", "[session][MQTT-3.1.2-6]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "2", 2, 2)) == "message a=2 q2 #2");
    REQUIRE(r.again(false));
    CHECK(r.s.acknowledge(2) == errc::nothing_to_acknowledge);
    CHECK(r.hears(publish("a", "new", 2, 2)) == "message a=new q2 #2");
}

TEST_CASE("held messages are answered before DISCONNECT if the user is done with them", "[session]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "1", 1, 1)) == "message a=1 q1 #1");
    CHECK(r.s.disconnect() == errc::ok);
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.said() == "PUBACK 1, DISCONNECT");
    CHECK(r.s.state() == session_state::closed);
}

TEST_CASE("a message that was dropped needs no acknowledge(), the user never had it", "[session][MQTT-4.5.0-2]") {
    manual<sizes{.rx = 64}> r;
    REQUIRE(r.online());
    for (unsigned const level : {1U, 2U}) {
        CHECK(r.hears(large_publish("a", pattern(200), level, level)) == "dropped a [200] message_too_long");
        CHECK(r.hears(publish("a", "x", 1, 8)) == "message a=x q1 #8");
        CHECK(r.s.acknowledge(8) == errc::ok);
        std::string answers;
        r.hears(pingresp(), 9, &answers);
    }
    CHECK(r.s.acknowledge(1) == errc::nothing_to_acknowledge);
    CHECK(r.s.acknowledge(2) == errc::nothing_to_acknowledge);
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("acknowledged off line: answered when the server has sent it again, once for each time",
          "[session][MQTT-4.3.3-2]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "1", 2, 1) + publish("a", "2", 2, 2) + publish("a", "3", 2, 3)) ==
          "message a=1 q2 #1, message a=2 q2 #2, message a=3 q2 #3");
    CHECK(r.s.acknowledge(3) == errc::ok);  // waits for the others
    CHECK(r.said() == "");
    r.s.end();
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.s.acknowledge(1) == errc::nothing_to_acknowledge);
    REQUIRE(r.online(true));
    CHECK(r.said() == "");
    std::string answers;
    CHECK(
        r.hears(publish("a", "1", 2, 1, dup_bit) + publish("a", "2", 2, 2, dup_bit) + publish("a", "3", 2, 3, dup_bit),
                99, &answers) == "");
    CHECK(r.s.acknowledge(2) == errc::ok);
    answers += r.output();
    auto const said = words(answers);
    for (char const* const one : {"PUBREC 1", "PUBREC 2", "PUBREC 3"}) {
        CAPTURE(said, one);
        CHECK(said.find(one) != std::string::npos);
        CHECK(said.find(one) == said.rfind(one));
    }
    CHECK(r.hears(pubrel(1) + pubrel(2) + pubrel(3)) == "");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("PUBRECs after a reconnect keep the order of the messages", "[session][MQTT-4.6.0-3]") {
    manual r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("a", "1", 2, 1) + publish("a", "2", 2, 2)) == "message a=1 q2 #1, message a=2 q2 #2");
    REQUIRE(r.s.acknowledge(2) == errc::ok);
    REQUIRE(r.again(true));
    std::string answers;
    CHECK(r.hears(publish("a", "1", 2, 1, dup_bit) + publish("a", "2", 2, 2, dup_bit), 99, &answers) == "");
    REQUIRE(r.s.acknowledge(1) == errc::ok);
    answers += r.output();
    CHECK(words(answers) == "PUBREC 1, PUBREC 2");
}
