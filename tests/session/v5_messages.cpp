// SPDX-License-Identifier: BSL-1.0
// 5.0, messages of the Server: properties, topic aliases, payload format, and the bound on how many come at one time.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/kit_5.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

std::string out(std::string_view bytes) { return std::string{bytes}; }
blob alias(unsigned number) { return five::two_bytes(0x23, number); }
constexpr std::string_view is_text = "\1\1";

// What follows `before`; the session ends with the fault and the reason.
bool ends_after(std::string_view before, std::string_view bytes, errc fault, unsigned reason) {
    rig_5 r;
    r.more.topic_alias_maximum = 4;
    REQUIRE(r.online());
    r.hears(before);
    CHECK(r.s.fault() == errc::ok);
    return r.ends(bytes, fault, reason);
}

}  // namespace

TEST_CASE("messages are handed over with their properties and answered as their QoS asks",
          "[session][MQTT5-3.3.4-1][MQTT5-4.3.2-4][MQTT5-4.3.2-5][MQTT5-4.3.3-8][MQTT5-4.3.3-10][MQTT5-4.3.3-11]"
          "[MQTT5-4.3.3-12][MQTT5-4.3.3-13][MQTT5-4.5.0-2][MQTT5-2.2.1-5][MQTT5-4.6.0-2][MQTT5-4.6.0-3]"
          "[MQTT5-1.5.4-3]") {
    rig_5 r;
    REQUIRE(r.online());
    auto const with = five::four_bytes(2, 60) + five::pair("k", "v");
    REQUIRE(r.give(five::publish("\xEF\xBB\xBF" "a", "x", 1, 5, with, retain_bit)));
    auto const e = r.s.next_event();
    CHECK(words(e) == "message \xEF\xBB\xBF" "a=x q1 #5 retain");
    CHECK(e.with.number(property_id::message_expiry_interval) == 60);
    CHECK(e.with.has(property_id::user_property));
    CHECK(r.told() == "");
    CHECK(r.output() == out(puback(5)));
    std::string answers;
    auto const m = five::publish("a", "y", 2, 6, five::four_bytes(2, 1));
    auto const again = five::publish("a", "y", 2, 6, five::four_bytes(2, 1), dup_bit);
    CHECK(r.hears(m + again + pubrel(6) + m, 1000, &answers) == "message a=y q2 #6, message a=y q2 #6");
    CHECK(answers == out(pubrec(6) + pubrec(6) + pubcomp(6) + pubrec(6)));
    answers.clear();
    CHECK(r.hears(five::publish("a", "1", 1, 8) + five::publish("a", "2", 1, 8) + five::publish("a", "3", 1, 7), 1000,
                  &answers) == "message a=1 q1 #8, message a=2 q1 #8, message a=3 q1 #7");
    CHECK(answers == out(puback(8) + puback(8) + puback(7)));
}

TEST_CASE("a PUBLISH that breaks a rule ends the connection with its reason",
          "[session][MQTT5-2.2.1-4][MQTT5-3.3.1-4][MQTT5-3.3.1-2][MQTT5-3.3.2-2][MQTT5-3.3.2-8][MQTT5-3.3.2-11]"
          "[MQTT5-3.3.2.1][MQTT5-3.3.4-alias][MQTT5-3.1.2-26][MQTT5-1.5.4-1][MQTT5-1.5.4-2][MQTT5-1.5.5-1]"
          "[MQTT5-1.5.7-1][MQTT5-2.2.2.2][MQTT5-3.3.2-14][MQTT5-4.13.1]") {
    auto const malformed = errc::malformed_packet;
    auto const protocol = errc::protocol_error;
    CHECK(ends_after({}, five::publish("a", "x", 1, 0), malformed, 0x81));
    CHECK(ends_after({}, five::publish("a", "x", 3, 1), malformed, 0x81));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, {}, dup_bit), malformed, 0x81));
    CHECK(ends_after({}, five::publish("", "x"), protocol, 0x82));
    CHECK(ends_after({}, five::publish("a/+", "x"), errc::invalid_topic, 0x90));
    CHECK(ends_after({}, five::publish("\xFF", "x"), errc::invalid_utf8, 0x81));
    CHECK(ends_after({}, five::publish("a\0"sv, "x"), errc::invalid_utf8, 0x81));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, alias(5)), errc::topic_alias_invalid, 0x94));
    CHECK(ends_after({}, five::publish("", "x", 0, 0, alias(3)), protocol, 0x82));
    CHECK(ends_after(five::publish("a", "x", 0, 0, alias(2)), five::publish("", "x", 0, 0, alias(3)), protocol, 0x82));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, alias(1) + alias(1)), protocol, 0x82));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, five::byte(1, 2)), protocol, 0x82));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, five::text(8, "r/+")), errc::invalid_topic, 0x90));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, five::text(3, "\xC0\x80")), errc::invalid_utf8, 0x81));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, five::pair("k", "\xFF")), errc::invalid_utf8, 0x81));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, five::two_bytes(0x13, 1)), malformed, 0x81));
    CHECK(ends_after({}, five::publish("a", "x", 0, 0, "\x0B\x85\x00"sv), malformed, 0x81));
    CHECK(ends_after({}, five::packet(0x30, "\0\1a\5x"sv), malformed, 0x81));
    CHECK(ends_after({}, five::packet(0x30, "\0\1a\x80\x00"sv), malformed, 0x81));
    CHECK(ends_after({}, five::packet(0x30, "\0\1a"sv), malformed, 0x81));
    CHECK(ends_after({}, five::packet(0x30, "\0"sv), malformed, 0x81));
    CHECK(ends_after({}, "\x30\x80\x80\x80\x80\1"sv, malformed, 0x81));
}

