// SPDX-License-Identifier: BSL-1.0
// Names that the Server gives: our identifier, and another Server.
#include <string>
#include <string_view>
#include <vector>

#include "base/check_both.hpp"
#include "support/client_kit.hpp"

using namespace kit;
using namespace std::string_literals;

namespace {

constexpr endpoint parsed(std::string_view text) { return parse_server_reference(text, 1883); }
constexpr bool is(endpoint const& e, std::string_view host, unsigned port) { return e.host == host && e.port == port; }

std::string text_property(char id, std::string_view text) {
    return id + "\0"s + static_cast<char>(text.size()) + std::string{text};
}
std::string connack_5(char code, std::string const& properties) {
    auto const body = "\0"s + code + static_cast<char>(properties.size()) + properties;
    return "\x20"s + static_cast<char>(body.size()) + body;
}
std::string disconnect_5(char code, std::string const& properties) {
    auto const body = code + std::string(1, static_cast<char>(properties.size())) + properties;
    return "\xE0"s + static_cast<char>(body.size()) + body;
}

constexpr limits keeping{.versions = version::v5, .assigned_id_bytes = 8, .server_reference_bytes = 32};

// Notes where it was sent to.
struct roaming : bench<keeping> {
    roaming() {
        o.protocol = version::v5;
        o.client_id = {};
        power_on();
    }
    bool begins() { return c->connect() == errc::ok && settle().empty(); }
    std::string taken(std::string const& properties) { return hears(connack_5(0, properties)); }
};

}  // namespace

TEST_CASE("a server reference is a host, and perhaps a port", "[client][MQTT5-4.11]") {
    CHECK_BOTH(is(parsed("other.example"), "other.example", 1883));
    CHECK_BOTH(is(parsed("other.example:8883"), "other.example", 8883));
    CHECK_BOTH(is(parsed("[::1]:8883"), "::1", 8883));
    CHECK_BOTH(is(parsed("a:1 b:2"), "a", 1));
    for (auto const wrong : {"a:", "a:0", "a:65536", "a:99999999999", "a:x", ":1"}) CHECK(parsed(wrong).host.empty());
}

TEST_CASE("the identifier that the Server gave is ours from then on", "[client][MQTT5-3.2.2-16]") {
    roaming b;
    REQUIRE(b.begins());
    CHECK(b.taken(text_property('\x12', "srv-1")) == "connected");
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    b.net.written.clear();
    CHECK(b.after(1000) == "");
    CHECK(b.net.written.find("\0\5srv-1"s) != std::string::npos);
    // Known now, so none is given.
    CHECK(b.taken("") == "connected");
}

TEST_CASE("an identifier that has no place is not kept, and a clean start needs none", "[client]") {
    roaming b;
    REQUIRE(b.begins());
    CHECK(b.taken(text_property('\x12', "nine-char")) == "connected");
    b.net.read_error = errc::closed_by_peer;
    b.settle();
    b.net.written.clear();
    b.after(1000);
    CHECK(b.net.written.find("nine") == std::string::npos);
}

TEST_CASE("a Server that names another one is followed, and left again if that takes us not", "[client][MQTT5-4.11]") {
    for (bool const refused : {true, false}) {
        roaming b;
        b.o.client_id = "dev";
        REQUIRE(b.begins());
        auto const other = text_property('\x1C', "other:99");
        if (refused) {
            CHECK(b.hears(connack_5('\x9C', other)) == "disconnected use_another_server 1000");
        } else {
            REQUIRE(b.taken("") == "connected");
            CHECK(b.hears(disconnect_5('\x9D', other)) == "disconnected server_moved 1000");
        }
        b.net.stages = {connect_stage::done};
        CHECK(b.after(1000) == "");
        CHECK(b.net.host == "other:99");
        b.net.read_error = errc::closed_by_peer;
        CHECK(b.settle() == "disconnected closed_before_connack 2000");
        CHECK(b.after(2000) == "");
        CHECK(b.net.host == "broker:1883");
    }
}

TEST_CASE("a login that cannot be had is not the fault of the Server that was named", "[client][MQTT5-4.11]") {
    struct moody {
        errc answer = errc::ok;
        errc refresh(login&) noexcept { return answer; }
    };
    moody                 mood;
    bench<keeping, moody> b;
    b.o.protocol = version::v5;
    b.power_on(mood);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    REQUIRE(b.hears(connack_5(0, "")) == "connected");
    b.hears(disconnect_5('\x9D', text_property('\x1C', "other:99")));
    b.after(1000);
    REQUIRE(b.net.host == "other:99");
    REQUIRE(b.hears(connack_5(0, "")) == "connected");
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle().starts_with("disconnected closed_by_peer"));
    mood.answer = errc::response_timeout;
    CHECK(b.after(60'000).starts_with("disconnected response_timeout"));
    mood.answer = errc::ok;
    b.net.host.clear();
    b.after(60'000);
    CHECK(b.net.host == "other:99");
}

TEST_CASE("a Server that hangs up on a 5.0 CONNECT may not speak it", "[client][MQTT5-3.1.2.2]") {
    roaming b;
    b.o.client_id = "dev";
    REQUIRE(b.begins());
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_before_connack 1000");
    b.after(1000);
    CHECK(b.hears("\x20\2\0\1"s) == "disconnected unacceptable_version 60000");
}
