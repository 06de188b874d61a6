// SPDX-License-Identifier: BSL-1.0
// 5.0, from CONNECT to what CONNACK grants.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/kit_5.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr bool connects() {
    rig_5 r;
    if (r.begin() != errc::ok) return false;
    // Receive maximum 4: half of what the table takes.
    if (!r.writes("\x10\x13\0\4MQTT\5\2\0\x3C\3\x21\0\x04\0\3dev"sv)) return false;
    if (!r.give(five::connack())) return false;
    auto const e = r.s.next_event();
    return e.type == event_type::connected && !e.session_present && !r.s.next_event() && r.s.fault() == errc::ok;
}

// The seconds after which an idle device pings; 0: never.
std::uint32_t pings_after(std::uint16_t own, std::string_view grants) {
    rig_5 r;
    r.o.keep_alive_s = own;
    REQUIRE(r.online(grants));
    CHECK(r.told() == "");
    for (std::uint32_t s = 1; s <= 200; ++s) {
        r.later(1000);
        if (r.said() == "PINGREQ") return s;
    }
    return 0;
}

bool refuses(std::string_view bytes, errc fault, unsigned reason, bool clean = true) {
    rig_5 r;
    r.o.clean_session = clean;
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    return r.ends(bytes, fault, reason) && r.s.state() != session_state::online;
}

}  // namespace

TEST_CASE("CONNECT of 5.0 is the first packet, and CONNACK opens the session",
          "[session][MQTT5-3.1.0-1][MQTT5-3.1.2-1][MQTT5-3.1.2-2][MQTT5-3.1.2-3][MQTT5-3.1.2-4][MQTT5-3.1.2-11]"
          "[MQTT5-3.1.2-13][MQTT5-3.1.2-16][MQTT5-3.1.2-18][MQTT5-3.1.3-3][MQTT5-3.1][MQTT5-3.1.2.11.3]"
          "[MQTT5-4.9.0-1]") {
    STATIC_REQUIRE(connects());
    CHECK(connects());
}

TEST_CASE("CONNECT says what the options of 5.0 say, once each",
          "[session][MQTT5-3.1.3-1][MQTT5-3.1.2-9][MQTT5-3.1.2-12][MQTT5-3.1.2-17][MQTT5-3.1.2-19][MQTT5-3.1.2.11.4]"
          "[MQTT5-3.1.2.11.6][MQTT5-3.1.2.11.7]") {
    rig_5 r;
    property const own[] = {{"k", "v"}};
    property const delay[] = {{property_id::will_delay_interval, 9U}};
    r.more = {.session_expiry_s = 3600,
              .receive_maximum = 3,
              .topic_alias_maximum = 4,
              .maximum_packet_size = 100,
              .request_response_information = true,
              .refuse_problem_information = true,
              .with = own,
              .will_with = delay};
    r.o.clean_session = false;
    r.o.user_name = "u";
    r.o.password = "p";
    r.o.will = {.topic = "w", .payload = "x", .level = qos::at_least_once};
    REQUIRE(r.begin() == errc::ok);
    auto const with = five::four_bytes(0x11, 3600) + five::two_bytes(0x21, 3) + five::four_bytes(0x27, 100) +
                      five::two_bytes(0x22, 4) + five::byte(0x19, 1) + five::byte(0x17, 0) + five::pair("k", "v");
    auto const body = blob{}.add("\0\4MQTT\5\xCC\0\x3C"sv) + five::with_length(with) + blob{}.add("\0\3dev"sv) +
                      five::with_length(five::four_bytes(0x18, 9)) + blob{}.add("\0\1w\0\1x\0\1u\0\1p"sv);
    CHECK(r.output(7) == std::string{five::packet(0x10, body)});
}

