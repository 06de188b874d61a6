// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/scripted_broker.hpp>

#include <string>
#include <string_view>

#include <barelink/testing/pipe.hpp>

#include "support/catch.hpp"
#include "testing/raw_v5.hpp"

using namespace barelink;
using barelink::testing::memory_pipe;
using barelink::testing::scripted_broker;
namespace expected = barelink::testing::expected;
using id           = property_id;
using why          = reason_code;

namespace {

// The client's side: what it sends is given to the broker, what comes back is told in words.
struct stage {
    memory_pipe<>     wire;
    scripted_broker<> cloud;
    instant           now;

    stage() { REQUIRE(wire.client().connect({}).value == connect_stage::done); }
    std::string say(std::string_view bytes, version v = version::v5) {
        if (!bytes.empty()) REQUIRE(wire.client().write(bytes).value == bytes.size());
        static_cast<void>(cloud.serve(wire.server(), now));
        char        into[600] = {};
        auto        rest      = std::string{into, wire.client().read(into).value};
        std::string text;
        for (;;) {
            auto const h = read_header(rest, v);
            if (!h || h.value.packet_size() > rest.size()) return text;
            if (!text.empty()) text += " | ";
            auto const body = bytes_in{rest}.subspan(h.value.size, h.value.remaining);
            text += barelink::testing::describe(h.value, body, v).view();
            rest.erase(0, h.value.packet_size());
        }
    }
    std::string complaint() const { return std::string{cloud.complaint().view()}; }
};

std::string complaint_after(barelink::testing::pattern const& what, std::string_view packet) {
    stage s;
    s.cloud.speak(version::v5).expect(what);
    CHECK(s.say(packet).empty());
    return s.complaint();
}

}  // namespace

TEST_CASE("a script of 5.0 answers with reasons and properties", "[testing][scripted_broker]") {
    stage s;
    s.cloud.speak(version::v5)
        .expect(expected::connect{.protocol  = version::v5,
                                  .with      = {{id::session_expiry_interval, 60U}},
                                  .will_with = {{id::will_delay_interval, 5U}}})
        .reply(packet_type::connack, why::success, {{id::receive_maximum, 1U}, {id::maximum_qos, 1U}})
        .expect(expected::publish{.topic = "", .id = 3, .with = {{id::topic_alias, 2U}}})
        .reply(packet_type::puback, why::quota_exceeded, {{id::reason_string, "full"}})
        .reply(packet_type::pubrec, 9, why::no_matching_subscribers)
        .expect(expected::ack{packet_type::pubrel, 9, why::packet_identifier_not_found})
        .reply(message{.topic = "t", .payload = "x", .level = qos::at_least_once}, {{id::topic_alias, 1U}}, 7, true)
        .expect(expected::disconnect{.reason = why::disconnect_with_will, .with = {{id::session_expiry_interval, 0U}}})
        .reply(packet_type::disconnect, why::server_moved, {{id::server_reference, "b"}})
        .drop();
    CHECK(s.say(raw5::connect({.client_id = "pump", .will = {.topic = "gone"}},
                              {{id::receive_maximum, 2U}, {id::session_expiry_interval, 60U}},
                              {{id::will_delay_interval, 5U}})) ==
          "CONNACK accepted {receive_maximum 1, maximum_qos 1}");
    CHECK(s.say(raw5::publish({"", "x", qos::at_least_once}, 3, {{id::topic_alias, 2U}})) ==
          "PUBACK id 3 quota_exceeded {reason_string \"full\"} | PUBREC id 9 no_matching_subscribers");
    CHECK(s.say(raw5::ack(packet_type::pubrel, 9, why::packet_identifier_not_found)) ==
          "PUBLISH id 7 qos 1 dup \"t\" 1 bytes {topic_alias 1}");
    REQUIRE(s.wire.client().write(raw5::farewell(packet_type::disconnect, why::disconnect_with_will,
                                                 {{id::session_expiry_interval, 0U}})));
    static_cast<void>(s.cloud.serve(s.wire.server(), s.now));
    CHECK(s.complaint() == "");
    CHECK(s.cloud.done());
}

TEST_CASE("answers to requests take over the identifier, however long they are", "[testing][scripted_broker]") {
    stage             s;
    std::string const text(150, 'x');  // the length of the packet takes two bytes
    s.cloud.speak(version::v5)
        .expect(expected::subscribe{.filter              = "a",
                                    .no_local            = true,
                                    .retain_as_published = false,
                                    .retained            = retain_handling::send_if_new,
                                    .with                = {{id::subscription_identifier, 5U}}})
        .reply(packet_type::suback, why::granted_qos_1, {{id::reason_string, text}})
        .expect(expected::unsubscribe{.filter = "a"})
        .reply(packet_type::unsuback, why::no_subscription_existed);
    CHECK(s.say(raw5::subscribe(0x1234, {"a", qos::at_least_once, true, false, retain_handling::send_if_new},
                                {{id::subscription_identifier, 5U}})) ==
          "SUBACK id 4660 qos 1 {reason_string \"" + text + "\"}");
    CHECK(s.say(raw5::unsubscribe(7, "a")) == "UNSUBACK id 7 no_subscription_existed");
    CHECK(s.complaint() == "");
}

