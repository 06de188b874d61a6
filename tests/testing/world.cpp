// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/world.hpp>

#include <string>
#include <string_view>

#include <barelink/client/client.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>
#include <barelink/testing/pipe.hpp>
#include <barelink/testing/scripted_broker.hpp>

#include "support/catch.hpp"

using namespace barelink;
using barelink::testing::flaky_link;
using barelink::testing::flaky_rates;
using barelink::testing::manual_clock;

namespace {

// A device that publishes ten messages of QoS 1 and 2 and waits until it has got them all back.
struct round_trip {
    manual_clock      clock{{0xFFFF'0000}};
    flaky_link<>      link;
    testing::broker<> cloud;
    storage<limits{}> memory = {};
    options           o{.host = "cloud", .client_id = "pump", .clean_session = false, .keep_alive_s = 30};
    client<flaky_link<>::client_end, manual_clock> mqtt{memory, link.client(), clock, o};
    int                                            got[10]   = {};
    int                                            sent      = 0;
    int                                            delivered = 0;
    bool                                           listens   = false;

    explicit round_trip(std::uint64_t seed, flaky_rates const& rates) : link{clock, seed, rates} {
        cloud.knobs.judge_silence = false;
    }
    void note(event const& e) {
        if (e.type == event_type::subscribed) listens = true;
        if (e.type == event_type::subscribe_failed) CHECK(mqtt.subscribe("t", qos::exactly_once) == errc::ok);
        if (e.type == event_type::delivered) ++delivered;
        if (e.type == event_type::message) ++got[e.payload[0] - '0'];
    }
    bool done() {
        while (listens && sent < 10) {
            char const text[] = {static_cast<char>('0' + sent)};
            auto const level  = sent % 2 == 0 ? qos::at_least_once : qos::exactly_once;
            if (!mqtt.publish({"t", {text, 1}, level})) break;
            ++sent;
        }
        for (int const n : got) {
            if (n == 0) return false;
        }
        return delivered == 10;
    }
};

// Lives through one seed. Returns what it came to, as text.
std::string live(std::uint64_t seed, flaky_rates const& rates) {
    round_trip      r{seed, rates};
    auto            handler = [&r](event const& e) { r.note(e); };
    testing::device pump{r.mqtt, r.link, handler};
    testing::world  sim{r.clock, r.cloud, seed, pump};
    CHECK(r.mqtt.subscribe("t", qos::exactly_once) == errc::ok);
    CHECK(r.mqtt.connect() == errc::ok);
    auto const start = r.clock.now();
    bool const ok    = sim.run_until([&] { return r.done(); }, 3'600'000);
    INFO(sim.failure());
    CHECK(ok);
    CHECK(r.cloud.complaint().view() == "");
    for (int i = 1; i < 10; i += 2) CHECK(r.got[i] == 1);  // QoS 2
    return std::to_string(r.clock.now().since(start)) + ' ' + std::to_string(pump.wake_ups()) + ' ' +
           std::to_string(r.cloud.counts().messages_in) + ' ' + std::to_string(r.link.counts().cuts);
}

constexpr flaky_rates bad{.split      = 300,
                          .block      = 100,
                          .latency_ms = 5,
                          .delay      = 200,
                          .connect_ms = 100,
                          .refuse     = 100,
                          .ignore     = 50,
                          .cut        = 400,
                          .lose       = 200,
                          .fate_bytes = 800};

}  // namespace

TEST_CASE("time jumps over what nobody does", "[testing][world]") {
    round_trip      r{1, {.latency_ms = 20}};
    auto            handler = [&r](event const& e) { r.note(e); };
    testing::device pump{r.mqtt, r.link, handler};
    testing::world  sim{r.clock, r.cloud, 1, pump};
    REQUIRE(r.mqtt.connect() == errc::ok);
    REQUIRE(sim.run_until([&] { return r.mqtt.online(); }, 60'000));
    CHECK(r.clock.now() == instant{0xFFFF'0000} + 40);
    auto const wakes = pump.wake_ups();
    auto const jumps = sim.jumps();
    auto const pings = r.cloud.counts().pings;
    auto const until = r.clock.now() + 3'600'000;
    sim.run_for(3'600'000);
    CHECK(r.clock.now() == until);
    auto const in_an_hour = r.cloud.counts().pings - pings;
    CHECK(in_an_hour >= 120);
    CHECK(in_an_hour <= 144);
    // One wake-up to ping, one for the answer.
    CHECK(pump.wake_ups() - wakes <= 2 * in_an_hour + 2);
    CHECK(sim.jumps() - jumps <= 4 * in_an_hour + 4);
    CHECK(sim.spins() == 0);
    CHECK(r.cloud.complaint().view() == "");
}

TEST_CASE("a condition that does not come true names the seed", "[testing][world]") {
    round_trip      r{4711, {.refuse = 1000}};
    auto            handler = [&r](event const& e) { r.note(e); };
    testing::device pump{r.mqtt, r.link, handler};
    testing::world  sim{r.clock, r.cloud, 4711, pump};
    REQUIRE(r.mqtt.connect() == errc::ok);
    CHECK_FALSE(sim.run_until([&] { return r.mqtt.online(); }, 1000));
    CHECK(sim.failure() == "seed 4711: not within 1000 ms, at 4294902760 ms");
    CHECK(sim.seed() == 4711);
}

TEST_CASE("bad networks deliver everything in the end", "[testing][world]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) static_cast<void>(live(seed, bad));
}

TEST_CASE("a seed replays itself", "[testing][world]") {
    auto const once = live(7, bad);
    CHECK(live(7, bad) == once);
    CHECK(live(8, bad) != once);
}

TEST_CASE("a device that never sleeps does not stop the world", "[testing][world]") {
    struct slow_login {
        errc refresh(login&) noexcept { return errc::would_block; }
    } never;
    manual_clock           clock;
    testing::memory_pipe<> wire;
    testing::broker<>      cloud;
    storage<limits{}>      memory = {};
    options const          o{.host = "cloud", .client_id = "pump", .reconnect = false};
    client                 mqtt{memory, wire.client(), clock, o, never};
    errc                   cause   = errc::ok;
    auto                   handler = [&](event const& e) { cause = e.cause; };
    testing::device        pump{mqtt, wire, handler};
    testing::world         sim{clock, cloud, 0, pump};
    REQUIRE(mqtt.connect() == errc::ok);
    CHECK(sim.run_until([&] { return cause != errc::ok; }, 20'000));
    CHECK(cause == errc::credentials_timeout);
    CHECK(sim.spins() > 0);
}

TEST_CASE("two devices and a script in the place of a broker", "[testing][world]") {
    manual_clock             clock;
    testing::memory_pipe<>   wire;
    testing::scripted_broker cloud;
    storage<limits{}>        memory = {};
    options const            o{.host = "cloud", .client_id = "pump"};
    client                   mqtt{memory, wire.client(), clock, o};
    auto                     handler = [](event const&) {};
    testing::device          pump{mqtt, wire, handler};
    testing::world           sim{clock, cloud, 0, pump};
    cloud.expect(packet_type::connect)
        .after(500)
        .reply(connack_packet{})
        .expect(packet_type::disconnect)
        .expect_close();
    REQUIRE(mqtt.connect() == errc::ok);
    REQUIRE(sim.run_until([&] { return mqtt.online(); }, 1000));
    CHECK(clock.now() == instant{500});
    REQUIRE(mqtt.disconnect() == errc::ok);
    CHECK(sim.run_until([&] { return cloud.done(); }, 1000));
}

TEST_CASE("two devices take turns with one client id", "[testing][world]") {
    manual_clock      clock;
    testing::broker<> cloud;
    flaky_link<>      link_a{clock, 1};
    flaky_link<>      link_b{clock, 2};
    storage<limits{}> memory_a = {};
    storage<limits{}> memory_b = {};
    options const     o{.host = "cloud", .client_id = "pump", .jitter = false};
    client            a{memory_a, link_a.client(), clock, o};
    client            b{memory_b, link_b.client(), clock, o};
    int               replaced = 0;
    auto              handler  = [&](event const& e) { replaced += e.type == event_type::replaced ? 1 : 0; };
    testing::device   first{a, link_a, handler};
    testing::device   second{b, link_b, handler};
    testing::world    sim{clock, cloud, 0, first, second};
    REQUIRE(a.connect() == errc::ok);
    REQUIRE(b.connect() == errc::ok);
    sim.run_for(600'000);
    CHECK(replaced > 0);
    CHECK(cloud.counts().takeovers > 2);
    CHECK(cloud.counts().takeovers < 60);
    CHECK(cloud.complaint().view() == "");
}
