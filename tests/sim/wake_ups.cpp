// SPDX-License-Identifier: BSL-1.0
// next_deadline() is honest: a superloop that sleeps exactly until then misses nothing, and is woken for nothing else.
#include <cstdint>
#include <string>

#include "sim/desk.hpp"
#include "support/catch.hpp"

namespace {

using namespace sim;

constexpr std::uint32_t second = 1000;
constexpr std::uint32_t hour   = 3600 * second;

constexpr limits five{.versions = version::v5};

options keep_alive(std::uint16_t seconds) {
    auto o         = desk<>::standard();
    o.keep_alive_s = seconds;
    return o;
}

// The strict broker, with the words of its first complaint.
#define CHECK_FAULTLESS(d)                        \
    do {                                          \
        INFO((d).cloud.complaint().view());       \
        CHECK((d).cloud.violations() == 0);       \
        CHECK((d).world.spins() == 0);            \
        CHECK((d).pump.idle_wake_ups() == 0);     \
    } while (false)

// Logins that are good for `life_ms`, each another one.
struct lodger {
    std::uint32_t life_ms   = 0;
    std::uint32_t margin_ms = 0;
    std::uint32_t given     = 0;
    instant       over      = {};  // when the last one is
    std::string   token     = {};

    errc refresh(login& out, lease& with) noexcept {
        token         = "token " + std::to_string(++given);
        out.user_name = "pump";
        out.password  = token;
        over          = with.now + life_ms;
        with.valid_until.arm(over);
        with.margin_ms = margin_ms;
        return errc::ok;
    }
    connect_return judge(connect_packet const& c) const {
        return c.password == token ? connect_return::accepted : connect_return::bad_credentials;
    }
};

}  // namespace

TEST_CASE("an idle hour is the pings and their answers", "[sim][wake_ups]") {
    desk<> d{keep_alive(60)};
    d.link.rates.latency_ms = 20;  // so that an answer comes on its own
    REQUIRE(d.go_online("down/#"));
    auto const pings = d.cloud.counts().pings;
    d.pump.forget();
    d.live(hour);
    // A ping every 55 s: 65 in an hour, each a wake-up for the deadline and one for PINGRESP.
    CHECK(d.cloud.counts().pings - pings == 65);
    CHECK(d.pump.wake_ups() == 2 * 65);
    CHECK(d.cloud.counts().silences == 0);
    CHECK(d.mqtt.online());
    CHECK_FAULTLESS(d);
}

TEST_CASE("every keep alive is kept, and costs its pings alone", "[sim][wake_ups]") {
    std::uint16_t const all[] = {1, 2, 5, 10, 30, 39, 40, 41, 60, 300, 3600, 65535};
    for (auto const seconds : all) {
        INFO("keep alive " << seconds);
        desk<> d{keep_alive(seconds)};
        d.link.rates.latency_ms = 20;
        REQUIRE(d.go_online("down/#"));
        auto const pings = d.cloud.counts().pings;
        d.pump.forget();
        auto const span = 20U * seconds * second;
        d.live(span);
        auto const wait = ping_after(seconds);
        CHECK(wait < seconds * second);
        CHECK(d.cloud.counts().pings - pings == span / wait);
        auto const awake = d.pump.wake_ups();
        CHECK((awake == 2 * (span / wait) || awake == 2 * (span / wait) - 1));  // the last answer may be on its way
        CHECK(d.mqtt.online());
        CHECK_FAULTLESS(d);
    }
}

TEST_CASE("a device that talks does not ping", "[sim][wake_ups]") {
    desk<> d{keep_alive(60)};
    d.link.rates.latency_ms = 20;
    REQUIRE(d.go_online());
    d.pump.forget();
    for (int i = 0; i < 100; ++i) {
        REQUIRE(d.mqtt.publish({.topic = "t", .payload = "x", .level = qos::at_least_once}));
        d.live(30 * second);
    }
    CHECK(d.cloud.counts().pings == 0);
    CHECK(d.count(event_type::delivered) == 100);
    CHECK(d.pump.wake_ups() == 2 * 100);  // to write, and for PUBACK
    CHECK_FAULTLESS(d);
}

