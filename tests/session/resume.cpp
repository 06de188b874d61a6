// SPDX-License-Identifier: BSL-1.0
// What is sent again after a reconnect, in which order, and with which flags.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

// Four publishes: QoS 1, QoS 2, QoS 2 that has got as far as PUBREL, QoS 1; all written.
template <features F>
void send_four(rig<F>& r) {
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "1", 1).value == 1);
    REQUIRE(r.publish("t", "2", 2).value == 2);
    REQUIRE(r.publish("t", "3", 2).value == 3);
    REQUIRE(r.publish("t", "4", 1).value == 4);
    CHECK(r.said() == "PUBLISH t=1 q1 #1, PUBLISH t=2 q2 #2, PUBLISH t=3 q2 #3, PUBLISH t=4 q1 #4");
    REQUIRE(r.hears(pubrec(3)) == "");
}

constexpr bool resumes_while_compiling() {
    rig r;
    r.o.clean_session = false;
    if (!r.online() || r.publish("t", "1", 1).value != 1 || r.publish("t", "2", 2).value != 2) return false;
    r.drop_output();
    if (!r.again(true)) return false;
    return r.writes(publish("t", "1", 1, 1, dup_bit) + publish("t", "2", 2, 2, dup_bit));
}

}  // namespace

TEST_CASE("what was not acknowledged is sent again in its first order, with DUP",
          "[session][MQTT-4.4.0-1][MQTT-4.6.0-1][MQTT-3.3.1-1][MQTT-2.3.1-3][MQTT-3.2.2-2][MQTT-4.3.2-1]"
          "[MQTT-4.3.3-1]") {
    STATIC_REQUIRE(resumes_while_compiling());
    rig r;
    r.o.clean_session = false;
    send_four(r);
    REQUIRE(r.again(true));
    CHECK(r.said() == "PUBREL 3, PUBLISH t=1 q1 #1 dup, PUBLISH t=2 q2 #2 dup, PUBLISH t=4 q1 #4 dup");
    CHECK(r.told() == "");
    CHECK(r.hears(puback(1) + pubcomp(3) + puback(4)) == "delivered #1, delivered #3, delivered #4");
    REQUIRE(r.again(true));
    CHECK(r.said() == "PUBLISH t=2 q2 #2 dup");
    CHECK(r.hears(pubrec(2) + pubcomp(2)) == "delivered #2");
    REQUIRE(r.again(true));
    CHECK(r.said() == "");
}

TEST_CASE("new publishes leave behind those that are sent again", "[session][MQTT-4.6.0-1]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "1", 1).value == 1);
    r.drop_output();
    r.s.end();
    REQUIRE(r.publish("t", "2", 1).value == 2);
    REQUIRE(r.online(true));
    REQUIRE(r.publish("t", "3", 1).value == 3);
    CHECK(r.said() == "PUBLISH t=1 q1 #1 dup, PUBLISH t=2 q1 #2, PUBLISH t=3 q1 #3");
}

TEST_CASE("a lost session makes them new, and the second half of QoS 2 uncertain",
          "[session][MQTT-3.1.2-6][MQTT-3.2.2-3]") {
    for (bool const clean : {true, false}) {
        rig r;
        r.o.clean_session = clean;
        send_four(r);
        REQUIRE(r.again(false));
        CHECK(r.told() == "uncertain #3");
        CHECK(r.told() == "");
        CHECK(r.said() == "PUBLISH t=1 q1 #1, PUBLISH t=2 q2 #2, PUBLISH t=4 q1 #4");
        // They are repetitions again if the session is found again.
        if (clean) continue;
        REQUIRE(r.again(true));
        CHECK(r.said() == "PUBLISH t=1 q1 #1 dup, PUBLISH t=2 q2 #2 dup, PUBLISH t=4 q1 #4 dup");
    }
}

