// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/packet_words.hpp>

#include <string>
#include <string_view>

#include <barelink/testing/tracer.hpp>

#include "support/catch.hpp"
#include "testing/raw_v5.hpp"

using namespace barelink;
using id  = property_id;
using why = reason_code;

namespace {

std::string words_of(std::string_view packet, version v = version::v5) {
    auto const h = read_header(packet, v);
    REQUIRE(h);
    return std::string{testing::describe(h.value, bytes_in{packet}.subspan(h.value.size), v).view()};
}

}  // namespace

TEST_CASE("every packet of 5.0 has its words", "[testing][packet_words]") {
    // CONNECT says its own version.
    CHECK(words_of(raw5::connect(), version::v3_1_1) == "CONNECT 5.0 client \"pump\" clean keep alive 60 s");
    CHECK(words_of(raw::connect()) == "CONNECT 3.1.1 client \"pump\" clean keep alive 60 s");
    CHECK(words_of(raw5::connect({.clean_session = false,
                                  .keep_alive_s  = 5,
                                  .client_id     = "a",
                                  .will          = {"gone", "bye", qos::at_least_once, true},
                                  .user_name     = "me",
                                  .password      = "hush"},
                                 {{id::session_expiry_interval, 60U}, {"k", "v"}}, {{id::will_delay_interval, 7U}})) ==
          "CONNECT 5.0 client \"a\" keep alive 5 s {session_expiry_interval 60, user_property \"k\"=\"v\"} "
          "will \"gone\" qos 1 retain 3 bytes {will_delay_interval 7} user \"me\" password 4 bytes");
    CHECK(words_of(raw5::connack(false, why::success)) == "CONNACK accepted");
    CHECK(words_of(raw5::connack(true, why::success, {{id::receive_maximum, 3U}})) ==
          "CONNACK accepted, session present {receive_maximum 3}");
    CHECK(words_of(raw5::connack(false, why::banned)) == "CONNACK refused, banned");
    CHECK(words_of({"\x20\x02\x00\x01", 4}) == "CONNACK refused, unacceptable_version");
    CHECK(words_of(raw5::publish({.topic = "t", .payload = "xyz"})) == "PUBLISH qos 0 \"t\" 3 bytes");
    CHECK(words_of(raw5::publish({"", "", qos::exactly_once, true}, 7, {{id::topic_alias, 1U}}, true)) ==
          "PUBLISH id 7 qos 2 dup retain \"\" 0 bytes {topic_alias 1}");
    CHECK(words_of(raw5::publish({.topic = "t"}, 0, {{id::subscription_identifier, 9U}})) ==
          "PUBLISH qos 0 \"t\" 0 bytes {subscription_identifier 9}");
    CHECK(words_of(raw5::ack(packet_type::puback, 1)) == "PUBACK id 1");
    CHECK(words_of(raw5::ack(packet_type::pubrec, 2, why::quota_exceeded, {{id::reason_string, "full"}})) ==
          "PUBREC id 2 quota_exceeded {reason_string \"full\"}");
    CHECK(words_of(raw5::ack(packet_type::pubrel, 3, why::packet_identifier_not_found)) ==
          "PUBREL id 3 packet_identifier_not_found");
    CHECK(words_of(raw5::ack(packet_type::pubcomp, 65535)) == "PUBCOMP id 65535");
    CHECK(words_of(raw5::subscribe(4, {"a/#", qos::exactly_once})) == "SUBSCRIBE id 4 \"a/#\" qos 2");
    CHECK(words_of(raw5::subscribe(4, {"a", qos::at_most_once, true, true, retain_handling::do_not_send},
                                   {{id::subscription_identifier, 8U}})) ==
          "SUBSCRIBE id 4 \"a\" qos 0 no local retain as published retain handling 2 {subscription_identifier 8}");
    CHECK(words_of(raw5::suback(packet_type::suback, 4, {"\x00\x87\x02", 3})) ==
          "SUBACK id 4 qos 0, not_authorized, qos 2");
    CHECK(words_of(raw5::unsubscribe(5, "a")) == "UNSUBSCRIBE id 5 \"a\"");
    CHECK(words_of(raw5::suback(packet_type::unsuback, 5, {"\x00\x11", 2}, {{"a", "b"}})) ==
          "UNSUBACK id 5 success, no_subscription_existed {user_property \"a\"=\"b\"}");
    CHECK(words_of(raw::empty(packet_type::pingreq)) == "PINGREQ");
    CHECK(words_of(raw::empty(packet_type::pingresp)) == "PINGRESP");
    CHECK(words_of(raw5::farewell(packet_type::disconnect)) == "DISCONNECT");
    CHECK(words_of(raw5::farewell(packet_type::disconnect, why::disconnect_with_will)) ==
          "DISCONNECT disconnect_with_will");
    CHECK(words_of(raw5::farewell(packet_type::disconnect, why::server_moved, {{id::server_reference, "b"}})) ==
          "DISCONNECT server_moved {server_reference \"b\"}");
    CHECK(words_of(raw5::farewell(packet_type::auth)) == "AUTH success");
    CHECK(words_of(raw5::farewell(packet_type::auth, why::continue_authentication,
                                  {{id::authentication_method, "M"}, {id::authentication_data, "secret"}})) ==
          "AUTH continue_authentication {authentication_method \"M\", authentication_data 6 bytes}");
}

