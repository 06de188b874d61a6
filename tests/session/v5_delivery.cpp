// SPDX-License-Identifier: BSL-1.0
// 5.0, publishes of ours: acknowledgements with reasons, the quota of the Server, and what a new connection repeats.
#include <memory>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/kit_5.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

std::string out(std::string_view bytes) { return std::string{bytes}; }

}  // namespace

TEST_CASE("QoS 1 is delivered by PUBACK, or rejected with the reason of the Server",
          "[session][MQTT5-4.3.2-1][MQTT5-4.3.2-2][MQTT5-4.3.2-3][MQTT5-4.4.0-2][MQTT5-2.2.1-3][MQTT5-2.2.2-1]") {
    rig_5 r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    CHECK(r.publish("a", "x", 1).value == 1);
    CHECK(r.publish("a", "y", 1).value == 2);
    CHECK(r.publish("a", "z", 1).value == 3);
    CHECK(r.output() == out(five::publish("a", "x", 1, 1) + five::publish("a", "y", 1, 2) +
                            five::publish("a", "z", 1, 3)));
    CHECK(r.hears(puback(1)) == "delivered #1");
    REQUIRE(r.give(five::ack(0x40, 2, 0x97, five::text(0x1F, "enough"))));
    auto const e = r.s.next_event();
    CHECK(words(e) == "rejected #2 publish_refused");
    CHECK(e.reason == reason_code::quota_exceeded);
    CHECK(e.with.text(property_id::reason_string) == "enough");
    REQUIRE(r.give(five::ack(0x40, 3, 0x10)));
    auto const f = r.s.next_event();
    CHECK(words(f) == "delivered #3");
    CHECK(f.reason == reason_code::no_matching_subscribers);
    REQUIRE(r.again(true));  // what is refused is not sent again
    CHECK(r.told() == "");
    CHECK(r.output() == "");
}

TEST_CASE("QoS 2 goes on after PUBREC below 0x80, and is over after one above",
          "[session][MQTT5-4.3.3-1][MQTT5-4.3.3-2][MQTT5-4.3.3-3][MQTT5-4.3.3-4][MQTT5-4.3.3-6][MQTT5-4.4.0-2]"
          "[MQTT5-2.2.1-5][MQTT5-3.6.1-1]") {
    rig_5 r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    CHECK(r.publish("a", "x", 2).value == 1);
    CHECK(r.publish("a", "y", 2).value == 2);
    r.drop_output();
    CHECK(r.hears(five::ack(0x50, 1, 0x10)) == "");
    CHECK(r.hears(five::ack(0x50, 2, 0x87)) == "rejected #2 publish_refused");
    REQUIRE(r.again(true));
    CHECK(r.told() == "");
    CHECK(r.output() == out(pubrel(1)));
    CHECK(r.hears(five::ack(0x70, 1, 0x92)) == "delivered #1");
}

TEST_CASE("PUBREC for what we do not know is answered with the reason; a refused one is not",
          "[session][MQTT5-3.6.2-1][MQTT5-3.7.2-1]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.told() == "");
    CHECK(r.hears(five::ack(0x50, 9, 0)) == "");
    std::string answers;
    CHECK(r.hears(pubrec(9), 100, &answers) == "");
    CHECK(answers == out(five::ack(0x62, 9, 0x92)));
    answers.clear();
    CHECK(r.hears(five::ack(0x50, 9, 0x97), 100, &answers) == "");
    CHECK(answers == "");
    CHECK(r.hears(pubrel(9), 100, &answers) == "");
    CHECK(answers == out(five::ack(0x70, 9, 0x92)));
}

