// SPDX-License-Identifier: BSL-1.0
// A handler may call every command while it looks at an event, and events go on as if nothing had happened.
#include <cstdint>
#include <string>
#include <vector>

#include "sim/desk.hpp"
#include "support/catch.hpp"

namespace {

using namespace sim;

constexpr limits by_hand{.manual_ack = true};

#define CHECK_FAULTLESS(d)                      \
    do {                                        \
        INFO((d).cloud.complaint().view());     \
        CHECK((d).cloud.violations() == 0);     \
        CHECK((d).world.spins() == 0);          \
    } while (false)

}  // namespace

TEST_CASE("publishing at every level inside a message handler", "[sim][handlers]") {
    desk<> d;
    REQUIRE(d.go_online("down/#"));
    std::vector<std::string> seen;
    struct ear {
        std::vector<std::string>* seen;
        void hear(std::string_view, message const& m) noexcept {
                                 seen->push_back(std::string{m.topic} + "=" + std::string{m.payload} + "@" +
                                                 std::to_string(number(m.level)));
        }
    } listens{&seen};
    d.cloud.knobs.seen = decltype(d.cloud.knobs.seen)::to<&ear::hear>(listens);
    d.on_event         = [&](event const& e) {
        if (e.type != event_type::message) return;
        // The topic and payload in use are those of the event, which lie in the receive buffer.
        CHECK(d.mqtt.publish({.topic = e.topic.substr(5), .payload = e.payload, .level = e.level}));
        CHECK(d.mqtt.publish({.topic = "second", .payload = e.payload, .level = e.level}));
        CHECK(e.topic == "down/" + std::to_string(number(e.level)));
        CHECK(e.payload == "hello");
    };
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        auto const topic = "down/" + std::to_string(number(level));
        REQUIRE(d.cloud.publish({.topic = topic, .payload = "hello", .level = level}));
    }
    REQUIRE(d.until([&] { return seen.size() == 6 && d.count(event_type::delivered) == 4; }));
    CHECK(seen == std::vector<std::string>{"0=hello@0", "second=hello@0", "1=hello@1", "second=hello@1", "2=hello@2",
                                           "second=hello@2"});
    CHECK(d.cloud.waiting("pump") == 0);
    CHECK_FAULTLESS(d);
}

TEST_CASE("answering a request inside its handler, with the properties of the event", "[sim][handlers][v5]") {
    constexpr limits five{.versions = version::v5, .aliases_in = 2, .aliases_out = 2};
    auto             o    = desk<five>::standard();
    options_5 const  more = {.session_expiry_s = 0xFFFF'FFFF, .receive_maximum = 2, .topic_alias_maximum = 2};
    o.protocol            = version::v5;
    desk<five> d{o};
    d.mqtt.announce(more);
    d.cloud.options = {.receive_maximum = 1, .topic_alias_maximum = 1};
    std::vector<std::string> seen;
    struct ear {
        std::vector<std::string>* seen;
        void hear(std::string_view, message const& m, properties const& with) noexcept {
            seen->push_back(std::string{m.topic} + "=" + std::string{m.payload} + " for " +
                            std::string{with.text(property_id::correlation_data)});
        }
    } listens{&seen};
    d.cloud.knobs.seen_with = decltype(d.cloud.knobs.seen_with)::to<&ear::hear>(listens);
    REQUIRE(d.go_online("down/#"));
    d.on_event = [&](event const& e) {
        if (e.type != event_type::message) return;
        // Topic, payload and properties in use lie in the receive buffer.
        auto const     topic  = e.with.text(property_id::response_topic);
        property const with[] = {{property_id::correlation_data, e.with.text(property_id::correlation_data)}};
        CHECK(d.mqtt.publish({.topic = topic, .payload = e.payload, .level = e.level}, with));
        CHECK(d.mqtt.publish({.topic = topic, .payload = e.topic, .level = e.level}, with));
        CHECK(e.topic == "down/ask");
    };
    std::vector<std::string> expected;
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        auto const     name   = "no. " + std::to_string(number(level));
        property const with[] = {{property_id::response_topic, "up/reply"}, {property_id::correlation_data, name}};
        REQUIRE(d.cloud.publish({.topic = "down/ask", .payload = "?", .level = level}, with));
        REQUIRE(d.until([&] { return d.cloud.waiting("pump") == 0; }));
        d.live(1000);
        expected.push_back("up/reply=? for " + name);
        expected.push_back("up/reply=down/ask for " + name);
    }
    CHECK(seen == expected);
    CHECK(d.count(event_type::delivered) == 4);
    CHECK_FAULTLESS(d);
}

