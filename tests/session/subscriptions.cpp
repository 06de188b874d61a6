// SPDX-License-Identifier: BSL-1.0
// Declared filters, requests and their answers.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr features with_3_1{.v3_1 = true};

constexpr bool subscribes() {
    rig r;
    if (!r.online() || r.subscribe("a/+", 1) != errc::ok) return false;
    if (!r.writes("\x82\x08\0\1\0\3a/+\1"sv) || !r.give("\x90\x03\0\1\1"sv)) return false;
    auto e = r.s.next_event();
    if (e.type != event_type::subscribed || e.topic != "a/+" || e.level != qos::at_least_once || e.id != 1)
        return false;
    if (r.s.unsubscribe("a/+") != errc::ok || !r.writes("\xA2\x07\0\2\0\3a/+"sv) || !r.give("\xB0\x02\0\2"sv))
        return false;
    e = r.s.next_event();
    return e.type == event_type::unsubscribed && e.topic == "a/+";
}

errc fault_of(std::string_view answer) {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    REQUIRE(r.s.unsubscribe("b") == errc::ok);
    r.drop_output();
    CHECK(r.hears(answer) == "");
    return r.s.fault();
}

}  // namespace

TEST_CASE("a subscription is asked for, granted and cancelled",
          "[session][MQTT-3.8.1-1][MQTT-3.10.1-1][MQTT-3.8.3-3][MQTT-3.10.3-1][MQTT-3.10.3-2]") {
    STATIC_REQUIRE(subscribes());
    CHECK(subscribes());
}

TEST_CASE("the level granted may be lower, or the filter refused", "[session][3.9.3]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 2) == errc::ok);
    REQUIRE(r.subscribe("b", 2) == errc::ok);
    REQUIRE(r.subscribe("c", 1) == errc::ok);
    r.drop_output();
    CHECK(r.hears(suback(2, 0) + suback(1, 1) + suback(3, 0x80)) ==
          "subscribed b q0 #2, subscribed a q1 #1, subscribe_failed c subscription_refused");
    // What was refused is not wanted any more.
    REQUIRE(r.again(false));
    CHECK(r.said() == "SUBSCRIBE 4 a q2, SUBSCRIBE 5 b q2");
}

TEST_CASE("an answer that does not fit the request", "[session][MQTT-3.8.4-5][MQTT-3.9.3-2][MQTT-2.3.1-7]") {
    CHECK(fault_of(suback(3, 0)) == errc::unknown_packet_id);
    CHECK(fault_of(unsuback(3)) == errc::unknown_packet_id);
    CHECK(fault_of(unsuback(1)) == errc::unknown_packet_id);
    CHECK(fault_of(suback(2, 0)) == errc::unknown_packet_id);
    CHECK(fault_of("\x90\x04\0\1\0\0"sv) == errc::protocol_error);
    CHECK(fault_of("\x90\x02\0\1"sv) == errc::malformed_packet);
    CHECK(fault_of(suback(1, 3)) == errc::malformed_packet);
    CHECK(fault_of(suback(1, 0x7F)) == errc::malformed_packet);
    CHECK(fault_of(suback(1, 0x81)) == errc::malformed_packet);
    CHECK(fault_of(suback(0, 0)) == errc::malformed_packet);
    CHECK(fault_of(unsuback(0)) == errc::malformed_packet);
    CHECK(fault_of("\xB0\x03\0\2\0"sv) == errc::malformed_packet);
    CHECK(fault_of("\x92\x03\0\1\0"sv) == errc::malformed_packet);
}

