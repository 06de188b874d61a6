// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/subscribe.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr written_packet subscribe(packet_id id, std::span<topic_request const> requests, std::size_t room = 512) {
    return written([=](bytes_out out) { return encode_subscribe(out, id, requests); }, room);
}

constexpr written_packet unsubscribe(packet_id id, std::span<std::string_view const> filters, std::size_t room = 512) {
    return written([=](bytes_out out) { return encode_unsubscribe(out, id, filters); }, room);
}

constexpr written_packet suback(packet_id id, bytes_in codes, std::size_t room = 512) {
    return written([=](bytes_out out) { return encode_suback(out, id, codes); }, room);
}

constexpr std::array<topic_request, 2> requests = {{{"a/b", qos::at_least_once}, {"c/#", qos::exactly_once}}};
constexpr std::array<std::string_view, 2> filters = {"a/b", "c/#"};

// What a list ends with, and after how many filters.
struct outcome {
    int  count = 0;
    errc error   = errc::ok;
    friend constexpr bool operator==(outcome, outcome) = default;
};

constexpr outcome walked(packet_type type, bytes_in body) {
    topic_list list{body, type};
    outcome o{};
    while (list.next()) ++o.count;
    o.error = list.error();
    // An end stays an end.
    return list.next() ? outcome{-1, errc::ok} : o;
}

template <class... Byte>
constexpr outcome subscribed(Byte... each) {
    auto const body = bytes(each...);
    return walked(packet_type::subscribe, body);
}

template <class... Byte>
constexpr outcome unsubscribed(Byte... each) {
    auto const body = bytes(each...);
    return walked(packet_type::unsubscribe, body);
}

template <class... Byte>
constexpr errc granted(Byte... each) {
    auto const body = bytes(each...);
    return decode_suback(body).error;
}

constexpr outcome good(int count) { return {count, errc::ok}; }
constexpr outcome malformed(int count) { return {count, errc::malformed_packet}; }

}  // namespace

TEST_CASE("a SUBSCRIBE has its identifier, then filter and QoS in turn", "[wire][subscribe][MQTT-3.8.1-1]") {
    CHECK_BOTH(subscribe(0x1234, requests) ==
               bytes(0x82, 14, 0x12, 0x34, 0, 3, 'a', '/', 'b', 1, 0, 3, 'c', '/', '#', 2));
    CHECK_BOTH(subscribe(1, std::span{requests}.first(1)) == bytes(0x82, 8, 0, 1, 0, 3, 'a', '/', 'b', 1));
}

TEST_CASE("an UNSUBSCRIBE has its identifier, then filters one behind the other",
          "[wire][subscribe][MQTT-3.10.1-1][MQTT-3.10.3-1]") {
    CHECK_BOTH(unsubscribe(0x1234, filters) == bytes(0xA2, 12, 0x12, 0x34, 0, 3, 'a', '/', 'b', 0, 3, 'c', '/', '#'));
    CHECK_BOTH(unsubscribed(0, 1, 0, 1, 'a', 0, 2, 'b', 'c') == good(2));
    CHECK_BOTH(unsubscribed(0, 1, 0, 1, 0xFF) == outcome{0, errc::invalid_utf8});
    CHECK_BOTH(unsubscribed(0, 1, 0, 1, 'a', 0, 1, 0) == outcome{1, errc::invalid_utf8});
}

TEST_CASE("filters and QoS are read in their order", "[wire][subscribe][3.8.3]") {
    constexpr auto body = bytes(0x12, 0x34, 0, 3, 'a', '/', 'b', 1, 0, 1, '#', 2, 0, 1, 'z', 0);
    topic_list list{body, packet_type::subscribe};
    CHECK(list.id() == 0x1234);
    REQUIRE(list.next());
    CHECK(list.filter() == "a/b");
    CHECK(list.level() == qos::at_least_once);
    REQUIRE(list.next());
    CHECK(list.filter() == "#");
    CHECK(list.level() == qos::exactly_once);
    REQUIRE(list.next());
    CHECK(list.filter() == "z");
    CHECK(list.level() == qos::at_most_once);
    CHECK_FALSE(list.next());
    CHECK(list.error() == errc::ok);
    STATIC_REQUIRE(walked(packet_type::subscribe, body) == good(3));
}

