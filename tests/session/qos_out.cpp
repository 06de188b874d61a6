// SPDX-License-Identifier: BSL-1.0
// Publishes of ours: every step with its bytes, and every answer that may not come.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr features qos_1_only{.highest_qos = qos::at_least_once};
constexpr features qos_0_only{.highest_qos = qos::at_most_once};

constexpr bool at_most_once() {
    rig r;
    if (!r.online()) return false;
    auto const id = r.publish("a/b", "hi", 0);
    if (!id || id.value != 0 || !r.writes("\x30\x07\0\3a/bhi"sv)) return false;
    return !r.s.next_event() && r.s.pending_output().empty();
}
constexpr bool at_least_once() {
    rig r;
    if (!r.online()) return false;
    auto const id = r.publish("a/b", "hi", 1, true);
    if (id.value != 1 || !r.writes("\x33\x09\0\3a/b\0\1hi"sv)) return false;
    if (r.s.next_event() || !r.give("\x40\x02\0\1"sv)) return false;
    auto const e = r.s.next_event();
    return e.type == event_type::delivered && e.id == 1 && !r.s.next_event() && r.s.pending_output().empty();
}
constexpr bool exactly_once() {
    rig r;
    if (!r.online()) return false;
    if (r.publish("a/b", "hi", 2).value != 1 || !r.writes("\x34\x09\0\3a/b\0\1hi"sv)) return false;
    if (!r.give("\x50\x02\0\1"sv) || r.s.next_event()) return false;
    if (!r.writes("\x62\x02\0\1"sv)) return false;
    if (!r.give("\x70\x02\0\1"sv)) return false;
    auto const e = r.s.next_event();
    return e.type == event_type::delivered && e.id == 1 && !r.s.next_event() && r.s.pending_output().empty();
}

// What `answer` does to a device with one publish of `level` that has been written (or not) and answered by `before`.
errc verdict(unsigned level, std::string_view answer, bool written = true, std::string_view before = {}) {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", level).value == 1);
    if (written) r.drop_output();
    if (!before.empty()) REQUIRE(r.hears(before) == "");
    if (!written) {
        // hears() would write.
        REQUIRE(r.give(answer));
        CHECK(r.told() == "");
    } else {
        auto const told = r.hears(answer);
        if (r.s.fault() != errc::ok) CHECK(told == "");
    }
    return r.s.fault();
}

}  // namespace

TEST_CASE("QoS 0 is sent and forgotten", "[session][MQTT-4.3.1-1][MQTT-2.3.1-5][MQTT-3.3.1-2]") {
    STATIC_REQUIRE(at_most_once());
    CHECK(at_most_once());
}

TEST_CASE("QoS 1 is kept until PUBACK", "[session][MQTT-4.3.2-1]") {
    STATIC_REQUIRE(at_least_once());
    CHECK(at_least_once());
}

TEST_CASE("QoS 2 goes PUBLISH, PUBREC, PUBREL, PUBCOMP", "[session][MQTT-4.3.3-1][MQTT-3.6.1-1][MQTT-2.3.1-6]") {
    STATIC_REQUIRE(exactly_once());
    CHECK(exactly_once());
}

TEST_CASE("an answer of the wrong kind is a protocol error", "[session][MQTT-4.8.0-1]") {
    CHECK(verdict(1, pubrec(1)) == errc::protocol_error);
    CHECK(verdict(1, pubcomp(1)) == errc::protocol_error);
    CHECK(verdict(2, puback(1)) == errc::protocol_error);
    CHECK(verdict(2, pubcomp(1)) == errc::protocol_error);
    CHECK(verdict(2, puback(1), true, pubrec(1)) == errc::protocol_error);
    CHECK(verdict(1, puback(1)) == errc::ok);
    CHECK(verdict(2, pubrec(1)) == errc::ok);
    CHECK(verdict(2, pubcomp(1), true, pubrec(1)) == errc::ok);
}

TEST_CASE("an answer to what was not sent yet is a protocol error", "[session][MQTT-4.8.0-1]") {
    CHECK(verdict(1, puback(1), false) == errc::protocol_error);
    CHECK(verdict(2, pubrec(1), false) == errc::protocol_error);
    CHECK(verdict(2, pubcomp(1), false) == errc::protocol_error);
}