TEST_CASE("without keep alive an idle hour has no wake-up at all", "[sim][wake_ups]") {
    desk<> d{keep_alive(0)};
    REQUIRE(d.go_online("down/#"));
    d.pump.forget();
    d.live(hour);
    CHECK(d.pump.wake_ups() == 0);
    CHECK_FALSE(d.mqtt.next_deadline().armed);
    CHECK_FAULTLESS(d);
}

TEST_CASE("before connect() and after disconnect() there is nothing to wake up for", "[sim][wake_ups]") {
    desk<> d;
    d.live(hour);
    CHECK(d.pump.wake_ups() == 0);
    REQUIRE(d.go_online());
    REQUIRE(d.mqtt.disconnect() == errc::ok);
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
    d.pump.forget();
    d.live(hour);
    CHECK(d.pump.wake_ups() == 0);
    CHECK_FAULTLESS(d);
}

TEST_CASE("a publish that waits for its acknowledgement is worth one wake-up", "[sim][wake_ups]") {
    for (auto const level : {qos::at_least_once, qos::exactly_once}) {
        desk<> d{keep_alive(60)};
        d.how.reconnect = false;
        REQUIRE(d.go_online());
        d.cloud.knobs.answer_publishes = false;
        d.pump.forget();
        REQUIRE(d.mqtt.publish({.topic = "t", .level = level}));
        auto const since = d.clock.now();
        REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
        CHECK(d.last(event_type::disconnected).cause == errc::publish_timeout);
        CHECK(d.clock.now().since(since) == d.how.publish_timeout_ms);
        CHECK(d.pump.wake_ups() == 2);  // to write, and to give up
        CHECK_FAULTLESS(d);
    }
}

TEST_CASE("a subscribe that waits for its acknowledgement is worth one wake-up", "[sim][wake_ups]") {
    desk<> d{keep_alive(60)};
    REQUIRE(d.go_online());
    d.cloud.knobs.answer_requests = false;
    d.pump.forget();
    auto const since = d.clock.now();
    REQUIRE(d.mqtt.subscribe("a", qos::at_most_once) == errc::ok);
    REQUIRE(d.until([&] { return d.count(event_type::subscribe_failed) == 1; }));
    CHECK(d.last(event_type::subscribe_failed).cause == errc::subscribe_timeout);
    CHECK(d.clock.now().since(since) == 2 * d.how.request_timeout_ms);
    CHECK(d.pump.wake_ups() == 2);
    CHECK(d.mqtt.online());
    CHECK_FAULTLESS(d);
}

TEST_CASE("CONNACK that does not come is worth one wake-up", "[sim][wake_ups]") {
    desk<> d;
    d.how.reconnect               = false;
    d.cloud.knobs.answer_connects = false;
    REQUIRE(d.mqtt.connect() == errc::ok);
    auto const since = d.clock.now();
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
    CHECK(d.last(event_type::disconnected).cause == errc::connack_timeout);
    CHECK(d.clock.now().since(since) == d.how.request_timeout_ms);
    CHECK(d.pump.wake_ups() == 2);  // to dial and write CONNECT, and to give up
    CHECK_FAULTLESS(d);
}

TEST_CASE("PINGRESP that does not come is worth one wake-up", "[sim][wake_ups]") {
    desk<> d{keep_alive(60)};
    d.how.reconnect = false;
    REQUIRE(d.go_online());
    d.cloud.knobs.answer_pings = false;
    d.pump.forget();
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
    CHECK(d.last(event_type::disconnected).cause == errc::ping_timeout);
    CHECK(d.pump.wake_ups() == 2);  // to ping, and to give up
    CHECK_FAULTLESS(d);
}

TEST_CASE("a network that never answers is worth two wake-ups an attempt", "[sim][wake_ups]") {
    desk<> d;
    d.link.rates.ignore = 1000;
    REQUIRE(d.mqtt.connect() == errc::ok);
    d.live(hour);
    // To dial, and to give up: every attempt but the one that is under way.
    auto const attempts = d.link.counts().attempts;
    CHECK(attempts > 40);
    auto const awake = d.pump.wake_ups();
    CHECK((awake == 2 * attempts || awake == 2 * attempts - 1));
    CHECK(d.world.spins() == 0);
}