TEST_CASE("an acknowledgement that breaks a rule ends the connection with its reason",
          "[session][MQTT5-3.4.2-1][MQTT5-3.5.2-1][MQTT5-2.1.3-1][MQTT5-4.13.1][MQTT5-2.2.2.2]") {
    struct {
        blob bytes;
        errc fault;
        unsigned reason;
    } const cases[] = {
        {five::ack(0x40, 1, 0x01), errc::protocol_error, 0x82},
        {five::ack(0x50, 1, 0x92), errc::protocol_error, 0x82},
        {five::ack(0x62, 1, 0x80), errc::protocol_error, 0x82},
        {five::ack(0x70, 1, 0x10), errc::protocol_error, 0x82},
        {ack(0x42, 1), errc::malformed_packet, 0x81},
        {ack(0x60, 1), errc::malformed_packet, 0x81},
        {puback(0), errc::malformed_packet, 0x81},
        {five::packet(0x40, "\0"sv), errc::malformed_packet, 0x81},
        {five::packet(0x40, "\0\1\0\5"sv), errc::malformed_packet, 0x81},
        {five::ack(0x40, 1, 0, five::byte(0x24, 1)), errc::malformed_packet, 0x81},
        {five::ack(0x40, 1, 0, five::byte(0x7E, 1)), errc::malformed_packet, 0x81},
        {five::ack(0x40, 1, 0, five::text(0x1F, "\xFF")), errc::invalid_utf8, 0x81},
        {pubrec(1), errc::protocol_error, 0x82},  // it is QoS 1
        {five::packet(0xF0, "\x18\0"sv), errc::protocol_error, 0x82},
        {five::packet(0x82, "\0\1\0\0\1a\0"sv), errc::protocol_error, 0x82},
    };
    int number = 0;
    for (auto const& c : cases) {
        INFO(number++);
        rig_5 r;
        REQUIRE(r.online());
        CHECK(r.publish("a", "x", 1).value == 1);
        r.drop_output();
        CHECK(r.ends(c.bytes, c.fault, c.reason));
    }
}

TEST_CASE("reason strings and user properties that were not wanted end the connection",
          "[session][MQTT5-3.1.2-29]") {
    for (auto const& with : {five::text(0x1F, "why"), five::pair("a", "b")}) {
        for (unsigned kind = 0; kind < 4; ++kind) {
            rig_5 r;
            r.more.refuse_problem_information = true;
            REQUIRE(r.online(with));  // here they are allowed
            CHECK(r.publish("a", "x", 1).value == 1);
            CHECK(r.subscribe("b", 0) == errc::ok);
            r.drop_output();
            CHECK(r.hears(five::publish("c", "y", 0, 0, five::pair("a", "b"))) == "message c=y q0");
            CHECK(r.ends(kind == 0   ? five::ack(0x40, 1, 0, with)
                         : kind == 1 ? five::suback(2, 0, with)
                         : kind == 2 ? five::ack(0x62, 7, 0, with)
                                     : five::unsuback(2, 0, with),
                         errc::protocol_error, 0x82));
        }
    }
    rig_5 r;
    r.more.refuse_problem_information = true;
    REQUIRE(r.online());
    CHECK(r.ends(five::disconnect(0x8B, five::text(0x1F, "why")), errc::server_shutting_down, 0));
}

TEST_CASE("not more publishes above QoS 0 are under way than the Server's receive maximum",
          "[session][MQTT5-3.3.4-7][MQTT5-4.9.0-1][MQTT5-4.9.0-2][MQTT5-4.9]") {
    for (std::size_t step : {1U, 3U, 1000U}) {
        rig_5 r;
        REQUIRE(r.online(five::two_bytes(0x21, 2)));
        CHECK(r.publish("a", "1", 1).value == 1);
        CHECK(r.publish("a", "2", 2).value == 2);
        CHECK(r.publish("a", "3", 1).value == 3);
        CHECK(r.publish("a", "4", 0).value == 0);
        CHECK(r.publish("a", "5", 1).value == 5 - 1);
        CHECK(r.output(step) == out(five::publish("a", "1", 1, 1) + five::publish("a", "2", 2, 2)));
        CHECK(r.output(step) == "");
        std::string answers;
        CHECK(r.hears(pubrec(2), 100, &answers) == "");
        CHECK(answers == out(pubrel(2)));  // still under way
        CHECK(r.hears(puback(1), 100, &answers) == "delivered #1");
        CHECK(answers == out(pubrel(2) + five::publish("a", "3", 1, 3) + five::publish("a", "4")));
        answers.clear();
        CHECK(r.hears(pubcomp(2), 100, &answers) == "delivered #2");
        CHECK(answers == out(five::publish("a", "5", 1, 4)));
        CHECK(r.hears(five::ack(0x40, 3, 0x80), 100) == "rejected #3 publish_refused");
        CHECK(r.publish("a", "6", 1).value == 5);
        CHECK(r.publish("a", "7", 1).value == 6);
        CHECK(r.output(step) == out(five::publish("a", "6", 1, 5)));
    }
}