TEST_CASE("what cannot be said is refused before it is sent", "[session][MQTT5-3.1.2.11.10][MQTT5-3.1.2-27]") {
    rig_5 r;
    property const twice[] = {{property_id::session_expiry_interval, 5U}};
    r.more = {.session_expiry_s = 1, .with = twice};
    CHECK(r.begin() == errc::bad_property);
    property const wrong[] = {{property_id::topic_alias, 1U}};
    r.more = {.with = wrong};
    CHECK(r.begin() == errc::bad_property);
    property const data[] = {{property_id::authentication_data, "x"}};
    r.more = {.with = data};
    CHECK(r.begin() == errc::bad_property);
    r.more = {.topic_alias_maximum = 5};  // there are four
    CHECK(r.begin() == errc::bad_option);
    r.more = {};
    CHECK(r.begin() == errc::ok);
    rig_5<plain_5> none;
    none.more.topic_alias_maximum = 1;
    CHECK(none.begin() == errc::bad_option);
}

TEST_CASE("the Server's keep alive replaces the own one from CONNACK on, also for an idle device",
          "[session][MQTT5-3.1.2-20][MQTT5-3.1.2-21][MQTT5-3.2.2-21]") {
    CHECK(pings_after(60, {}) == 55);
    CHECK(pings_after(60, five::two_bytes(0x13, 8)) == 7);
    CHECK(pings_after(8, five::two_bytes(0x13, 60)) == 55);
    CHECK(pings_after(60, five::two_bytes(0x13, 0)) == 0);
    CHECK(pings_after(0, five::two_bytes(0x13, 8)) == 7);
    CHECK(pings_after(0, {}) == 0);
}

TEST_CASE("a refusal is the fault, its reason and properties are kept, and nothing is said to it",
          "[session][MQTT5-3.2.2-7][MQTT5-4.13.2-1]") {
    CHECK(refuses(five::connack({}, false, 0x87), errc::not_authorized, 0));
    CHECK(refuses(five::connack({}, false, 0x84), errc::unacceptable_version, 0));
    CHECK(refuses(five::connack({}, false, 0x85), errc::identifier_rejected, 0));
    CHECK(refuses(five::connack({}, false, 0x86), errc::bad_credentials, 0));
    CHECK(refuses(five::connack({}, false, 0x89), errc::server_busy, 0));
    CHECK(refuses(five::connack({}, false, 0x95), errc::packet_too_long_for_server, 0));
    CHECK(refuses(connack(false, 1), errc::unacceptable_version, 0x80 & 0));  // of a Server that only knows 3.1.1
    rig_5 r;
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    CHECK(r.hears(five::connack(five::text(0x1F, "go away"), false, 0x8A)) == "");
    CHECK(r.s.fault() == errc::banned);
    event e{};
    r.s.end();
    r.s.tell_end(e);
    CHECK(e.reason == reason_code::banned);
    CHECK(e.with.text(property_id::reason_string) == "go away");
}

TEST_CASE("what is no CONNACK of 5.0 ends the connection with its reason",
          "[session][MQTT5-3.2.0-1][MQTT5-3.2.2-1][MQTT5-3.2.2-2][MQTT5-3.2.2-6][MQTT5-3.2.2-8][MQTT5-3.2.2-4]"
          "[MQTT5-3.2.2-16][MQTT5-3.1.2-28][MQTT5-3.2.2.3][MQTT5-3.14.0-1][MQTT5-4.13.1]") {
    auto const protocol = errc::protocol_error;
    CHECK(refuses(five::packet(0x20, "\2\0\0"sv), errc::malformed_packet, 0x81));
    CHECK(refuses(five::packet(0x20, "\0\0"sv), errc::malformed_packet, 0x81));
    CHECK(refuses(five::connack({}, true), errc::session_mismatch, 0x82));
    CHECK(refuses(five::connack({}, true, 0x80), protocol, 0x82, false));
    CHECK(refuses(five::connack({}, false, 0x10), protocol, 0x82));
    CHECK(refuses(five::connack(five::two_bytes(0x21, 0)), protocol, 0x82));
    CHECK(refuses(five::connack(five::two_bytes(0x21, 1) + five::two_bytes(0x21, 1)), protocol, 0x82));
    CHECK(refuses(five::connack(five::byte(0x24, 2)), protocol, 0x82));
    CHECK(refuses(five::connack(five::text(0x1A, "r/")), protocol, 0x82));
    CHECK(refuses(five::suback(1, 0), protocol, 0x82));
    CHECK(refuses(five::publish("a", "x"), protocol, 0x82));
    CHECK(refuses(five::disconnect(0x8B), protocol, 0x82));
    CHECK(refuses(five::connack(five::text(0x1F, std::string(200, 'x'))), errc::packet_too_long, 0x95));
}

