// SPDX-License-Identifier: BSL-1.0
// Each limit reached on purpose: its own error, and the link lives and works as before.
#include <cstdint>
#include <cstring>
#include <set>
#include <string>

#include <barelink/link/mailbox.hpp>

#include "sim/desk.hpp"
#include "support/catch.hpp"

namespace {

using namespace sim;

constexpr limits small{.rx_bytes           = 128,
                       .tx_bytes           = 256,
                       .answers            = 4,
                       .inflight           = 3,
                       .inbound            = 2,
                       .subscriptions      = 3,
                       .subscribe_requests = 2,
                       .sources            = 2,
                       .topic_bytes        = 40,
                       .chunks             = true,
                       .manual_ack         = true};
using box = mailbox<96>;

// What the device can do before a limit was reached it can do after it: messages at every level, both ways.
template <class Desk>
void check_alive(Desk& d) {
    INFO("the broker saw: " << d.cloud.complaint().view());
    REQUIRE(d.mqtt.online());
    CHECK(d.count(event_type::disconnected) == 0);
    auto const messages  = d.count(event_type::message);
    auto const delivered = d.count(event_type::delivered);
    auto const arrived   = d.cloud.counts().messages_in;
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = "alive", .level = level}));
        REQUIRE(d.mqtt.publish({.topic = "up/a", .payload = "alive", .level = level}).error == errc::ok);
        d.live(1000);
    }
    CHECK(d.count(event_type::message) == messages + 3);
    CHECK(d.count(event_type::delivered) == delivered + 2);
    CHECK(d.cloud.counts().messages_in == arrived + 3);
    CHECK(d.cloud.waiting("pump") == 0);
    CHECK(d.cloud.violations() == 0);
    CHECK(d.mqtt.online());
}

constexpr message m1{.topic = "up/a", .payload = "x", .level = qos::at_least_once};

std::size_t zeros(void*, std::uint32_t, bytes_out into) {
    std::memset(into.data(), 0, into.size());
    return into.size();
}

}  // namespace

TEST_CASE("in-flight full", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    d.cloud.knobs.answer_publishes = false;
    for (int i = 0; i < 3; ++i) REQUIRE(d.mqtt.publish(m1));
    CHECK(d.mqtt.publish(m1).error == errc::inflight_full);
    CHECK(d.mqtt.publish({.topic = "t", .level = qos::exactly_once}).error == errc::inflight_full);
    CHECK(d.mqtt.publish({.topic = "t"}).error == errc::ok);  // QoS 0 takes no slot
    d.live(1000);
    CHECK(d.mqtt.publish(m1).error == errc::inflight_full);
    d.cloud.knobs.answer_publishes = true;
    // The broker answers what is sent again on the next connection.
    d.link.cut();
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == 3; }));
    d.happened.clear();
    check_alive(d);
}

TEST_CASE("ring full", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    std::string const payload(100, 'x');
    message const     m{.topic = "up/a", .payload = payload, .level = qos::exactly_once};
    REQUIRE(d.mqtt.publish(m));
    REQUIRE(d.mqtt.publish(m));
    CHECK(d.mqtt.publish(m).error == errc::ring_full);
    CHECK(d.mqtt.publish({.topic = "up/a", .payload = payload}).error == errc::ring_full);
    CHECK(d.mqtt.publish(m1).error == errc::ok);  // a small one still fits
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == 3; }));
    REQUIRE(d.mqtt.publish(m));
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == 4; }));
    check_alive(d);
}

TEST_CASE("a request that finds the ring full", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    std::string const payload(117, 'x');
    message const     m{.topic = "up/a", .payload = payload, .level = qos::at_least_once};
    REQUIRE(d.mqtt.publish(m));
    REQUIRE(d.mqtt.publish(m));
    CHECK(d.mqtt.subscribe("f/0", qos::at_most_once) == errc::ring_full);
    CHECK(d.mqtt.unsubscribe("down/#") == errc::ring_full);
    d.live(1000);
    CHECK(d.cloud.subscribed("pump", "down/#"));
    CHECK_FALSE(d.cloud.subscribed("pump", "f/0"));
    CHECK(d.mqtt.subscribe("f/0", qos::at_most_once) == errc::ok);
    REQUIRE(d.until([&] { return d.count(event_type::subscribed) == 2; }));
    check_alive(d);
}

TEST_CASE("publish larger than tx", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    // 1 + 2 bytes of fixed header, 2 + 4 of topic, 2 of identifier: 256 in all with 245 of payload.
    std::string const fits(245, 'x');
    std::string const long_one(246, 'x');
    for (auto const level : {qos::at_least_once, qos::exactly_once}) {
        CHECK(d.mqtt.publish({.topic = "up/a", .payload = long_one, .level = level}).error == errc::publish_too_long);
        CHECK(d.mqtt.publish({.topic = "up/a", .payload = fits, .level = level}).error == errc::ok);
        d.live(1000);
    }
    CHECK(d.mqtt.publish({.topic = "up/a", .payload = long_one + "xx"}).error == errc::publish_too_long);
    CHECK(d.count(event_type::delivered) == 2);
    check_alive(d);
}