TEST_CASE("alias 0 of the Server ends the connection", "[session][MQTT5-3.3.2-8]") {
    rig_5 r;
    r.more.topic_alias_maximum = 4;
    REQUIRE(r.online());
    r.hears(five::publish("a", "x", 0, 0, alias(0)));
    CHECK(r.s.fault() != errc::ok);
    CHECK(!r.s.last_words().empty());
}

TEST_CASE("a device that announces no alias takes none", "[session][MQTT5-3.1.2-27][MQTT5-3.3.2-11]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.ends(five::publish("a", "x", 0, 0, alias(1)), errc::topic_alias_invalid, 0x94));
    rig_5<plain_5> none;
    REQUIRE(none.online());
    CHECK(none.ends(five::publish("a", "x", 0, 0, alias(1)), errc::topic_alias_invalid, 0x94));
}

TEST_CASE("a PUBLISH above the QoS of the device ends the connection", "[session][MQTT5-3.3.4-qos]") {
    rig_5<features{.v3_1_1 = false, .v5 = true, .highest_qos = qos::at_least_once}> r;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", "x", 1, 2)) == "message a=x q1 #2");
    CHECK(r.ends(five::publish("a", "x", 2, 1), errc::protocol_error, 0x82));
}

TEST_CASE("aliases stand for topics, may be given anew, and end with the connection",
          "[session][MQTT5-3.3.2-10][MQTT5-3.3.2-7][MQTT5-3.3.4-alias]") {
    rig_5 r;
    r.more.topic_alias_maximum = 4;
    r.o.clean_session = false;
    REQUIRE(r.online());
    for (unsigned n = 1; n <= 4; ++n) {
        std::string const topic(1, static_cast<char>('a' + n));
        CHECK(r.hears(five::publish(topic, "x", 0, 0, alias(n))) == "message " + topic + "=x q0");
    }
    CHECK(r.hears(five::publish("", "1", 0, 0, alias(1)) + five::publish("", "2", 1, 9, alias(4)) +
                  five::publish("z", "3", 0, 0, alias(1)) + five::publish("", "4", 2, 8, alias(1))) ==
          "message b=1 q0, message e=2 q1 #9, message z=3 q0, message z=4 q2 #8");
    REQUIRE(r.again(true));
    // What the device has had before sets its alias all the same.
    CHECK(r.hears(five::publish("z", "4", 2, 8, alias(2), dup_bit) + five::publish("", "5", 0, 0, alias(2))) ==
          "message z=5 q0");
    CHECK(r.ends(five::publish("", "6", 0, 0, alias(1)), errc::protocol_error, 0x82));
}

TEST_CASE("a topic that has no place in the table is dropped where only its alias stands, and answered",
          "[session][MQTT5-3.3.2-10]") {
    std::string const longer(60, 't');
    rig_5 r;
    r.more.topic_alias_maximum = 4;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish(longer, "x", 0, 0, alias(1))) == "message " + longer + "=x q0");
    std::string answers;
    CHECK(r.hears(five::publish("", "xyz", 2, 7, alias(1)), 1000, &answers) == "dropped  [3] topic_too_long");
    CHECK(answers == out(pubrec(7)));
    r.o.chunks = true;
    REQUIRE(r.again(false));
    CHECK(r.hears(five::publish(longer, "x", 0, 0, alias(1))) == "message " + longer + "=x q0");
    CHECK(r.hears(five::publish("", pattern(200), 0, 0, alias(1))) == "dropped  [200] topic_too_long");
    CHECK(r.hears(five::publish("b", "x")) == "message b=x q0");
}