TEST_CASE("filters are UTF-8 strings", "[wire][subscribe][MQTT-3.8.3-1]") {
    CHECK_BOTH(subscribed(0, 1, 0, 2, 0xC3, 0xA4, 0) == good(1));
    CHECK_BOTH(subscribed(0, 1, 0, 1, 0xC3, 0) == outcome{0, errc::invalid_utf8});
    CHECK_BOTH(subscribed(0, 1, 0, 1, 'a', 0, 0, 1, 0xFF, 0) == outcome{1, errc::invalid_utf8});
    CHECK_BOTH(subscribed(0, 1, 0, 2, 'a', 0, 0) == outcome{0, errc::invalid_utf8});  // [MQTT-4.7.3-2]
}

TEST_CASE("a byte order mark stays in the filter", "[wire][subscribe][MQTT-1.5.3-3]") {
    constexpr auto body = bytes(0, 1, 0, 4, 0xEF, 0xBB, 0xBF, 'f', 0);
    topic_list list{body, packet_type::subscribe};
    REQUIRE(list.next());
    CHECK(list.filter() == "\xEF\xBB\xBF" "f");
}

TEST_CASE("a SUBSCRIBE has at least one filter", "[wire][subscribe][MQTT-3.8.3-3]") {
    CHECK_BOTH(subscribed(0, 1) == malformed(0));
    CHECK_BOTH(walked(packet_type::subscribe, {}) == malformed(0));
}

TEST_CASE("the reserved bits of a QoS byte are 0 and QoS 3 is refused", "[wire][subscribe][MQTT-3.8.3-4]") {
    for (unsigned byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        CHECK(subscribed(0, 1, 0, 1, 'a', byte) == (byte <= 2 ? good(1) : malformed(0)));
        CHECK(subscribed(0, 1, 0, 1, 'a', 1, 0, 1, 'b', byte) == (byte <= 2 ? good(2) : malformed(1)));
    }
    STATIC_REQUIRE(subscribed(0, 1, 0, 1, 'a', 3) == malformed(0));
    STATIC_REQUIRE(subscribed(0, 1, 0, 1, 'a', 0x82) == malformed(0));
}

TEST_CASE("an UNSUBSCRIBE has at least one filter", "[wire][subscribe][MQTT-3.10.3-2]") {
    CHECK_BOTH(unsubscribed(0, 1) == malformed(0));
    CHECK_BOTH(walked(packet_type::unsubscribe, {}) == malformed(0));
}

TEST_CASE("a filter has at least one character", "[wire][subscribe][MQTT-4.7.3-1]") {
    CHECK_BOTH(subscribed(0, 1, 0, 0, 0) == malformed(0));
    CHECK_BOTH(subscribed(0, 1, 0, 1, 'a', 0, 0, 0, 0) == malformed(1));
    CHECK_BOTH(unsubscribed(0, 1, 0, 0) == malformed(0));
}

TEST_CASE("requests with identifier 0 are refused", "[wire][subscribe][MQTT-2.3.1-1]") {
    CHECK_BOTH(subscribed(0, 0, 0, 1, 'a', 0) == malformed(0));
    CHECK_BOTH(unsubscribed(0, 0, 0, 1, 'a') == malformed(0));
    CHECK_BOTH(subscribed(1, 0, 0, 1, 'a', 0) == good(1));
}