TEST_CASE("subscribing and unsubscribing inside a message handler", "[sim][handlers]") {
    desk<> d;
    REQUIRE(d.go_online("go"));
    d.on_event = [&](event const& e) {
        if (e.type != event_type::message || e.topic != "go") return;
        CHECK(d.mqtt.subscribe("more/#", qos::exactly_once) == errc::ok);
        CHECK(d.mqtt.unsubscribe("go") == errc::ok);
        CHECK(e.payload == "now");
    };
    REQUIRE(d.cloud.publish({.topic = "go", .payload = "now", .level = qos::exactly_once}));
    REQUIRE(d.until([&] { return d.count(event_type::unsubscribed) == 1 && d.count(event_type::subscribed) == 2; }));
    CHECK(d.cloud.subscribed("pump", "more/#"));
    CHECK_FALSE(d.cloud.subscribed("pump", "go"));
    REQUIRE(d.cloud.publish({.topic = "more/1", .payload = "here", .level = qos::exactly_once}));
    REQUIRE(d.until([&] { return d.count(event_type::message) == 2; }));
    CHECK(d.last(event_type::message).payload == "here");
    d.live(1000);
    CHECK(d.cloud.waiting("pump") == 0);
    CHECK_FAULTLESS(d);
}

TEST_CASE("disconnecting inside a message handler: what was queued leaves first", "[sim][handlers]") {
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        desk<> d;
        REQUIRE(d.go_online("down/#"));
        d.on_event = [&](event const& e) {
            if (e.type != event_type::message) return;
            CHECK(d.mqtt.publish({.topic = "last/words", .payload = e.payload, .level = level}));
            CHECK(d.mqtt.disconnect() == errc::ok);
            CHECK(d.mqtt.disconnect() == errc::ok);
            CHECK(e.payload == "bye");
        };
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = "bye", .level = level}));
        REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
        CHECK(d.last(event_type::disconnected).cause == errc::requested);
        CHECK(d.last(event_type::disconnected).retry_in_ms == 0);
        d.live(1000);
        CHECK(d.cloud.counts().messages_in == 1);
        CHECK(d.cloud.counts().disconnects == 1);
        CHECK(d.cloud.counts().breaks == 0);
        CHECK_FAULTLESS(d);

        // And back, from a handler as well: nothing is lost, nothing comes twice.
        d.on_event = {};
        REQUIRE(d.mqtt.connect() == errc::ok);
        REQUIRE(d.until([&] { return d.mqtt.online(); }));
        d.live(1000);
        CHECK(d.count(event_type::message) == 1);
        CHECK(d.count(event_type::delivered) == (level == qos::at_most_once ? 0 : 1));
        CHECK(d.cloud.waiting("pump") == 0);
        CHECK_FAULTLESS(d);
    }
}