TEST_CASE("a bad filter or level is refused before anything is sent",
          "[session][MQTT-4.7.1-2][MQTT-4.7.1-3][MQTT-3.8.3-1][MQTT-3.8.3-4][MQTT-3.10.3-1][MQTT-4.7.3-1]"
          "[MQTT-4.7.3-2]") {
    rig<features{.highest_qos = qos::at_least_once}> r;
    REQUIRE(r.online());
    for (auto const filter : {""sv, "a#"sv, "#/a"sv, "a+"sv, "a\0"sv, "\xFF"sv}) {
        CHECK(r.subscribe(filter, 0) == errc::bad_filter);
        CHECK(r.s.unsubscribe(filter) == errc::bad_filter);
    }
    CHECK(r.subscribe("a", 2) == errc::bad_qos);
    CHECK(r.subscribe("a", 3) == errc::bad_qos);
    CHECK(r.said() == "");
}

TEST_CASE("each limit of requests has its own error", "[session]") {
    rig<plain, sizes{.tx = 64, .subscriptions = 3, .requests = 2}> r;
    REQUIRE(r.online());
    std::string const longest(57, 'f');
    std::string const too_long(58, 'f');
    CHECK(r.subscribe(too_long, 0) == errc::request_too_long);
    CHECK(r.s.unsubscribe(std::string(70, 'f')) == errc::request_too_long);
    CHECK(r.subscribe(longest, 0) == errc::ok);
    CHECK(r.subscribe("a", 0) == errc::ring_full);
    CHECK(r.said() == "SUBSCRIBE 1 " + longest + " q0");
    CHECK(r.subscribe("a", 0) == errc::ok);
    CHECK(r.subscribe("b", 0) == errc::subscribe_requests_full);
    CHECK(r.s.unsubscribe("b") == errc::subscribe_requests_full);
    r.drop_output();
    CHECK(r.hears(suback(1, 0)) == "subscribed " + longest + " q0 #1");
    CHECK(r.subscribe("b", 0) == errc::ok);
    r.drop_output();
    CHECK(r.hears(suback(2, 0) + suback(3, 0)) == "subscribed a q0 #2, subscribed b q0 #3");
    CHECK(r.subscribe("c", 0) == errc::subscriptions_full);
    CHECK(r.s.unsubscribe("c") == errc::subscriptions_full);
    CHECK(r.s.unsubscribe("a") == errc::ok);
    r.drop_output();
    CHECK(r.hears(unsuback(4)) == "unsubscribed a");
    CHECK(r.subscribe("c", 0) == errc::ok);
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("a session that was kept needs no SUBSCRIBE, one that was lost gets all of them",
          "[session][MQTT-3.2.2-2][MQTT-3.2.2-3]") {
    rig<plain, sizes{.requests = 8}> r;
    r.o.clean_session = false;
    CHECK(r.subscribe("early", 1) == errc::ok);
    REQUIRE(r.online());
    CHECK(r.said() == "SUBSCRIBE 1 early q1");
    CHECK(r.hears(suback(1, 1)) == "subscribed early q1 #1");
    REQUIRE(r.subscribe("asked", 0) == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 2 asked q0");
    REQUIRE(r.again(true));
    CHECK(r.said() == "SUBSCRIBE 3 asked q0");
    CHECK(r.hears(suback(3, 0)) == "subscribed asked q0 #3");
    REQUIRE(r.again(true));
    CHECK(r.said() == "");
    REQUIRE(r.again(false));
    CHECK(r.said() == "SUBSCRIBE 4 early q1, SUBSCRIBE 5 asked q0");
    CHECK(r.hears(suback(4, 1) + suback(5, 0)) == "subscribed early q1 #4, subscribed asked q0 #5");
}

TEST_CASE("more declared filters than requests are asked for one after the other", "[session]") {
    rig<plain, sizes{.requests = 2}> r;
    for (auto const filter : {"a"sv, "b"sv, "c"sv, "d"sv, "e"sv}) REQUIRE(r.subscribe(filter, 0) == errc::ok);
    REQUIRE(r.online());
    CHECK(r.said() == "SUBSCRIBE 1 a q0, SUBSCRIBE 2 b q0");
    CHECK(r.hears(suback(1, 0)) == "subscribed a q0 #1");
    std::string answers;
    CHECK(r.hears(suback(2, 0) + suback(3, 0), 5, &answers) == "subscribed b q0 #2, subscribed c q0 #3");
    CHECK(r.hears(suback(4, 0) + suback(5, 0), 5, &answers) == "subscribed d q0 #4, subscribed e q0 #5");
    CHECK(words(answers) == "SUBSCRIBE 4 d q0, SUBSCRIBE 5 e q0");
}

TEST_CASE("declared filters wait for room in the ring", "[session]") {
    rig<plain, sizes{.tx = 64}> r;
    REQUIRE(r.publish("t", pattern(50), 1).value == 1);
    REQUIRE(r.subscribe("filter", 0) == errc::ok);
    REQUIRE(r.online());
    r.drop_output();
    CHECK(r.hears(puback(1)) == "delivered #1");
    r.drop_output();
    CHECK(r.hears(suback(2, 0)) == "subscribed filter q0 #2");
}

TEST_CASE("a filter is asked for again with another level", "[session][MQTT-3.8.4-3]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 0) == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 1 a q0");
    // Before the answer, and after.
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 2 a q1");
    CHECK(r.hears(suback(1, 0)) == "");
    CHECK(r.hears(suback(2, 1)) == "subscribed a q1 #2");
    REQUIRE(r.subscribe("a", 2) == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 3 a q2");
    CHECK(r.hears(suback(3, 2)) == "subscribed a q2 #3");
    REQUIRE(r.again(false));
    CHECK(r.said() == "SUBSCRIBE 4 a q2");
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("subscribe and unsubscribe in each other's way", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 0) == errc::ok);
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 1 a q0, UNSUBSCRIBE 2 a");
    CHECK(r.hears(suback(1, 0) + unsuback(2)) == "unsubscribed a");
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    CHECK(r.said() == "UNSUBSCRIBE 3 a, SUBSCRIBE 4 a q1");
    CHECK(r.hears(unsuback(3) + suback(4, 1)) == "subscribed a q1 #4");
    CHECK(r.s.fault() == errc::ok);
    REQUIRE(r.again(false));
    CHECK(r.said() == "SUBSCRIBE 5 a q1");
}

TEST_CASE("requests leave in the order of the calls, and overtake publishes that wait", "[session]") {
    for (std::size_t cut = 0; cut < 12; ++cut) {
        rig r;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "1", 0));
        REQUIRE(r.publish("t", "2", 0));
        std::string wire{text_of(r.s.pending_output().first(cut))};
        r.s.sent(cut);
        REQUIRE(r.subscribe("a", 0) == errc::ok);
        REQUIRE(r.s.unsubscribe("a") == errc::ok);
        wire += text_of(r.s.pending_output().first(1));
        r.s.sent(1);
        REQUIRE(r.subscribe("a", 1) == errc::ok);
        wire += r.output();
        auto const said = words(wire);
        CAPTURE(cut, said);
        CHECK(said.find("BAD") == std::string::npos);
        auto const first = said.find("SUBSCRIBE 1 a q0");
        auto const second = said.find("UNSUBSCRIBE 2 a");
        auto const third = said.find("SUBSCRIBE 3 a q1");
        CHECK(first < second);
        CHECK(second < third);
        CHECK(third != std::string::npos);
        CHECK(said.find("PUBLISH t=1 q0") < said.find("PUBLISH t=2 q0"));
    }
}

