// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;

namespace {

using cloud = testing::broker<>;

connect_packet persistent(version v = version::v3_1_1) {
    return {.protocol = v, .clean_session = false, .keep_alive_s = 0, .client_id = "pump"};
}

}  // namespace

TEST_CASE("a clean session leaves nothing behind", "[testing][broker][MQTT-3.1.2-6]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    CHECK(c.come("pump") == "CONNACK accepted");
    CHECK(c.say(raw::subscribe(1, "t", qos::at_least_once)) == "SUBACK id 1 qos 1");
    CHECK(b.connected("pump"));
    CHECK(b.subscribed("pump", "t"));
    c.vanish();
    CHECK_FALSE(b.connected("pump"));
    CHECK_FALSE(b.has_session("pump"));
    CHECK(c.come("pump", false) == "CONNACK accepted");
    CHECK_FALSE(b.subscribed("pump", "t"));
    CHECK(b.violations() == 0);
}

TEST_CASE("a kept session is present and remembers", "[testing][broker][MQTT-3.2.2-2]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    CHECK(c.come(persistent()) == "CONNACK accepted");
    CHECK(c.say(raw::subscribe(1, "t", qos::at_least_once)) == "SUBACK id 1 qos 1");
    c.vanish();
    CHECK(b.has_session("pump"));
    CHECK(b.publish({"t", "while away", qos::at_least_once}));
    CHECK(b.publish({"t", "lost", qos::at_most_once}));
    CHECK(b.waiting("pump") == 1);
    CHECK(c.come(persistent()) == "CONNACK accepted, session present | PUBLISH id 1 qos 1 \"t\" 10 bytes");
    CHECK(c.say(raw::ack(packet_type::puback, 1)).empty());
    CHECK(b.waiting("pump") == 0);
    CHECK(b.messages_held() == 0);
    // A clean session ends the kept one.
    c.vanish();
    CHECK(c.come("pump", true) == "CONNACK accepted");
    CHECK(c.say(raw::disconnect()).empty());
    CHECK(c.come(persistent()) == "CONNACK accepted");
    CHECK(b.violations() == 0);
}

TEST_CASE("what was not acknowledged comes again with DUP, in order", "[testing][broker][MQTT-4.4.0-1]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come(persistent());
    c.say(raw::subscribe(1, "#", qos::exactly_once));
    b.publish({"a", "1", qos::at_least_once});
    b.publish({"b", "2", qos::exactly_once});
    b.publish({"c", "3", qos::exactly_once});
    CHECK(c.hear() ==
          "PUBLISH id 1 qos 1 \"a\" 1 bytes | PUBLISH id 2 qos 2 \"b\" 1 bytes | PUBLISH id 3 qos 2 \"c\" 1 bytes");
    CHECK(c.say(raw::ack(packet_type::pubrec, 2)) == "PUBREL id 2");
    c.vanish();
    CHECK(c.come(persistent()) ==
          "CONNACK accepted, session present | PUBLISH id 1 qos 1 dup \"a\" 1 bytes | PUBREL id 2 | "
          "PUBLISH id 3 qos 2 dup \"c\" 1 bytes");
    CHECK(c.say(raw::ack(packet_type::puback, 1) + raw::ack(packet_type::pubcomp, 2)).empty());
    CHECK(c.say(raw::ack(packet_type::pubrec, 3)) == "PUBREL id 3");
    CHECK(c.say(raw::ack(packet_type::pubcomp, 3)).empty());
    CHECK(b.waiting("pump") == 0);
    CHECK(b.messages_held() == 0);
    CHECK(b.violations() == 0);
}

TEST_CASE("a second connection takes over the client id", "[testing][broker][MQTT-3.1.4-2]") {
    cloud       b;
    instant     now;
    raw::client first{b, now};
    raw::client second{b, now};
    raw::client watcher{b, now};
    watcher.come("watcher");
    watcher.say(raw::subscribe(1, "gone", qos::at_most_once));
    first.come({.keep_alive_s = 0, .client_id = "pump", .will = {"gone", "bye"}});
    CHECK(second.come("pump") == "CONNACK accepted");
    CHECK(first.hear() == "closed");
    CHECK(watcher.hear() == "PUBLISH qos 0 \"gone\" 3 bytes");
    CHECK(b.counts().takeovers == 1);
    CHECK(second.say(raw::empty(packet_type::pingreq)) == "PINGRESP");
    CHECK(b.violations() == 0);
}

