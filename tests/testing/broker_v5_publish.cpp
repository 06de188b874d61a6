// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_v5.hpp"

using namespace barelink;
using barelink::testing::violation;
using id  = property_id;
using why = reason_code;

namespace {

using cloud = testing::broker<>;

constexpr auto q0 = qos::at_most_once;
constexpr auto q1 = qos::at_least_once;
constexpr auto q2 = qos::exactly_once;

struct stage {
    cloud              b;
    instant            now{1000};
    raw::client<cloud> c{b, now, version::v5};

    std::string come(raw5::words with = {}) {
        c.dial();
        return c.say(raw5::connect({.clean_session = false, .keep_alive_s = 0, .client_id = "pump"}, with));
    }
    std::string ack(packet_type type, packet_id n, why reason = {}) { return c.say(raw5::ack(type, n, reason)); }
    // The one violation that there was.
    violation only() const { return b.violations() == 1 ? b.first_violation().kind : violation::none; }
};

// What a packet is found to be, and what it is answered with.
std::string answer_to(std::string_view packet, violation kind, testing::broker_options const& granted = {}) {
    stage s;
    s.b.options = granted;
    s.come();
    auto const answer = s.c.say(packet);
    CHECK(s.only() == kind);
    CHECK_FALSE(s.b.connected("pump"));
    return answer;
}

}  // namespace

