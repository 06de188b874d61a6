// SPDX-License-Identifier: BSL-1.0
// 5.0, subscriptions: what is asked, what the Server says, and what it does not have.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/kit_5.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

std::string out(std::string_view bytes) { return std::string{bytes}; }

}  // namespace

TEST_CASE("options, identifier and user properties of a subscription are written",
          "[session][MQTT5-3.8.1-1][MQTT5-3.8.3-1][MQTT5-3.8.3-2][MQTT5-3.8.3-5][MQTT5-3.8.3.1][MQTT5-3.8.2.1.2]"
          "[MQTT5-3.10.1-1][MQTT5-3.10.3-1][MQTT5-3.10.3-2][MQTT5-2.2.1-3]") {
    rig_5 r;
    REQUIRE(r.online());
    property const with[] = {{"k", "v"}};
    CHECK(r.s.subscribe("a", qos::at_least_once,
                        {.no_local = true,
                         .retain_as_published = true,
                         .retained = retain_handling::do_not_send,
                         .identifier = 268'435'455,
                         .with = with}) == errc::ok);
    CHECK(r.subscribe("b", 2) == errc::ok);
    CHECK(r.s.unsubscribe("c") == errc::ok);
    auto const marked = blob{}.u8(0x0B).add("\xFF\xFF\xFF\x7F"sv) + five::pair("k", "v");
    CHECK(r.output() == out(five::subscribe(1, "a", 0x2D, marked) + five::subscribe(2, "b", 2) +
                            five::unsubscribe(3, "c")));
    CHECK(r.hears(five::suback(1, 0) + five::suback(2, 2) + five::unsuback(3, 0)) ==
          "subscribed a q0 #1, subscribed b q2 #2, unsubscribed c");
}

TEST_CASE("a subscription that breaks a rule is refused before it is sent",
          "[session][MQTT5-3.8.3-4][MQTT5-3.8.3.1][MQTT5-3.8.2.1.2][MQTT5-4.8.2-1][MQTT5-4.8.2-2][MQTT5-4.7.0-1]"
          "[MQTT5-4.7.1-1][MQTT5-4.7.1-2][MQTT5-4.7.3-1][MQTT5-4.7.3-2]") {
    rig_5 r;
    REQUIRE(r.online());
    auto const level = qos::at_least_once;
    for (auto const filter : {""sv, "a#"sv, "#/a"sv, "a+"sv, "a\0b"sv, "\xFF"sv, "$share/"sv, "$share//a"sv,
                              "$share/g"sv, "$share/g/"sv, "$share/+/a"sv, "$share/#/a"sv}) {
        CHECK(r.subscribe(filter, 1) == errc::bad_filter);
        CHECK(r.s.subscribe(filter, level, {}) == errc::bad_filter);
        CHECK(r.s.unsubscribe(filter) == errc::bad_filter);
    }
    CHECK(r.s.subscribe("$share/g/a", level, {.no_local = true}) == errc::bad_option);
    CHECK(r.s.subscribe("a", level, {.retained = static_cast<retain_handling>(3)}) == errc::bad_option);
    CHECK(r.s.subscribe("a", static_cast<qos>(3), {}) == errc::bad_qos);
    CHECK(r.s.subscribe("a", level, {.identifier = 268'435'456}) == errc::bad_option);
    property const number[] = {{property_id::subscription_identifier, 1U}};
    CHECK(r.s.subscribe("a", level, {.with = number}) == errc::bad_property);
    property const bad[] = {{"\xFF", ""}};
    CHECK(r.s.subscribe("a", level, {.with = bad}) == errc::bad_property);
    CHECK(r.output() == "");
    CHECK(r.subscribe("$share/g/+/a", 1) == errc::ok);
    CHECK(r.output() == out(five::subscribe(1, "$share/g/+/a", 1)));
}

