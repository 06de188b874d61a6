// SPDX-License-Identifier: BSL-1.0
// 5.0 in the client: how a connection ends, what is told of it, and what a store has to know.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/client_kit.hpp"
#include "support/kit_5.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr limits both{.versions = version::v3_1_1 | version::v5};

// Only the keys.
struct key_store {
    std::vector<store_key> keys = {};

    errc put(store_key key, bytes_in) noexcept {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
        return errc::ok;
    }
    errc erase(store_key key) noexcept {
        keys.erase(std::remove(keys.begin(), keys.end(), key), keys.end());
        return errc::ok;
    }
    static result<stored_record> restore(bytes_out) noexcept { return stored_record{}; }
};

struct key_hook {
    errc answer = errc::ok;
    errc refresh(login&) const noexcept { return answer; }
};

template <class... Policies>
struct bench_5 : bench<both, Policies...> {
    options_5 more{};

    bench_5() {
        this->o.protocol = version::v5;
    }
    void power_on(Policies&... policies) {
        bench<both, Policies...>::power_on(policies...);
        this->c->announce(more);
    }
    bool online_5(std::string_view grants = {}) {
        this->settle();
        this->net.written.clear();
        return this->hears(five::connack(grants)).substr(0, 9) == "connected" && this->c->online();
    }
    bool start_5(Policies&... policies) {
        power_on(policies...);
        return this->c->connect() == errc::ok && online_5();
    }
    // Hears bytes, and returns the event that tells the end; `before`: the words of those in front of it.
    event end(std::string_view bytes, std::string* before = nullptr) {
        this->net.incoming += bytes;
        for (int i = 0; i < 10; ++i) {
            this->c->poll();
            while (auto const e = this->c->next_event()) {
                if (e.type == event_type::disconnected) return e;
                if (before != nullptr) *before += words(e) + ", ";
            }
        }
        return {};
    }
    std::string written() { return std::exchange(this->net.written, {}); }
};

}  // namespace

TEST_CASE("DISCONNECT of the Server is the cause, told with its reason and its properties, and the client comes back",
          "[client][MQTT5-3.14.4][MQTT5-4.13.2-1]") {
    bench_5<> b;
    REQUIRE(b.start_5());
    auto const e = b.end(five::disconnect(0x8B, five::text(0x1F, "back soon") + five::pair("k", "v")));
    CHECK(e.cause == errc::server_shutting_down);
    CHECK(e.reason == reason_code::server_shutting_down);
    CHECK(e.with.text(property_id::reason_string) == "back soon");
    CHECK(e.with.has(property_id::user_property));
    CHECK(e.retry_in_ms != 0);
    CHECK(b.written() == "");
    CHECK_FALSE(b.net.open);
    CHECK(b.after(e.retry_in_ms) == "");
    CHECK(b.online_5());
}

TEST_CASE("an attempt that fails before CONNECT tells nothing of the connection before", "[client][MQTT5-3.14.4]") {
    key_hook hook;
    bench_5<key_hook> b;
    REQUIRE(b.start_5(hook));
    CHECK(b.end(five::disconnect(0x8B, five::text(0x1F, "back soon"))).reason == reason_code::server_shutting_down);
    hook.answer = errc::credentials_failed;
    b.clock.ms += 100'000;
    auto const e = b.end({});
    CHECK(e.cause == errc::credentials_failed);
    CHECK(e.reason == reason_code::success);
    CHECK(e.with.empty());
    REQUIRE(b.c->disconnect() == errc::ok);
    CHECK(b.end({}).reason == reason_code::success);
}