TEST_CASE("an alias also names what is dropped and what comes in chunks", "[session][MQTT5-3.3.2-10]") {
    rig_5 r;
    r.more.topic_alias_maximum = 4;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", "x", 0, 0, alias(1))) == "message a=x q0");
    CHECK(r.hears(five::publish("", pattern(200), 1, 3, alias(1))) == "dropped a [200] message_too_long");
    r.o.chunks = true;
    std::string answers;
    auto const told = r.hears(five::publish("", pattern(200), 1, 4, alias(1)), 1000, &answers);
    CHECK(told.find("chunk a 0+") == 0);
    CHECK(told.find("message a [200] q1 #4") != std::string::npos);
    CHECK(answers == out(puback(4)));
}

TEST_CASE("a head that goes by unread takes the aliases with it, and nobody is blamed", "[session][MQTT5-3.3.2-10]") {
    rig_5 r;
    r.more.topic_alias_maximum = 4;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", "x", 0, 0, alias(1))) == "message a=x q0");
    // Larger than the buffer, and so is its head: alias 1 stands for b from here on.
    auto const huge = five::publish("b", pattern(100), 1, 3, five::pair("k", std::string(100, 'v')) + alias(1));
    std::string answers;
    CHECK(r.hears(huge, 1000, &answers).find("dropped b [") == 0);
    CHECK(answers == out(puback(3)));
    answers.clear();
    CHECK(r.hears(five::publish("", "yz", 1, 4, alias(1)), 1000, &answers) == "dropped  [2] topic_too_long");
    CHECK(answers == out(puback(4)));
    CHECK(r.hears(five::publish("c", "x", 0, 0, alias(1)) + five::publish("", "z", 0, 0, alias(1))) ==
          "message c=x q0, message c=z q0");
}

TEST_CASE("a message that is larger than the buffer may be split anywhere", "[session][MQTT5-3.3.2-1]") {
    auto const with = five::pair("key", "value") + five::text(3, "type") + alias(2);
    auto const stream = five::publish("topic", pattern(150), 2, 0x1234, with) + five::publish("", "y", 0, 0, alias(2));
    std::string_view const bytes = stream;
    for (bool const chunks : {false, true}) {
        for (std::size_t step = 1; step <= 90; ++step) {
            rig_5 r;
            r.more.topic_alias_maximum = 4;
            r.o.chunks = chunks;
            REQUIRE(r.online());
            std::string answers;
            auto rest = r.hears(bytes.substr(0, step), 1000, &answers);
            rest += r.hears(bytes.substr(step), 1000, &answers);
            auto const* const end = chunks ? "message topic [150] q2 #4660" : "dropped topic [150] message_too_long";
            CHECK(rest.find(end) != std::string::npos);
            CHECK(rest.substr(rest.size() - 18) == "message topic=y q0");
            CHECK(answers == out(pubrec(0x1234)));
        }
        for (std::size_t step = 1; step <= 12; ++step) {
            rig_5 r;
            r.more.topic_alias_maximum = 4;
            r.o.chunks = chunks;
            REQUIRE(r.online());
            std::string got;
            std::size_t at = 0;
            bool moved = true;
            for (auto rest = bytes; !rest.empty() || moved;) {
                rest.remove_prefix(r.give_some(rest.substr(0, step)));
                moved = false;
                while (auto const e = r.s.next_event()) {
                    moved = true;
                    if (e.type == event_type::chunk || e.type == event_type::message) {
                        CHECK(e.topic == "topic");
                        CHECK(e.with.has(property_id::topic_alias));
                    }
                    if (e.type == event_type::chunk) {
                        CHECK(e.offset == got.size());
                        CHECK(e.with.text(property_id::content_type) == "type");
                        got += e.payload;
                    }
                }
                r.drop_output();
                REQUIRE(++at < 1000);
            }
            CHECK(got == (chunks ? pattern(150) : ""));
            CHECK(r.s.fault() == errc::ok);
        }
    }
}

TEST_CASE("a payload that is not the text it is said to be is refused, and the link lives",
          "[session][MQTT5-4.3.3-9][MQTT5-3.4.2-1][MQTT5-3.5.2-1]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", "\xFF", 0, 0, is_text)) == "message a=\xFF q0");  // not asked to look
    r.s.end();
    r.more.check_payload_format = true;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(five::publish("a", "ok", 1, 1, is_text) + five::publish("a", "\xFF", 1, 2) +
                      five::publish("a", "\xFF", 0, 0, is_text) + five::publish("a", "\xFF", 1, 3, is_text) +
                      five::publish("a", "\xFF", 2, 4, is_text) + five::publish("a", "z", 2, 4, is_text),
                  1000, &answers) == "message a=ok q1 #1, message a=\xFF q1 #2, dropped a [1] payload_format_invalid, "
                                     "dropped a [1] payload_format_invalid, dropped a [1] payload_format_invalid, "
                                     "message a=z q2 #4");
    CHECK(answers == out(puback(1) + puback(2) + five::ack(0x40, 3, 0x99) + five::ack(0x50, 4, 0x99) + pubrec(4)));
}

