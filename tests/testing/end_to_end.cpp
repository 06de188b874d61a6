// SPDX-License-Identifier: BSL-1.0
// A client and a broker on one pipe, without a network and without waiting.
#include <barelink/base/text.hpp>
#include <barelink/client/client.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/pipe.hpp>
#include <barelink/testing/waiting.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"

using namespace barelink;
using barelink::testing::manual_clock;
using barelink::testing::memory_pipe;
using barelink::testing::waiting_transport;

namespace {

struct bench {
    memory_pipe<>                                   wire;
    manual_clock                                    clock{{0xFFFF'F000}};
    testing::broker<>                               cloud;
    storage<limits{}>                               memory = {};
    options                                         o{.host = "cloud", .client_id = "pump", .jitter = false};
    client<memory_pipe<>::client_end, manual_clock> mqtt{memory, wire.client(), clock, o};
    std::string                                     events;

    void turn(int rounds = 20) {
        for (int i = 0; i < rounds; ++i) {
            mqtt.poll([this](event const& e) { note(e); });
            if (wire.server().open()) static_cast<void>(cloud.serve(wire.server(), clock.now()));
        }
    }
    void note(event const& e) {
        if (e.type == event_type::connected) events += e.session_present ? "resumed " : "connected ";
        if (e.type == event_type::disconnected) events += std::string{name(e.cause)} + ' ';
        if (e.type == event_type::subscribed) events += "subscribed ";
        if (e.type == event_type::subscribe_failed) events += "refused ";
        if (e.type == event_type::unsubscribed) events += "unsubscribed ";
        if (e.type == event_type::delivered) events += "delivered ";
        if (e.type == event_type::message) {
            (events += std::to_string(number(e.level))) += (e.retain ? "r:" : ":") + std::string{e.payload} + ' ';
        }
    }
    std::string take() { return std::exchange(events, {}); }
};

}  // namespace

TEST_CASE("a message of every QoS there and back", "[testing][end_to_end]") {
    for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
        auto const n = std::to_string(number(level));
        bench      b;
        REQUIRE(b.mqtt.connect() == errc::ok);
        REQUIRE(b.mqtt.subscribe("plant/+", level) == errc::ok);
        b.turn();
        CHECK(b.take() == "connected subscribed ");
        REQUIRE(b.mqtt.publish({"plant/7", "hot", level}));
        b.turn();
        auto const there = b.take();
        CHECK(there.find(n + ":hot ") != std::string::npos);
        CHECK((there.find("delivered ") != std::string::npos) == (level != qos::at_most_once));
        CHECK(there.size() == (level == qos::at_most_once ? 6U : 16U));
        REQUIRE(b.mqtt.unsubscribe("plant/+") == errc::ok);
        b.turn();
        REQUIRE(b.mqtt.disconnect() == errc::ok);
        b.turn();
        CHECK(b.take() == "unsubscribed requested ");
        CHECK(b.cloud.counts().disconnects == 1);
        CHECK(b.cloud.messages_held() == 0);
        CHECK(b.cloud.complaint().view() == "");
    }
}

TEST_CASE("everything at once, in order, through a pipe that moves single bytes", "[testing][end_to_end]") {
    bench b;
    b.wire.knobs = {.client_read_max = 1, .client_write_max = 1, .server_read_max = 1, .server_write_max = 1};
    REQUIRE(b.mqtt.connect() == errc::ok);
    REQUIRE(b.mqtt.subscribe("t", qos::exactly_once) == errc::ok);
    b.turn(200);
    b.take();
    for (int i = 0; i < 4; ++i) REQUIRE(b.mqtt.publish({"t", std::to_string(i), qos::exactly_once}));
    b.turn(600);
    auto const  all = b.take();
    std::size_t at  = 0;
    for (int i = 0; i < 4; ++i) {
        auto const found = all.find("2:" + std::to_string(i), at);
        REQUIRE(found != std::string::npos);
        at = found;
    }
    CHECK(b.cloud.waiting("pump") == 0);
    CHECK(b.cloud.complaint().view() == "");
}

TEST_CASE("an hour on line is pings", "[testing][end_to_end]") {
    bench b;
    REQUIRE(b.mqtt.connect() == errc::ok);
    for (int second = 0; second < 3600; ++second) {
        b.turn(3);
        b.clock.advance(1000);
        b.cloud.on_time(b.clock.now());
    }
    CHECK(b.take() == "connected ");
    CHECK(b.cloud.counts().pings >= 60);
    CHECK(b.cloud.counts().pings <= 72);
    CHECK(b.cloud.complaint().view() == "");
}

TEST_CASE("the broker goes and comes back with the session", "[testing][end_to_end]") {
    bench b;
    b.o.clean_session = false;
    REQUIRE(b.mqtt.connect() == errc::ok);
    REQUIRE(b.mqtt.subscribe("t", qos::exactly_once) == errc::ok);
    b.turn();
    b.cloud.restart(true);
    b.turn();
    REQUIRE(b.mqtt.publish({"t", "kept", qos::exactly_once}));
    b.clock.advance(2000);
    b.turn();
    CHECK(b.take() == "connected subscribed closed_by_peer resumed 2:kept delivered ");
    // A link that lived shorter than options::stable_after_ms would be taken for another device with our client id.
    b.clock.advance(15'000);
    b.turn();
    b.cloud.restart(false);
    b.turn();
    b.clock.advance(4000);
    b.turn();
    CHECK(b.take() == "closed_by_peer connected subscribed ");
    CHECK(b.cloud.complaint().view() == "");
}

TEST_CASE("a refused subscription is told", "[testing][end_to_end]") {
    bench b;
    b.cloud.knobs.refuse_subscriptions = true;
    REQUIRE(b.mqtt.connect() == errc::ok);
    REQUIRE(b.mqtt.subscribe("t", qos::exactly_once) == errc::ok);
    b.turn();
    CHECK(b.take() == "connected refused ");
}

TEST_CASE("a program that sleeps in yield", "[testing][end_to_end]") {
    struct cloud_on_a_pipe {
        memory_pipe<>     wire;
        manual_clock      clock;
        testing::broker<> cloud;
        void              live() {
                         cloud.on_time(clock.now());
                         if (wire.server().open()) static_cast<void>(cloud.serve(wire.server(), clock.now()));
        }
    } there;
    waiting_transport end{there.wire.client(), there.clock, delegate<void()>::to<&cloud_on_a_pipe::live>(there)};
    storage<limits{}> memory = {};
    options const     o{.host = "cloud", .client_id = "pump", .keep_alive_s = 10};
    client            mqtt{memory, end, there.clock, o};
    int               messages = 0;
    REQUIRE(mqtt.connect() == errc::ok);
    REQUIRE(mqtt.subscribe("t", qos::at_least_once) == errc::ok);
    mqtt.yield(60'000, [&](event const& e) {
        messages += e.type == event_type::message ? 1 : 0;
        if (e.type == event_type::subscribed) CHECK(mqtt.publish({"t", "x", qos::at_least_once}));
    });
    CHECK(there.clock.now() == instant{60'000});
    CHECK(messages == 1);
    CHECK(there.cloud.counts().pings >= 5);
    CHECK(there.cloud.complaint().view() == "");
}