TEST_CASE("connecting again inside the handler of the end", "[sim][handlers]") {
    desk<> d;
    d.how.reconnect = false;
    int again       = 0;
    d.on_event      = [&](event const& e) {
        if (e.type == event_type::disconnected && ++again <= 3) CHECK(d.mqtt.connect() == errc::ok);
    };
    REQUIRE(d.go_online("down/#"));
    for (int i = 1; i <= 3; ++i) {
        d.cloud.kick("pump");
        REQUIRE(d.until([&] { return d.mqtt.online() && again == i; }));
        d.live(20'000);
    }
    CHECK(d.count(event_type::connected) == 4);
    REQUIRE(d.cloud.publish({.topic = "down/a", .level = qos::exactly_once}));
    REQUIRE(d.until([&] { return d.count(event_type::message) == 1; }));
    CHECK_FAULTLESS(d);
}

TEST_CASE("all of it in one handler, for every message of a burst", "[sim][handlers]") {
    desk<limits{.tx_bytes = 4096, .inflight = 40, .subscriptions = 16, .subscribe_requests = 16}> d;
    REQUIRE(d.go_online("down/#"));
    static constexpr std::string_view filters[] = {"f/0", "f/1", "f/2", "f/3", "f/4", "f/5", "f/6", "f/7"};
    std::size_t n = 0;
    d.on_event    = [&](event const& e) {
        if (e.type != event_type::message) return;
        CHECK(e.payload == std::to_string(n));
        CHECK(d.mqtt.publish({.topic = "up", .payload = e.payload, .level = e.level}));
        CHECK(d.mqtt.subscribe(filters[n], qos::at_least_once) == errc::ok);
        if (n != 0) CHECK(d.mqtt.unsubscribe(filters[n - 1]) == errc::ok);
        CHECK(e.payload == std::to_string(n));
        if (++n == 8) CHECK(d.mqtt.disconnect() == errc::ok);
    };
    for (std::size_t i = 0; i < 8; ++i) {
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = std::to_string(i), .level = static_cast<qos>(i % 3)}));
    }
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
    CHECK(d.count(event_type::message) == 8);
    CHECK(d.cloud.counts().messages_in == 8);
    d.on_event = {};
    REQUIRE(d.mqtt.connect() == errc::ok);
    REQUIRE(d.until([&] { return d.mqtt.online() && d.cloud.waiting("pump") == 0; }));
    d.live(1000);
    CHECK(d.count(event_type::message) == 8);
    CHECK(d.count(event_type::delivered) == 5);
    CHECK(d.cloud.counts().messages_in >= 8);  // QoS 1 may have come again
    CHECK(d.cloud.subscribed("pump", "f/7"));
    CHECK_FALSE(d.cloud.subscribed("pump", "f/0"));
    CHECK_FAULTLESS(d);
}

TEST_CASE("acknowledging inside a handler: this message, an older one, none twice", "[sim][handlers]") {
    auto o       = desk<>::standard();
    o.manual_ack = true;
    desk<by_hand> d{instant{0U - 5000U}, o};
    REQUIRE(d.go_online("down/#"));
    std::vector<packet_id> ids;
    d.on_event = [&](event const& e) {
        if (e.type != event_type::message) return;
        ids.push_back(e.id);
        if (ids.size() == 2) {
            CHECK(d.mqtt.acknowledge(ids[1]) == errc::ok);
            CHECK(d.mqtt.acknowledge(ids[0]) == errc::ok);
            CHECK(d.mqtt.acknowledge(ids[0]) == errc::nothing_to_acknowledge);
        }
        if (ids.size() == 3) CHECK(d.mqtt.acknowledge(e.id) == errc::ok);
        CHECK(e.payload == std::to_string(ids.size()));
    };
    for (int i = 1; i <= 4; ++i) {
        auto const level = i % 2 == 0 ? qos::exactly_once : qos::at_least_once;
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = std::to_string(i), .level = level}));
    }
    d.live(1000);
    REQUIRE(ids.size() == 4);
    CHECK(d.cloud.waiting("pump") == 1);
    CHECK(d.mqtt.acknowledge(ids[3]) == errc::ok);
    d.live(1000);
    CHECK(d.cloud.waiting("pump") == 0);
    CHECK_FAULTLESS(d);
}

TEST_CASE("a handler that is never asked again keeps nobody waiting", "[sim][handlers]") {
    // One event at a time, with turns between: each poll() ends the last event, and answers it.
    desk<> d;
    REQUIRE(d.go_online("down/#"));
    for (int i = 0; i < 3; ++i) REQUIRE(d.cloud.publish({.topic = "down/a", .level = qos::at_least_once}));
    int messages = 0;
    for (int i = 0; i < 50; ++i) {
        d.mqtt.poll();
        auto const e = d.mqtt.next_event();
        messages += e.type == event_type::message ? 1 : 0;
        for (auto& end : d.link) {
            if (end.open()) static_cast<void>(d.cloud.serve(end, d.clock.now()));
        }
    }
    CHECK(messages == 3);
    CHECK(d.cloud.waiting("pump") == 0);
    CHECK_FAULTLESS(d);
}
