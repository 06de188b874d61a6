// SPDX-License-Identifier: BSL-1.0
// Credentials that say where to connect to and until when they are good; rules of a platform.
#include <cstdint>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

struct landlord {
    std::vector<errc> answers = {};  // one for each call; then ok
    unsigned calls = 0, stops = 0;
    std::uint32_t life_ms = 0;       // of a token; 0: for ever
    std::uint32_t margin_ms = 30'000;
    std::uint32_t ask_in_ms = 0;
    std::string host = {};           // empty: stays
    std::string token = {};
    lease seen = {};

    errc refresh(login& out, lease& with) noexcept {
        ++calls;
        seen = with;
        if (!answers.empty()) {
            auto const answer = answers.front();
            answers.erase(answers.begin());
            if (answer == errc::would_block && ask_in_ms != 0) with.ask_at.arm(with.now + ask_in_ms);
            if (answer != errc::ok) return answer;
        }
        token = "token-" + std::to_string(calls);
        out.password = token;
        out.user_name = "user";
        if (life_ms != 0) with.valid_until.arm(with.now + life_ms);
        with.margin_ms = margin_ms;
        if (!host.empty()) with.to = {host, 8883};
        return errc::ok;
    }
    void stop() noexcept { ++stops; }
};
static_assert(check_credentials<landlord>() && stoppable_credentials<landlord>);

using leased = bench<limits{}, landlord>;

bool start(leased& b, landlord& owner) {
    b.power_on(owner);
    return b.c->connect() == errc::ok && b.online();
}

}  // namespace