TEST_CASE("3.1 is spoken without a session present bit", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now, version::v3_1};
    CHECK(c.come(persistent(version::v3_1)) == "CONNACK accepted");
    c.vanish();
    c.dial();
    CHECK(c.wire().client().write(raw::connect(persistent(version::v3_1))).value != 0);
    c.turn();
    char into[8] = {};
    REQUIRE(c.wire().client().read(into).value == 4);
    CHECK(std::string_view{into, 4} == std::string_view{"\x20\x02\x00\x00", 4});
    CHECK(b.violations() == 0);
}

TEST_CASE("a CONNECT may be refused for many reasons", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    b.knobs.connack = connect_return::server_unavailable;
    CHECK(c.come() == "CONNACK refused, server_unavailable | closed");
    b.knobs.connack     = connect_return::accepted;
    b.knobs.speak_3_1_1 = false;
    CHECK(c.come() == "CONNACK refused, unacceptable_version | closed");
    b.knobs.speak_3_1_1 = true;
    b.knobs.login       = {[](void*, connect_packet const& p) {
                         return p.user_name == "me" && p.password == "x" ? connect_return::accepted
                                                                               : connect_return::bad_credentials;
                     },
                           nullptr};
    CHECK(c.come() == "CONNACK refused, bad_credentials | closed");
    CHECK(c.come({.client_id = "pump", .user_name = "me", .password = "x"}) == "CONNACK accepted");
    b.knobs.login = {};
    c.vanish();
    // MQTT 5.
    b.knobs.speak_5 = false;
    c.dial();
    CHECK(c.say({"\x10\x0D\x00\x04MQTT\x05\x02\x00\x3C\x00\x00\x00", 15}) ==
          "CONNACK refused, unacceptable_version | closed");
    CHECK(b.counts().refused == 4);
    CHECK(b.violations() == 0);
}

TEST_CASE("a client without an id gets one for a clean session only", "[testing][broker][MQTT-3.1.3-7]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    CHECK(c.come("", true) == "CONNACK accepted");
    c.vanish();
    CHECK(c.come("", false) == "CONNACK refused, identifier_rejected | closed");
    CHECK(b.last_violation().kind == testing::violation::bad_client_id);
}

TEST_CASE("more sessions than the broker can hold", "[testing][broker]") {
    testing::broker<testing::broker_limits{.connections = 3, .sessions = 2}> b;
    instant                                                                  now;
    raw::client                                                              one{b, now};
    raw::client                                                              two{b, now};
    raw::client                                                              three{b, now};
    raw::client                                                              four{b, now};
    CHECK(one.come("one", false) == "CONNACK accepted");
    CHECK(two.come("two", false) == "CONNACK accepted");
    CHECK(three.come("three", false) == "CONNACK refused, server_unavailable | closed");
    one.vanish();
    CHECK(three.come("three") == "CONNACK refused, server_unavailable | closed");
    b.forget_sessions();
    CHECK(three.come("three") == "CONNACK accepted");
    CHECK(one.come("two", false) == "CONNACK accepted, session present");
    CHECK(b.counts().takeovers == 1);
}

TEST_CASE("a broker that restarts knows its sessions, or nobody", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    raw::client watcher{b, now};
    c.come({.clean_session = false, .keep_alive_s = 0, .client_id = "pump", .will = {"gone", "bye"}});
    c.say(raw::subscribe(1, "t", qos::at_least_once));
    c.say(raw::publish({"keep", "me", qos::at_most_once, true}));
    watcher.come("watcher", false);
    watcher.say(raw::subscribe(1, "gone", qos::at_least_once));
    b.restart(true);
    CHECK(c.hear() == "closed");
    CHECK(watcher.hear() == "closed");
    CHECK(watcher.come("watcher", false) == "CONNACK accepted, session present");  // and no will
    CHECK(c.come(persistent()) == "CONNACK accepted, session present");
    CHECK(b.subscribed("pump", "t"));
    CHECK(b.retained("keep").payload == "me");
    CHECK(b.messages_held() == 1);
    b.restart(false);
    c.turn();
    CHECK(c.come(persistent()) == "CONNACK accepted");
    CHECK_FALSE(b.subscribed("pump", "t"));
    CHECK(b.retained("keep").topic.empty());
    CHECK(b.messages_held() == 0);
    CHECK(b.violations() == 0);
}
