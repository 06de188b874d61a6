// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/publish.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr written_packet publish(message const& m, packet_id id, property_list with = {}) {
    return poked([&](char* to) {
        auto* const end = v5::write_publish_header(to, m, id, m.payload.size(), with);
        move_bytes(end, m.payload.data(), m.payload.size());
        return end + m.payload.size();
    });
}

constexpr auto decode(std::uint8_t flags, std::string_view body, sender from = sender::server) {
    return v5::decode_publish(flags, {body.data(), body.size()}, from);
}

constexpr auto head(std::uint8_t flags, std::string_view body, std::uint32_t remaining) {
    return v5::publish_head_size(flags, {body.data(), body.size()}, remaining);
}

constexpr property alias_4[] = {{property_id::topic_alias, 4U}};

}  // namespace

TEST_CASE("a PUBLISH of 5.0 has a length of properties before its payload", "[wire][v5][publish][MQTT5-2.2.2-1]") {
    CHECK_BOTH(publish({.topic = "t", .payload = "x"}, 0) == bytes(0x30, 5, 0, 1, 't', 0, 'x'));
    CHECK_BOTH(publish({.topic = "t", .level = qos::at_least_once, .retain = true}, 10) ==
               bytes(0x33, 6, 0, 1, 't', 0, 10, 0));
    CHECK_BOTH(publish({.topic = "t", .payload = "x", .level = qos::exactly_once}, 0x1234, alias_4) ==
               bytes(0x34, 10, 0, 1, 't', 0x12, 0x34, 3, 0x23, 0, 4, 'x'));
    CHECK_BOTH(v5::publish_header_size(1, qos::exactly_once, property_list{alias_4}) == 9);
    CHECK_BOTH(v5::publish_header_size(1, qos::at_most_once, property_list{}) == 4);
}

TEST_CASE("the head of a PUBLISH is read without its payload", "[wire][v5][publish][MQTT5-3.3.2]") {
    constexpr auto got = decode(0x3D & 0x0F, "\0\x01t\xFF\xFF\x07\x01\x01\x09\0\x02id"sv);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.topic == "t");
    CHECK_BOTH(got.value.id == 0xFFFF);
    CHECK_BOTH(got.value.level == qos::exactly_once);
    CHECK_BOTH(got.value.retain);
    CHECK_BOTH(got.value.dup);
    CHECK_BOTH(got.value.size == 13);
    CHECK_BOTH(got.value.alias == 0);
    CHECK_BOTH(got.value.with.number(property_id::payload_format_indicator) == 1);
    CHECK_BOTH(got.value.with.text(property_id::correlation_data) == "id");
}

TEST_CASE("an alias may stand for the topic", "[wire][v5][publish][MQTT5-3.3.2.1][MQTT5-3.3.2.3.4]") {
    CHECK_BOTH(publish({.topic = "", .payload = "x"}, 0, alias_4) == bytes(0x30, 7, 0, 0, 3, 0x23, 0, 4, 'x'));
    constexpr auto got = decode(0, "\0\0\x03\x23\0\x04x"sv);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.topic.empty());
    CHECK_BOTH(got.value.alias == 4);
    CHECK_BOTH(got.value.size == 6);
    CHECK_BOTH(decode(0, "\0\x01t\x03\x23\0\x04"sv).value.alias == 4);
    CHECK_BOTH(decode(0, "\0\0\0x"sv).error == errc::protocol_error);
    CHECK_BOTH(decode(0, "\0\0\x03\x23\0\0"sv).error == errc::topic_alias_invalid);
    CHECK_BOTH(decode(0, "\0\x01t\x03\x23\0\0"sv).error == errc::topic_alias_invalid);
}

TEST_CASE("flags that no PUBLISH has are malformed", "[wire][v5][publish][MQTT5-3.3.1-2][MQTT5-3.3.1-4]") {
    for (unsigned flags = 0; flags < 16; ++flags) {
        CAPTURE(flags);
        bool const good = (flags & 6) != 6 && ((flags & 6) != 0 || (flags & 8) == 0);
        auto const got = decode(static_cast<std::uint8_t>(flags), "\0\x01t\0\x01\0\0\0"sv).error;
        CHECK(got == (good ? errc::ok : errc::malformed_packet));
    }
}

TEST_CASE("identifier 0 is malformed above QoS 0", "[wire][v5][publish][MQTT5-2.2.1-3]") {
    CHECK_BOTH(decode(2, "\0\x01t\0\0\0"sv).error == errc::malformed_packet);
    CHECK_BOTH(decode(4, "\0\x01t\0\0\0"sv).error == errc::malformed_packet);
    CHECK_BOTH(decode(0, "\0\x01t\0\0\0"sv).error == errc::ok);
}

TEST_CASE("a topic of a PUBLISH of 5.0 is a topic name", "[wire][v5][publish][MQTT5-3.3.2-1][MQTT5-3.3.2-2]") {
    CHECK_BOTH(decode(0, "\0\x01+\0"sv).error == errc::invalid_topic);
    CHECK_BOTH(decode(0, "\0\x01\x80\0"sv).error == errc::invalid_utf8);
    CHECK_BOTH(decode(0, "\0\x01\0\0"sv).error == errc::invalid_utf8);
}

