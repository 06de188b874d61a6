// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/publish.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr written_packet publish(message const& m, packet_id id = 0) {
    return poked([&](char* to) {
        auto* const end = write_publish_header(to, m, id, m.payload.size());
        move_bytes(end, m.payload.data(), m.payload.size());
        return end + m.payload.size();
    });
}

// A PUBLISH with these flags and the topic "t"; `rest` is what follows the topic.
template <class... Byte>
constexpr errc verdict(unsigned flags, Byte... rest) {
    auto const body = bytes(0, 1, 't', rest...);
    return decode_publish(static_cast<std::uint8_t>(flags), body).error;
}

template <class... Byte>
constexpr errc of_topic(Byte... topic) {
    auto const body = bytes(0, sizeof...(topic), topic...);
    return decode_publish(0, body).error;
}

}  // namespace

TEST_CASE("a PUBLISH at QoS 0 has DUP 0 and QoS 0", "[wire][publish][MQTT-4.3.1-1]") {
    CHECK_BOTH(publish({.topic = "a/b", .payload = "xy"}) == bytes(0x30, 7, 0, 3, 'a', '/', 'b', 'x', 'y'));
    CHECK_BOTH(publish_flags(qos::at_most_once, false) == 0);
}

TEST_CASE("a PUBLISH at QoS 0 has no identifier", "[wire][publish][MQTT-2.3.1-5]") {
    CHECK_BOTH(publish({.topic = "t"}, 0x4142) == bytes(0x30, 3, 0, 1, 't'));
    CHECK_BOTH(publish_header_size(1, qos::at_most_once) == 3);
    constexpr auto body = bytes(0, 1, 't', 0x12, 0x34);
    CHECK_BOTH(decode_publish(0, body).value == publish_header{.topic = "t", .size = 3});
}

TEST_CASE("a PUBLISH above QoS 0 has its identifier behind the topic", "[wire][publish][MQTT-2.3.1-1]") {
    CHECK_BOTH(publish({.topic = "t", .payload = "p", .level = qos::at_least_once}, 0x1234) ==
               bytes(0x32, 6, 0, 1, 't', 0x12, 0x34, 'p'));
    CHECK_BOTH(publish({.topic = "t", .payload = "p", .level = qos::exactly_once}, 0xFFFF) ==
               bytes(0x34, 6, 0, 1, 't', 0xFF, 0xFF, 'p'));
    CHECK_BOTH(publish_header_size(1, qos::at_least_once) == 5);
    CHECK_BOTH(publish_header_size(1, qos::exactly_once) == 5);
    CHECK_BOTH(verdict(0x02, 0, 0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x04, 0, 0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x02, 0, 1) == errc::ok);
    CHECK_BOTH(verdict(0x04, 1, 0) == errc::ok);
}

TEST_CASE("a redelivered PUBLISH is read with its DUP", "[wire][publish][MQTT-3.3.1-1]") {
    constexpr auto body = bytes(0, 1, 't', 0, 1);
    CHECK_BOTH(decode_publish(0x0A, body).value.dup);
    CHECK_BOTH(decode_publish(0x0C, body).value.dup);
    CHECK_BOTH(!decode_publish(0x02, body).value.dup);
    CHECK_BOTH(publish_flags(qos::at_least_once, false, true) == 0x0A);
    CHECK_BOTH(publish_flags(qos::exactly_once, true, true) == 0x0D);
    STATIC_REQUIRE(publish_flag::dup == 0x08);
}

TEST_CASE("DUP at QoS 0 is refused", "[wire][publish][MQTT-3.3.1-2]") {
    CHECK_BOTH(verdict(0x08) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x09) == errc::malformed_packet);
    CHECK_BOTH(verdict(0x00) == errc::ok);
    CHECK_BOTH(verdict(0x0A, 0, 1) == errc::ok);
    CHECK_BOTH(verdict(0x0C, 0, 1) == errc::ok);
}

TEST_CASE("QoS 3 is refused", "[wire][publish][MQTT-3.3.1-4]") {
    for (unsigned flags = 0; flags < 16; ++flags) {
        bool const forbidden = (flags & 0x06) == 0x06 || (flags & 0x0E) == 0x08;
        CAPTURE(flags);
        CHECK(verdict(flags, 0, 1) == (forbidden ? errc::malformed_packet : errc::ok));
    }
    STATIC_REQUIRE(verdict(0x06, 0, 1) == errc::malformed_packet);
    STATIC_REQUIRE(verdict(0x0F, 0, 1) == errc::malformed_packet);
}

TEST_CASE("retain and QoS stand in their bits", "[wire][publish][3.3.1]") {
    CHECK_BOTH(publish_flags(qos::at_most_once, true) == 0x01);
    CHECK_BOTH(publish_flags(qos::at_least_once, false) == 0x02);
    CHECK_BOTH(publish_flags(qos::exactly_once, true) == 0x05);
    constexpr auto body = bytes(0, 1, 't', 0, 1);
    CHECK_BOTH(decode_publish(0x05, body).value ==
               publish_header{.topic = "t", .id = 1, .level = qos::exactly_once, .retain = true, .size = 5});
    CHECK_BOTH(decode_publish(0x03, body).value ==
               publish_header{.topic = "t", .id = 1, .level = qos::at_least_once, .retain = true, .size = 5});
    CHECK_BOTH(!decode_publish(0x04, body).value.retain);
}

