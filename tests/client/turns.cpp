// SPDX-License-Identifier: BSL-1.0
// What one poll may cost, and how long one may sleep after it.
#include <string>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

constexpr limits manual{.rx_bytes = 64, .inbound = 1, .manual_ack = true};

}  // namespace

TEST_CASE("one poll is at most one connect, one write and one read", "[client]") {
    bench<limits{.rx_bytes = 64}> b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.net.stages = {connect_stage::connect};
    std::string stream{connack()};
    for (unsigned i = 1; i <= 100; ++i) stream += publish("in", "payload", 1, i);
    bool given = false;
    for (int i = 0; i < 300; ++i) {
        auto const before = b.net;
        b.c->poll();
        CHECK(b.net.connects - before.connects <= 1);
        CHECK(b.net.writes - before.writes <= 1);
        CHECK(b.net.reads - before.reads <= 1);
        CHECK(b.net.closes == before.closes);
        while (b.c->next_event()) {
        }
        if (b.net.open && !given) {
            b.net.incoming = stream;
            given = true;
        }
    }
    CHECK(b.c->stats().messages_in == 100);
    CHECK(words(b.net.written).find("PUBACK 100") != std::string::npos);
}

TEST_CASE("the transport is not read while events wait", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.incoming += publish("in", "1") + publish("in", "2");
    b.c->poll();
    auto const reads = b.net.reads;
    b.net.incoming += publish("in", "3");
    for (int i = 0; i < 5; ++i) b.c->poll();
    CHECK(b.net.reads == reads);
    CHECK(b.sleep() == 0);
    CHECK(words(b.c->next_event()) == "message in=1 q0");
    CHECK(b.sleep() == 0);
    b.c->poll();
    CHECK(b.net.reads == reads);
    CHECK(words(b.c->next_event()) == "message in=2 q0");
    CHECK(b.settle() == "message in=3 q0");
    CHECK(b.net.reads > reads);
}

TEST_CASE("an idle hour is its pings and nothing else", "[client][MQTT-3.1.2-23]") {
    for (std::uint32_t const start : {1000U, 0U - 1'000'000U}) {
        bench b;
        b.clock.ms = start;
        REQUIRE(b.start());
        std::uint32_t slept = 0;
        unsigned wakes = 0;
        unsigned pings = 0;
        while (slept < 3'600'000) {
            auto const pause = b.sleep();
            REQUIRE(pause > 0);
            b.clock.ms += pause;
            slept += pause;
            ++wakes;
            CHECK(b.turn() == "");
            if (b.net.said() == "PINGREQ") {
                ++pings;
                b.net.incoming += pingresp();
                CHECK(b.turn() == "");  // the transport has moved
            }
        }
        CHECK(pings == 66);  // each 55 s
        CHECK(wakes == pings);
    }
}