TEST_CASE("PUBREC that comes twice is answered twice", "[session][MQTT-4.3.3-1]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 2).value == 1);
    r.drop_output();
    std::string answers;
    CHECK(r.hears(pubrec(1), 99, &answers) == "");
    CHECK(r.hears(pubrec(1), 99, &answers) == "");
    CHECK(words(answers) == "PUBREL 1, PUBREL 1");
    CHECK(r.hears(pubcomp(1)) == "delivered #1");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("an answer to nothing of ours is let pass, and PUBREC is answered", "[session]") {
    rig r;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(puback(77) + pubcomp(78) + pubrec(79), 99, &answers) == "");
    CHECK(words(answers) == "PUBREL 79");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("a second PUBACK is let pass", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 1).value == 1);
    r.drop_output();
    CHECK(r.hears(puback(1) + puback(1)) == "delivered #1");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("a device without QoS 2 takes its packets for errors", "[session]") {
    rig<qos_1_only> r;
    REQUIRE(r.online());
    CHECK(r.publish("t", "x", 2).error == errc::bad_qos);
    CHECK(r.subscribe("t", 2) == errc::bad_qos);
    REQUIRE(r.publish("t", "x", 1).value == 1);
    r.drop_output();
    CHECK(r.hears(puback(1)) == "delivered #1");
    auto const fault = [](std::string_view bytes) {
        rig<qos_1_only> d;
        REQUIRE(d.online());
        CHECK(d.hears(bytes) == "");
        return d.s.fault();
    };
    CHECK(fault(pubrec(1)) == errc::protocol_error);
    CHECK(fault(pubrel(1)) == errc::protocol_error);
    CHECK(fault(pubcomp(1)) == errc::protocol_error);
    CHECK(fault(publish("a", "x", 2, 1)) == errc::protocol_error);
}

TEST_CASE("a device of QoS 0 takes every acknowledgement for an error", "[session]") {
    rig<qos_0_only> r;
    REQUIRE(r.online());
    CHECK(r.publish("t", "x", 1).error == errc::bad_qos);
    CHECK(r.publish("t", "x", 0).value == 0);
    CHECK(r.said() == "PUBLISH t=x q0");
    CHECK(r.hears(publish("a", "x")) == "message a=x q0");
    for (auto const& bytes : {puback(1), publish("a", "x", 1, 1)}) {
        rig<qos_0_only> d;
        REQUIRE(d.online());
        CHECK(d.hears(bytes) == "");
        CHECK(d.s.fault() == errc::protocol_error);
    }
}

TEST_CASE("a publish that cannot be sent is refused by its reason",
          "[session][MQTT-3.3.2-2][MQTT-4.7.3-1][MQTT-3.3.1-4][MQTT-3.3.2-1][MQTT-4.7.1-1][MQTT-4.7.3-2]"
          "[MQTT-4.7.3-3][MQTT-1.5.3-1][MQTT-1.5.3-2]") {
    rig<plain, sizes{.tx = 64, .inflight = 2}> r;
    CHECK(r.publish("a", "x", 0).error == errc::not_connected);
    REQUIRE(r.online());
    for (auto const topic : {""sv, "a/+"sv, "#"sv, "a\0b"sv, "\xED\xA0\x80"sv, "\xC1\x81"sv}) {
        CHECK(r.publish(topic, "x", 1).error == errc::bad_topic);
    }
    CHECK(r.publish(std::string(65'536, 'a'), "x", 1).error == errc::bad_topic);
    CHECK(r.publish("a", "x", 3).error == errc::bad_qos);
    CHECK(r.publish("a", std::string(64, 'x'), 1).error == errc::publish_too_long);
    CHECK(r.publish("a", std::string(58, 'x'), 1).error == errc::publish_too_long);
    CHECK(r.said() == "");
    CHECK(r.publish("a", std::string(57, 'x'), 1).value == 1);  // 2 + 3 + 2 + 57 = 64
    CHECK(r.publish("a", "x", 1).error == errc::ring_full);
    r.drop_output();
    CHECK(r.publish("a", "x", 1).error == errc::ring_full);
    CHECK(r.hears(puback(1)) == "delivered #1");
    CHECK(r.publish("a", "x", 1).value == 2);
    CHECK(r.publish("a", "x", 2).value == 3);
    CHECK(r.publish("a", "x", 1).error == errc::inflight_full);
    CHECK(r.publish("a", "x", 0).value == 0);
    CHECK(r.said() == "PUBLISH a=x q1 #2, PUBLISH a=x q2 #3, PUBLISH a=x q0");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("PUBLISH packets leave in the order of publish(), whatever their level", "[session][4.6]") {
    rig r;
    REQUIRE(r.online());
    for (unsigned i = 0; i < 6; ++i) REQUIRE(r.publish("t", std::string(1, static_cast<char>('0' + i)), i % 3));
    CHECK(r.said() == "PUBLISH t=0 q0, PUBLISH t=1 q1 #1, PUBLISH t=2 q2 #2, PUBLISH t=3 q0, PUBLISH t=4 q1 #3, "
                      "PUBLISH t=5 q2 #4");
}