TEST_CASE("a backoff is slept through", "[sim][wake_ups]") {
    desk<> d;
    d.link.rates.refuse = 1000;
    REQUIRE(d.mqtt.connect() == errc::ok);
    d.live(hour);
    // At 0, 1, 3, 7, 15, 31 and 63 s, then every 60 s.
    CHECK(d.link.counts().attempts == 7 + (3600 - 63) / 60);
    CHECK(d.pump.wake_ups() == d.link.counts().attempts);
    CHECK_FAULTLESS(d);
}

TEST_CASE("a transport without room is not polled", "[sim][wake_ups]") {
    pipe_desk<> d{keep_alive(60)};
    d.how.reconnect = false;
    REQUIRE(d.go_online());
    d.link.knobs.client_write_max = 0;
    d.pump.forget();
    REQUIRE(d.mqtt.publish({.topic = "t", .level = qos::at_least_once}));
    auto const since = d.clock.now();
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
    CHECK(d.last(event_type::disconnected).cause == errc::write_timeout);
    CHECK(d.clock.now().since(since) == d.how.write_timeout_ms);
    CHECK(d.pump.wake_ups() == 2);  // to try, and to give up
    CHECK(d.world.spins() == 0);
}

TEST_CASE("messages to a device that can't answer do not keep it awake", "[sim][wake_ups]") {
    pipe_desk<limits{.answers = 1}> d{keep_alive(60)};
    d.how.reconnect = false;
    REQUIRE(d.go_online("down/#"));
    d.link.knobs.client_write_max = 0;
    d.pump.forget();
    std::string const payload(300, 'x');  // more than the receive buffer takes at once
    for (int i = 0; i < 5; ++i) {
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = payload, .level = qos::at_least_once}));
    }
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) == 1; }));
    CHECK(d.last(event_type::disconnected).cause == errc::write_timeout);
    CHECK(d.pump.wake_ups() <= 4);
    CHECK(d.world.spins() == 0);
}

TEST_CASE("messages that the user has not acknowledged do not keep the device awake", "[sim][wake_ups]") {
    auto o       = keep_alive(60);
    o.manual_ack = true;
    pipe_desk<limits{.inbound = 2, .manual_ack = true}> d{instant{0U - 5000U}, o};
    REQUIRE(d.go_online("down/#"));
    d.pump.forget();
    std::string const payload(300, 'x');  // more than the receive buffer takes at once
    for (int i = 0; i < 5; ++i) {
        REQUIRE(d.cloud.publish({.topic = "down/a", .payload = payload, .level = qos::at_least_once}));
    }
    d.live(20 * second);
    CHECK(d.count(event_type::message) == 2);
    CHECK(d.pump.wake_ups() <= 4);
    CHECK(d.pump.idle_wake_ups() == 0);
    CHECK(d.world.spins() == 0);
    for (int i = 0; i < 3; ++i) {
        REQUIRE(d.mqtt.acknowledge(static_cast<packet_id>(i + 1)) == errc::ok);
        REQUIRE(d.until([&] { return d.count(event_type::message) == static_cast<std::size_t>(3 + i); }, second));
    }
}

TEST_CASE("the Server's keep alive costs its pings alone, whatever the device has asked for", "[sim][wake_ups][v5]") {
    std::uint16_t const all[] = {0, 1, 5, 60, 600};
    for (auto const asked : all) {
        for (auto const given : all) {
            INFO("asked for " << asked << " s, given " << given << " s");
            auto o     = keep_alive(asked);
            o.protocol = version::v5;
            desk<five> d{o};
            d.cloud.options.server_keep_alive_s = given;
            d.link.rates.latency_ms             = 20;
            REQUIRE(d.go_online("down/#"));
            // The first ping may be counted from CONNECT on.
            auto const wait = given == 0 ? hour : ping_after(given);
            if (given != 0) REQUIRE(d.until([&] { return d.cloud.counts().pings == 1; }, hour));
            d.live(second / 2);
            auto const pings = d.cloud.counts().pings;
            d.pump.forget();
            d.live(20 * wait);
            CHECK(d.cloud.counts().pings - pings == (given == 0 ? 0 : 20));
            CHECK(d.pump.wake_ups() == (given == 0 ? 0 : 2 * 20));
            CHECK(d.mqtt.online());
            CHECK_FAULTLESS(d);
        }
    }
}