TEST_CASE("topic too long", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    std::string const fits(40, 't');
    std::string const long_one(41, 't');
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        CHECK(d.mqtt.publish({.topic = long_one, .level = level}).error == errc::topic_too_long);
        CHECK(d.mqtt.publish({.topic = fits, .level = level}).error == errc::ok);
        CHECK(d.mqtt.publish({.topic = long_one, .level = level}, 5, {&zeros, nullptr}).error == errc::topic_too_long);
    }
    CHECK(d.mqtt.subscribe(long_one, qos::at_most_once) == errc::topic_too_long);
    CHECK(d.mqtt.subscribe(fits, qos::at_most_once) == errc::ok);
    d.live(1000);
    CHECK(d.cloud.subscribed("pump", fits));
    check_alive(d);
}

TEST_CASE("subscribe requests full", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    d.cloud.knobs.answer_requests = false;
    REQUIRE(d.mqtt.subscribe("f/0", qos::at_most_once) == errc::ok);
    REQUIRE(d.mqtt.unsubscribe("down/#") == errc::ok);
    CHECK(d.mqtt.subscribe("f/1", qos::at_most_once) == errc::subscribe_requests_full);
    CHECK(d.mqtt.unsubscribe("f/0") == errc::subscribe_requests_full);
    d.live(1000);
    d.cloud.knobs.answer_requests = true;
    // They run out, and there is room again.
    REQUIRE(d.until([&] { return d.count(event_type::subscribe_failed) == 1; }));
    REQUIRE(d.until([&] { return d.count(event_type::unsubscribe_failed) == 1; }));
    CHECK(d.mqtt.subscribe("down/#", qos::exactly_once) == errc::ok);
    REQUIRE(d.until([&] { return d.count(event_type::subscribed) == 2; }));
    check_alive(d);
}

TEST_CASE("subscriptions full", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    for (auto const* const f : {"f/0", "f/1"}) {
        REQUIRE(d.mqtt.subscribe(f, qos::at_most_once) == errc::ok);
        d.live(1000);
    }
    CHECK(d.mqtt.subscribe("f/2", qos::at_most_once) == errc::subscriptions_full);
    CHECK(d.mqtt.unsubscribe("only/the/server/knows") == errc::subscriptions_full);
    CHECK(d.mqtt.subscribe("f/1", qos::exactly_once) == errc::ok);  // a known one is no new one
    REQUIRE(d.until([&] { return d.count(event_type::subscribed) == 4; }));
    REQUIRE(d.mqtt.unsubscribe("f/0") == errc::ok);
    REQUIRE(d.until([&] { return d.count(event_type::unsubscribed) == 1; }));
    CHECK(d.mqtt.subscribe("f/2", qos::at_most_once) == errc::ok);
    REQUIRE(d.until([&] { return d.count(event_type::subscribed) == 5; }));
    check_alive(d);
}

TEST_CASE("a message larger than rx is dropped, acknowledged and told", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    std::string const payload(900, 'x');
    std::size_t       n = 0;
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = payload, .level = level}));
        REQUIRE(d.until([&] { return d.count(event_type::dropped) == n + 1; }));
        CHECK(d.last(event_type::dropped).cause == errc::message_too_long);
        CHECK(d.last(event_type::dropped).size == 900);
        CHECK(d.last(event_type::dropped).topic == "down/a");
        ++n;
        d.live(1000);
        CHECK(d.cloud.waiting("pump") == 0);
        check_alive(d);
    }
    CHECK(d.count(event_type::dropped) == 3);
}

TEST_CASE("a topic larger than rx is dropped, acknowledged and told", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    auto const  topic = "down/" + std::string(300, 't');
    std::size_t n     = 0;
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        REQUIRE(d.cloud.publish({.topic = topic, .payload = "x", .level = level}));
        REQUIRE(d.until([&] { return d.count(event_type::dropped) == n + 1; }));
        auto const& told = d.last(event_type::dropped);
        CHECK(told.cause == errc::topic_too_long);
        CHECK(told.size == 1);
        CHECK(topic.substr(0, told.topic.size()) == told.topic);
        ++n;
        d.live(1000);
        CHECK(d.cloud.waiting("pump") == 0);
        check_alive(d);
    }
}

