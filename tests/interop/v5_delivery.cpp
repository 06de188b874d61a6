// SPDX-License-Identifier: BSL-1.0
// What a broker of 5.0 does with a message and its properties, and with the options of a subscription.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <barelink/client/requests.hpp>

#include "device_5.hpp"

using namespace interop;

namespace {

using words = std::vector<std::string>;
using barelink::retain_handling;

constexpr qos levels[] = {qos::at_most_once, qos::at_least_once, qos::exactly_once};

void settle(party& a) {
    until({&a}, "every exchange to be complete", [&] { return a.audit.settled(); });
    CHECK(a.audit.faults == words{});
}

} // namespace

TEST_CASE("of 5.0: a message is delivered once, at the lower of the two QoS, with all its properties",
          "[interop][MQTT5-3.3.2-4][MQTT5-3.3.2-15][MQTT5-3.3.2-16][MQTT5-3.3.2-17][MQTT5-3.3.2-18][MQTT5-3.3.2-20]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 publisher{to(c, "pairs-out")};
            device_5 subscriber{to(c, "pairs-in")};
            publisher.arrive();
            subscriber.arrive();
            for (auto const wanted : levels) {
                auto const filter = "pairs/" + std::to_string(number(wanted)) + "/#";
                subscriber.subscribe(filter, wanted);
                for (auto const sent : levels) {
                    auto const topic = filter.substr(0, filter.size() - 1) + std::to_string(number(sent));
                    INFO("published at " << int{number(sent)} << ", subscribed at " << int{number(wanted)});
                    subscriber.forget();
                    publisher.deliver({.topic = topic, .payload = "x", .level = sent},
                                      {{property_id::payload_format_indicator, 1U},
                                       {property_id::content_type, "text/plain"},
                                       {property_id::response_topic, "answer/1"},
                                       {property_id::correlation_data, "17"},
                                       {"a", "1"},
                                       {"a", "2"}});
                    auto const& got = subscriber.await(1);
                    settle(subscriber);
                    CHECK(got.topic == topic);
                    CHECK(got.payload == "x");
                    CHECK(got.what.level == (sent < wanted ? sent : wanted));
                    words pairs, rest;
                    for (auto const& w : words_of(got.with())) {
                        (w.starts_with("user_property") ? pairs : rest).push_back(w);
                    }
                    std::sort(rest.begin(), rest.end());
                    CHECK(pairs == words{"user_property=a:1", "user_property=a:2"});
                    CHECK(rest == words{"content_type=text/plain", "correlation_data=17",
                                        "payload_format_indicator=1", "response_topic=answer/1"});
                }
            }
            settle(publisher);
            CHECK(publisher.count(event_type::delivered) == 6);
            publisher.deliver({.topic = "pairs/nobody", .payload = "x", .level = qos::at_least_once});
            CHECK(publisher.last(event_type::delivered).what.reason == reason_code::no_matching_subscribers);
            publisher.leave();
            subscriber.leave();
        }
    }
}

TEST_CASE("of 5.0: the broker counts down how long a message lives", "[interop][MQTT5-3.3.2-6]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 d{to(c, "expiry")};
            d.arrive();
            for (std::uint32_t const seconds : {1000U, 0x7FFF'FFFFU}) {
                auto const topic = "expiry/" + std::to_string(seconds);
                d.deliver({.topic = topic, .payload = "x", .level = qos::at_least_once, .retain = true},
                          {{property_id::message_expiry_interval, seconds}});
                d.forget();
                d.subscribe(topic, qos::at_least_once);
                auto const left = d.await(1).with().number(property_id::message_expiry_interval);
                CHECK(left <= seconds);
                CHECK(left > seconds - 30);
                d.deliver({.topic = topic, .payload = {}, .level = qos::at_least_once, .retain = true});
            }
            settle(d);
        }
    }
}

