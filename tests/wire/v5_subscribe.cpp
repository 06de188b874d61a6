// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/subscribe.hpp>

#include <array>
#include <string_view>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;
using namespace std::string_view_literals;

namespace {

constexpr errc walk(packet_type type, std::string_view body) {
    v5::topic_list list{{body.data(), body.size()}, type};
    while (list.next()) {
    }
    return list.error();
}

constexpr errc subscribed(std::string_view body) { return walk(packet_type::subscribe, body); }

constexpr property identifier[] = {{property_id::subscription_identifier, 7U}};

}  // namespace

TEST_CASE("a SUBSCRIBE of 5.0 has properties, and options behind each filter", "[wire][v5][subscribe][MQTT5-3.8.3.1]") {
    static constexpr std::array<v5::topic_request, 2> requests{
        {{.filter = "a", .level = qos::at_least_once},
         {.filter = "b/#",
          .level = qos::exactly_once,
          .no_local = true,
          .retain_as_published = true,
          .retained = retain_handling::do_not_send}}};
    constexpr auto packet = [](property_list with) {
        return written([&](bytes_out out) { return v5::encode_subscribe(out, 10, requests, with); });
    };
    CHECK_BOTH(packet({}) == bytes(0x82, 13, 0, 10, 0, 0, 1, 'a', 0x01, 0, 3, 'b', '/', '#', 0x2E));
    CHECK_BOTH(packet(identifier).view().substr(2, 5) == "\0\x0A\x02\x0B\x07"sv);
    auto const whole = packet(identifier);
    v5::topic_list list{body_of({whole.data.data(), whole.size}), packet_type::subscribe};
    CHECK(list.id() == 10);
    CHECK(list.with().number(property_id::subscription_identifier) == 7);
    for (auto const& r : requests) {
        REQUIRE(list.next());
        CHECK(list.request() == r);
    }
    CHECK_FALSE(list.next());
    CHECK(list.error() == errc::ok);
}

TEST_CASE("an UNSUBSCRIBE of 5.0 has properties and filters", "[wire][v5][unsubscribe][MQTT5-3.10.2]") {
    static constexpr std::array<std::string_view, 2> filters{"a", "$share/g/b"};
    constexpr auto packet = [] {
        return written([](bytes_out out) { return v5::encode_unsubscribe(out, 10, filters, property_list{}); });
    };
    CHECK_BOTH(packet() == bytes(0xA2, 18, 0, 10, 0, 0, 1, 'a',
                                 0, 10, '$', 's', 'h', 'a', 'r', 'e', '/', 'g', '/', 'b'));
    auto const whole = packet();
    v5::topic_list list{body_of({whole.data.data(), whole.size}), packet_type::unsubscribe};
    REQUIRE(list.next());
    CHECK(list.request() == v5::topic_request{.filter = "a"});
    REQUIRE(list.next());
    CHECK(list.request().filter == "$share/g/b");
    CHECK_FALSE(list.next());
    CHECK(list.error() == errc::ok);
}

TEST_CASE("each options byte is taken or refused as the standard says",
          "[wire][v5][subscribe][MQTT5-3.8.3-4][MQTT5-3.8.3-5]") {
    for (unsigned options = 0; options < 256; ++options) {
        CAPTURE(options);
        bool const reserved = (options & 0xC0) != 0;
        bool const wrong = (options & 3) == 3 || (options & 0x30) == 0x30;
        auto const last = static_cast<char>(options);
        auto const plain = subscribed(std::string{"\0\x01\0\0\x01"sv} + 'a' + last);
        auto const shared = subscribed(std::string{"\0\x01\0\0\x0A$share/g/a"sv} + last);
        auto const otherwise = reserved ? errc::malformed_packet : wrong ? errc::protocol_error : errc::ok;
        CHECK(plain == otherwise);
        CHECK(shared == (otherwise == errc::ok && (options & 4) != 0 ? errc::protocol_error : otherwise));
    }
}

TEST_CASE("an option that the standard refuses is not sent", "[wire][v5][subscribe][MQTT5-3.8.3-4]") {
    using v5::check_request;
    CHECK_BOTH(check_request({.filter = "a", .no_local = true}) == errc::ok);
    CHECK_BOTH(check_request({.filter = "$share/g/a", .no_local = true}) == errc::bad_option);
    CHECK_BOTH(check_request({.filter = "$share/g/a"}) == errc::ok);
    CHECK_BOTH(check_request({.filter = "$shared", .no_local = true}) == errc::ok);
    CHECK_BOTH(check_request({.filter = "a", .level = static_cast<qos>(3)}) == errc::bad_qos);
    CHECK_BOTH(check_request({.filter = "a", .retained = static_cast<retain_handling>(3)}) == errc::bad_option);
}

TEST_CASE("a request has a filter, in UTF-8", "[wire][v5][subscribe][MQTT5-3.8.3-1][MQTT5-3.8.3-2][MQTT5-3.10.3-2]") {
    CHECK_BOTH(subscribed("\0\x01\0"sv) == errc::protocol_error);
    CHECK_BOTH(walk(packet_type::unsubscribe, "\0\x01\0"sv) == errc::protocol_error);
    CHECK_BOTH(subscribed("\0\x01\0\0\0\0"sv) == errc::malformed_packet);
    CHECK_BOTH(subscribed("\0\x01\0\0\x01\x80\0"sv) == errc::invalid_utf8);
    CHECK_BOTH(walk(packet_type::unsubscribe, "\0\x01\0\0\x01\0"sv) == errc::invalid_utf8);
    CHECK_BOTH(subscribed("\0\0\0\0\x01" "a\0"sv) == errc::malformed_packet);
    CHECK_BOTH(subscribed("\0\x01\0\0\x02" "a\0"sv) == errc::malformed_packet);
}

TEST_CASE("a SUBSCRIBE has one subscription identifier at most", "[wire][v5][subscribe][MQTT5-3.8.2.1.2]") {
    CHECK_BOTH(subscribed("\0\x01\x02\x0B\x01\0\x01" "a\0"sv) == errc::ok);
    CHECK_BOTH(subscribed("\0\x01\x04\x0B\x01\x0B\x02\0\x01" "a\0"sv) == errc::protocol_error);
    CHECK_BOTH(subscribed("\0\x01\x02\x0B\0\0\x01" "a\0"sv) == errc::protocol_error);
    CHECK_BOTH(walk(packet_type::unsubscribe, "\0\x01\x02\x0B\x01\0\x01" "a"sv) == errc::malformed_packet);
}