TEST_CASE("chunks: a message of any size passes a small buffer", "[sim][limits]") {
    auto o   = desk<small>::standard();
    o.chunks = true;
    desk<small> d{instant{0U - 5000U}, o};
    REQUIRE(d.go_online("down/#"));
    std::string payload;
    for (int i = 0; i < 900; ++i) payload += static_cast<char>('a' + i % 26);
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        std::string came;
        d.on_event = [&](event const& e) {
            if (e.type == event_type::chunk && e.offset == came.size()) came += e.payload;
        };
        auto const messages = d.count(event_type::message);
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = payload, .level = level}));
        REQUIRE(d.until([&] { return d.count(event_type::message) == messages + 1; }));
        CHECK(came == payload);
        d.live(1000);
        check_alive(d);
    }
    CHECK(d.count(event_type::dropped) == 0);
}

TEST_CASE("sources full", "[sim][limits]") {
    desk<small> d;
    REQUIRE(d.go_online("down/#"));
    d.cloud.knobs.answer_publishes = false;
    message const m{.topic = "up/a", .level = qos::at_least_once};
    REQUIRE(d.mqtt.publish(m, 500, {&zeros, nullptr}));
    REQUIRE(d.mqtt.publish(m, 500, {&zeros, nullptr}));
    CHECK(d.mqtt.publish(m, 500, {&zeros, nullptr}).error == errc::sources_full);
    CHECK(d.mqtt.publish(m, 5, {&zeros, nullptr}).error == errc::ok);  // fits the ring: needs no source later
    d.cloud.knobs.answer_publishes = true;
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == 3; }));
    REQUIRE(d.mqtt.publish(m, 500, {&zeros, nullptr}));
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == 4; }));
    check_alive(d);
}

TEST_CASE("inbound full: with manual acknowledgement the device waits, without it that is a fault", "[sim][limits]") {
    auto o       = desk<small>::standard();
    o.manual_ack = true;
    desk<small> d{instant{0U - 5000U}, o};
    REQUIRE(d.go_online("down/#"));
    for (int i = 0; i < 4; ++i) {
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = "x", .level = qos::at_least_once}));
    }
    d.live(1000);
    CHECK(d.count(event_type::message) == 2);
    CHECK(d.mqtt.online());
    for (packet_id id = 1; id <= 4; ++id) {
        CHECK(d.mqtt.acknowledge(id) == errc::ok);
        d.live(1000);
    }
    CHECK(d.count(event_type::message) == 4);
    d.mqtt.manual_ack(false);
    check_alive(d);

    desk<small> e;
    REQUIRE(e.go_online("down/#"));
    e.cloud.knobs.answer_publishes = false;  // no PUBREL
    for (int i = 0; i < 3; ++i) {
        REQUIRE(e.cloud.publish({.topic = "down/a", .payload = "x", .level = qos::exactly_once}));
    }
    REQUIRE(e.until([&] { return e.count(event_type::disconnected) == 1; }));
    CHECK(e.last(event_type::disconnected).cause == errc::inbound_full);
    e.cloud.knobs.answer_publishes = true;
    REQUIRE(e.until([&] { return e.mqtt.online() && e.cloud.waiting("pump") == 0; }));
    CHECK(e.count(event_type::message) == 3);
    e.happened.clear();
    check_alive(e);
}

TEST_CASE("mailbox full", "[sim][limits]") {
    box letters;
    desk<small, testing::flaky_link<>, box> d{instant{0U - 5000U}, desk<small>::standard(), letters};
    REQUIRE(d.go_online("down/#"));
    int posted = 0;
    while (letters.post(m1) == errc::ok) REQUIRE(++posted < 100);
    CHECK(posted > 2);
    CHECK(letters.post(m1) == errc::mailbox_full);
    d.mqtt.poll(d);  // who posts wakes the owner up
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == static_cast<std::size_t>(posted); }));
    CHECK(letters.post(m1) == errc::ok);
    d.mqtt.poll(d);
    REQUIRE(d.until([&] { return d.count(event_type::delivered) == static_cast<std::size_t>(posted + 1); }));
    check_alive(d);
}

TEST_CASE("CONNECT larger than rx", "[sim][limits]") {
    auto              o = desk<small>::standard();
    std::string const id(200, 'i');
    o.client_id = id;
    desk<small> d{instant{0}, o};
    CHECK(d.mqtt.connect() == errc::connect_too_long);
    d.live(1000);
    CHECK(d.link.counts().attempts == 0);
    d.how.client_id = "pump";
    REQUIRE(d.go_online("down/#"));
    check_alive(d);
}

TEST_CASE("every limit has a value of its own", "[sim][limits]") {
    std::set<errc> const all{errc::inflight_full,      errc::ring_full,        errc::publish_too_long,
                             errc::topic_too_long,     errc::subscriptions_full, errc::subscribe_requests_full,
                             errc::message_too_long,   errc::sources_full,     errc::inbound_full,
                             errc::mailbox_full,       errc::connect_too_long};
    CHECK(all.size() == 11);
    for (auto const e : all) CHECK(culprit_of(e) == culprit::capacity);
}