TEST_CASE("of 5.0: the options of a subscription do what they say", "[interop][MQTT5-3.8.3-3][MQTT5-3.3.1-9]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 d{to(c, "options")};
            device_5 other{to(c, "options-other")};
            d.arrive();
            other.arrive();
            other.deliver({.topic = "options/kept", .payload = "old", .level = qos::at_least_once, .retain = true});
            auto const own = d.subscribe("options/own", qos::at_least_once, {.no_local = true});
            CHECK(own == reason_code::granted_qos_1);
            d.deliver({.topic = "options/own", .payload = "mine", .level = qos::at_least_once});
            other.deliver({.topic = "options/own", .payload = "yours", .level = qos::at_least_once});
            CHECK(d.await(1).payload == "yours");

            d.forget();
            d.subscribe("options/kept", qos::at_least_once, {.retain_as_published = true});
            CHECK(d.await(1).payload == "old");
            other.deliver({.topic = "options/kept", .payload = "new", .level = qos::at_least_once, .retain = true});
            CHECK(d.await(2).payload == "new");
            CHECK(d.last(event_type::message).what.retain);

            for (auto const how : {retain_handling::do_not_send, retain_handling::send_if_new, retain_handling::send}) {
                INFO("retain handling " << static_cast<int>(how));
                d.forget();
                REQUIRE(d.mqtt.unsubscribe("options/kept") == errc::ok);
                until({&d}, "UNSUBACK", [&] { return d.count(event_type::unsubscribed) == 1; });
                d.subscribe("options/kept", qos::at_least_once, {.retained = how});
                other.deliver({.topic = "options/kept", .payload = "live", .level = qos::at_least_once});
                until({&d}, "the live one", [&] { return !d.payloads().empty() && d.payloads().back() == "live"; });
                CHECK(d.payloads() == (how == retain_handling::do_not_send ? words{"live"} : words{"new", "live"}));
                CHECK_FALSE(d.last(event_type::message).what.retain);
            }
            d.forget();
            // It is no new one any more.
            d.subscribe("options/kept", qos::at_least_once, {.retained = retain_handling::send_if_new});
            other.deliver({.topic = "options/kept", .payload = "end", .level = qos::at_least_once});
            CHECK(d.await(1).payload == "end");
            other.deliver({.topic = "options/kept", .payload = {}, .level = qos::at_least_once, .retain = true});
            settle(other);
        }
    }
}

TEST_CASE("of 5.0: a message says by which subscription it comes", "[interop][MQTT5-3.3.4-3]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 d{to(c, "marks")};
            d.arrive();
            d.subscribe("marks/a/#", qos::at_least_once, {.identifier = 1});
            d.subscribe("marks/b", qos::at_least_once, {.identifier = 0x0FFF'FFFF});
            d.deliver({.topic = "marks/a/x", .payload = "a", .level = qos::at_least_once});
            CHECK(d.await(1).with().number(property_id::subscription_identifier) == 1);
            d.deliver({.topic = "marks/b", .payload = "b", .level = qos::at_least_once});
            CHECK(d.await(2).with().number(property_id::subscription_identifier) == 0x0FFF'FFFF);
        }
    }
}

TEST_CASE("of 5.0: members of a group share the work, or the broker says that it has no groups",
          "[interop][MQTT5-4.8.2]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 one{to(c, "member-1")};
            device_5 two{to(c, "member-2")};
            one.arrive();
            two.arrive();
            auto const answer = one.subscribe("$share/group/work", qos::at_least_once, {});
            if (c.who == maker::ejabberd) {
                CHECK(answer == reason_code::shared_subscriptions_not_supported);
                CHECK(one.last(event_type::subscribe_failed).what.cause == errc::shared_unavailable);
                CHECK(one.audit.sent["SUBSCRIBE"] == 0);
                continue;
            }
            CHECK(two.subscribe("$share/group/work", qos::at_least_once, {}) == reason_code::granted_qos_1);
            device_5 boss{to(c, "boss")};
            boss.arrive();
            words expected;
            for (int i = 0; i < 8; ++i) {
                expected.push_back(std::to_string(i));
                boss.deliver({.topic = "work", .payload = expected.back(), .level = qos::at_least_once});
            }
            until({&one, &two}, "all work", [&] { return one.payloads().size() + two.payloads().size() >= 8; });
            auto seen = one.payloads();
            for (auto const& x : two.payloads()) seen.push_back(x);
            std::sort(seen.begin(), seen.end());
            CHECK(seen == expected);
            CHECK_FALSE(one.payloads().empty());
            CHECK_FALSE(two.payloads().empty());
        }
    }
}

TEST_CASE("of 5.0: a request finds its response", "[interop][MQTT5-3.3.2-15][MQTT5-3.3.2-16]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 server{to(c, "server")};
            device_5 asker{to(c, "asker")};
            server.arrive();
            asker.arrive();
            server.subscribe("ask", qos::at_least_once);
            asker.subscribe("answer/asker", qos::at_least_once);
            server.on_event = [&](event const& e) {
                if (e.type != event_type::message) return;
                property const back{property_id::correlation_data, e.with.text(property_id::correlation_data)};
                auto const     id = server.mqtt.publish({.topic   = e.with.text(property_id::response_topic),
                                                         .payload = e.payload,
                                                         .level   = qos::at_least_once},
                                                        property_list{&back, 1});
                if (id) server.enter(id.value, 0);
            };
            barelink::pending_requests<4> pending;
            std::vector<std::uint32_t>    asked, answered;
            asker.on_event = [&](event const& e) {
                if (auto const request = pending.take(e)) answered.push_back(request);
            };
            for (int i = 0; i < 4; ++i) {
                auto const ticket = pending.open("answer/asker", barelink::instant{}, 1000);
                REQUIRE(ticket);
                asked.push_back(ticket.value.number());
                auto const id = asker.mqtt.publish({.topic = "ask", .payload = "?", .level = qos::at_least_once},
                                                   ticket.value.with());
                REQUIRE(id);
                asker.enter(id.value, i);
            }
            until({&server, &asker}, "all answers", [&] { return answered.size() == 4; });
            CHECK(answered == asked);
        }
    }
}