TEST_CASE("a device without a name needs one of the Server", "[session][MQTT5-3.2.2-16]") {
    rig_5 r;
    r.o.client_id = "";
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    CHECK(r.ends(five::connack(), errc::protocol_error, 0x82));
    r.s.end();
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    CHECK(r.hears(five::connack(five::text(0x12, "auto-1"))) == "connected");
}

TEST_CASE("a second CONNACK ends the connection", "[session][MQTT5-3.2.0-2]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.ends(five::connack(), errc::protocol_error, 0x82));
}

TEST_CASE("no CONNACK in time ends the connection", "[session][MQTT5-3.2]") {
    rig_5 r;
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    r.later(r.o.request_timeout_ms - 1);
    CHECK(r.s.expire() == errc::ok);
    r.later(1);
    CHECK(r.s.expire() == errc::connack_timeout);
}

TEST_CASE("no PINGRESP in time ends the connection", "[session][MQTT5-3.1.2.10][MQTT5-3.12.4-1]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.told() == "");
    r.later(55'000);
    CHECK(r.said() == "PINGREQ");
    r.later(10'000);
    CHECK(r.s.expire() == errc::ping_timeout);
}

TEST_CASE("before the first connection a device of several versions queues nothing it could not write",
          "[session][MQTT5-2.2.2-1]") {
    rig_5<features{.v5 = true}> r;
    CHECK(r.publish("a", "x", 1).error == errc::not_connected);
    CHECK(r.subscribe("b", 1) == errc::not_connected);
    CHECK(r.s.unsubscribe("b") == errc::not_connected);
    REQUIRE(r.online());
    CHECK(r.publish("a", "x", 1).value == 1);
    CHECK(r.output() == std::string{five::publish("a", "x", 1, 1)});
}

TEST_CASE("what waits and the Server does not take is told, and the rest is sent",
          "[session][MQTT5-3.2.2-11][MQTT5-3.2.2-14][MQTT5-3.2.2-15]") {
    rig_5 r;
    CHECK(r.publish("a", "x", 2).value == 1);
    CHECK(r.publish("a", "y", 1, true).value == 2);
    CHECK(r.publish("a", std::string(40, 'z'), 1).value == 3);
    CHECK(r.publish("a", "w", 1).value == 4);
    REQUIRE(r.online(five::byte(0x24, 1) + five::byte(0x25, 0) + five::four_bytes(0x27, 40)));
    CHECK(r.told() == "rejected #1 qos_unavailable, rejected #2 retain_unavailable, "
                      "rejected #3 packet_too_long_for_server");
    CHECK(r.output() == std::string{five::publish("a", "w", 1, 4)});
    CHECK(r.publish("a", "x", 2).error == errc::qos_unavailable);
    CHECK(r.publish("a", "x", 0, true).error == errc::retain_unavailable);
    CHECK(r.publish("a", std::string(33, 'z'), 1).error == errc::packet_too_long_for_server);
    CHECK(r.publish("a", std::string(32, 'z'), 1).value != 0);
    // The next Server may take all of it.
    REQUIRE(r.again(false));
    CHECK(r.publish("a", "x", 2).error == errc::ok);
    // At QoS 0 there is no number to be told by.
    CHECK(r.publish("a", "x", 0, true).error == errc::ok);
    CHECK(r.publish("a", "y", 0).error == errc::ok);
    REQUIRE(r.again(false, five::byte(0x24, 1) + five::byte(0x25, 0)));
    CHECK(r.told() == "rejected retain_unavailable, rejected #6 qos_unavailable");
    CHECK(r.output() == std::string{five::publish("a", "w", 1, 4) + five::publish("a", std::string(32, 'z'), 1, 5) +
                                    five::publish("a", "y")});
}

TEST_CASE("a publish on the way out is held against what the Server grants", "[session][MQTT5-3.2.2-14]") {
    rig_5 r;
    REQUIRE(r.online(five::byte(0x25, 0)));
    CHECK(r.told() == "");
    REQUIRE(r.s.disconnect() == errc::ok);
    CHECK(r.publish("a", "x", 1, true).error == errc::retain_unavailable);
}