TEST_CASE("before a login expires the client leaves in order, asks for another one and comes back", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 3'600'000;
    b.o.keep_alive_s = 0;
    REQUIRE(start(b, owner));
    // Half a minute before the end, and until then it may sleep.
    CHECK(b.sleep() == 3'570'000);
    CHECK(b.after(3'569'999) == "");
    CHECK(b.sleep() == 1);
    CHECK(b.after(1) == "disconnected renewal 1");
    CHECK(b.net.said() == "DISCONNECT");
    CHECK(b.net.open == false);
    CHECK(owner.calls == 1);
    CHECK(b.sleep() == 1);
    CHECK(b.after(1) == "");
    CHECK(owner.calls == 2);
    CHECK(b.net.written.find("token-2") != std::string::npos);
    REQUIRE(b.online(true));
    CHECK(owner.stops == 0);
    // It was no failure: the next loss waits as the first one would.
    CHECK(b.after(10'000) == "");
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
}

TEST_CASE("a login is left across the wrap of the clock", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 600'000;
    b.o.keep_alive_s = 0;
    b.clock.ms = 0xFFFF'FFFFU - 300'000;
    REQUIRE(start(b, owner));
    CHECK(b.after(569'999) == "");
    CHECK(b.after(1) == "disconnected renewal 1");
    b.net.said();
    CHECK(b.after(1) == "");
    CHECK(b.online());
}

TEST_CASE("the margin is never more than half of a login's life", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 40'000;
    REQUIRE(start(b, owner));
    CHECK(b.after(19'999) == "");
    CHECK(b.after(1) == "disconnected renewal 1");
}

TEST_CASE("what is queued leaves before the connection does, and nothing is lost", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 100'000;
    b.o.keep_alive_s = 0;
    REQUIRE(start(b, owner));
    b.clock.ms += 70'000;
    REQUIRE(b.c->publish({.topic = "t", .payload = "x", .level = qos::at_least_once}));
    CHECK(b.settle() == "disconnected renewal 1");
    CHECK(b.net.said().starts_with("PUBLISH"));
    CHECK(b.after(1) == "");
    REQUIRE(b.online(true));
    // No PUBACK has come, so it comes again.
    CHECK(b.net.said().find("PUBLISH") != std::string::npos);
}

TEST_CASE("a login that is over at once does not turn the client in a circle", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 2'000;
    REQUIRE(start(b, owner));
    CHECK(b.after(1'000) == "disconnected renewal 1000");
    b.net.said();
    CHECK(b.after(1'000) == "");
    REQUIRE(b.online(true));
    CHECK(b.after(1'000) == "disconnected renewal 2000");
}

TEST_CASE("a login that was over when it was given is the credentials' failure", "[client]") {
    leased b;
    landlord owner;
    REQUIRE(start(b, owner));
    owner.life_ms = 0xFFFF'FFFFU;  // a millisecond ago
    b.net.read_error = errc::connection_reset;
    CHECK(b.settle() == "disconnected connection_reset 1000");
    CHECK(b.after(1'000) == "disconnected credentials_failed 60000");
    CHECK(b.net.connects == 1);
    owner.life_ms = 0;
    CHECK(b.after(60'000) == "");
    CHECK(b.online(true));
}

TEST_CASE("who leaves while the login is being renewed stays away", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 100'000;
    REQUIRE(start(b, owner));
    b.net.room = 0;
    CHECK(b.after(70'000) == "");
    CHECK_FALSE(b.c->online());
    CHECK(b.c->disconnect() == errc::ok);
    b.net.room = 1'000;
    CHECK(b.settle() == "disconnected requested 0");
    CHECK(b.after(100'000) == "");
    CHECK(owner.calls == 1);
}

TEST_CASE("without reconnecting a login is not left, and its end is an ordinary loss", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 100'000;
    b.o.reconnect = false;
    b.o.keep_alive_s = 0;
    REQUIRE(start(b, owner));
    CHECK(b.sleep() == deadline::never);
    CHECK(b.after(100'000) == "");
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 0");
}

TEST_CASE("a token that the broker ends early is an ordinary loss, and the next one is asked for", "[client]") {
    leased b;
    landlord owner;
    owner.life_ms = 3'600'000;
    REQUIRE(start(b, owner));
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    CHECK(b.after(1'000) == "");
    CHECK(b.net.written.find("token-2") != std::string::npos);
    // It is refused once more, and its time does not count.
    CHECK(b.hears(std::string_view{"\x20\x02\x00\x05", 4}) == "disconnected not_authorized 60000");
    CHECK(b.after(60'000) == "");
    CHECK(b.net.written.find("token-3") != std::string::npos);
    CHECK(b.online(true));
}

TEST_CASE("credentials say where to connect to", "[client]") {
    leased b;
    landlord owner;
    SECTION("what they are given is what the options say") {
        REQUIRE(start(b, owner));
        CHECK(owner.seen.to.host == "broker");
        CHECK(owner.seen.to.port == 1883);
        CHECK(owner.seen.now == instant{b.clock.ms});
        CHECK(b.net.host == "broker:1883");
    }
    SECTION("what they write is dialled, anew each time") {
        b.o.host = {};
        owner.host = "first.example";
        REQUIRE(start(b, owner));
        CHECK(b.net.host == "first.example:8883");
        owner.host = "second.example";
        b.net.read_error = errc::closed_by_peer;
        b.settle();
        CHECK(b.after(1'000) == "");
        CHECK(b.net.host == "second.example:8883");
    }
    SECTION("nowhere is an error") {
        b.o.host = {};
        b.power_on(owner);
        CHECK(b.c->connect() == errc::bad_address);
    }
}

TEST_CASE("credentials that are being fetched say when to ask again, and are stopped when nobody waits", "[client]") {
    leased b;
    landlord owner;
    owner.ask_in_ms = 10;
    owner.answers.assign(2'000, errc::would_block);
    b.o.credentials_timeout_ms = 105;
    b.power_on(owner);
    REQUIRE(b.c->connect() == errc::ok);
    CHECK(b.sleep() == 10);
    CHECK(b.c->wants().bytes);
    CHECK_FALSE(b.c->wants().room);
    b.clock.ms += 100;
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 5);
    CHECK(owner.stops == 0);
    b.clock.ms += 5;
    CHECK(b.turn() == "disconnected credentials_timeout 1000");
    CHECK(owner.stops == 1);

    owner.ask_in_ms = 0;
    b.clock.ms += 1'000;
    CHECK(b.turn() == "");
    CHECK(b.sleep() == 0);
    CHECK(b.c->disconnect() == errc::ok);
    CHECK(owner.stops == 2);
    CHECK(b.turn() == "disconnected requested 0");
}

TEST_CASE("what a cloud's service refuses waits the maximum, what is only out of order does not", "[client]") {
    leased b;
    landlord owner;
    REQUIRE(start(b, owner));
    owner.answers = {errc::identity_refused, errc::server_unavailable, errc::device_unknown, errc::malformed_json};
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    CHECK(b.after(1'000) == "disconnected identity_refused 60000");
    CHECK(b.after(60'000) == "disconnected server_unavailable 2000");
    CHECK(b.after(2'000) == "disconnected device_unknown 60000");
    CHECK(b.after(60'000) == "disconnected malformed_json 4000");
    CHECK(b.after(4'000) == "");
    CHECK(b.online(true));
}

TEST_CASE("a client with such credentials is all zero before it is set up", "[client]") {
    static constinit client<far_end, hand_clock, limits{}, landlord> device{};
    std::string const bytes(reinterpret_cast<char const*>(&device), sizeof device);
    CHECK(bytes.find_first_not_of('\0') == std::string::npos);
}

TEST_CASE("a client that does not come back by itself is not woken for a login that ends", "[client]") {
    constexpr limits once{.reconnect = false};
    bench<once, landlord> b;
    landlord owner;
    owner.life_ms = 100'000;
    b.o.keep_alive_s = 0;
    b.power_on(owner);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    CHECK(b.sleep() == deadline::never);
    CHECK(b.after(100'000) == "");
    CHECK(b.c->online());
    CHECK(b.sleep() == deadline::never);
}

TEST_CASE("credentials are stopped, too, when connect() returns what they say", "[client]") {
    leased b;
    landlord owner;
    owner.answers = {errc::bad_device_secret};
    b.power_on(owner);
    CHECK(b.c->connect() == errc::bad_device_secret);
    CHECK(owner.stops == 1);
    CHECK(b.sleep() == deadline::never);
}
