// SPDX-License-Identifier: BSL-1.0
// How long the state of a session lives: no shorter than its connection, and beyond it only where that was asked for.
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

constexpr features with_ack{.deferred_ack = true};

// Leaves one exchange of each kind open: QoS 1 out (1), QoS 2 out before and behind PUBREC (2, 3), QoS 2 in (7).
template <features F, sizes Z>
void open_exchanges(rig<F, Z>& r) {
    REQUIRE(r.online());
    REQUIRE(r.publish("out", "1", 1).value == 1);
    REQUIRE(r.publish("out", "2", 2).value == 2);
    REQUIRE(r.publish("out", "3", 2).value == 3);
    r.drop_output();
    REQUIRE(r.hears(pubrec(3)) == "");
    REQUIRE(r.hears(publish("in", "x", 2, 7)) == "message in=x q2 #7");
}

// DISCONNECT in order, and the transport is closed.
template <features F, sizes Z>
void leave(rig<F, Z>& r) {
    REQUIRE(r.s.disconnect() == errc::ok);
    CHECK(r.said() == "DISCONNECT");
    REQUIRE(r.s.state() == session_state::closed);
    r.s.end();
}

// A session that was asked for, left in order, and found again.
template <features F>
void outlives_disconnect() {
    rig<F> r;
    r.o.clean_session = false;
    open_exchanges(r);
    leave(r);
    r.later(0x7000'0000);  // 21 days
    REQUIRE(r.online(true));
    CHECK(r.told() == "");
    CHECK(r.said() == "PUBREL 3, PUBLISH out=1 q1 #1 dup, PUBLISH out=2 q2 #2 dup");
    std::string answers;
    CHECK(r.hears(publish("in", "x", 2, 7, dup_bit) + pubrel(7), 99, &answers) == "");
    CHECK(words(answers) == "PUBREC 7, PUBCOMP 7");
    CHECK(r.hears(puback(1) + pubrec(2) + pubcomp(3) + pubcomp(2)) == "delivered #1, delivered #3, delivered #2");
}

template <features F>
void clean_session_starts_from_nothing() {
    rig<F> r;
    open_exchanges(r);
    leave(r);
    REQUIRE(r.online());
    // What was half done is given up, and the rest is published anew, by no means as a repetition.
    CHECK(r.told() == "uncertain #3");
    CHECK(r.said() == "PUBLISH out=1 q1 #1, PUBLISH out=2 q2 #2");
    // The identifier of the old session means another message now.
    CHECK(r.hears(publish("in", "new", 2, 7)) == "message in=new q2 #7");
}

}  // namespace

TEST_CASE("a session that was asked for outlives DISCONNECT and any time", "[session][MQTT-3.1.2-4][MQTT-4.1.0-1]") {
    outlives_disconnect<plain>();
    outlives_disconnect<with_ack>();
}

TEST_CASE("a clean session has nothing of the one before", "[session][MQTT-3.1.2-6][MQTT-3.2.2-3]") {
    clean_session_starts_from_nothing<plain>();
    clean_session_starts_from_nothing<with_ack>();
}

TEST_CASE("nothing open is forgotten while the connection stands, clean session or not", "[session][MQTT-4.1.0-2]") {
    for (bool const clean : {true, false}) {
        rig r;
        r.o.clean_session = clean;
        r.o.keep_alive_s = 0;
        r.o.publish_timeout_ms = 0x7FFF'FFFF;
        open_exchanges(r);
        // A day of other traffic at every level, in both directions.
        for (unsigned i = 0; i < 1000; ++i) {
            r.later(86'400);
            auto const level = i % 2 + 1;
            auto const id = r.publish("out", "y", level).value;
            r.drop_output();
            auto const done = "delivered #" + std::to_string(id);
            REQUIRE(r.hears(level == 1 ? puback(id) : pubrec(id) + pubcomp(id)) == done);
            REQUIRE(r.hears(pingresp() + publish("in", "y", 2, 8) + pubrel(8)) == "message in=y q2 #8");
            REQUIRE(r.s.expire() == errc::ok);
        }
        std::string answers;
        CHECK(r.hears(publish("in", "x", 2, 7, dup_bit) + pubrel(7) + pubrec(2), 99, &answers) == "");
        CHECK(words(answers) == "PUBREC 7, PUBCOMP 7, PUBREL 2");
        CHECK(r.hears(puback(1) + pubcomp(3) + pubcomp(2)) == "delivered #1, delivered #3, delivered #2");
    }
}

TEST_CASE("PUBREL leaves in the order in which PUBREC came", "[session][MQTT-4.6.0-4]") {
    rig r;
    REQUIRE(r.online());
    for (unsigned i = 1; i <= 4; ++i) REQUIRE(r.publish("t", "x", 2).value == i);
    r.drop_output();
    std::string answers;
    CHECK(r.hears(pubrec(3) + pubrec(1) + pubrec(4) + pubrec(2), 99, &answers) == "");
    CHECK(words(answers) == "PUBREL 3, PUBREL 1, PUBREL 4, PUBREL 2");
}