TEST_CASE("requests that are cut short or have a byte too many are refused", "[wire][subscribe][MQTT-4.8.0-1]") {
    CHECK_BOTH(subscribed(0) == malformed(0));
    CHECK_BOTH(subscribed(0, 1, 0) == malformed(0));
    CHECK_BOTH(subscribed(0, 1, 0, 2, 'a') == malformed(0));
    CHECK_BOTH(subscribed(0, 1, 0, 1, 'a') == malformed(0));
    CHECK_BOTH(subscribed(0, 1, 0, 1, 'a', 0, 0) == malformed(1));
    CHECK_BOTH(unsubscribed(0, 1, 0, 2, 'a') == malformed(0));
    CHECK_BOTH(unsubscribed(0, 1, 0, 1, 'a', 0) == malformed(1));
}

TEST_CASE("an UNSUBSCRIBE has no QoS bytes", "[wire][subscribe][3.10.3]") {
    CHECK_BOTH(unsubscribed(0, 1, 0, 1, 'a', 1) == malformed(1));
    topic_list list{bytes_in{}, packet_type::unsubscribe};
    CHECK(list.level() == qos::at_most_once);
}

TEST_CASE("a SUBACK has a code per filter in their order", "[wire][suback][MQTT-3.9.3-1]") {
    constexpr auto codes = bytes(0, 1, 2, 0x80);
    CHECK_BOTH(suback(0x1234, codes) == bytes(0x90, 6, 0x12, 0x34, 0, 1, 2, 0x80));
    constexpr auto body = bytes(0x12, 0x34, 0, 1, 2, 0x80);
    CHECK_BOTH(decode_suback(body).value.id == 0x1234);
    CHECK_BOTH(text_of(decode_suback(body).value.codes) == text(codes));
    CHECK(decode_suback(body).value.codes.data() == body.data() + 2);
}

TEST_CASE("reserved codes of a SUBACK are refused", "[wire][suback][MQTT-3.9.3-2]") {
    for (unsigned code = 0; code < 256; ++code) {
        auto const expected = code <= 2 || code == 0x80 ? errc::ok : errc::malformed_packet;
        CAPTURE(code);
        CHECK(granted(0, 1, code) == expected);
        CHECK(granted(0, 1, 0, code, 2) == expected);
        CHECK(granted(0, 1, 1, 0x80, code) == expected);
    }
    STATIC_REQUIRE(granted(0, 1, 3) == errc::malformed_packet);
    STATIC_REQUIRE(granted(0, 1, 0x81) == errc::malformed_packet);
}

TEST_CASE("a SUBACK without a code or with identifier 0 is refused", "[wire][suback][MQTT-4.8.0-1]") {
    CHECK_BOTH(decode_suback({}).error == errc::malformed_packet);
    CHECK_BOTH(granted(0) == errc::malformed_packet);
    CHECK_BOTH(granted(1) == errc::malformed_packet);
    CHECK_BOTH(granted(0, 1) == errc::malformed_packet);
    CHECK_BOTH(granted(0, 0, 1) == errc::malformed_packet);
    CHECK_BOTH(granted(0, 1, 1) == errc::ok);
}

TEST_CASE("requests and answers that do not fit change nothing", "[wire][subscribe]") {
    CHECK_BOTH(subscribe(1, requests, 16).size == 16);
    CHECK_BOTH(subscribe(1, requests, 15).error == errc::request_too_long);
    CHECK_BOTH(subscribe(1, requests, 15).wrote_no_more());
    CHECK_BOTH(unsubscribe(1, filters, 14).size == 14);
    CHECK_BOTH(unsubscribe(1, filters, 13).error == errc::request_too_long);
    CHECK_BOTH(unsubscribe(1, filters, 13).wrote_no_more());
    CHECK_BOTH(suback(1, "\0\1", 7).size == 7);
    CHECK_BOTH(suback(1, "\0\1", 6).error == errc::request_too_long);
    CHECK_BOTH(suback(1, "\0\1", 6).wrote_no_more());
}
