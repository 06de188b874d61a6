// SPDX-License-Identifier: BSL-1.0
// The steps from connect() to on line, their deadlines and their causes.
#include <string>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

// A stage that never gets further: how it ends and when.
void stage_times_out(connect_stage stage, std::uint32_t ms, std::string const& cause) {
    for (std::uint32_t const start : {1000U, 0U - 1U, 0U - 5000U}) {
        bench b;
        b.clock.ms = start;
        b.o.resolve_timeout_ms = 3'000;
        b.o.connect_timeout_ms = 4'000;
        b.o.tls_timeout_ms = 5'000;
        b.power_on();
        b.net.stages.assign(1000, stage);
        REQUIRE(b.c->connect() == errc::ok);
        CHECK(b.sleep() == 0);
        CHECK(b.turn() == "");
        CAPTURE(cause, start);
        CHECK(b.sleep() == ms);
        CHECK(b.after(ms - 1) == "");
        CHECK(b.sleep() == 1);
        CHECK(b.c->wants().room);
        CHECK(b.after(1) == "disconnected " + cause + " 1000");
        CHECK(b.net.closes == 2);
        CHECK_FALSE(b.c->wants().room);
        CHECK(b.net.written.empty());
    }
}

}  // namespace

TEST_CASE("CONNECT leaves in the turn in which the transport stands", "[client]") {
    bench b;
    b.power_on();
    CHECK_FALSE(b.c->online());
    CHECK(b.turn() == "");
    CHECK(b.net.connects == 0);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.net.calls() == 1);  // close() of power_on()
    CHECK(b.turn() == "");
    CHECK(b.net.said() == "CONNECT");
    CHECK(b.hears(connack()) == "connected");
    CHECK(b.c->online());
}