TEST_CASE("only the server sends subscription identifiers, as many as match",
          "[wire][v5][publish][MQTT5-3.3.4-6][MQTT5-3.3.2.3.8]") {
    CHECK_BOTH(decode(0, "\0\x01t\x04\x0B\x01\x0B\x02"sv, sender::server).error == errc::ok);
    CHECK_BOTH(decode(0, "\0\x01t\x02\x0B\x01"sv, sender::client).error == errc::malformed_packet);
}

TEST_CASE("one look at the front of a PUBLISH says how long its head is", "[wire][v5][publish][MQTT5-3.3.2]") {
    constexpr auto body = "\0\x01t\0\x0A\x03\x23\0\x04payload"sv;
    CHECK_BOTH(head(2, body, 16) == result<std::uint32_t>{9});
    CHECK_BOTH(head(2, body.substr(0, 6), 16) == result<std::uint32_t>{9});
    // Before that it says for how many bytes to wait.
    CHECK_BOTH(head(2, body.substr(0, 0), 16) == result<std::uint32_t>{2, errc::would_block});
    CHECK_BOTH(head(2, body.substr(0, 1), 16) == result<std::uint32_t>{2, errc::would_block});
    CHECK_BOTH(head(2, body.substr(0, 2), 16) == result<std::uint32_t>{6, errc::would_block});
    CHECK_BOTH(head(2, body.substr(0, 5), 16) == result<std::uint32_t>{6, errc::would_block});
    CHECK_BOTH(head(0, "\0\0\0"sv, 3) == result<std::uint32_t>{3});
}

TEST_CASE("the head of a PUBLISH ends inside the packet", "[wire][v5][publish][MQTT5-4.13.1]") {
    constexpr auto body = "\0\x01t\x03\x23\0\x04"sv;
    CHECK_BOTH(head(0, body, 7) == result<std::uint32_t>{7});
    CHECK_BOTH(head(0, body, 6).error == errc::malformed_packet);
    CHECK_BOTH(head(0, "\0\x09"sv, 11).error == errc::malformed_packet);
    CHECK_BOTH(head(0, "\0\x09"sv, 12).error == errc::would_block);
    CHECK_BOTH(head(2, "\0\x09"sv, 13).error == errc::malformed_packet);
    CHECK_BOTH(head(0, ""sv, 1).error == errc::malformed_packet);
    CHECK_BOTH(decode(0, body.substr(0, 6)).error == errc::malformed_packet);
}

TEST_CASE("a long length of properties is waited for byte by byte", "[wire][v5][publish][MQTT5-1.5.5]") {
    CHECK_BOTH(head(0, "\0\0\x80"sv, 1000) == result<std::uint32_t>{4, errc::would_block});
    CHECK_BOTH(head(0, "\0\0\x80\x80"sv, 1000) == result<std::uint32_t>{5, errc::would_block});
    CHECK_BOTH(head(0, "\0\0\x80\x01"sv, 1000) == result<std::uint32_t>{2 + 2 + 128});
    CHECK_BOTH(head(0, "\0\0\x80\x00"sv, 1000).error == errc::malformed_packet);
    CHECK_BOTH(head(0, "\0\0\xFF\xFF\xFF\xFF"sv, 1000).error == errc::malformed_packet);
    CHECK_BOTH(head(0, "\0\0\xFF\xFF\xFF\x7F"sv, remaining_length_max).error == errc::malformed_packet);
}

TEST_CASE("waiting as told leads to the head, from any front of it", "[wire][v5][publish]") {
    std::string const text(200, 'x');
    property const list[] = {{property_id::content_type, text}};
    for (auto const level : {qos::at_most_once, qos::exactly_once}) {
        std::vector<char> packet(300);
        message const m{.topic = "a/b", .level = level};
        auto* const end = v5::write_publish_header(packet.data(), m, 7, 50, property_list{list});
        auto const header = read_header(packet, version::v5).value;
        auto const size = static_cast<std::size_t>(end - packet.data()) - header.size;
        CHECK(header.remaining == size + 50);
        bytes_in const body{packet.data() + header.size, size};
        std::size_t have = 0;
        auto got = v5::publish_head_size(header.flags, body.first(have), header.remaining);
        unsigned steps = 0;
        while (got.error == errc::would_block) {
            REQUIRE(got.value > have);
            have = got.value;
            got = v5::publish_head_size(header.flags, body.first(have), header.remaining);
            ++steps;
        }
        CHECK(got == result<std::uint32_t>{static_cast<std::uint32_t>(size)});
        CHECK(steps == 3);
        CHECK(v5::decode_publish(header.flags, body, sender::client).value.size == size);
        CHECK(size == v5::publish_header_size(3, level, property_list{list}));
    }
}
