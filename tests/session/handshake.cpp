// SPDX-License-Identifier: BSL-1.0
// From begin() to CONNACK.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr features old_only{.v3_1 = true, .v3_1_1 = false};
constexpr features both{.v3_1 = true};

// CONNECT, CONNACK, and on line; while compiling.
constexpr bool connects() {
    rig r;
    if (r.s.state() != session_state::offline || r.begin() != errc::ok) return false;
    if (r.s.state() != session_state::connecting || !r.s.receive_window().empty()) return false;
    if (!r.writes("\x10\x0F\0\4MQTT\4\2\0\x3C\0\3dev"sv)) return false;
    if (r.s.state() != session_state::waiting || !r.give(connack())) return false;
    auto const e = r.s.next_event();
    return e.type == event_type::connected && !e.session_present && r.s.state() == session_state::online &&
           !r.s.next_event() && r.s.fault() == errc::ok;
}

errc fault_after_connack(std::string_view bytes, bool clean = true, version v = version::v3_1_1) {
    rig<both> r;
    r.o.protocol = v;
    r.o.clean_session = clean;
    CHECK(r.begin() == errc::ok);
    r.drop_output();
    CHECK(r.give(bytes));
    CHECK(r.told() == "");
    CHECK(r.s.expire() == r.s.fault());
    CHECK(r.s.state() != session_state::online);
    return r.s.fault();
}

}  // namespace

TEST_CASE("CONNECT is the first packet, and CONNACK opens the session",
          "[session][MQTT-3.1.0-1][MQTT-3.2.0-1][3.1.2.1][3.1.2.2]") {
    STATIC_REQUIRE(connects());
    CHECK(connects());
}

TEST_CASE("CONNECT is written in pieces of any size", "[session][MQTT-3.1.0-1]") {
    for (std::size_t step = 1; step < 20; ++step) {
        rig r;
        REQUIRE(r.begin() == errc::ok);
        CHECK(r.writes("\x10\x0F\0\4MQTT\4\2\0\x3C\0\3dev"sv, step));
        CHECK(r.s.state() == session_state::waiting);
    }
}

TEST_CASE("nothing but CONNECT leaves before CONNACK", "[session][MQTT-3.1.0-1]") {
    rig r;
    CHECK(r.publish("a", "x", 1).value == 1);
    CHECK(r.subscribe("b", 1) == errc::ok);
    REQUIRE(r.begin() == errc::ok);
    CHECK(r.said() == "CONNECT");
    CHECK(r.publish("a", "y", 2).value == 2);
    CHECK(r.publish("a", "z", 0).error == errc::not_connected);
    CHECK(r.said() == "");
    CHECK(r.s.disconnect() == errc::not_connected);
    REQUIRE(r.give(connack()));
    CHECK(r.told() == "connected");
    CHECK(r.said() == "SUBSCRIBE 3 b q1, PUBLISH a=x q1 #1, PUBLISH a=y q2 #2");
}

TEST_CASE("a refusal is the fault, and no event", "[session][3.2.2.3][MQTT-3.2.2-4]") {
    CHECK(fault_after_connack(connack(false, 1)) == errc::unacceptable_version);
    CHECK(fault_after_connack(connack(false, 2)) == errc::identifier_rejected);
    CHECK(fault_after_connack(connack(false, 3)) == errc::server_unavailable);
    CHECK(fault_after_connack(connack(false, 4)) == errc::bad_credentials);
    CHECK(fault_after_connack(connack(false, 5)) == errc::not_authorized);
    for (unsigned code = 6; code < 256; ++code)
        CHECK(fault_after_connack(connack(false, code)) == errc::malformed_packet);
    CHECK(fault_after_connack(connack(true, 5), false) == errc::protocol_error);  // [MQTT-3.2.2-4]
}

TEST_CASE("session present after a clean session is refused", "[session][MQTT-3.2.2-1]") {
    CHECK(fault_after_connack(connack(true)) == errc::session_mismatch);
    // 3.1 has no such bit.
    rig<both> r;
    r.o.protocol = version::v3_1;
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    REQUIRE(r.give(connack(true)));
    CHECK(r.told() == "connected");
}

TEST_CASE("a CONNACK that is none", "[session][MQTT-3.2.0-1][MQTT-2.2.2-2]") {
    CHECK(fault_after_connack("\x20\x03\0\0\0"sv) == errc::malformed_packet);
    CHECK(fault_after_connack("\x20\x01\0"sv) == errc::malformed_packet);
    CHECK(fault_after_connack("\x21\x02\0\0"sv) == errc::malformed_packet);
    CHECK(fault_after_connack("\x20\x02\2\0"sv) == errc::malformed_packet);
}

TEST_CASE("the first packet of a server has to be CONNACK, and there is only one", "[session][MQTT-3.2.0-1]") {
    for (auto const& packet : {publish("a", "x"), puback(1), suback(1, 0), unsuback(1), pingresp(), pubrel(1)}) {
        CHECK(fault_after_connack(packet) == errc::protocol_error);
    }
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(connack()));
    CHECK(r.told() == "");
    CHECK(r.s.fault() == errc::protocol_error);
}

TEST_CASE("begin refuses what may not be sent, and nothing changes", "[session][MQTT-3.1.3-7][MQTT-3.1.2-22]") {
    rig<plain, sizes{.rx = 64}> r;
    auto const refused = [&r](connect_packet const& c) {
        auto const e = r.s.begin(r.o, c);
        CHECK(r.s.state() == session_state::offline);
        CHECK(r.s.pending_output().empty());
        return e;
    };
    CHECK(refused({.protocol = version::v3_1, .client_id = "dev"}) == errc::bad_version);
    CHECK(refused({.clean_session = false, .client_id = {}}) == errc::bad_client_id);
    CHECK(refused({.client_id = "\xFF"}) == errc::bad_client_id);
    CHECK(refused({.client_id = "dev", .password = "x"}) == errc::password_without_user_name);
    CHECK(refused({.client_id = "dev", .will = {.topic = "a/+"}}) == errc::bad_will);
    CHECK(refused({.client_id = "dev", .user_name = "\xC0\x80"}) == errc::bad_user_name);
    std::string const id(51, 'x');
    CHECK(refused({.client_id = id}) == errc::connect_too_long);
    CHECK(r.s.begin(r.o, {.client_id = std::string_view{id}.substr(1)}) == errc::ok);
    rig<old_only> o;
    CHECK(o.begin() == errc::bad_version);
}

TEST_CASE("3.1 says MQIsdp and level 3", "[session][MQTT31-3.1-name]") {
    rig<old_only> r;
    r.o.protocol = version::v3_1;
    REQUIRE(r.begin() == errc::ok);
    CHECK(r.writes("\x10\x11\0\6MQIsdp\3\2\0\x3C\0\3dev"sv));
}

TEST_CASE("a new connection forgets the fault and the bytes of the last one", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give("\xF0\0"sv));
    CHECK(r.told() == "");
    CHECK(r.s.fault() == errc::malformed_packet);
    CHECK(r.s.expire() == errc::malformed_packet);
    r.s.end();
    CHECK(r.s.state() == session_state::offline);
    REQUIRE(r.online());
    CHECK(r.s.fault() == errc::ok);
    CHECK(r.s.expire() == errc::ok);
}

TEST_CASE("half a packet of the last connection does not meet the next one", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give("\x30\x10\0\1a"sv));
    CHECK(r.told() == "");
    REQUIRE(r.again(false));
    CHECK(r.hears(publish("b", "x")) == "message b=x q0");
}