TEST_CASE("data of a property is told in hexadecimal digits", "[testing][packet_words]") {
    CHECK(words_of(raw5::publish({.topic = "t"}, 0,
                                 {{id::correlation_data, std::string_view{"\x00\xFF", 2}},
                                  {id::response_topic, "r"},
                                  {id::payload_format_indicator, 1U}})) ==
          "PUBLISH qos 0 \"t\" 0 bytes {correlation_data 00FF, response_topic \"r\", payload_format_indicator 1}");
}

TEST_CASE("a packet that 5.0 does not have is not explained", "[testing][packet_words]") {
    CHECK(words_of({"\x20\x02\x00\x00", 4}) == "CONNACK malformed, 4 bytes");
    CHECK(words_of({"\xB0\x02\x00\x05", 4}) == "UNSUBACK malformed, 4 bytes");
    CHECK(words_of({"\x40\x03\x00\x01\x01", 5}) == "PUBACK malformed, 5 bytes");
    CHECK(words_of({"\xE0\x01\x19", 3}) == "DISCONNECT malformed, 3 bytes");
    CHECK(words_of({"\xC0\x01\x00", 3}) == "PINGREQ malformed, 3 bytes");
    CHECK(words_of(raw5::ack(packet_type::puback, 1, why::quota_exceeded), version::v3_1_1) ==
          "PUBACK malformed, 5 bytes");
}

TEST_CASE("a trace follows a connection into 5.0 and out again", "[testing][tracer]") {
    std::string              log;
    auto const               say = [&log](std::string_view line) { log += std::string{line} + '\n'; };
    version                  v   = version::v3_1_1;
    testing::packet_follower up{"> "};
    testing::packet_follower down{"< "};
    // Longer than what a line looks at: the version is still seen.
    std::string const name(600, 'x');
    up.follow(raw5::connect({.client_id = name}), v, say);
    CHECK(v == version::v5);
    down.follow(raw5::connack(false, why::success, {{id::topic_alias_maximum, 4U}}), v, say);
    up.follow(raw5::farewell(packet_type::disconnect, why::disconnect_with_will), v, say);
    up.follow(raw::connect(), v, say);
    CHECK(v == version::v3_1_1);
    CHECK(log == "> CONNECT too long to show, 616 bytes...\n> and 104 bytes more\n"
                 "< CONNACK accepted {topic_alias_maximum 4}\n> DISCONNECT disconnect_with_will\n"
                 "> CONNECT 3.1.1 client \"pump\" clean keep alive 60 s\n");
}