TEST_CASE("answers say that nobody has subscribed", "[testing][broker][MQTT5-3.4.2.1]") {
    stage s;
    s.come();
    CHECK(s.c.say(raw5::publish({"t", "x", q1}, 1)) == "PUBACK id 1 no_matching_subscribers");
    CHECK(s.c.say(raw5::publish({"t", "x", q2}, 2)) == "PUBREC id 2 no_matching_subscribers");
    CHECK(s.ack(packet_type::pubrel, 2) == "PUBCOMP id 2");
    s.b.knobs.tell_of_nobody = false;
    CHECK(s.c.say(raw5::publish({"t", "x", q1}, 3)) == "PUBACK id 3");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a PUBREL for what is unknown is answered so", "[testing][broker][MQTT5-3.7.2.1]") {
    stage s;
    s.come({{id::session_expiry_interval, 10U}});
    s.c.vanish();
    s.come();
    CHECK(s.ack(packet_type::pubrel, 7) == "PUBCOMP id 7 packet_identifier_not_found");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("publishes are refused with the reason that is chosen", "[testing][broker][MQTT5-4.3]") {
    stage s;
    s.come();
    s.c.say(raw5::subscribe(1, {"t", q2}));
    s.b.knobs.publish_reason = why::quota_exceeded;
    CHECK(s.c.say(raw5::publish({"t", "x", q1}, 1)) == "PUBACK id 1 quota_exceeded");
    CHECK(s.c.say(raw5::publish({"t", "x", q2}, 2)) == "PUBREC id 2 quota_exceeded");
    s.b.knobs.publish_reason = why::success;
    // The exchange was over: the identifier is free.
    CHECK(s.c.say(raw5::publish({"t", "x", q1}, 2)) == "PUBACK id 2 | PUBLISH id 1 qos 1 \"t\" 1 bytes");
    s.b.knobs.judge = {[](void*, std::string_view who, message const& m) {
                           return who == "pump" && m.payload == "y" ? why::not_authorized : why::success;
                       },
                       nullptr};
    CHECK(s.c.say(raw5::publish({"t", "y", q1}, 3)) == "PUBACK id 3 not_authorized");
    CHECK(s.b.counts().messages_in == 1);
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a client that refuses a message has done with it", "[testing][broker][MQTT5-4.3.3-4]") {
    stage s;
    s.come({{id::receive_maximum, 1U}});
    s.c.say(raw5::subscribe(1, {"t", q2}));
    s.b.publish({"t", "1", q2});
    s.b.publish({"t", "2", q1});
    CHECK(s.c.hear() == "PUBLISH id 1 qos 2 \"t\" 1 bytes");
    CHECK(s.ack(packet_type::pubrec, 1, why::quota_exceeded) == "PUBLISH id 2 qos 1 \"t\" 1 bytes");
    CHECK(s.ack(packet_type::puback, 2, why::unspecified_error).empty());
    CHECK(s.b.waiting("pump") == 0);
    CHECK(s.b.violations() == 0);
}

TEST_CASE("the client's receive maximum is obeyed, also by what is sent again", "[testing][broker][MQTT5-3.3.4-9]") {
    stage s;
    s.come({{id::receive_maximum, 2U}, {id::session_expiry_interval, 100U}});
    s.c.say(raw5::subscribe(1, {"t", q2}));
    for (auto const level : {q1, q2, q1, q0}) s.b.publish({"t", "x", level});
    CHECK(s.c.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes | PUBLISH id 2 qos 2 \"t\" 1 bytes");
    CHECK(s.ack(packet_type::pubrec, 2) == "PUBREL id 2");
    s.c.vanish();
    // PUBREL is no PUBLISH.
    CHECK(s.come({{id::receive_maximum, 1U}, {id::session_expiry_interval, 100U}}) ==
          "CONNACK accepted, session present | PUBLISH id 1 qos 1 dup \"t\" 1 bytes | PUBREL id 2");
    CHECK(s.ack(packet_type::puback, 1) == "PUBLISH id 3 qos 1 \"t\" 1 bytes | PUBLISH qos 0 \"t\" 1 bytes");
    CHECK(s.ack(packet_type::pubcomp, 2).empty());
    CHECK(s.ack(packet_type::puback, 3).empty());
    CHECK(s.b.waiting("pump") == 0);
    s.c.vanish();
    s.come({{id::session_expiry_interval, 100U}});
    s.b.publish({"t", "x", q1});
    s.b.publish({"t", "x", q1});
    s.c.hear();
    s.c.vanish();
    CHECK(s.come({{id::receive_maximum, 1U}}) ==
          "CONNACK accepted, session present | PUBLISH id 4 qos 1 dup \"t\" 1 bytes");
    CHECK(s.ack(packet_type::puback, 4) == "PUBLISH id 5 qos 1 dup \"t\" 1 bytes");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("what an earlier connection has published does not raise the quota", "[testing][broker][MQTT5-3.3.4-9]") {
    stage s;
    s.come({{id::receive_maximum, 1U}, {id::session_expiry_interval, 100U}});
    s.c.say(raw5::subscribe(1, {"t", q2}));
    for (char const* const payload : {"1", "2", "3"}) s.b.publish({"t", payload, q2});
    CHECK(s.c.hear() == "PUBLISH id 1 qos 2 \"t\" 1 bytes");
    CHECK(s.ack(packet_type::pubrec, 1) == "PUBREL id 1");
    s.c.vanish();
    CHECK(s.come({{id::receive_maximum, 1U}, {id::session_expiry_interval, 100U}}) ==
          "CONNACK accepted, session present | PUBREL id 1 | PUBLISH id 2 qos 2 \"t\" 1 bytes");
    CHECK(s.ack(packet_type::pubcomp, 1).empty());
    CHECK(s.ack(packet_type::pubrec, 2) == "PUBREL id 2");
    CHECK(s.ack(packet_type::pubcomp, 2) == "PUBLISH id 3 qos 2 \"t\" 1 bytes");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a message that only fits with its alias is left out", "[testing][broker][MQTT5-3.1.2-25]") {
    stage s;
    s.come({{id::maximum_packet_size, 24U}, {id::topic_alias_maximum, 1U}});
    s.c.say(raw5::subscribe(1, {"topic", q2}));
    s.b.publish({"topic", "", q2});
    s.b.publish({"topic", "123456789012", q2});
    s.b.publish({"topic", "1234567890123", q2});
    CHECK(s.c.hear() == "PUBLISH id 1 qos 2 \"topic\" 0 bytes {topic_alias 1} | "
                        "PUBLISH id 2 qos 2 \"\" 12 bytes {topic_alias 1}");
    CHECK(s.b.counts().too_large == 1);
    CHECK(s.b.waiting("pump") == 2);
}

TEST_CASE("more publishes than the broker's receive maximum are seen", "[testing][broker][MQTT5-3.3.4-7]") {
    stage s;
    s.b.options.receive_maximum = 2;
    s.come();
    auto const two = raw5::publish({"t", "x", q1}, 1) + raw5::publish({"t", "x", q2}, 2);
    CHECK(s.c.say(two) == "PUBACK id 1 no_matching_subscribers | PUBREC id 2 no_matching_subscribers");
    CHECK(s.c.say(raw5::publish({"t", "x", q1}, 3)) == "PUBACK id 3 no_matching_subscribers");
    CHECK(s.ack(packet_type::pubrel, 2) == "PUBCOMP id 2");
    CHECK(s.c.say(raw5::publish({"t", "x", q2}, 4) + raw5::publish({"t", "x", q2}, 5) + raw5::publish({"t", ""})) ==
          "PUBREC id 4 no_matching_subscribers | PUBREC id 5 no_matching_subscribers");
    CHECK(s.b.violations() == 0);
    CHECK(s.c.say(raw5::publish({"t", "x", q1}, 6)) == "DISCONNECT receive_maximum_exceeded | closed");
    CHECK(s.only() == violation::receive_maximum_exceeded);

    // In one go: the client can't have read the answers between.
    stage fast;
    fast.b.options.receive_maximum = 2;
    fast.come();
    CHECK(fast.c.say(two + raw5::publish({"t", "x", q1}, 3)) ==
          "PUBACK id 1 no_matching_subscribers | PUBREC id 2 no_matching_subscribers | "
          "DISCONNECT receive_maximum_exceeded | closed");
}

TEST_CASE("a client is held to what was granted", "[testing][broker][violation]") {
    CHECK(answer_to(raw5::publish({"t", "x", q2}, 1), violation::qos_not_supported, {.maximum_qos = q1}) ==
          "DISCONNECT qos_not_supported | closed");
    CHECK(answer_to(raw5::publish({"t", "x", q0, true}), violation::retain_not_supported,
                    {.retain_available = false}) == "DISCONNECT retain_not_supported | closed");
    CHECK(answer_to(raw5::publish({"t", std::string(100, 'x')}), violation::packet_too_large,
                    {.maximum_packet_size = 100}) == "DISCONNECT packet_too_large | closed");
    auto const aliased = raw5::publish({"t", ""}, 0, {{id::topic_alias, 3U}});
    CHECK(answer_to(aliased, violation::topic_alias_invalid) == "DISCONNECT topic_alias_invalid | closed");
    CHECK(answer_to(aliased, violation::topic_alias_invalid, {.topic_alias_maximum = 2}) ==
          "DISCONNECT topic_alias_invalid | closed");
    CHECK(answer_to(raw5::publish({"", ""}, 0, {{id::topic_alias, 2U}}), violation::topic_alias_unknown,
                    {.topic_alias_maximum = 2}) == "DISCONNECT protocol_error | closed");
}

TEST_CASE("errors end a connection with their reason", "[testing][broker][MQTT5-4.13.1-1]") {
    CHECK(answer_to(raw5::publish({"t", ""}, 0, {{id::topic_alias, 0U}}), violation::topic_alias_invalid) ==
          "DISCONNECT topic_alias_invalid | closed");
    CHECK(answer_to(raw5::publish({"t", ""}, 0, {{id::subscription_identifier, 1U}}), violation::malformed_packet) ==
          "DISCONNECT malformed_packet | closed");
    CHECK(answer_to(raw5::publish({"a/+", ""}), violation::malformed_packet) ==
          "DISCONNECT topic_name_invalid | closed");
    CHECK(answer_to(raw5::publish({"", ""}), violation::protocol_error) == "DISCONNECT protocol_error | closed");
    CHECK(answer_to(raw5::connect(), violation::second_connect) == "DISCONNECT protocol_error | closed");
    CHECK(answer_to(raw5::ack(packet_type::puback, 1, why::server_busy), violation::protocol_error) ==
          "DISCONNECT protocol_error | closed");
    CHECK(answer_to({"\xD0\x00", 2}, violation::packet_of_a_server) == "DISCONNECT protocol_error | closed");
    CHECK(answer_to({"\xE0\x01\x8E", 3}, violation::protocol_error) == "DISCONNECT protocol_error | closed");
}

TEST_CASE("aliases of the client are resolved, for one connection", "[testing][broker][MQTT5-3.3.2.3.4]") {
    stage s;
    s.b.options.topic_alias_maximum = 2;
    s.come({{id::session_expiry_interval, 100U}});
    s.c.say(raw5::subscribe(1, {"#", q1}));
    auto const named = [](std::string_view topic, std::uint32_t alias) {
        return raw5::publish({topic, "x"}, 0, {{id::topic_alias, alias}});
    };
    CHECK(s.c.say(named("long/a", 1)) == "PUBLISH qos 0 \"long/a\" 1 bytes");
    CHECK(s.c.say(named("long/b", 2)) == "PUBLISH qos 0 \"long/b\" 1 bytes");
    CHECK(s.c.say(named("", 1)) == "PUBLISH qos 0 \"long/a\" 1 bytes");
    CHECK(s.c.say(named("long/c", 1)) == "PUBLISH qos 0 \"long/c\" 1 bytes");
    CHECK(s.c.say(named("", 1)) == "PUBLISH qos 0 \"long/c\" 1 bytes");
    CHECK(s.b.violations() == 0);
    s.c.vanish();
    s.come();
    CHECK(s.c.say(named("", 1)) == "DISCONNECT protocol_error | closed");
    CHECK(s.only() == violation::topic_alias_unknown);
}

TEST_CASE("aliases are used towards a client that takes them", "[testing][broker][MQTT5-3.1.2-26]") {
    stage s;
    s.come({{id::topic_alias_maximum, 2U}, {id::session_expiry_interval, 100U}});
    s.c.say(raw5::subscribe(1, {"#", q1}));
    auto const hear = [&](std::string_view topic) {
        s.b.publish({topic, "x"});
        return s.c.hear();
    };
    CHECK(hear("a") == "PUBLISH qos 0 \"a\" 1 bytes {topic_alias 1}");
    CHECK(hear("a") == "PUBLISH qos 0 \"\" 1 bytes {topic_alias 1}");
    CHECK(hear("b") == "PUBLISH qos 0 \"b\" 1 bytes {topic_alias 2}");
    CHECK(hear("c") == "PUBLISH qos 0 \"c\" 1 bytes {topic_alias 1}");
    CHECK(hear("a") == "PUBLISH qos 0 \"a\" 1 bytes {topic_alias 2}");
    CHECK(hear(std::string(200, 't')).find("alias") == std::string::npos);
    s.b.publish({"a", "x", q1});
    CHECK(s.c.hear() == "PUBLISH id 1 qos 1 \"\" 1 bytes {topic_alias 2}");
    s.c.vanish();
    // The next connection knows none of them.
    CHECK(s.come({{id::topic_alias_maximum, 2U}, {id::session_expiry_interval, 100U}}) ==
          "CONNACK accepted, session present | PUBLISH id 1 qos 1 dup \"a\" 1 bytes {topic_alias 1}");
    s.c.vanish();
    CHECK(s.come() == "CONNACK accepted, session present | PUBLISH id 1 qos 1 dup \"a\" 1 bytes");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("no packet is longer than the client allows", "[testing][broker][MQTT5-3.1.2-24]") {
    stage s;
    s.come({{id::maximum_packet_size, 20U}, {id::topic_alias_maximum, 4U}});
    s.c.say(raw5::subscribe(1, {"#", q1}));
    s.b.publish({"topic", "12345", q1});        // 20 bytes with its alias
    s.b.publish({"topic", "012345678", q1});    // 21 bytes with its topic, as it may have to be sent again
    s.b.publish({"topic", "01234567", q1});     // 20 bytes
    s.b.publish({"other", "12345678", q1});     // likewise, and no room for an alias
    CHECK(s.c.hear() == "PUBLISH id 1 qos 1 \"topic\" 5 bytes {topic_alias 1} | "
                        "PUBLISH id 2 qos 1 \"\" 8 bytes {topic_alias 1} | PUBLISH id 3 qos 1 \"other\" 8 bytes");
    CHECK(s.b.counts().too_large == 1);
    CHECK(s.b.waiting("pump") == 3);
    CHECK(s.b.violations() == 0);
}

TEST_CASE("properties travel with a message", "[testing][broker][MQTT5-3.3.2-17]") {
    stage s;
    s.come();
    s.c.say(raw5::subscribe(1, {"t", q1}));
    auto const all = "{payload_format_indicator 1, content_type \"c\", response_topic \"r\", correlation_data 00, "
                     "user_property \"b\"=\"2\", user_property \"a\"=\"1\"}";
    CHECK(s.c.say(raw5::publish({"t", "x", q0, true}, 0,
                                {{id::payload_format_indicator, 1U},
                                 {id::content_type, "c"},
                                 {id::response_topic, "r"},
                                 {id::correlation_data, std::string_view{"\0", 1}},
                                 {"b", "2"},
                                 {"a", "1"}})) == std::string{"PUBLISH qos 0 \"t\" 1 bytes "} + all);
    CHECK(s.c.say(raw5::subscribe(2, {"t", q1})) ==
          std::string{"SUBACK id 2 qos 1 | PUBLISH qos 0 retain \"t\" 1 bytes "} + all);
    property const own[] = {{id::content_type, "d"}};
    s.b.publish({"t", "y"}, own);
    CHECK(s.c.hear() == "PUBLISH qos 0 \"t\" 1 bytes {content_type \"d\"}");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a message that is too old stays, another one says how long it has", "[testing][broker][MQTT5-3.3.2.3.3]") {
    stage s;
    s.come({{id::session_expiry_interval, 100U}});
    s.c.say(raw5::subscribe(1, {"t", q1}));
    s.c.vanish();
    property const ten[]  = {{id::message_expiry_interval, 10U}};
    property const four[] = {{id::message_expiry_interval, 4U}};
    s.b.publish({"t", "old", q1, true}, four);
    s.b.publish({"t", "new", q1}, ten);
    s.now = s.now + 4'000;
    CHECK(s.come({{id::session_expiry_interval, 100U}}) ==
          "CONNACK accepted, session present | PUBLISH id 1 qos 1 \"t\" 3 bytes {message_expiry_interval 6}");
    CHECK(s.b.retained("t").topic.empty());
    CHECK(s.c.say(raw5::subscribe(2, {"t", q1})) == "SUBACK id 2 qos 1");
    CHECK(s.b.counts().expired == 1);
    // What was begun is finished.
    s.now = s.now + 9'000;
    s.c.vanish();
    CHECK(s.come() ==
          "CONNACK accepted, session present | PUBLISH id 1 qos 1 dup \"t\" 3 bytes {message_expiry_interval 0}");
    CHECK(s.ack(packet_type::puback, 1).empty());
    CHECK(s.b.violations() == 0);
}