TEST_CASE("each stage has a deadline and a cause of its own", "[client]") {
    stage_times_out(connect_stage::resolve, 3'000, "resolve_timeout");
    stage_times_out(connect_stage::connect, 4'000, "connect_timeout");
    stage_times_out(connect_stage::secure, 5'000, "tls_timeout");
}

TEST_CASE("the deadline starts anew with each stage", "[client]") {
    bench b;
    b.power_on();
    using enum connect_stage;
    b.net.stages = {resolve, resolve, connect, connect, secure, secure, done};
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.turn() == "");
    b.clock.ms += 9'999;
    CHECK(b.turn() == "");
    b.clock.ms += 9'999;
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 10'000);
    b.clock.ms += 9'999;
    CHECK(b.turn() == "");
    b.clock.ms += 29'999;
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 30'000);
    b.clock.ms += 29'999;
    CHECK(b.turn() == "");
    CHECK(b.turn() == "");
    CHECK(b.net.said() == "CONNECT");
    CHECK(b.hears(connack()) == "connected");
}

TEST_CASE("what the transport says is the cause", "[client]") {
    for (auto const why : {errc::resolve_failed, errc::connect_refused, errc::unreachable, errc::no_resources,
                           errc::tls_failed, errc::io_error}) {
        bench b;
        b.power_on();
        b.net.stages = {why};
        REQUIRE(b.c->connect() == errc::ok);
        CHECK(b.turn() == "disconnected " + std::string{name(why)} + " 1000");
        CHECK_FALSE(b.net.open);
    }
    for (auto const why : {errc::closed_by_peer, errc::connection_reset, errc::io_error}) {
        bench b;
        REQUIRE(b.start());
        b.net.read_error = why;
        CHECK(b.settle() == "disconnected " + std::string{name(why)} + " 1000");
        bench w;
        REQUIRE(w.start());
        w.net.write_error = why;
        REQUIRE(w.c->publish({.topic = "t", .level = qos::at_least_once}));
        CHECK(w.settle() == "disconnected " + std::string{name(why)} + " 1000");
        CHECK_FALSE(w.net.open);
    }
}

TEST_CASE("CONNACK that does not come, and one that refuses", "[client][3.2][3.2.2.3][MQTT-3.2.2-5]") {
    bench b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 10'000);
    CHECK(b.after(9'999) == "");
    CHECK(b.after(1) == "disconnected connack_timeout 1000");
    struct {
        unsigned code;
        char const* told;
    } const refusals[] = {{1, "disconnected unacceptable_version 60000"},
                          {2, "disconnected identifier_rejected 60000"},
                          {3, "disconnected server_unavailable 1000"},
                          {4, "disconnected bad_credentials 60000"},
                          {5, "disconnected not_authorized 60000"},
                          {6, "disconnected malformed_packet 1000"}};
    for (auto const& r : refusals) {
        bench d;
        d.power_on();
        REQUIRE(d.c->connect() == errc::ok);
        CHECK(d.turn() == "");
        CHECK(d.hears(connack(false, r.code)) == r.told);
        CHECK_FALSE(d.net.open);
    }
}

TEST_CASE("a fault closes the link, then it comes back", "[client][MQTT-4.8.0-1]") {
    bench b;
    REQUIRE(b.start());
    CHECK(b.hears(two(0xF0)) == "disconnected malformed_packet 1000");
    CHECK_FALSE(b.net.open);
    CHECK(b.after(999) == "");
    CHECK(b.net.connects == 1);
    CHECK(b.after(1) == "");
    CHECK(b.net.connects == 2);
    CHECK(b.online());
}

TEST_CASE("misuse is refused and names the culprit", "[client][3.1]") {
    bench<limits{.topic_bytes = 20}> b;
    auto const refused = [&b](options const& o) {
        auto const good = b.o;
        b.o = o;
        b.power_on();
        auto const e = b.c->connect();
        CHECK(b.turn() == "");
        CHECK(b.net.connects == 0);
        b.o = good;
        return e;
    };
    auto const with = [&b](auto change) {
        auto o = b.o;
        change(o);
        return o;
    };
    CHECK(refused(with([](options& o) { o.host = {}; })) == errc::bad_address);
    CHECK(refused(with([](options& o) { o.port = 0; })) == errc::bad_address);
    CHECK(refused(with([](options& o) { o.protocol = version::v3_1; })) == errc::bad_version);
    CHECK(refused(with([](options& o) { o.chunks = true; })) == errc::bad_option);
    CHECK(refused(with([](options& o) { o.manual_ack = true; })) == errc::bad_option);
    CHECK(refused(with([](options& o) { o.backoff_ms_min = 0; })) == errc::bad_option);
    CHECK(refused(with([](options& o) { o.backoff_ms_min = 60'001; })) == errc::bad_option);
    CHECK(refused(with([](options& o) { o.client_id = {}; })) == errc::bad_client_id);
    CHECK(refused(with([](options& o) { o.password = "x"; })) == errc::password_without_user_name);
    CHECK(refused(with([](options& o) { o.will = {.topic = "#"}; })) == errc::bad_will);
    std::string const long_id(600, 'x');
    CHECK(refused(with([&](options& o) { o.client_id = long_id; })) == errc::connect_too_long);

    b.power_on();
    CHECK(b.c->disconnect() == errc::not_connected);
    CHECK(b.c->publish({.topic = "t"}).error == errc::not_connected);
    std::string const topic(21, 't');
    CHECK(b.c->publish({.topic = topic, .level = qos::at_least_once}).error == errc::topic_too_long);
    CHECK(b.c->subscribe(topic, qos::at_most_once) == errc::topic_too_long);
    CHECK(b.c->publish({.topic = "a/#", .level = qos::at_least_once}).error == errc::bad_topic);
    CHECK(b.c->subscribe("a#", qos::at_most_once) == errc::bad_filter);
    CHECK(b.c->unsubscribe("") == errc::bad_filter);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.c->connect() == errc::already_connected);
    REQUIRE(b.online());
    CHECK(b.c->connect() == errc::already_connected);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "");
}

TEST_CASE("publishes made off line leave after CONNACK", "[client]") {
    bench b;
    b.power_on();
    REQUIRE(b.c->publish({.topic = "t", .payload = "1", .level = qos::at_least_once}).value == 1);
    REQUIRE(b.c->subscribe("f", qos::at_most_once) == errc::ok);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    CHECK(b.net.said() == "SUBSCRIBE 2 f q0, PUBLISH t=1 q1 #1");
}