TEST_CASE("a script that was written for 3.1.1 speaks 5.0 if it is told to", "[testing][scripted_broker]") {
    stage s;
    s.cloud.speak(version::v5)
        .expect(expected::connect{})
        .reply(connack_packet{.session_present = true})
        .expect(expected::subscribe{})
        .grant(1)
        .expect(expected::unsubscribe{})
        .reply(packet_type::unsuback)
        .expect(expected::publish{.id = 4})
        .reply(packet_type::puback)
        .reply(packet_type::pubcomp, 6)
        .reply({.topic = "t"});
    CHECK(s.say(raw5::connect()) == "CONNACK accepted, session present");
    CHECK(s.say(raw5::subscribe(2, {"a"})) == "SUBACK id 2 qos 1");
    CHECK(s.say(raw5::unsubscribe(3, "a")) == "UNSUBACK id 3 success");
    CHECK(s.say(raw5::publish({"t", "x", qos::at_least_once}, 4)) ==
          "PUBACK id 4 | PUBCOMP id 6 | PUBLISH qos 0 \"t\" 0 bytes");
    CHECK(s.complaint() == "");
}

TEST_CASE("authentication goes by script", "[testing][scripted_broker][MQTT5-4.12]") {
    stage s;
    s.cloud.speak(version::v5)
        .expect(expected::connect{.with = {{id::authentication_method, "M"}, {id::authentication_data, "1"}}})
        .reply(packet_type::auth, why::continue_authentication,
               {{id::authentication_method, "M"}, {id::authentication_data, "2"}})
        .expect(expected::auth{.reason = why::continue_authentication, .with = {{id::authentication_data, "3"}}})
        .resume({{id::authentication_method, "M"}})
        .expect(expected::auth{.reason = why::re_authenticate});
    CHECK(s.say(raw5::connect({.client_id = "pump"},
                              {{id::authentication_method, "M"}, {id::authentication_data, "1"}})) ==
          "AUTH continue_authentication {authentication_method \"M\", authentication_data 1 bytes}");
    CHECK(s.say(raw5::farewell(packet_type::auth, why::continue_authentication,
                               {{id::authentication_method, "M"}, {id::authentication_data, "3"}})) ==
          "CONNACK accepted, session present {authentication_method \"M\"}");
    CHECK(s.say(raw5::farewell(packet_type::auth, why::re_authenticate, {{id::authentication_method, "M"}})).empty());
    CHECK(s.complaint() == "");
    CHECK(s.cloud.done());
}

TEST_CASE("refusing 5.0 in the words of 3.1.1", "[testing][scripted_broker][MQTT5-3.1.2.2]") {
    stage s;
    s.cloud.expect(expected::connect{.protocol = version::v5})
        .reply(connack_packet{.code = connect_return::unacceptable_version})
        .close();
    CHECK(s.say(raw5::connect()) == "CONNACK refused, unacceptable_version");
    CHECK(s.complaint() == "");
}

TEST_CASE("what a packet of 5.0 lacks is told", "[testing][scripted_broker]") {
    CHECK(complaint_after(expected::publish{.id = 1, .with = {{id::topic_alias, 2U}, {"a", "b"}}},
                          raw5::publish({"t", "", qos::at_least_once}, 1, {{id::topic_alias, 2U}})) ==
          "step 1 of 1: expected PUBLISH id 1 {topic_alias 2, user_property \"a\"=\"b\"}, "
          "came PUBLISH id 1 qos 1 \"t\" 0 bytes {topic_alias 2}");
    CHECK(complaint_after(expected::disconnect{.reason = why::malformed_packet},
                          raw5::farewell(packet_type::disconnect, why::protocol_error)) ==
          "step 1 of 1: expected DISCONNECT malformed_packet, came DISCONNECT protocol_error");
    CHECK(complaint_after(expected::subscribe{.filter = "a", .no_local = true}, raw5::subscribe(1, {"a"})) ==
          "step 1 of 1: expected SUBSCRIBE \"a\" no local 1, came SUBSCRIBE id 1 \"a\" qos 0");
    CHECK(complaint_after(expected::connect{.will_with = {{id::will_delay_interval, 1U}}}, raw5::connect()) ==
          "step 1 of 1: expected CONNECT {will_delay_interval 1}, "
          "came CONNECT 5.0 client \"pump\" clean keep alive 60 s");
    CHECK(complaint_after(expected::ack{packet_type::puback, 1, why::success},
                          raw5::ack(packet_type::puback, 1, why::quota_exceeded)) ==
          "step 1 of 1: expected PUBACK id 1 success, came PUBACK id 1 quota_exceeded");
    // Not in a connection of 3.1.1.
    stage s;
    s.cloud.expect(expected::connect{.with = {{id::receive_maximum, 2U}}});
    CHECK(s.say(raw::connect()).empty());
    CHECK(s.complaint() == "step 1 of 1: expected CONNECT {receive_maximum 2}, "
                           "came CONNECT 3.1.1 client \"pump\" clean keep alive 60 s");
}