TEST_CASE("a full quota holds up nothing but publishes", "[session][MQTT5-3.3.4-8][MQTT5-4.9.0-3]") {
    rig_5 r;
    REQUIRE(r.online(five::two_bytes(0x21, 1)));
    CHECK(r.publish("a", "1", 2).value == 1);
    CHECK(r.publish("a", "2", 1).value == 2);
    r.drop_output();
    CHECK(r.subscribe("b", 1) == errc::ok);
    CHECK(r.output() == out(five::subscribe(3, "b", 1)));
    std::string answers;
    CHECK(r.hears(five::publish("c", "x", 2, 7) + pubrel(7) + five::publish("c", "y", 1, 8), 1000, &answers) ==
          "message c=x q2 #7, message c=y q1 #8");
    CHECK(answers == out(pubrec(7) + pubcomp(7) + puback(8)));
    r.later(54'999);
    r.later(1);
    CHECK(r.said() == "PINGREQ");
}

TEST_CASE("the quota of a new connection counts what is still under way",
          "[session][MQTT5-4.9][MQTT5-3.3.4-7][MQTT5-4.6.0-1][MQTT5-4.4.0-1][MQTT5-3.3.1-1]") {
    rig_5 r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    for (auto const* payload : {"1", "2", "3"}) CHECK(r.publish("a", payload, 2).error == errc::ok);
    r.drop_output();
    CHECK(r.hears(pubrec(1)) == "");
    REQUIRE(r.again(true, five::two_bytes(0x21, 2)));
    CHECK(r.told() == "");
    CHECK(r.output() == out(pubrel(1) + five::publish("a", "2", 2, 2, {}, dup_bit)));
    std::string answers;
    CHECK(r.hears(pubcomp(1), 100, &answers) == "delivered #1");
    CHECK(answers == out(five::publish("a", "3", 2, 3, {}, dup_bit)));
}

TEST_CASE("a session that is present goes on where it was, one that is not begins anew",
          "[session][MQTT5-4.4.0-1][MQTT5-3.2.2-5][MQTT5-3.1.2-23][MQTT5-4.1.0-1][MQTT5-4.3.3-5][MQTT5-4.6.0-4]") {
    for (bool const present : {true, false}) {
        rig_5 r;
        r.o.clean_session = false;
        r.more.session_expiry_s = 100;
        REQUIRE(r.online());
        CHECK(r.subscribe("f", 1) == errc::ok);
        CHECK(r.publish("a", "1", 1).value == 2);
        CHECK(r.publish("a", "2", 2).value == 3);
        CHECK(r.publish("a", "3", 2).value == 4);
        r.drop_output();
        CHECK(r.hears(five::suback(1, 1)) == "subscribed f q1 #1");
        CHECK(r.hears(pubrec(4)) == "");
        std::string answers;
        CHECK(r.hears(five::publish("c", "x", 2, 7), 1000, &answers) == "message c=x q2 #7");
        REQUIRE(r.again(present));
        if (present) {
            CHECK(r.told() == "");
            CHECK(r.output() == out(pubrel(4) + five::publish("a", "1", 1, 2, {}, dup_bit) +
                                    five::publish("a", "2", 2, 3, {}, dup_bit)));
            CHECK(r.hears(five::publish("c", "x", 2, 7, {}, dup_bit)) == "");
        } else {
            CHECK(r.told() == "uncertain #4");
            CHECK(r.output() == out(five::subscribe(5, "f", 1) + five::publish("a", "1", 1, 2) +
                                    five::publish("a", "2", 2, 3)));
            CHECK(r.hears(five::publish("c", "x", 2, 7)) == "message c=x q2 #7");
        }
    }
}

TEST_CASE("nothing is sent again because time passes", "[session][MQTT5-4.4.0-1]") {
    rig_5 r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    CHECK(r.publish("a", "1", 1).value == 1);
    CHECK(r.publish("a", "2", 2).value == 2);
    r.drop_output();
    for (int i = 0; i < 19; ++i) {
        r.later(1000);
        CHECK(r.s.expire() == errc::ok);
        CHECK(r.output() == "");
    }
    r.later(1000);
    CHECK(r.s.expire() == errc::publish_timeout);
}

TEST_CASE("properties of a publish are checked, copied and written",
          "[session][MQTT5-3.3.2-1][MQTT5-3.3.2-13][MQTT5-3.3.2-14][MQTT5-3.3.2-19][MQTT5-3.3.4-6][MQTT5-3.3.2-8]"
          "[MQTT5-1.5.4-1][MQTT5-1.5.4-2][MQTT5-1.5.7-1][MQTT5-2.2.1-2][MQTT5-3.3.1-2][MQTT5-4.3.1-1]") {
    rig_5 r;
    REQUIRE(r.online());
    message const m{.topic = "a", .payload = "x"};
    property good[] = {{property_id::content_type, "t"}, {property_id::response_topic, "r"}, {"k", "v"}, {"k", "w"}};
    CHECK(r.s.publish(m, good).error == errc::ok);
    good[0] = {property_id::content_type, "?"};
    auto const with = five::text(0x03, "t") + five::text(0x08, "r") + five::pair("k", "v") + five::pair("k", "w");
    CHECK(r.output() == out(five::publish("a", "x", 0, 0, with)));
    property const wrong[] = {{property_id::response_topic, "r/#"},
                              {property_id::response_topic, ""},
                              {property_id::content_type, "\xFF"sv},
                              {property_id::content_type, "\0"sv},
                              {property_id::subscription_identifier, 1U},
                              {property_id::payload_format_indicator, 2U},
                              {property_id::receive_maximum, 2U},
                              {"k", "\xED\xA0\x80"sv}};
    for (auto const& p : wrong) CHECK(r.s.publish(m, {&p, 1}).error == errc::bad_property);
    property const alias[] = {{property_id::topic_alias, 1U}};
    CHECK(r.s.publish(m, alias).error == errc::bad_topic_alias);
    CHECK(r.publish("", "x", 0).error == errc::bad_topic);
    CHECK(r.publish("a/#", "x", 0).error == errc::bad_topic);
    CHECK(r.output() == "");
}

TEST_CASE("what was sent does not expire", "[session][MQTT5-4.3.3-7]") {
    rig_5 r;
    r.o.clean_session = false;
    r.o.keep_alive_s = 0;
    r.o.publish_timeout_ms = 100'000;
    REQUIRE(r.online());
    property const with[] = {{property_id::message_expiry_interval, 1U}};
    CHECK(r.s.publish({.topic = "a", .payload = "x", .level = qos::exactly_once}, with).value == 1);
    r.drop_output();
    r.later(60'000);
    CHECK(r.s.expire() == errc::ok);
    REQUIRE(r.again(true));
    CHECK(r.output() == out(five::publish("a", "x", 2, 1, five::four_bytes(2, 1), dup_bit)));
    std::string answers;
    r.later(60'000);
    CHECK(r.hears(pubrec(1) + pubcomp(1), 1000, &answers) == "delivered #1");
    CHECK(answers == out(pubrel(1)));
}

TEST_CASE("topics and filters have at most 65535 bytes", "[session][MQTT5-4.7.3-3]") {
    constexpr sizes wide{.tx = 65'000};
    auto const r = std::make_unique<rig_5<plain_5, wide>>();
    REQUIRE(r->online());
    std::string const longest(65'535, 't');
    CHECK(r->publish(longest + "t", "", 1).error == errc::bad_topic);
    CHECK(r->subscribe(longest + "t", 1) == errc::bad_filter);
    CHECK(r->publish(longest, "", 1).error == errc::publish_too_long);  // the topic is good, the ring too small
    CHECK(r->subscribe(longest, 1) == errc::request_too_long);
}
