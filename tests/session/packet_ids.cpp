// SPDX-License-Identifier: BSL-1.0
// Identifiers are never 0 and never one in use.
#include <set>
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

TEST_CASE("identifiers pass 65535 without 0 and without one in use", "[session][MQTT-2.3.1-1][MQTT-2.3.1-2]") {
    rig r;
    r.o.keep_alive_s = 0;
    r.o.publish_timeout_ms = 0x7FFF'FFFF;
    r.o.request_timeout_ms = 0x3FFF'FFFF;
    REQUIRE(r.online());
    // Four that stay: a QoS 1, a QoS 2 with PUBREC, a SUBSCRIBE and an UNSUBSCRIBE.
    REQUIRE(r.publish("stay", "x", 1).value == 1);
    REQUIRE(r.publish("stay", "x", 2).value == 2);
    REQUIRE(r.subscribe("stay", 0) == errc::ok);
    REQUIRE(r.s.unsubscribe("gone") == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 3 stay q0, UNSUBSCRIBE 4 gone, PUBLISH stay=x q1 #1, PUBLISH stay=x q2 #2");
    REQUIRE(r.hears(pubrec(2)) == "");
    unsigned expected = 5;
    std::size_t wrong = 0;
    for (unsigned i = 0; i < 140'000; ++i) {
        auto const id = r.publish("t", "", 1);
        wrong += id.value != expected || !id ? 1U : 0U;
        r.drop_output();
        static_cast<void>(r.give(puback(id.value)));
        wrong += r.s.next_event().type != event_type::delivered ? 1U : 0U;
        expected = expected == 65'535 ? 5 : expected + 1;
    }
    CHECK(wrong == 0);
    CHECK(r.hears(puback(1) + pubcomp(2) + suback(3, 0) + unsuback(4)) ==
          "delivered #1, delivered #2, subscribed stay q0 #3, unsubscribed gone");
}

TEST_CASE("an identifier is free again after the last acknowledgement only", "[session][MQTT-2.3.1-3]") {
    rig<plain, sizes{.inflight = 2}> r;
    r.o.publish_timeout_ms = 0x7FFF'FFFF;
    r.o.keep_alive_s = 0;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "", 2).value == 1);
    r.drop_output();
    std::set<unsigned> seen;
    for (unsigned i = 0; i < 65'536; ++i) {
        // Across a reconnect as well.
        if (i == 30'000) {
            REQUIRE(r.hears(pubrec(1)) == "");
            REQUIRE(r.again(true));
        }
        auto const id = r.publish("t", "", 1).value;
        seen.insert(id);
        r.drop_output();
        static_cast<void>(r.give(puback(id)));
        static_cast<void>(r.s.next_event());
    }
    CHECK(seen.count(0) == 0);
    CHECK(seen.count(1) == 0);
    CHECK(seen.size() == 65'534);
}

TEST_CASE("the same identifier may be in use in both directions", "[session][2.3.1]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 2).value == 1);
    REQUIRE(r.subscribe("f", 0) == errc::ok);
    r.drop_output();
    std::string answers;
    CHECK(r.hears(publish("a", "y", 2, 1) + pubrec(1) + pubrel(1) + publish("a", "z", 1, 2) + suback(2, 0) + pubcomp(1),
                  99, &answers) == "message a=y q2 #1, message a=z q1 #2, subscribed f q0 #2, delivered #1");
    CHECK(words(answers) == "PUBREC 1, PUBREL 1, PUBCOMP 1, PUBACK 2");
}