TEST_CASE("a refused subscription is told with the reason of the Server, and what it says",
          "[session][MQTT5-3.9.3-1][MQTT5-3.9.3-2][MQTT5-3.11.3-1][MQTT5-3.11.3-2]") {
    struct {
        unsigned code;
        errc cause;
    } const refusals[] = {{0x80, errc::subscription_refused},         {0x83, errc::subscription_refused},
                          {0x87, errc::subscription_refused},         {0x8F, errc::subscription_refused},
                          {0x97, errc::subscription_refused},         {0x9E, errc::shared_unavailable},
                          {0xA1, errc::subscription_id_unavailable},  {0xA2, errc::wildcard_unavailable}};
    rig_5 r;
    REQUIRE(r.online());
    unsigned id = 0;
    for (auto const& c : refusals) {
        REQUIRE(r.subscribe("a", 1) == errc::ok);
        r.drop_output();
        REQUIRE(r.give(five::suback(++id, c.code, five::text(0x1F, "no"))));
        auto const e = r.s.next_event();
        CHECK(e.type == event_type::subscribe_failed);
        CHECK(e.topic == "a");
        CHECK(e.cause == c.cause);
        CHECK(e.reason == static_cast<reason_code>(c.code));
        CHECK(e.with.text(property_id::reason_string) == "no");
    }
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    r.drop_output();
    CHECK(r.hears(five::suback(++id, 1)) == "subscribed a q1 #9");
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    r.drop_output();
    REQUIRE(r.give(five::unsuback(++id, 0x87)));
    auto const kept = r.s.next_event();
    CHECK(words(kept) == "unsubscribe_failed a subscription_refused");
    CHECK(kept.reason == reason_code::not_authorized);
    REQUIRE(r.s.unsubscribe("a") == errc::ok);
    r.drop_output();
    REQUIRE(r.give(five::unsuback(++id, 0x11)));
    auto const gone = r.s.next_event();
    CHECK(words(gone) == "unsubscribed a");
    CHECK(gone.reason == reason_code::no_subscription_existed);
    CHECK(gone.level == qos::at_most_once);
}

