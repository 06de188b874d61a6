// SPDX-License-Identifier: BSL-1.0
// SCRAM as a client's authenticator, against a broker that has it.
#include <barelink/base/text.hpp>
#include <barelink/client/client.hpp>
#include <barelink/crypto/scram.hpp>
#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/pipe.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "crypto/scram_server.hpp"
#include "support/catch.hpp"

using namespace barelink;
using barelink::testing::auth_step;
using barelink::testing::manual_clock;
using barelink::testing::memory_pipe;

namespace {

constexpr limits five{.versions = version::v5};

// How a broker behaves that should know the password.
enum class manner { honest, believes_all, asks_nothing, ends_early };

struct keeper {
    scram::server side   = {};
    manner        how    = manner::honest;
    std::string   said   = {};
    std::string   method = {};

    auth_step hear(std::string_view, std::string_view name, std::string_view data) {
        method = std::string{name};
        if (how == manner::asks_nothing) return {reason_code::success, {}};
        if (data.substr(0, 3) == "n,,") {
            said = side.hear_first(data);
            return {how == manner::ends_early ? reason_code::success : reason_code::continue_authentication, said};
        }
        said = side.hear_final(data);
        if (said.empty() && how == manner::believes_all) said = "v=" + scram::encoded(std::string(32, 'x'));
        return {said.empty() ? reason_code::not_authorized : reason_code::success, said};
    }
};

struct bench {
    using who_type = scram_sha256<wolfcrypt, wolfcrypt_random>;

    memory_pipe<>     wire;
    manual_clock      clock{{0xFFFF'F000}};
    testing::broker<> cloud;
    keeper            keys;
    storage<five>     memory = {};
    options           o{.host = "cloud", .protocol = version::v5, .client_id = "pump", .jitter = false};
    wolfcrypt         engine;
    wolfcrypt_random  noise;
    who_type          who;
    client<memory_pipe<>::client_end, manual_clock, five, who_type> mqtt{memory, wire.client(), clock, o, who};
    std::string                                                     events;

    explicit bench(std::string_view user = "user", std::string_view password = "pencil")
        : who{engine, noise, user, password} {
        cloud.knobs.authenticate = delegate<auth_step(std::string_view, std::string_view, std::string_view)>::to<
            &keeper::hear>(keys);
    }
    std::string come() {
        REQUIRE(mqtt.connect() == errc::ok);
        return turn();
    }
    std::string again() {
        REQUIRE(mqtt.reauthenticate() == errc::ok);
        return turn();
    }
    std::string turn() {
        for (int i = 0; i < 20; ++i) {
            mqtt.poll([this](event const& e) { note(e); });
            if (wire.server().open()) static_cast<void>(cloud.serve(wire.server(), clock.now()));
        }
        return std::exchange(events, {});
    }
    void note(event const& e) {
        if (e.type == event_type::connected) events += "connected ";
        if (e.type == event_type::authenticated) events += "authenticated ";
        if (e.type == event_type::disconnected) events += std::string{name(e.cause)} + ' ';
        if (e.type == event_type::delivered) events += "delivered ";
    }
};

}  // namespace

TEST_CASE("both sides prove that they know the password", "[crypto][scram_login][RFC5802-3]") {
    bench b;
    CHECK(b.come() == "connected ");
    CHECK(b.keys.method == "SCRAM-SHA-256");
    CHECK(b.cloud.counts().logins == 1);
    REQUIRE(b.mqtt.publish({"t", "x", qos::at_least_once}));
    CHECK(b.turn() == "delivered ");
    CHECK(b.cloud.complaint().view() == "");
}

TEST_CASE("both prove it again on the connection that stands, and on the next one", "[crypto][scram_login]") {
    bench b;
    REQUIRE(b.come() == "connected ");
    for (unsigned i = 2; i < 4; ++i) {
        CHECK(b.again() == "authenticated ");
        CHECK(b.cloud.counts().logins == i);
    }
    CHECK(b.mqtt.online());
    b.cloud.restart(true);
    CHECK(b.turn() != "");
    b.clock.advance(1'000);
    CHECK(b.turn() == "connected ");
    CHECK(b.cloud.counts().logins == 4);
    CHECK(b.cloud.complaint().view() == "");
}

TEST_CASE("a password that is wrong is refused by the Server", "[crypto][scram_login]") {
    bench b{"user", "Pencil"};
    CHECK(b.come() == "not_authorized ");
    CHECK_FALSE(b.mqtt.online());
    CHECK(b.cloud.counts().logins == 0);
    // One that has changed since.
    bench c;
    REQUIRE(c.come() == "connected ");
    c.keys.side.password = "changed";
    CHECK(c.again() == "not_authorized ");
    CHECK_FALSE(c.mqtt.online());
}

TEST_CASE("a Server that does not know the password is left", "[crypto][scram_login][RFC5802-5]") {
    for (auto const how : {manner::believes_all, manner::asks_nothing, manner::ends_early}) {
        CAPTURE(static_cast<int>(how));
        bench b;
        b.keys.how           = how;
        b.keys.side.password = "guess";
        CHECK(b.come() == "auth_failed ");
        CHECK_FALSE(b.mqtt.online());
        bench c;
        REQUIRE(c.come() == "connected ");
        c.keys.how           = how;
        c.keys.side.password = "guess";
        CHECK(c.again() == "auth_failed ");
        CHECK_FALSE(c.mqtt.online());
    }
}

TEST_CASE("a Server that makes it too easy, or too hard, is left", "[crypto][scram_login][RFC7677-4]") {
    for (int const iterations : {4095, 16'385}) {
        bench b;
        b.keys.side.iterations = iterations;
        CHECK(b.come() == "auth_failed ");
    }
    bench b;
    b.keys.side.more = ",m=later";
    CHECK(b.come() == "protocol_error ");
}

TEST_CASE("without a user name there is no dialogue", "[crypto][scram_login]") {
    bench b{"", ""};
    CHECK(b.come() == "connected ");
    CHECK(b.keys.method == "");
    CHECK(b.mqtt.reauthenticate() == errc::not_connected);
}
