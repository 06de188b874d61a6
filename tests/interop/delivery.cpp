// SPDX-License-Identifier: BSL-1.0
// What a broker does with one message: all pairs of QoS, retained messages, the will.
#include <string>

#include "device.hpp"

using namespace interop;

namespace {

constexpr qos levels[] = {qos::at_most_once, qos::at_least_once, qos::exactly_once};

qos lower(qos a, qos b) {
    return a < b ? a : b;
}

void settle(party& a, party& b) {
    until({&a, &b}, "every exchange to be complete", [&] { return a.audit.settled() && b.audit.settled(); });
    CHECK(a.audit.faults == std::vector<std::string>{});
    CHECK(b.audit.faults == std::vector<std::string>{});
}

} // namespace

TEST_CASE("a message is delivered once, at the lower of the two QoS", "[interop][MQTT-7.0.0-2][MQTT-7.1.2-1]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            device publisher{to(c, "pairs-out")};
            device subscriber{to(c, "pairs-in")};
            publisher.arrive();
            subscriber.arrive();
            for (auto const wanted : levels) {
                auto const filter = "pairs/" + std::to_string(number(wanted)) + "/#";
                subscriber.subscribe(filter, wanted);
                for (auto const sent : levels) {
                    auto const topic = filter.substr(0, filter.size() - 1) + std::to_string(number(sent));
                    INFO("published at " << int{number(sent)} << ", subscribed at " << int{number(wanted)});
                    subscriber.notes.clear();
                    REQUIRE(publisher.publish({.topic = topic, .payload = "x", .level = sent}) == errc::ok);
                    until({&publisher, &subscriber}, "the message and its acknowledgement",
                          [&] { return publisher.ledger.empty() && subscriber.count(event_type::message) != 0; });
                    settle(publisher, subscriber);
                    REQUIRE(subscriber.notes.size() == 1);
                    auto const& got = subscriber.last(event_type::message);
                    CHECK(got.topic == topic);
                    CHECK(got.payload == "x");
                    CHECK(got.what.level == lower(sent, wanted));
                    CHECK((got.what.id != 0) == (got.what.level != qos::at_most_once));
                    CHECK_FALSE(got.what.retain);
                    CHECK_FALSE(got.what.dup);
                }
                REQUIRE(subscriber.mqtt.unsubscribe(filter) == errc::ok);
                until({&subscriber}, "UNSUBACK", [&] { return subscriber.count(event_type::unsubscribed) != 0; });
                REQUIRE(publisher.publish({.topic = filter.substr(0, filter.size() - 1) + "late"}) == errc::ok);
            }
            // What was published after UNSUBACK would have come before the answer to a later request.
            subscriber.subscribe("pairs/end", qos::at_most_once);
            CHECK(subscriber.last(event_type::unsubscribed).topic == "pairs/2/#");
            CHECK(publisher.count(event_type::delivered) == 6);
            CHECK(subscriber.count(event_type::dropped) == 0);
            publisher.leave();
            subscriber.leave();
        }
    }
}

TEST_CASE("a retained message is set, handed over to who comes later, and cleared", "[interop]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            device publisher{to(c, "retained-out")};
            device witness{to(c, "retained-in")};
            publisher.arrive();
            witness.arrive();
            for (auto const level : levels) {
                auto const topic = "retained/" + std::to_string(number(level));
                INFO(topic);
                auto const publish = [&](std::string_view text) {
                    REQUIRE(publisher.publish({topic, text, level, true}) == errc::ok);
                    until({&publisher}, "the acknowledgement", [&] { return publisher.ledger.empty(); });
                };
                witness.notes.clear();
                witness.subscribe(topic, level);
                publish("first");
                publish("second");
                until({&publisher, &witness}, "both live", [&] { return witness.count(event_type::message) == 2; });
                CHECK_FALSE(witness.last(event_type::message).what.retain);
                {
                    device late{to(c, "retained-late")};
                    late.arrive();
                    late.subscribe(topic, qos::exactly_once);
                    until({&late}, "the retained one", [&] { return late.count(event_type::message) == 1; });
                    CHECK(late.last(event_type::message).payload == "second");
                    CHECK(late.last(event_type::message).what.retain);
                    CHECK(late.last(event_type::message).what.level == level);
                    settle(late, publisher);
                    late.leave();
                }
                publish("");
                until({&publisher, &witness}, "the clearing", [&] { return witness.count(event_type::message) == 3; });
                {
                    device later{to(c, "retained-later")};
                    later.arrive();
                    later.subscribe(topic, qos::exactly_once);
                    publish("live");
                    until({&later, &publisher}, "a live one", [&] { return later.count(event_type::message) != 0; });
                    CHECK(later.payloads() == std::vector<std::string>{"live"});
                    later.leave();
                }
                publish("");
                until({&witness}, "the end", [&] { return witness.count(event_type::message) == 5; });
                settle(witness, publisher);
            }
        }
    }
}

TEST_CASE("the will is published when the connection is cut, and only then", "[interop][MQTT-3.1.2-9]") {
    for (auto const& c : cultures()) {
        for (auto const level : levels) {
            DYNAMIC_SECTION(c.name << ", QoS " << int{number(level)}) {
                auto const topic    = "will/" + std::to_string(number(level));
                auto       settings = to(c, "will-owner");
                settings.reconnect  = false;
                settings.will       = {topic, "gone", level, false};
                device witness{to(c, "will-witness")};
                witness.arrive();
                witness.subscribe(topic, qos::exactly_once);
                {
                    device owner{settings};
                    owner.arrive();
                    owner.cut();
                    until({&witness}, "the will", [&] { return witness.count(event_type::message) == 1; });
                    auto const& will = witness.last(event_type::message);
                    CHECK(will.payload == "gone");
                    CHECK(will.what.level == level);
                    until({&owner}, "the fault", [&] { return owner.count(event_type::disconnected) == 1; });
                }
                device owner{settings};
                owner.arrive();
                REQUIRE(owner.publish({.topic = topic, .payload = "bye"}) == errc::ok);
                owner.leave();
                until({&witness}, "the last word", [&] { return witness.count(event_type::message) == 2; });
                // Who comes back with the same id is answered when the old connection has been dealt with.
                REQUIRE(owner.mqtt.connect() == errc::ok);
                until({&owner}, "CONNACK", [&] { return owner.mqtt.online(); });
                REQUIRE(owner.publish({.topic = topic, .payload = "again"}) == errc::ok);
                owner.leave();
                until({&witness}, "the new one", [&] { return witness.count(event_type::message) == 3; });
                CHECK(witness.payloads() == std::vector<std::string>{"gone", "bye", "again"});
                until({&witness}, "rest", [&] { return witness.audit.settled(); });
                CHECK(witness.audit.faults == std::vector<std::string>{});
            }
        }
    }
}