TEST_CASE("publishes that wait for the Server's quota do not keep the device awake", "[sim][wake_ups][v5]") {
    for (auto const level : {qos::at_least_once, qos::exactly_once}) {
        auto o     = keep_alive(60);
        o.protocol = version::v5;
        desk<five> d{o};
        d.cloud.options.receive_maximum = 1;
        d.link.rates.latency_ms         = 20;
        REQUIRE(d.go_online());
        d.cloud.knobs.answer_publishes = false;
        d.pump.forget();
        for (int i = 0; i < 5; ++i) REQUIRE(d.mqtt.publish({.topic = "t", .level = level}));
        d.live(10 * second);
        CHECK(d.pump.wake_ups() == 1);  // to write the first one
        CHECK(d.cloud.counts().messages_in == 1);
        CHECK_FAULTLESS(d);
        d.link.cut();
        d.cloud.knobs.answer_publishes = true;
        REQUIRE(d.until([&] { return d.count(event_type::delivered) == 5; }));
        d.pump.forget();
        d.live(10 * second);
        CHECK(d.pump.wake_ups() == 0);
        CHECK_FAULTLESS(d);
    }
}

TEST_CASE("logins that end are left in order and in time, and nothing is lost between them", "[sim][wake_ups]") {
    // Longer and shorter than a connection needs to be trusted, and across 2^32.
    for (auto const& [life_ms, margin_ms] : {std::pair{600'000U, 30'000U}, {60'000U, 30'000U}, {9'000U, 1'000U}}) {
        INFO("a login lives " << life_ms << " ms");
        lodger                                        tenant{life_ms, margin_ms};
        desk<limits{}, testing::flaky_link<>, lodger> d{instant{0U - hour / 2}, keep_alive(60), tenant};
        d.cloud.knobs.login     = decltype(d.cloud.knobs.login)::to<&lodger::judge>(tenant);
        d.link.rates.latency_ms = 20;
        REQUIRE(d.go_online("down/#"));
        std::uint32_t sent = 0, late = 0, waits = 0;
        d.on_event = [&](event const& e) {
            if (e.type != event_type::disconnected) return;
            if (e.cause != errc::renewal) ++late;
            if (e.retry_in_ms != 1) ++waits;
        };
        for (std::uint32_t lived = 0; lived < hour; lived += 7 * second) {
            d.live(7 * second);
            if (d.mqtt.online() && d.clock.now().reached(tenant.over)) ++late;
            auto const level = sent % 2 == 0 ? qos::at_least_once : qos::exactly_once;
            sent += d.mqtt.publish({.topic = "up/a", .payload = "x", .level = level}) ? 1U : 0U;
            d.cloud.publish({.topic = "down/a", .payload = "y", .level = level});
        }
        REQUIRE(d.until([&] { return d.count(event_type::delivered) == sent && d.cloud.waiting("pump") == 0; }));
        CHECK(late == 0);
        CHECK(d.count(event_type::message) == hour / (7 * second) + 1);
        // In a long wait the table of those that are not acknowledged is full.
        if (waits == 0) CHECK(sent == hour / (7 * second) + 1);
        // Each connection ended by DISCONNECT, and only one that was too short to be trusted is followed by a wait.
        CHECK(d.cloud.counts().breaks == 0);
        CHECK(d.cloud.counts().refused == 0);
        CHECK(d.cloud.counts().disconnects == d.count(event_type::disconnected));
        CHECK(d.cloud.counts().disconnects + 1 == d.cloud.counts().connects);
        auto const stays = life_ms - margin_ms;
        CHECK((waits == 0) == (stays >= 10 * second));
        CHECK(d.count(event_type::disconnected) >= hour / (stays + 61 * second));
        CHECK(d.count(event_type::disconnected) <= hour / stays + 1);
        CHECK(d.cloud.violations() == 0);
        CHECK(d.world.spins() == 0);
    }
}