TEST_CASE("0x8E is told as replaced, before the end", "[client][MQTT5-3.14.4]") {
    bench_5<> b;
    REQUIRE(b.start_5());
    std::string before;
    auto const e = b.end(five::disconnect(0x8E), &before);
    CHECK(before == "replaced, ");
    CHECK(e.cause == errc::replaced);
    CHECK(e.reason == reason_code::session_taken_over);
    // A Server that does not say so is found out by links that are cut again and again, one of which says nothing yet.
    for (int i = 0; i < 3; ++i) {
        b.after(100'000);
        REQUIRE(b.online_5());
        b.net.read_error = errc::closed_by_peer;
        CHECK(b.settle().substr(0, 12) == (i == 0 ? "disconnected" : "replaced, di"));
    }
}

TEST_CASE("a refused CONNACK is told with its reason and its properties",
          "[client][MQTT5-3.2.2-7][MQTT5-4.13.2-1]") {
    bench_5<> b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    b.net.written.clear();
    auto const e = b.end(five::connack(five::text(0x1F, "who are you"), false, 0x87));
    CHECK(e.cause == errc::not_authorized);
    CHECK(e.reason == reason_code::not_authorized);
    CHECK(e.with.text(property_id::reason_string) == "who are you");
    CHECK(b.written() == "");
    CHECK_FALSE(b.net.open);
}

TEST_CASE("a Server of 3.1.1 refuses in its own words", "[client]") {
    bench_5<> b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    b.net.written.clear();
    CHECK(b.end(connack(false, 1)).cause == errc::unacceptable_version);
    CHECK(b.written() == "");
}

TEST_CASE("a fault is told to the Server before the transport is closed", "[client][MQTT5-4.13.1]") {
    bench_5<> b;
    REQUIRE(b.start_5());
    auto const e = b.end(five::connack());
    CHECK(e.cause == errc::protocol_error);
    CHECK(e.reason == reason_code::success);  // the Server has said nothing
    CHECK(b.written() == std::string{five::disconnect(0x82)});
    CHECK_FALSE(b.net.open);
    // Not behind a part of a packet, and not in 3.1.1.
    b.after(100'000);
    REQUIRE(b.online_5());
    b.net.room = 3;
    REQUIRE(b.c->publish({.topic = "a", .payload = "x"}).error == errc::ok);
    CHECK(b.end(five::connack()).cause == errc::protocol_error);
    CHECK(b.written().size() == 3);
    bench<both> old;
    REQUIRE(old.start());
    CHECK(old.hears(connack()).substr(0, 27) == "disconnected protocol_error");
    CHECK(old.net.written.empty());
}

TEST_CASE("disconnect() writes its reason and closes", "[client][MQTT5-3.14.4-1][MQTT5-3.14.4-2]") {
    bench_5<> b;
    property const why[] = {{property_id::reason_string, "night"}};
    b.power_on();
    CHECK(b.c->disconnect(reason_code::normal_disconnection) == errc::not_connected);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online_5());
    CHECK(b.c->disconnect(reason_code::session_taken_over) == errc::bad_reason);
    REQUIRE(b.c->disconnect(reason_code::disconnect_with_will, why) == errc::ok);
    auto const e = b.end({});
    CHECK(e.cause == errc::requested);
    CHECK(b.written() == std::string{five::disconnect(4, five::text(0x1F, "night"))});
    CHECK_FALSE(b.net.open);
    CHECK(b.after(1'000'000) == "");
}

TEST_CASE("what is queued before the first connection has the form of its version", "[client][MQTT5-2.2.2-1]") {
    bench_5<> b;
    b.power_on();
    REQUIRE(b.c->publish({.topic = "a", .payload = "x", .level = qos::at_least_once}).value == 1);
    REQUIRE(b.c->subscribe("f", qos::at_least_once) == errc::ok);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online_5());
    CHECK(b.written() == std::string{five::subscribe(2, "f", 1) + five::publish("a", "x", 1, 1)});
    bench<both> old;
    old.power_on();
    REQUIRE(old.c->publish({.topic = "a", .payload = "x", .level = qos::at_least_once}).value == 1);
    REQUIRE(old.c->connect() == errc::ok);
    REQUIRE(old.online());
    CHECK(old.net.said() == "PUBLISH a=x q1 #1");
}

