// SPDX-License-Identifier: BSL-1.0
// Requests and responses, and the router that goes by numbers.
#include <array>
#include <string>

#include <barelink/client/requests.hpp>
#include <barelink/topic/literal.hpp>

#include "base/check_both.hpp"
#include "support/client_kit.hpp"

using namespace kit;
using namespace std::string_literals;

namespace {

std::string const connack_5 = "\x20\3\0\0\0"s;

// PUBLISH at QoS 0 with properties.
std::string message_5(std::string_view topic, std::string const& properties, std::string_view payload) {
    auto const body = "\0"s + static_cast<char>(topic.size()) + std::string{topic} +
                      static_cast<char>(properties.size()) + properties + std::string{payload};
    return "\x30"s + static_cast<char>(body.size()) + body;
}

struct desk {
    std::string seen = {};
};
void on_a(desk& d, event const&) { d.seen += "a"; }
void on_all(desk& d, event const&) { d.seen += "*"; }
constexpr auto table = router{std::array{route<desk>{topic_filter("a"), qos::at_most_once, on_a},
                                         route<desk>{topic_filter("#"), qos::at_most_once, on_all}}};

constexpr limits five{.versions = version::v5};

constexpr bool numbers_are_never_reused_while_open() {
    pending_requests<2> r;
    auto const a = r.open("re", {0}, 10);
    auto const b = r.open("re", {0}, 20);
    auto const c = r.open("re", {0}, 30);
    if (!a || !b || c.error != errc::inflight_full || a.value.number() == b.value.number()) return false;
    if (r.next_deadline() != deadline{{10}, true} || r.expire({9}) != 0) return false;
    if (r.expire({10}) != a.value.number() || r.expire({10}) != 0) return false;
    return r.open("re", {10}, 10).value.number() != b.value.number();
}

}  // namespace

TEST_CASE("a request's number is its own until its response or its end", "[client][MQTT5-4.10]") {
    CHECK_BOTH(numbers_are_never_reused_while_open());
}

TEST_CASE("a response finds its request by the correlation data", "[client][MQTT5-4.10]") {
    bench<five> b;
    b.o.protocol = version::v5;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    REQUIRE(b.hears(connack_5) == "connected");
    b.net.written.clear();
    pending_requests<2> requests;
    auto const ask = requests.open("re", {b.clock.ms}, 100);
    REQUIRE(b.c->publish({.topic = "q"}, ask.value.with()));
    b.settle();
    auto const correlation = "\x09\0\4\0\0\0\1"s;
    CHECK(b.net.written == message_5("q", "\x08\0\2re"s + correlation, ""));
    std::string got;
    auto const take = [&](std::string const& bytes) {
        b.net.incoming += bytes;
        b.c->poll([&](event const& e) { got += std::to_string(requests.take(e)); });
    };
    take(message_5("re", "", "stray"));
    take(message_5("re", "\x09\0\4\0\0\0\2"s, "another's"));
    take(message_5("re", correlation, "answer"));
    take(message_5("re", correlation, "again"));
    CHECK(got == "0010");
}

TEST_CASE("a table's rows are found by their numbers, or by their filters", "[client][MQTT5-3.3.4-4]") {
    bench<five> b;
    b.o.protocol = version::v5;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    REQUIRE(b.hears(connack_5) == "connected");
    b.net.written.clear();
    REQUIRE(b.c->subscribe(table) == errc::ok);
    b.settle();
    CHECK(b.net.written == "\x82\x09\0\1\2\x0B\1\0\1a\0"s + "\x82\x09\0\2\2\x0B\2\0\1#\0"s);
    desk d;
    auto const hears = [&](std::string const& bytes) {
        d.seen.clear();
        b.net.incoming += bytes;
        b.c->poll([&](event const& e) { b.c->dispatch(table, d, e); });
        return d.seen;
    };
    CHECK(hears(message_5("a", "", "")) == "a*");
    CHECK(hears(message_5("a", "\x0B\1"s, "")) == "a");
    CHECK(hears(message_5("a", "\x0B\2\x0B\1"s, "")) == "*a");
    CHECK(hears(message_5("a", "\x0B\7"s, "")) == "");  // of a subscription that is not the table's
}