TEST_CASE("each wait has its deadline", "[client]") {
    bench b;
    CHECK((b.power_on(), b.c->next_deadline().armed == false));
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.sleep() == 0);
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 10'000);  // CONNACK
    CHECK(b.hears(connack()) == "connected");
    CHECK(b.sleep() == 55'000);  // ping
    REQUIRE(b.c->publish({.topic = "t", .level = qos::at_least_once}));
    CHECK(b.sleep() == 0);  // to be written
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 20'000);  // PUBACK
    REQUIRE(b.c->subscribe("f", qos::at_most_once) == errc::ok);
    CHECK(b.turn() == "");
    b.clock.ms += 15'000;
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 5'000);
    CHECK(b.after(4'999) == "");
    CHECK(b.after(1).find("disconnected publish_timeout 1000") != std::string::npos);
    CHECK(b.sleep() == 1'000);  // backoff
}

TEST_CASE("a transport without room is waited for, up to the write timeout", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.room = 3;
    REQUIRE(b.c->publish({.topic = "t", .payload = "x"}));
    CHECK(b.turn() == "");
    CHECK(b.turn() == "");
    CHECK(b.c->wants().room);
    CHECK(b.sleep() == 20'000);
    CHECK(b.after(5'000) == "");
    b.net.room = 100;
    b.c->writable();
    CHECK_FALSE(b.c->wants().room);
    CHECK(b.net.said() == "PUBLISH t=x q0");
    b.net.room = 0;
    REQUIRE(b.c->publish({.topic = "t", .payload = "x"}));
    CHECK(b.turn() == "");
    CHECK(b.after(19'999) == "");
    CHECK(b.after(1) == "disconnected write_timeout 1000");
}

TEST_CASE("an owner who holds messages may sleep", "[client]") {
    bench<manual> b;
    b.o.manual_ack = true;
    REQUIRE(b.start());
    CHECK(b.hears(publish("in", "1", 1, 1) + publish("in", "2", 1, 2)) == "message in=1 q1 #1");
    CHECK(b.sleep() > 1'000);
    CHECK(b.after(1'000) == "");
    REQUIRE(b.c->acknowledge(1) == errc::ok);
    CHECK(b.sleep() == 0);
    CHECK(b.settle() == "message in=2 q1 #2");
    CHECK(b.net.said() == "PUBACK 1");
}

TEST_CASE("a full control lane over a stalled transport may sleep", "[client]") {
    bench<limits{.answers = 2}> b;
    REQUIRE(b.start());
    b.net.room = 0;
    blob stream{};
    for (unsigned i = 1; i <= 5; ++i) stream.add(publish("in", "", 1, i));
    b.net.incoming += stream;
    std::string told;
    for (int i = 0; i < 5; ++i) told += b.turn();
    CHECK(b.sleep() > 1'000);
    b.net.room = 1000;
    b.c->writable();
    told += b.settle();
    CHECK(b.net.said() == "PUBACK 1, PUBACK 2, PUBACK 3, PUBACK 4, PUBACK 5");
}

TEST_CASE("what arrives behind DISCONNECT wakes nobody", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.room = 0;
    REQUIRE(b.c->disconnect() == errc::ok);
    CHECK(b.turn() == "");
    b.net.incoming += publish("in", "x", 1, 1);
    for (int i = 0; i < 5; ++i) b.turn();
    CHECK(b.sleep() > 1'000);
}

TEST_CASE("one event a turn, and a look at the deadline in between", "[client][MQTT-4.5.0-2]") {
    bench b;
    REQUIRE(b.start());
    REQUIRE(b.c->publish({.topic = "t", .level = qos::exactly_once}).value == 1);
    CHECK(b.settle() == "");
    b.net.said();
    CHECK(b.hears(pubrec(1)) == "");
    CHECK(b.net.said() == "PUBREL 1");
    b.net.room = 0;
    std::string stream;
    for (unsigned i = 1; i <= 7; ++i) stream += publish("in", "", 1, i);
    b.net.incoming += stream + std::string{pubrec(1)} + std::string{publish("in", "", 1, 8)};
    for (int i = 0; i < 40; ++i) {
        b.c->poll();
        static_cast<void>(b.c->next_event());
        static_cast<void>(b.c->next_deadline());
    }
    b.net.room = 1000;
    b.settle();
    auto const said = b.net.said();
    CHECK(said.find("BAD") == std::string::npos);
    CHECK(said.find("PUBACK 8") != std::string::npos);
    CHECK(said.find("PUBREL 1") != std::string::npos);
}

TEST_CASE("an event that a command has left is worth a wake-up", "[client]") {
    bench b;
    b.o.clean_session = true;
    REQUIRE(b.start());
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    REQUIRE(b.c->subscribe("f", qos::at_most_once) == errc::ok);
    REQUIRE(b.c->unsubscribe("f") == errc::ok);
    CHECK(b.sleep() == 0);
    CHECK(b.turn() == "unsubscribed f");
    CHECK(b.sleep() == 1'000);
}

TEST_CASE("yield() polls until the time is over, and sleeps in the transport", "[client]") {
    struct sleepy : far_end {
        hand_clock* clock = nullptr;
        unsigned waits = 0;
        void wait(std::uint32_t ms_max, interest) noexcept {
            ++waits;
            if (words(std::exchange(written, {})).find("PINGREQ") != std::string::npos) {
                incoming += pingresp();
            } else {
                clock->ms += ms_max;
            }
        }
    };
    STATIC_REQUIRE(waitable_transport<sleepy>);  // or yield() would poll, and this clock stand still
    sleepy net;
    hand_clock clock;
    net.clock = &clock;
    options const o{.host = "broker", .client_id = "dev"};
    storage<limits{}> memory{};
    client c{memory, net, clock, o};
    REQUIRE(c.connect() == errc::ok);
    net.incoming += connack();
    std::string told;
    auto const start = clock.ms;
    c.yield(120'000, [&](event const& e) { told += words(e); });
    CHECK(told == "connected");
    CHECK(clock.ms - start == 120'000);
    CHECK(net.waits <= 6);
}

TEST_CASE("what has come is handed over although a write fails", "[client]") {
    bench b;
    REQUIRE(b.start());
    b.net.incoming += publish("a", "last words");
    REQUIRE(b.c->publish({.topic = "t"}));
    b.net.write_error = errc::connection_reset;
    CHECK(b.settle() == "message a=last words q0, disconnected connection_reset 1000");
}