TEST_CASE("a publish that waits goes out in the version that it was queued for, or not at all",
          "[client][MQTT5-2.2.2-1]") {
    for (bool const newer : {false, true}) {
        bench<both> b;
        b.o.protocol     = newer ? version::v3_1_1 : version::v5;
        auto const other = newer ? version::v5 : version::v3_1_1;
        b.power_on();
        REQUIRE(b.c->publish({.topic = "a", .payload = "x", .level = qos::at_least_once}).value == 1);
        b.o.protocol = other;
        CHECK(b.c->publish({.topic = "b", .payload = "y", .level = qos::at_least_once}).error == errc::bad_version);
        CHECK(b.c->connect() == errc::bad_version);
        CHECK(b.settle() == "");
        CHECK(b.net.written.empty());
        // Nothing was lost by it.
        b.o.protocol = newer ? version::v3_1_1 : version::v5;
        REQUIRE(b.c->connect() == errc::ok);
        b.settle();
        b.net.written.clear();
        CHECK(b.hears(newer ? connack(false) : five::connack({})) == "connected");
        auto const sent = newer ? std::string{"\x32\6\0\1a\0\1x", 8} : std::string{five::publish("a", "x", 1, 1)};
        CHECK(b.net.written == sent);
        CHECK(b.hears({"\x40\2\0\1", 4}) == "delivered #1");
        // And once nothing waits any more the version is free.
        REQUIRE(b.c->disconnect() == errc::ok);
        b.settle();
        b.o.protocol = other;
        CHECK(b.c->publish({.topic = "b", .payload = "y", .level = qos::at_least_once}).value == 2);
        CHECK(b.c->connect() == errc::ok);
    }
}

TEST_CASE("each attempt names the session alike", "[client][MQTT5-3.1.3-2]") {
    bench_5<> b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    auto const first = b.written();
    CHECK(first.find(std::string{"\0\3dev", 5}) != std::string::npos);
    for (int i = 0; i < 3; ++i) {
        b.net.read_error = errc::connection_reset;
        b.settle();
        b.after(100'000);
        CHECK(b.written() == first);
    }
}

TEST_CASE("an idle device obeys the keep alive of the Server", "[client][MQTT5-3.2.2-21]") {
    bench_5<> b;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online_5(five::two_bytes(0x13, 8)));
    CHECK(b.sleep() == 7000);
    CHECK(b.after(7000) == "");
    CHECK(b.written() == std::string{pingreq()});
}

TEST_CASE("a store keeps no message that was refused, and forgets one that ends with a reason",
          "[client][MQTT5-4.3.3-9][MQTT5-4.4.0-2]") {
    key_store store;
    bench_5<key_store> b;
    b.more.check_payload_format = true;
    REQUIRE(b.start_5(store));
    CHECK(b.hears(five::publish("a", "\xFF", 2, 7, "\1\1")) == "dropped a [1] payload_format_invalid");
    CHECK(b.written() == std::string{five::ack(0x50, 7, 0x99)});
    CHECK(store.keys.empty());
    CHECK(b.hears(five::publish("a", "x", 2, 8)) == "message a=x q2 #8");
    REQUIRE(store.keys.size() == 1);
    CHECK(store.keys[0] == store_key{store_key::side::inbound, 8});
    CHECK(b.hears(pubrel(8)) == "");
    CHECK(store.keys.empty());
    // A PUBREL for what nobody knows any more is answered with a reason.
    store.keys.push_back({store_key::side::inbound, 9});
    b.written();
    CHECK(b.hears(pubrel(9)) == "");
    CHECK(b.written() == std::string{five::ack(0x70, 9, 0x92)});
    CHECK(store.keys.empty());
    REQUIRE(b.c->publish({.topic = "a", .payload = "x", .level = qos::exactly_once}).value == 1);
    b.settle();
    REQUIRE(store.keys.size() == 1);
    CHECK(b.hears(five::ack(0x50, 1, 0x97)) == "rejected #1 publish_refused");
    CHECK(store.keys.empty());
}