TEST_CASE("a refused payload does not overtake answers that are owed", "[session][MQTT5-4.6.0-2][MQTT5-4.6.0-3]") {
    rig_5 r;
    r.more.check_payload_format = true;
    r.s.manual_ack(true);
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(five::publish("a", "x", 1, 1) + five::publish("a", "\xFF", 1, 2, is_text) +
                      five::publish("a", "\xFF", 2, 3, is_text),
                  1000, &answers) ==
          "message a=x q1 #1, dropped a [1] payload_format_invalid, dropped a [1] payload_format_invalid");
    CHECK(answers == "");
    CHECK(r.s.acknowledge(2) == errc::nothing_to_acknowledge);
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.output() == out(puback(1) + puback(2) + pubrec(3)));
    CHECK(r.hears(five::publish("a", "\xFF", 1, 4, is_text), 1000, &answers) == "dropped a [1] payload_format_invalid");
    CHECK(answers == out(five::ack(0x40, 4, 0x99)));
}

TEST_CASE("more messages at one time than the device has announced end the connection",
          "[session][MQTT5-3.3.4-9][MQTT5-4.9.0-1]") {
    for (unsigned const announced : {0U, 1U, 3U, 8U}) {
        // Twice as many are taken, as far as there is memory: some brokers count a QoS 2 message as done at PUBREC.
        unsigned const most = announced == 0 || announced > 4 ? 8 : 2 * announced;
        rig_5 r;
        r.more.receive_maximum = static_cast<std::uint16_t>(announced);
        REQUIRE(r.online());
        for (unsigned id = 1; id <= most; ++id) REQUIRE(r.hears(five::publish("a", "x", 2, id)) != "");
        // One is completed, so another one may come; one that is repeated does not count again.
        std::string answers;
        CHECK(r.hears(pubrel(1) + five::publish("a", "x", 2, 100), 1000, &answers) == "message a=x q2 #100");
        CHECK(r.hears(five::publish("a", "x", 2, 100, {}, dup_bit)) == "");
        CHECK(r.hears(five::publish("a", "y", 0)) == "message a=y q0");
        CHECK(r.ends(five::publish("a", "x", 2, 101), errc::receive_maximum_exceeded, 0x93));
    }
}

TEST_CASE("a message that the Server may have forgotten does not count", "[session][MQTT5-3.3.4-9]") {
    rig_5 r;
    r.more.receive_maximum = 1;
    r.o.clean_session = false;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", "x", 2, 1)) == "message a=x q2 #1");
    r.s.end();
    REQUIRE(r.begin() == errc::ok);  // a CONNECT that is not answered
    r.drop_output();
    REQUIRE(r.again(true));
    CHECK(r.hears(five::publish("a", "y", 2, 2)) == "message a=y q2 #2");
}

TEST_CASE("messages that the user holds count as well", "[session][MQTT5-3.3.4-9]") {
    rig_5 r;
    r.more.receive_maximum = 1;
    r.s.manual_ack(true);
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", "x", 1, 1) + five::publish("a", "y", 1, 2)) ==
          "message a=x q1 #1, message a=y q1 #2");
    CHECK(r.s.acknowledge(1) == errc::ok);
    CHECK(r.output() == out(puback(1)));
    CHECK(r.hears(five::publish("a", "z", 1, 3)) == "message a=z q1 #3");
    CHECK(r.ends(five::publish("a", "w", 1, 4), errc::receive_maximum_exceeded, 0x93));
}

TEST_CASE("a packet above the announced maximum size ends the connection", "[session][MQTT5-3.1.2-24]") {
    rig_5 r;
    r.more.maximum_packet_size = 30;
    REQUIRE(r.online());
    CHECK(r.hears(five::publish("a", std::string(24, 'x'))) == "message a=xxxxxxxxxxxxxxxxxxxxxxxx q0");
    CHECK(r.ends(five::publish("a", std::string(25, 'x')), errc::packet_too_long, 0x95));
    r.s.end();
    REQUIRE(r.online());
    CHECK(r.ends(five::publish("a", std::string(200, 'x')), errc::packet_too_long, 0x95));
    r.s.end();
    REQUIRE(r.online());
    CHECK(r.ends(five::disconnect(0x8B, five::text(0x1F, std::string(30, 'x'))), errc::packet_too_long, 0x95));
}

TEST_CASE("properties of a message stay out of its payload at every split",
          "[session][MQTT5-3.3.2-1][MQTT5-4.2-1]") {
    auto const stream = five::publish("a/b", "payload", 1, 77, five::text(8, "reply") + five::text(9, "\0\1\2"sv));
    std::string_view const bytes = stream;
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        rig_5<plain_5> r;
        REQUIRE(r.online());
        std::string answers;
        CHECK(r.hears(bytes, step, &answers) == "message a/b=payload q1 #77");
        CHECK(answers == out(puback(77)));
    }
}