TEST_CASE("off line: what was never asked for is not cancelled on the wire", "[session]") {
    rig r;
    REQUIRE(r.subscribe("a", 0) == errc::ok);
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    auto told = r.told();
    REQUIRE(r.online());
    told += r.told();
    CHECK(told == "unsubscribed a");
    CHECK(r.said() == "");
    CHECK(r.subscribe("b", 0) == errc::ok);
    r.drop_output();
    CHECK(r.hears(suback(1, 0)) == "subscribed b q0 #1");
    r.s.end();
    REQUIRE(r.s.unsubscribe("b") == errc::ok);
    REQUIRE(r.online(false));
    CHECK(r.told() == "unsubscribed b");
    CHECK(r.said() == "");
}

TEST_CASE("off line: what the server may remember is cancelled on the wire", "[session]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 0) == errc::ok);
    REQUIRE(r.subscribe("b", 0) == errc::ok);
    r.drop_output();
    CHECK(r.hears(suback(1, 0)) == "subscribed a q0 #1");
    r.s.end();
    // `a` is active; the answer for `b` was lost; `c` is of an earlier life of the device.
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    REQUIRE(r.s.unsubscribe("b") == errc::ok);
    REQUIRE(r.s.unsubscribe("c") == errc::ok);
    CHECK(r.told() == "");
    REQUIRE(r.online(true));
    CHECK(r.said() == "UNSUBSCRIBE 3 a, UNSUBSCRIBE 4 b, UNSUBSCRIBE 5 c");
    CHECK(r.hears(unsuback(3) + unsuback(4) + unsuback(5)) == "unsubscribed a, unsubscribed b, unsubscribed c");
}

