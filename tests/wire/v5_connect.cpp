// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/connect.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr written_packet connect(connect_packet const& c, property_list with = {}, property_list will_with = {},
                                 std::size_t room = 512) {
    return written([&](bytes_out out) { return v5::encode_connect(out, c, with, will_with); }, room);
}

// The body of a CONNECT with these flags, a keep alive of 60 s and no properties; `payload` is what follows.
template <class... Byte>
constexpr errc verdict(unsigned flags, Byte... payload) {
    auto const from = bytes(0, 4, 'M', 'Q', 'T', 'T', 5, flags, 0, 60, 0, payload...);
    return v5::decode_connect(from).error;
}

constexpr errc check(connect_packet const& c, property_list with = {}, property_list will_with = {}) {
    return v5::check_connect(c, {with, {}}, will_with);
}

constexpr property expiry[] = {{property_id::session_expiry_interval, 60U}};
constexpr property delay[] = {{property_id::will_delay_interval, 5U}};

}  // namespace

TEST_CASE("fields of 5.0 come in the order of the standard", "[wire][v5][connect][MQTT5-3.1.3-1][MQTT5-3.1.2-9]") {
    constexpr connect_packet all{.client_id = "c",
                                 .will = {.topic = "w", .payload = "m", .level = qos::exactly_once, .retain = true},
                                 .user_name = "u",
                                 .password = "p"};
    CHECK_BOTH(connect(all, expiry, delay) ==
               bytes(0x10, 37, 0, 4, 'M', 'Q', 'T', 'T', 5, 0xF6, 0, 60, 5, 0x11, 0, 0, 0, 60, 0, 1, 'c',
                     5, 0x18, 0, 0, 0, 5, 0, 1, 'w', 0, 1, 'm', 0, 1, 'u', 0, 1, 'p'));
    auto const packet = connect(all, expiry, delay);
    auto const got = v5::decode_connect(body_of({packet.data.data(), packet.size}));
    REQUIRE(got);
    auto expected = all;
    expected.protocol = version::v5;
    CHECK(got.value.packet == expected);
    CHECK(got.value.with.number(property_id::session_expiry_interval) == 60);
    CHECK(got.value.will_properties.number(property_id::will_delay_interval) == 5);
}

TEST_CASE("5.0 is called MQTT and has level 5", "[wire][v5][connect][MQTT5-3.1.2-1][MQTT5-3.1.2-2]") {
    CHECK_BOTH(connect({.client_id = "c"}).view().substr(2, 7) == "\0\x04MQTT\x05"sv);
    auto const decode = [](std::string_view text) { return v5::decode_connect({text.data(), text.size()}).error; };
    CHECK(decode("\0\x04MQTT\x05\x02\0\x3C\0\0\0"sv) == errc::ok);
    CHECK(decode("\0\x04MQTT\x04\x02\0\x3C\0\0\0"sv) == errc::unacceptable_version);
    CHECK(decode("\0\x04MQTT\x06\x02\0\x3C\0\0\0"sv) == errc::unacceptable_version);
    CHECK(decode("\0\x06MQIsdp\x05\x02\0\x3C\0\0\0"sv) == errc::unacceptable_version);
    CHECK(decode("\0\x04MQTX\x05\x02\0\x3C\0\0\0"sv) == errc::unacceptable_version);
}

TEST_CASE("a password needs no user name", "[wire][v5][connect][MQTT5-3.1.2.9][MQTT5-3.1.2-18]") {
    CHECK_BOTH(check({.client_id = "c", .password = "p"}) == errc::ok);
    CHECK_BOTH(connect({.client_id = "c", .password = "p"}) ==
               bytes(0x10, 17, 0, 4, 'M', 'Q', 'T', 'T', 5, 0x42, 0, 60, 0, 0, 1, 'c', 0, 1, 'p'));
    CHECK_BOTH(verdict(0x42, 0, 1, 'c', 0, 1, 'p') == errc::ok);
    CHECK_BOTH(verdict(0x82, 0, 1, 'c', 0, 1, 'u') == errc::ok);
}

TEST_CASE("an empty client identifier needs no clean start", "[wire][v5][connect][MQTT5-3.1.3.1]") {
    CHECK_BOTH(check({.clean_session = false}) == errc::ok);
    CHECK_BOTH(verdict(0x00, 0, 0) == errc::ok);
}

TEST_CASE("the reserved connect flag of 5.0 is 0", "[wire][v5][connect][MQTT5-3.1.2-3]") {
    CHECK_BOTH(verdict(0x03, 0, 0) == errc::malformed_packet);
}

