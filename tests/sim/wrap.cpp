// SPDX-License-Identifier: BSL-1.0
// Every wait of a device with 2^32 at its start, inside it and at its end: it lasts as long as anywhere else.
#include <cstdint>
#include <vector>

#include <barelink/testing/waiting.hpp>

#include "sim/desk.hpp"
#include "support/catch.hpp"

namespace {

using namespace sim;

// So long after the start of a wait of `ms` the clock passes 2^32.
std::vector<std::uint32_t> wraps(std::uint32_t ms) {
    return {0, 1, 2, ms / 3, ms / 2, ms - 2, ms - 1, ms, ms + 1, 0x4000'0000U};
}

// Runs `scene(start, expected)` with the wrap at every place of a wait of `ms`; the scene checks how long it took.
template <class Scene>
void everywhere(std::uint32_t ms, Scene&& scene) {
    for (auto const after : wraps(ms)) {
        INFO("2^32 passes " << after << " ms after the start");
        scene(instant{0U - after});
    }
}

options once() {
    auto o      = desk<>::standard();
    o.reconnect = false;
    return o;
}

// How long it takes until the device gives up, and why.
template <class Desk>
void check_end(Desk& d, instant since, errc cause, std::uint32_t ms) {
    REQUIRE(d.until([&] { return d.count(event_type::disconnected) != 0; }));
    CHECK(d.last(event_type::disconnected).cause == cause);
    CHECK(d.clock.now().since(since) == ms);
    CHECK(d.world.spins() == 0);
}

struct slow_login {
    errc refresh(login&) noexcept { return errc::would_block; }
};

}  // namespace

TEST_CASE("login", "[sim][wrap]") {
    auto const o = once();
    everywhere(o.credentials_timeout_ms, [&](instant start) {
        slow_login                                                 slow;
        desk<limits{}, testing::flaky_link<>, slow_login> d{start, o, slow};
        REQUIRE(d.mqtt.connect() == errc::ok);
        // It is asked again at once, so the loop must not sleep: time is pushed on by hand.
        while (d.count(event_type::disconnected) == 0 && d.clock.now().since(start) < 2 * o.credentials_timeout_ms) {
            d.mqtt.poll(d);
            if (d.count(event_type::disconnected) == 0) d.clock.advance(1);
        }
        REQUIRE(d.count(event_type::disconnected) == 1);
        CHECK(d.last(event_type::disconnected).cause == errc::credentials_timeout);
        CHECK(d.clock.now().since(start) == o.credentials_timeout_ms);
    });
}

TEST_CASE("each stage of dialing", "[sim][wrap]") {
    struct stage {
        connect_stage waits_in;
        errc          cause;
        std::uint32_t ms;
    };
    auto const o = once();
    for (auto const& s : {stage{connect_stage::resolve, errc::resolve_timeout, o.resolve_timeout_ms},
                          stage{connect_stage::connect, errc::connect_timeout, o.connect_timeout_ms},
                          stage{connect_stage::secure, errc::tls_timeout, o.tls_timeout_ms}}) {
        everywhere(s.ms, [&](instant start) {
            pipe_desk<> d{start, o};
            d.link.knobs.wait_in = s.waits_in;
            REQUIRE(d.mqtt.connect() == errc::ok);
            check_end(d, start, s.cause, s.ms);
        });
    }
}

TEST_CASE("CONNACK", "[sim][wrap]") {
    auto const o = once();
    everywhere(o.request_timeout_ms, [&](instant start) {
        desk<> d{start, o};
        d.cloud.knobs.answer_connects = false;
        REQUIRE(d.mqtt.connect() == errc::ok);
        check_end(d, start, errc::connack_timeout, o.request_timeout_ms);
    });
}

TEST_CASE("silence until a ping", "[sim][wrap]") {
    auto const o    = once();
    auto const wait = ping_after(o.keep_alive_s);
    everywhere(wait, [&](instant start) {
        desk<> d{start, o};
        REQUIRE(d.go_online());
        REQUIRE(d.until([&] { return d.cloud.counts().pings != 0; }));
        CHECK(d.clock.now().since(start) == wait);
        d.live(10 * wait);
        CHECK(d.cloud.counts().pings == 11);
        CHECK(d.cloud.violations() == 0);
        CHECK(d.mqtt.online());
    });
}

TEST_CASE("PINGRESP", "[sim][wrap]") {
    auto const o    = once();
    auto const wait = ping_after(o.keep_alive_s);
    everywhere(o.request_timeout_ms, [&](instant start) {
        desk<> d{{start.ms - wait}, o};
        REQUIRE(d.go_online());
        d.cloud.knobs.answer_pings = false;
        check_end(d, start, errc::ping_timeout, o.request_timeout_ms);
    });
}

TEST_CASE("PUBACK and PUBREC", "[sim][wrap]") {
    auto const o = once();
    for (auto const level : {qos::at_least_once, qos::exactly_once}) {
        everywhere(o.publish_timeout_ms, [&](instant start) {
            desk<> d{start, o};
            REQUIRE(d.go_online());
            d.cloud.knobs.answer_publishes = false;
            REQUIRE(d.mqtt.publish({.topic = "t", .level = level}));
            check_end(d, start, errc::publish_timeout, o.publish_timeout_ms);
        });
    }
}

TEST_CASE("PUBCOMP", "[sim][wrap]") {
    auto const o = once();
    everywhere(o.publish_timeout_ms, [&](instant start) {
        desk<> d{{start.ms - 1000}, o};
        d.link.rates.latency_ms = 250;
        REQUIRE(d.go_online());  // 500 ms there and back
        REQUIRE(d.mqtt.publish({.topic = "t", .level = qos::exactly_once}));
        // PUBREC comes after 500 ms, and PUBREL is not answered.
        REQUIRE(d.until([&] { return d.cloud.counts().messages_in == 1; }));
        d.cloud.knobs.answer_publishes = false;
        check_end(d, start, errc::publish_timeout, o.publish_timeout_ms);
    });
}

TEST_CASE("SUBACK and UNSUBACK", "[sim][wrap]") {
    auto const o = desk<>::standard();
    everywhere(2 * o.request_timeout_ms, [&](instant start) {
        desk<> d{start, o};
        REQUIRE(d.go_online());
        d.cloud.knobs.answer_requests = false;
        REQUIRE(d.mqtt.subscribe("a", qos::at_most_once) == errc::ok);
        REQUIRE(d.until([&] { return d.count(event_type::subscribe_failed) == 1; }));
        CHECK(d.last(event_type::subscribe_failed).cause == errc::subscribe_timeout);
        CHECK(d.clock.now().since(start) == 2 * o.request_timeout_ms);
    });
    everywhere(2 * o.request_timeout_ms, [&](instant start) {
        desk<> d{start, o};
        REQUIRE(d.go_online("a"));
        d.cloud.knobs.answer_requests = false;
        REQUIRE(d.mqtt.unsubscribe("a") == errc::ok);
        REQUIRE(d.until([&] { return d.count(event_type::unsubscribe_failed) == 1; }));
        CHECK(d.last(event_type::unsubscribe_failed).cause == errc::unsubscribe_timeout);
        CHECK(d.clock.now().since(start) == 2 * o.request_timeout_ms);
    });
}

TEST_CASE("room to write", "[sim][wrap]") {
    auto const o = once();
    everywhere(o.write_timeout_ms, [&](instant start) {
        pipe_desk<> d{start, o};
        REQUIRE(d.go_online());
        d.link.knobs.client_write_max = 0;
        REQUIRE(d.mqtt.publish({.topic = "t", .level = qos::at_least_once}));
        check_end(d, start, errc::write_timeout, o.write_timeout_ms);
    });
}

TEST_CASE("the backoff", "[sim][wrap]") {
    auto o           = desk<>::standard();
    o.backoff_ms_min = 7000;
    everywhere(o.backoff_ms_min, [&](instant start) {
        desk<> d{start, o};
        d.link.rates.refuse = 1000;
        REQUIRE(d.mqtt.connect() == errc::ok);
        REQUIRE(d.until([&] { return d.link.counts().attempts == 1; }));
        CHECK(d.clock.now() == start);
        REQUIRE(d.until([&] { return d.link.counts().attempts == 2; }));
        CHECK(d.clock.now().since(start) == 7000);
        REQUIRE(d.until([&] { return d.link.counts().attempts == 3; }));
        CHECK(d.clock.now().since(start) == 7000 + 14'000);
    });
}

TEST_CASE("how long a link has lived", "[sim][wrap]") {
    auto const o = desk<>::standard();
    everywhere(o.stable_after_ms, [&](instant start) {
        for (bool const stable : {false, true}) {
            INFO((stable ? "long enough" : "a millisecond too short"));
            desk<> d{{start.ms - 3000}, o};
            // Two failures, at 0 and 1 s, so that a third wait would be 4 s.
            d.link.rates.refuse = 1000;
            REQUIRE(d.mqtt.connect() == errc::ok);
            REQUIRE(d.until([&] { return d.link.counts().attempts == 2; }));
            d.link.rates.refuse = 0;
            REQUIRE(d.until([&] { return d.mqtt.online(); }));
            CHECK(d.clock.now() == start);
            d.live(stable ? o.stable_after_ms : o.stable_after_ms - 1);
            d.link.cut();
            REQUIRE(d.until([&] { return !d.mqtt.online(); }));
            CHECK(d.last(event_type::disconnected).retry_in_ms == (stable ? 1000 : 4000));
        }
    });
}

TEST_CASE("a link of months counts as long", "[sim][wrap]") {
    auto o         = desk<>::standard();
    o.keep_alive_s = 3600;
    desk<> d{instant{12'345}, o};
    d.link.rates.refuse = 1000;
    REQUIRE(d.mqtt.connect() == errc::ok);
    REQUIRE(d.until([&] { return d.link.counts().attempts == 2; }));
    d.link.rates.refuse = 0;
    REQUIRE(d.until([&] { return d.mqtt.online(); }));
    // 2^32 ms and a second, in two steps: the clock looks as if a second had passed.
    for (auto const ms : {0x7FFF'FFFFU, 0x7FFF'FFFFU, 1002U}) d.live(ms);
    REQUIRE(d.mqtt.online());
    CHECK(d.cloud.violations() == 0);
    d.link.cut();
    REQUIRE(d.until([&] { return !d.mqtt.online(); }));
    CHECK(d.last(event_type::disconnected).retry_in_ms == 1000);
}

TEST_CASE("yield()", "[sim][wrap]") {
    everywhere(5000, [](instant start) {
        using transport_type = testing::waiting_transport<testing::memory_pipe<>::client_end>;
        manual_clock           clock{start};
        testing::memory_pipe<> wire;
        struct nothing {
            void live() {}
        } meanwhile;
        transport_type transport{wire.client(), clock, delegate<void()>::to<&nothing::live>(meanwhile)};
        storage<limits{}> memory{};
        auto const        o = desk<>::standard();
        client            mqtt{memory, transport, clock, o};
        mqtt.yield(5000, [](event const&) {});
        CHECK(clock.now().since(start) == 5000);
    });
}