TEST_CASE("an uncertain publish keeps its identifier until it is told", "[session][MQTT-2.3.1-2]") {
    rig<plain, sizes{.inflight = 2}> r;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "1", 2).value == 1);
    r.drop_output();
    REQUIRE(r.hears(pubrec(1)) == "");
    r.s.end();
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    REQUIRE(r.give(connack()));
    CHECK(words(r.s.next_event()) == "connected");
    CHECK(r.publish("t", "2", 2).value == 2);
    CHECK(r.publish("t", "3", 2).error == errc::inflight_full);
    CHECK(words(r.s.next_event()) == "uncertain #1");
    CHECK(r.publish("t", "3", 2).value == 3);
}

TEST_CASE("PUBRELs are sent again in the order of their PUBRECs", "[session][MQTT-4.6.0-4]") {
    // More of them than the control lane has room for.
    rig<plain, sizes{.answers = 2, .inflight = 7}> r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    std::string acks;
    for (unsigned i = 1; i <= 7; ++i) {
        REQUIRE(r.publish("t", "x", 2).value == i);
        if (i <= 6) acks += pubrec(i);
    }
    r.drop_output();
    REQUIRE(r.hears(acks, 4) == "");
    REQUIRE(r.again(true));
    CHECK(r.said() == "PUBREL 1, PUBREL 2, PUBREL 3, PUBREL 4, PUBREL 5, PUBREL 6, PUBLISH t=x q2 #7 dup");
    CHECK(r.said() == "");
}

TEST_CASE("a PUBREL that was in line when the connection broke is sent", "[session][MQTT-4.4.0-1]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "1", 2).value == 1);
    r.drop_output();
    REQUIRE(r.give(pubrec(1)));
    CHECK(r.told() == "");
    REQUIRE(r.again(true));
    CHECK(r.said() == "PUBREL 1");
    CHECK(r.hears(pubcomp(1)) == "delivered #1");
}

TEST_CASE("a packet that was cut is sent as a new one", "[session][MQTT-3.3.1-1]") {
    for (std::size_t cut = 1; cut < 9; ++cut) {
        rig r;
        r.o.clean_session = false;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "1", 1).value == 1);  // 8 bytes
        REQUIRE(r.publish("t", "2", 1).value == 2);
        static_cast<void>(r.s.pending_output());
        r.s.sent(cut);
        REQUIRE(r.again(true));
        CAPTURE(cut);
        CHECK(r.said() ==
              (cut < 8 ? "PUBLISH t=1 q1 #1, PUBLISH t=2 q1 #2" : "PUBLISH t=1 q1 #1 dup, PUBLISH t=2 q1 #2"));
    }
}

TEST_CASE("DUP is never set at QoS 0, and a written QoS 0 publish is not repeated", "[session][MQTT-3.3.1-2]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "0", 0));
    r.drop_output();
    REQUIRE(r.publish("t", "1", 0));
    REQUIRE(r.publish("t", "2", 1));
    REQUIRE(r.again(true));
    CHECK(r.said() == "PUBLISH t=1 q0, PUBLISH t=2 q1 #1");
}

TEST_CASE("nothing is sent again while the connection lives", "[session][MQTT-4.4.0-1]") {
    rig r;
    r.o.keep_alive_s = 0;
    send_four(r);
    for (int i = 0; i < 19; ++i) {
        r.later(1000);
        CHECK(r.said() == "");
        CHECK(r.s.expire() == errc::ok);
    }
}

TEST_CASE("3.1 has no session-present bit: a session that was asked for is taken to be there",
          "[session][3.2.2.2][MQTT31-3.2-present]") {
    rig<features{.v3_1 = true}> r;
    r.o.protocol = version::v3_1;
    r.o.clean_session = false;
    send_four(r);
    REQUIRE(r.again(false));
    CHECK(r.told() == "");
    CHECK(r.said() == "PUBREL 3, PUBLISH t=1 q1 #1 dup, PUBLISH t=2 q2 #2 dup, PUBLISH t=4 q1 #4 dup");
    r.o.clean_session = true;
    REQUIRE(r.again(false));
    CHECK(r.told() == "uncertain #3");
    CHECK(r.said() == "PUBLISH t=1 q1 #1, PUBLISH t=2 q2 #2, PUBLISH t=4 q1 #4");
}