TEST_CASE("will bits need a will", "[wire][v5][connect][MQTT5-3.1.2-11][MQTT5-3.1.2-12][MQTT5-3.1.2-13]") {
    CHECK_BOTH(verdict(0x0A, 0, 0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x22, 0, 0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x06, 0, 0, 0, 0, 1, 'w', 0, 0) == errc::ok);
    CHECK_BOTH(verdict(0x1E, 0, 0, 0, 0, 1, 'w', 0, 0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x06, 0, 0, 0, 0, 0, 0, 0) == errc::malformed_packet);
    // Without the properties of the will the topic's length is read as theirs.
    CHECK_BOTH(verdict(0x06, 0, 0, 0, 1, 'w', 0, 0) == errc::malformed_packet);
}

TEST_CASE("texts of a CONNECT are UTF-8", "[wire][v5][connect][MQTT5-3.1.3-4][MQTT5-3.1.3-11][MQTT5-3.1.3-12]") {
    CHECK_BOTH(verdict(0x02, 0, 1, 0x80) == errc::invalid_utf8);
    CHECK_BOTH(verdict(0x06, 0, 0, 0, 0, 1, 0x80, 0, 0) == errc::invalid_utf8);
    CHECK_BOTH(verdict(0x82, 0, 0, 0, 1, 0x80) == errc::invalid_utf8);
    CHECK_BOTH(verdict(0x42, 0, 0, 0, 1, 0x80) == errc::ok);
    CHECK_BOTH(check({.client_id = "\x80"}) == errc::bad_client_id);
    CHECK_BOTH(check({.will = {.topic = "\x80"}}) == errc::bad_will);
    CHECK_BOTH(check({.user_name = "\x80"}) == errc::bad_user_name);
}

TEST_CASE("a will is published under a topic name", "[wire][v5][connect][MQTT5-4.7.0-1]") {
    CHECK_BOTH(verdict(0x06, 0, 0, 0, 0, 1, '#', 0, 0) == errc::invalid_topic);
    CHECK_BOTH(check({.will = {.topic = "a/+"}}) == errc::bad_will);
}

TEST_CASE("properties of a CONNECT and of its will are told apart",
          "[wire][v5][connect][MQTT5-3.1.2.11][MQTT5-3.1.3.2]") {
    CHECK_BOTH(check({.client_id = "c"}, expiry) == errc::ok);
    CHECK_BOTH(check({.client_id = "c"}, delay) == errc::bad_property);
    CHECK_BOTH(check({.will = {.topic = "w"}}, {}, delay) == errc::ok);
    CHECK_BOTH(check({.will = {.topic = "w"}}, {}, expiry) == errc::bad_property);
    CHECK_BOTH(check({.client_id = "c"}, {}, delay) == errc::bad_will);
}

TEST_CASE("what is too long for a field is refused before it is sent", "[wire][v5][connect][MQTT5-1.5.4]") {
    std::string const most(65535, 'x');
    std::string const more(65536, 'x');
    CHECK(check({.client_id = most, .will = {.topic = most, .payload = most}, .user_name = most, .password = most}) ==
          errc::ok);
    CHECK(check({.client_id = more}) == errc::bad_client_id);
    CHECK(check({.will = {.topic = more}}) == errc::bad_will);
    CHECK(check({.will = {.topic = "w", .payload = more}}) == errc::bad_will);
    CHECK(check({.will = {.topic = "w", .level = static_cast<qos>(3)}}) == errc::bad_will);
    CHECK(check({.user_name = more}) == errc::bad_user_name);
    CHECK(check({.password = more}) == errc::bad_option);
}

TEST_CASE("a CONNECT of 5.0 that does not fit is not begun", "[wire][v5][connect]") {
    CHECK_BOTH(connect({.client_id = "c"}, {}, {}, 15).error == errc::connect_too_long);
    CHECK_BOTH(connect({.client_id = "c"}, {}, {}, 15).wrote_no_more());
    CHECK_BOTH(connect({.client_id = "c"}, {}, {}, 16).size == 16);
}

TEST_CASE("properties of one packet are written into another as they are", "[wire][v5][connect]") {
    static constexpr auto raw = "\x21\x00\x0A"sv;
    constexpr properties with{bytes_in{raw.data(), raw.size()}};
    constexpr auto packet = [](properties const& p) {
        return written([&](bytes_out out) { return v5::encode_connect(out, connect_packet{}, p, property_lists{}); });
    };
    CHECK_BOTH(packet(with).view().substr(12, 4) == "\x03\x21\x00\x0A"sv);
}