TEST_CASE("the topic is first and a UTF-8 string", "[wire][publish][MQTT-3.3.2-1]") {
    CHECK_BOTH(of_topic(0xE2, 0x82, 0xAC) == errc::ok);
    CHECK_BOTH(of_topic('a', 0xFF) == errc::invalid_utf8);
    CHECK_BOTH(of_topic(0xED, 0xA0, 0x80) == errc::invalid_utf8);  // [MQTT-1.5.3-1]
    CHECK_BOTH(check_topic_name("\xC3") == errc::invalid_utf8);
}

TEST_CASE("a topic name with a wildcard is refused", "[wire][publish][MQTT-3.3.2-2][MQTT-4.7.1-1]") {
    CHECK_BOTH(of_topic('#') == errc::invalid_topic);
    CHECK_BOTH(of_topic('a', '/', '+') == errc::invalid_topic);
    CHECK_BOTH(of_topic('a', '+', 'b') == errc::invalid_topic);
    CHECK_BOTH(check_topic_name("a/#") == errc::invalid_topic);
    CHECK_BOTH(check_topic_name("$SYS/a b/*") == errc::ok);
}

TEST_CASE("a topic name has at least one character", "[wire][publish][MQTT-4.7.3-1]") {
    CHECK_BOTH(of_topic() == errc::invalid_topic);
    CHECK_BOTH(check_topic_name("") == errc::invalid_topic);
    CHECK_BOTH(check_topic_name("/") == errc::ok);
}

TEST_CASE("a topic name has no U+0000", "[wire][publish][MQTT-4.7.3-2][MQTT-1.5.3-2]") {
    CHECK_BOTH(of_topic('a', 0) == errc::invalid_utf8);
    CHECK_BOTH(of_topic('#', 0) == errc::invalid_utf8);
    CHECK_BOTH(check_topic_name("\0"sv) == errc::invalid_utf8);
}

TEST_CASE("a byte order mark stays in the topic", "[wire][publish][MQTT-1.5.3-3]") {
    constexpr auto body = bytes(0, 4, 0xEF, 0xBB, 0xBF, 't');
    CHECK_BOTH(decode_publish(0, body).value.topic == "\xEF\xBB\xBFt");
    CHECK_BOTH(publish({.topic = "\xEF\xBB\xBFt"}) == bytes(0x30, 6, 0, 4, 0xEF, 0xBB, 0xBF, 't'));
}

TEST_CASE("a topic of 65535 bytes is written and read", "[wire][publish][MQTT-4.7.3-3]") {
    std::string const longest(65'535, 't');
    std::vector<char> room(65'535 + 9);
    auto const size =
        static_cast<std::size_t>(write_publish_header(room.data(), {.topic = longest}, 0, 2) - room.data());
    CHECK(size == 1 + 3 + 2 + 65'535);
    auto const got = decode_publish(0, bytes_in{room}.subspan(4, size - 4));
    CHECK(got.error == errc::ok);
    CHECK(got.value.topic == longest);
    CHECK(got.value.size == 65'537);
}

TEST_CASE("a header that is cut short is refused", "[wire][publish][MQTT-4.8.0-1]") {
    constexpr auto body = bytes(0, 1, 't', 0, 1);
    for (std::size_t n = 0; n < body.size(); ++n) {
        CAPTURE(n);
        CHECK(decode_publish(0x02, bytes_in{body}.first(n)).error == errc::malformed_packet);
    }
    for (std::size_t n = 0; n < 3; ++n) {
        CHECK(decode_publish(0, bytes_in{body}.first(n)).error == errc::malformed_packet);
    }
    STATIC_REQUIRE(decode_publish(0, {}).error == errc::malformed_packet);
}

TEST_CASE("the payload may be missing, empty or any bytes", "[wire][publish][3.3.3]") {
    CHECK_BOTH(publish({.topic = "t", .payload = ""}) == bytes(0x30, 3, 0, 1, 't'));
    CHECK_BOTH(publish({.topic = "t", .payload = "\0\xFF#"sv}) == bytes(0x30, 6, 0, 1, 't', 0, 0xFF, '#'));
    CHECK_BOTH(verdict(0x00, 0, 0xFF, '#') == errc::ok);
    constexpr auto body = bytes(0, 1, 't', 0, 1, 'p', 'p');
    CHECK_BOTH(decode_publish(0x02, body).value.size == 5);
    CHECK_BOTH(decode_publish(0x02, bytes_in{body}.first(5)).value.size == 5);
}

TEST_CASE("the length counts a payload that is not there yet", "[wire][publish][2.2.3]") {
    auto const announced = [](std::size_t payload) {
        return poked([=](char* to) { return write_publish_header(to, {.topic = "t"}, 0, payload); });
    };
    CHECK(announced(124) == bytes(0x30, 0x7F, 0, 1, 't'));
    CHECK(announced(125) == bytes(0x30, 0x80, 0x01, 0, 1, 't'));
    CHECK(announced(remaining_length_max - 3U) == bytes(0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 't'));
}

TEST_CASE("the topic is a view of the packet", "[wire][publish]") {
    auto const body = bytes(0, 2, 'a', 'b', 'p');
    CHECK(decode_publish(0, body).value.topic.data() == body.data() + 2);
}