TEST_CASE("an event tells no reason of an earlier answer", "[session][MQTT5-3.9.3-2]") {
    rig_5 r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    REQUIRE(r.subscribe("a", 1) == errc::ok);
    r.drop_output();
    REQUIRE(r.hears(five::suback(1, 0x87)) == "subscribe_failed a subscription_refused");
    REQUIRE(r.subscribe("b", 1) == errc::ok);
    r.drop_output();
    r.later(20'000);
    CHECK(r.s.expire() == errc::ok);
    auto const e = r.s.next_event();
    CHECK(words(e) == "subscribe_failed b subscribe_timeout");
    CHECK(e.reason == reason_code::success);
    // Nor of one on another connection.
    REQUIRE(r.s.unsubscribe("b") == errc::ok);
    REQUIRE(r.subscribe("c", 1) == errc::ok);
    r.drop_output();
    REQUIRE(r.hears(five::unsuback(3, 0x11) + five::suback(4, 1)) == "unsubscribed b, subscribed c q1 #4");
    REQUIRE(r.again(false));
    r.drop_output();
    r.later(20'000);
    CHECK(r.s.expire() == errc::ok);
    auto const late = r.s.next_event();
    CHECK(words(late) == "subscribe_failed c subscribe_timeout");
    CHECK(late.reason == reason_code::success);
    REQUIRE(r.subscribe("d", 1) == errc::ok);
    r.drop_output();
    REQUIRE(r.hears(five::suback(6, 1)) == "subscribed d q1 #6");
    r.s.end();
    REQUIRE(r.s.unsubscribe("d") == errc::ok);
    REQUIRE(r.online());
    auto const gone = r.s.next_event();
    CHECK(words(gone) == "unsubscribed d");
    CHECK(gone.reason == reason_code::success);
}

TEST_CASE("an answer that breaks a rule ends the connection with its reason",
          "[session][MQTT5-3.8.4-6][MQTT5-3.9.3-2][MQTT5-3.11.3-2][MQTT5-2.2.1-6][MQTT5-4.13.1]") {
    struct {
        blob bytes;
        errc fault;
        unsigned reason;
    } const cases[] = {
        {five::packet(0x90, "\0\1\0"sv), errc::protocol_error, 0x82},
        {five::packet(0x90, "\0\1\0\0\0"sv), errc::protocol_error, 0x82},
        {five::packet(0xB0, "\0\2\0"sv), errc::protocol_error, 0x82},
        {five::suback(1, 3), errc::protocol_error, 0x82},
        {five::suback(1, 0x11), errc::protocol_error, 0x82},
        {five::unsuback(2, 1), errc::protocol_error, 0x82},
        {five::suback(7, 0), errc::unknown_packet_id, 0x82},
        {five::suback(2, 0), errc::unknown_packet_id, 0x82},
        {five::unsuback(1, 0), errc::unknown_packet_id, 0x82},
        {five::suback(0, 0), errc::malformed_packet, 0x81},
        {five::packet(0x90, "\0\1"sv), errc::malformed_packet, 0x81},
        {five::packet(0x92, "\0\1\0\0"sv), errc::malformed_packet, 0x81},
    };
    int number = 0;
    for (auto const& c : cases) {
        INFO(number++);
        rig_5 r;
        REQUIRE(r.online());
        REQUIRE(r.subscribe("a", 1) == errc::ok);
        REQUIRE(r.s.unsubscribe("b") == errc::ok);
        r.drop_output();
        CHECK(r.ends(c.bytes, c.fault, c.reason));
    }
}

TEST_CASE("what the Server does not have is not asked for, and told",
          "[session][MQTT5-3.2.2.3.11][MQTT5-3.2.2.3.12][MQTT5-3.2.2.3.13][MQTT5-3.2.2-15]") {
    rig_5 r;
    auto const grants = five::byte(0x28, 0) + five::byte(0x29, 0) + five::byte(0x2A, 0) + five::four_bytes(0x27, 20);
    CHECK(r.subscribe("a/+", 1) == errc::ok);  // before it is known
    REQUIRE(r.online(grants));
    CHECK(r.told() == "");
    CHECK(r.output() == "");
    CHECK(r.told() == "subscribe_failed a/+ wildcard_unavailable");
    CHECK(r.subscribe("#", 1) == errc::ok);
    auto const e = r.s.next_event();
    CHECK(words(e) == "subscribe_failed # wildcard_unavailable");
    CHECK(e.reason == reason_code::wildcard_subscriptions_not_supported);
    CHECK(r.subscribe("$share/g/a", 1) == errc::ok);
    CHECK(r.told() == "subscribe_failed $share/g/a shared_unavailable");
    CHECK(r.subscribe("a/long/filter", 1) == errc::ok);
    CHECK(r.told() == "subscribe_failed a/long/filter packet_too_long_for_server");
    CHECK(r.s.unsubscribe("a/longer/filter") == errc::ok);
    CHECK(r.told() == "unsubscribe_failed a/longer/filter packet_too_long_for_server");
    CHECK(r.output() == "");
    // A subscription works without its identifier.
    CHECK(r.s.subscribe("b", qos::at_least_once, {.identifier = 5}) == errc::ok);
    CHECK(r.output() == out(five::subscribe(1, "b", 1)));
    // The next Server may have it all.
    REQUIRE(r.again(false));
    CHECK(r.subscribe("#", 1) == errc::ok);
    CHECK(r.output() == out(five::subscribe(2, "#", 1) + five::subscribe(3, "b", 1, five::byte(0x0B, 5))));
}

TEST_CASE("options and identifier come again with the subscription after a lost session",
          "[session][MQTT5-3.2.2-5]") {
    rig_5 r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    CHECK(r.s.subscribe("a", qos::exactly_once, {.retain_as_published = true, .identifier = 200}) == errc::ok);
    r.drop_output();
    CHECK(r.hears(five::suback(1, 1)) == "subscribed a q1 #1");
    REQUIRE(r.again(true));
    CHECK(r.told() == "");
    CHECK(r.output() == "");
    REQUIRE(r.again(false));
    CHECK(r.output() == out(five::subscribe(2, "a", 0x0A, "\x0B\xC8\1"sv)));
}

TEST_CASE("a message tells the identifiers of all subscriptions that it came for", "[session][MQTT5-3.8.2.1.2]") {
    rig_5 r;
    REQUIRE(r.online());
    REQUIRE(r.give(five::publish("a", "x", 0, 0, "\x0B\5\x0B\xC8\1"sv)));
    auto const e = r.s.next_event();
    std::string numbers;
    for (auto const& p : e.with) numbers += std::to_string(p.number) + " ";
    CHECK(numbers == "5 200 ");
    CHECK(r.ends(five::publish("a", "x", 0, 0, "\x0B\0"sv), errc::protocol_error, 0x82));
}
