// SPDX-License-Identifier: BSL-1.0
// What the two sides of 5.0 allow each other.
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "device_5.hpp"

using namespace interop;

namespace {
using words = std::vector<std::string>;
}

TEST_CASE("of 5.0: what the broker grants is obeyed from the first message on",
          "[interop][MQTT5-3.2.2-11][MQTT5-3.2.2-14][MQTT5-3.2.2-15][MQTT5-3.2.2-21][MQTT5-3.3.4-7]") {
    if (cultures_5().empty() || !installed(maker::mosquitto)) return;
    broker   strict{maker::mosquitto, false,
                  "max_qos 1\nretain_available false\nmax_packet_size 200\nmax_keepalive 40\n"
                    "max_inflight_messages 2\nmax_topic_alias 0\n"};
    auto     settings     = to(strict, version::v5, "granted");
    settings.keep_alive_s = 3'000;
    device_5 d{settings};
    // It waits for the connection, and for what the broker will take.
    REQUIRE(d.publish({.topic = "granted/x", .payload = "0", .level = qos::exactly_once}, 100) == errc::ok);
    REQUIRE(d.publish({.topic = "granted/x", .payload = "0", .level = qos::at_least_once, .retain = true}, 101) ==
            errc::ok);
    d.arrive();
    until({&d}, "their outcome", [&] { return d.count(event_type::rejected) == 2; });
    CHECK(d.last(event_type::connected).with().number(property_id::server_keep_alive) == 40);
    CHECK(d.pause() <= 40'000);
    CHECK(d.mqtt.publish({.topic = "t", .payload = "x", .level = qos::exactly_once}).error == errc::qos_unavailable);
    CHECK(d.mqtt.publish({.topic = "t", .payload = "x", .retain = true}).error == errc::retain_unavailable);
    std::string const large(200, 'x');
    CHECK(d.mqtt.publish({.topic = "t", .payload = large}).error == errc::packet_too_long_for_server);
    d.forget();
    d.subscribe("granted/#", qos::at_least_once, {});
    words expected;
    for (int i = 0; i < 8; ++i) {
        expected.push_back(std::to_string(i));
        REQUIRE(d.publish({.topic = "granted/x", .payload = expected.back(), .level = qos::at_least_once}, i) ==
                errc::ok);
    }
    until({&d}, "all of them", [&] { return d.ledger.empty() && d.count(event_type::message) >= 8; });
    CHECK(d.payloads() == expected);
    CHECK(d.audit.sent["PUBLISH"] == 8);
    CHECK(d.audit.faults == words{});
}

TEST_CASE("of 5.0: the broker sends no more at one time than we take", "[interop][MQTT5-3.3.4-9]") {
    for (auto const& c : cultures_5()) {
        for (std::uint16_t const most : std::initializer_list<std::uint16_t>{1, 3}) {
            DYNAMIC_SECTION(c.name << ", " << most) {
                device_5 d{to(c, "quota"), {.receive_maximum = most}};
                device_5 sender{to(c, "quota-sender")};
                d.arrive();
                sender.arrive();
                d.subscribe("quota/#", qos::exactly_once);
                words expected;
                for (int i = 0; i < 8; ++i) {
                    expected.push_back(std::to_string(i));
                    auto const e = sender.publish(
                        {.topic = "quota/x", .payload = expected.back(), .level = qos::exactly_once}, i);
                    REQUIRE(e == errc::ok);
                }
                until({&d, &sender}, "all of them", [&] { return sender.ledger.empty() && d.payloads().size() >= 8; });
                until({&d}, "every exchange to be complete", [&] { return d.audit.settled(); });
                CHECK(d.payloads() == expected);
                CHECK(d.count(event_type::disconnected) == 0);
            }
        }
    }
}

TEST_CASE("of 5.0: what is larger than we want stays with the broker; without a maximum it comes",
          "[interop][MQTT5-3.1.2-24]") {
    for (auto const& c : cultures_5()) {
        // ejabberd knows the property and sends what it has nevertheless.
        if (c.who == maker::ejabberd) continue;
        for (bool const bounded : {true, false}) {
            DYNAMIC_SECTION(c.name << (bounded ? ", bounded" : ", not bounded")) {
                device_5 d{to(c, "size"), {.maximum_packet_size = bounded ? 1000U : 0U}};
                device_5 sender{to(c, "size-sender")};
                d.arrive();
                sender.arrive();
                d.subscribe("size/#", qos::at_most_once);
                std::string const large(1000, 'x');
                sender.deliver({.topic = "size/x", .payload = large, .level = qos::at_least_once});
                sender.deliver({.topic = "size/x", .payload = "small", .level = qos::at_least_once});
                until({&d}, "the small one", [&] { return !d.payloads().empty() && d.payloads().back() == "small"; });
                CHECK(d.payloads().size() == (bounded ? 1 : 2));
            }
        }
    }
}

TEST_CASE("of 5.0: a topic that is used again is sent as its alias", "[interop][MQTT5-3.3.2-12]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 sender{to(c, "alias-out")};
            device_5 reader{to(c, "alias-in"), {.topic_alias_maximum = 8}};
            sender.arrive();
            reader.arrive();
            reader.subscribe("alias/#", qos::exactly_once);
            std::vector<std::string> expected;
            // More topics than aliases, twice in a row each.
            for (int i = 0; i < 24; ++i) {
                auto const topic = "alias/" + std::to_string(i / 2 % 6);
                expected.push_back(topic);
                auto const level = static_cast<qos>(i % 3);
                if (level == qos::at_most_once) {
                    REQUIRE(sender.publish({.topic = topic, .payload = "x"}) == errc::ok);
                } else {
                    sender.deliver({.topic = topic, .payload = "x", .level = level});
                }
            }
            CHECK(sender.spoke("\"\" 1 bytes {topic_alias"));
            reader.await(24);
            std::vector<std::string> topics;
            for (auto const& x : reader.notes) {
                if (x.what.type == event_type::message) topics.push_back(x.topic);
            }
            std::sort(topics.begin(), topics.end());
            std::sort(expected.begin(), expected.end());
            CHECK(topics == expected);
            CHECK(sender.count(event_type::disconnected) == 0);
        }
    }
}
