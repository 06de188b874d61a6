// SPDX-License-Identifier: BSL-1.0
// Enhanced authentication: the dialogue between CONNECT and CONNACK, and again on line.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;
using namespace std::string_literals;

namespace {

// Answers each question with the question and a count; content when the last word is "proof".
struct echo {
    unsigned starts = 0, steps = 0, ends = 0;
    errc verdict = errc::ok;
    bool silent = false;  // no data in CONNECT
    std::string said = {};

    std::string_view method() noexcept { return "ECHO"; }
    errc start(std::string_view& out) noexcept {
        said = "hello" + std::to_string(++starts);
        if (!silent) out = said;
        return errc::ok;
    }
    errc step(std::string_view in, std::string_view& out) noexcept {
        said = std::string{in} + std::to_string(++steps);
        out = said;
        return verdict;
    }
    errc finish(std::string_view in) noexcept {
        ++ends;
        return in == "proof" ? errc::ok : errc::auth_failed;
    }
};

constexpr limits talking{.versions = version::v5};
using talk = bench<talking, echo>;

// Method and data as properties, behind their length.
std::string props(std::string_view method, std::string_view data, bool with_data = true) {
    std::string p = "\x15\0"s + static_cast<char>(method.size()) + std::string{method};
    if (with_data) p += "\x16\0"s + static_cast<char>(data.size()) + std::string{data};
    return static_cast<char>(p.size()) + p;
}
std::string auth(char reason, std::string_view data, std::string_view method = "ECHO") {
    auto const body = reason + props(method, data);
    return "\xF0"s + static_cast<char>(body.size()) + body;
}
std::string connack_5(std::string const& properties) {
    auto const body = "\0\0"s + properties;
    return "\x20"s + static_cast<char>(body.size()) + body;
}

struct begun : talk {
    echo method = {};
    begun() {
        o.protocol = version::v5;
        o.clean_session = true;
        power_on(method);
    }
    bool connects() { return c->connect() == errc::ok && settle().empty(); }
    bool online_5() {
        if (!connects()) return false;
        net.written.clear();
        return hears(connack_5(props("ECHO", "proof"))).substr(0, 9) == "connected";
    }
};

}  // namespace

TEST_CASE("CONNECT has the method and the first data", "[client][MQTT5-3.1.2-30]") {
    begun b;
    REQUIRE(b.connects());
    CHECK(b.net.written.find("\x15\0\4ECHO\x16\0\6hello1"s) != std::string::npos);
    begun quiet;
    quiet.method.silent = true;
    REQUIRE(quiet.connects());
    CHECK(quiet.net.written.find("\x15\0\4ECHO"s) != std::string::npos);
    CHECK(quiet.net.written.find("\x16"s) == std::string::npos);
}

TEST_CASE("each AUTH of the Server is answered, and CONNACK is checked at the end",
          "[client][MQTT5-4.12.0-3][MQTT5-4.12.0-5]") {
    begun b;
    REQUIRE(b.connects());
    b.net.written.clear();
    CHECK(b.hears(auth('\x18', "why")) == "");
    CHECK(b.net.written == auth('\x18', "why1"));
    b.net.written.clear();
    CHECK(b.hears(auth('\x18', "how")) == "");
    CHECK(b.net.written == auth('\x18', "how2"));
    CHECK(b.hears(connack_5(props("ECHO", "proof"))) == "connected");
    CHECK(b.method.ends == 1);
    CHECK(b.c->online());
}

TEST_CASE("a Server that proves nothing is left", "[client][MQTT5-4.12]") {
    begun b;
    REQUIRE(b.connects());
    CHECK(b.hears(connack_5(props("ECHO", "lies"))) == "disconnected auth_failed 60000");
    CHECK_FALSE(b.c->online());
    begun c;
    REQUIRE(c.connects());
    c.method.verdict = errc::auth_failed;
    CHECK(c.hears(auth('\x18', "why")) == "disconnected auth_failed 60000");
}

TEST_CASE("AUTH in another method, or out of place, is an error of the protocol",
          "[client][MQTT5-4.12.0-2][MQTT5-4.12.0-6]") {
    for (auto const& wrong : {auth('\x18', "why", "OTHER"), auth('\0', "early"), connack_5("\0"s),
                              connack_5(props("OTHER", "proof"))}) {
        begun b;
        REQUIRE(b.connects());
        b.net.written.clear();
        CHECK(b.hears(wrong) == "disconnected protocol_error 1000");
        CHECK(b.net.written == "\xE0\1\x82"s);  // told to the Server [4.13.1]
    }
    begun late;
    REQUIRE(late.online_5());
    CHECK(late.hears(auth('\x18', "uninvited")) == "disconnected protocol_error 1000");
}

TEST_CASE("without a method no AUTH is taken", "[client][MQTT5-4.12.0-7]") {
    bench<talking> b;
    b.o.protocol = version::v5;
    b.power_on();
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.hears(auth('\x18', "why")) == "disconnected protocol_error 1000");
}

TEST_CASE("a connection that stands is authenticated anew", "[client][MQTT5-4.12.1-1]") {
    begun b;
    REQUIRE(b.online_5());
    b.net.written.clear();
    REQUIRE(b.c->publish({.topic = "t", .level = qos::at_least_once}));
    REQUIRE(b.c->reauthenticate() == errc::ok);
    CHECK(b.settle() == "");
    // Before the publish that waits.
    CHECK(b.net.written == auth('\x19', "hello2") + "\x32\6\0\1t\0\1\0"s);
    b.net.written.clear();
    CHECK(b.hears(auth('\x18', "why")) == "");
    CHECK(b.net.written == auth('\x18', "why1"));
    CHECK(b.hears(auth('\0', "proof")) == "authenticated");
    CHECK(b.c->online());
    CHECK(b.after(11'000) == "");
}

TEST_CASE("a new authentication that fails, or gets no answer, ends the connection", "[client][MQTT5-4.12.1-2]") {
    begun b;
    REQUIRE(b.online_5());
    REQUIRE(b.c->reauthenticate() == errc::ok);
    b.settle();
    CHECK(b.hears(auth('\0', "lies")) == "disconnected auth_failed 60000");
    begun c;
    REQUIRE(c.online_5());
    REQUIRE(c.c->reauthenticate() == errc::ok);
    c.settle();
    CHECK(c.sleep() <= 10'000);
    CHECK(c.after(9'999) == "");
    CHECK(c.after(1) == "disconnected auth_timeout 1000");
}

TEST_CASE("the dialogue starts anew with each connection", "[client][MQTT5-4.12]") {
    begun b;
    REQUIRE(b.online_5());
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    CHECK(b.after(1'000) == "");
    CHECK(b.method.starts == 2);
    CHECK(b.net.written.find("hello2") != std::string::npos);
}