TEST_CASE("off line, before the first connection: a persistent session may know the filter", "[session]") {
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.subscribe("a", 0) == errc::ok);
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    REQUIRE(r.give(connack(true)));
    r.told();
    CHECK(r.said() == "UNSUBSCRIBE 1 a");
}

TEST_CASE("3.1 does not say whether the session is there, so all filters are asked for again",
          "[session][3.2.2.2][MQTT31-3.2-present]") {
    rig<with_3_1> r;
    r.o.protocol = version::v3_1;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    r.drop_output();
    CHECK(r.hears(suback(1, 1)) == "subscribed a q1 #1");
    REQUIRE(r.again(false));
    CHECK(r.said() == "SUBSCRIBE 2 a q1");
    CHECK(r.hears(suback(2, 1)) == "subscribed a q1 #2");
}

TEST_CASE("3.1: a filter that was cancelled off line is cancelled on the wire", "[session][3.2.2.2]") {
    rig<with_3_1> r;
    r.o.protocol = version::v3_1;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    r.drop_output();
    CHECK(r.hears(suback(1, 1)) == "subscribed a q1 #1");
    r.s.end();
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    REQUIRE(r.online());
    CHECK(r.said() == "UNSUBSCRIBE 2 a");
}

TEST_CASE("a filter that got no answer is asked for again on the next connection", "[session]") {
    for (bool const present : {true, false}) {
        rig r;
        r.o.clean_session = false;
        r.o.keep_alive_s = 0;
        REQUIRE(r.online());
        REQUIRE(r.subscribe("a", 1) == errc::ok);
        r.drop_output();
        CHECK(r.told() == "");
        r.later(20'000);
        CHECK(r.s.expire() == errc::ok);
        CHECK(r.told() == "subscribe_failed a subscribe_timeout");
        REQUIRE(r.again(present));
        CHECK(r.said() == "SUBSCRIBE 2 a q1");
        CHECK(r.hears(suback(2, 1)) == "subscribed a q1 #2");
    }
}

TEST_CASE("a filter that got no answer gives way to another", "[session]") {
    rig<plain, sizes{.subscriptions = 1}> r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    r.drop_output();
    CHECK(r.told() == "");
    r.later(20'000);
    CHECK(r.s.expire() == errc::ok);
    CHECK(r.told() == "subscribe_failed a subscribe_timeout");
    REQUIRE(r.subscribe("b", 0) == errc::ok);
    CHECK(r.said() == "SUBSCRIBE 2 b q0");
    CHECK(r.hears(suback(1, 1) + suback(2, 0)) == "subscribed b q0 #2");
    REQUIRE(r.again(false));
    CHECK(r.said() == "SUBSCRIBE 3 b q0");
}
