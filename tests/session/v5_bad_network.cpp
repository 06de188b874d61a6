// SPDX-License-Identifier: BSL-1.0
// What the simulation of 5.0 has found: a Server that grants less than the one before, ends that take their time,
// aliases on messages that are not handed over whole.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_literals;

namespace {

constexpr features v5_only{.v3_1_1 = false, .v5 = true, .chunks = true, .aliases_in = true};

// CONNACK with properties of less than 127 bytes.
std::string connack_5(bool present, std::string_view properties) {
    auto const size = static_cast<char>(properties.size());
    return std::string{'\x20', static_cast<char>(3 + size), present ? '\1' : '\0', '\0', size}.append(properties);
}

std::string number_2(char id, char value) { return {id, '\0', value}; }
std::string number_4(char id, char value) { return {id, '\0', '\0', '\0', value}; }
constexpr char server_keep_alive = '\x13';
constexpr char receive_maximum   = '\x21';
constexpr char packet_maximum    = '\x27';

template <class Rig>
bool online_5(Rig& r, std::string_view properties, bool present = false) {
    r.s.end();
    r.o.protocol = version::v5;
    if (r.begin() != errc::ok) return false;
    r.drop_output();
    return r.give(connack_5(present, properties)) && r.s.next_event().type == event_type::connected;
}

// PUBLISH of the Server's with alias 1 and a user property; QoS 1, id 7.
std::string aliased(std::string_view topic, std::string_view payload) {
    auto const  with = "\x23\0\1\x26\0\1n\0\1v"s;
    std::string body{'\0', static_cast<char>(topic.size())};
    body.append(topic).append("\0\7"s).append(1, static_cast<char>(with.size())).append(with).append(payload);
    std::string packet{'\x32'};
    auto const  size = body.size();
    if (size > 127) packet += static_cast<char>((size & 0x7F) | 0x80);
    packet += static_cast<char>(size > 127 ? size >> 7 : size);
    return packet + body;
}

}  // namespace

TEST_CASE("a message that does not fit has its aliased topic and its properties all the same", "[session]") {
    for (bool const chunks : {false, true}) {
        rig<v5_only>    r;
        options_5 const more{.topic_alias_maximum = 1};
        r.s.announce(more);
        r.o.chunks = chunks;
        REQUIRE(online_5(r, ""));
        REQUIRE(r.hears(aliased("t", "")) == "message t= q1 #7");
        std::string const large(300, 'x');
        auto              rest = aliased("", large);
        event             last{};
        while (!rest.empty() || last) {
            last = r.s.next_event();
            if (!last) {
                rest.erase(0, r.give_some(rest));
                last = r.s.next_event();
            }
            if (!last) continue;
            CHECK(last.topic == "t");
            CHECK(last.with.find(property_id::user_property).value == "v");
            bool const end = last.type == event_type::dropped || last.type == event_type::message;
            CHECK(last.type == (end ? chunks ? event_type::message : event_type::dropped : event_type::chunk));
            if (end) break;
        }
        CHECK(rest.empty());
    }
}

TEST_CASE("what waits and is too large for the next Server leaves no gap", "[session][MQTT5-3.2.2-15]") {
    rig<v5_only> r;
    r.o.clean_session = false;
    auto const payload = std::string(30, 'x');
    REQUIRE(online_5(r, ""));
    REQUIRE(r.publish("a", payload, 1).value == 1);
    REQUIRE(r.publish("b", "", 1).value == 2);
    REQUIRE(r.publish("c", payload, 0));
    REQUIRE(r.publish("d", "", 0));
    REQUIRE(online_5(r, number_4(packet_maximum, 20)));
    // The message of QoS 0 has no number to be told by, but its end is told.
    CHECK(r.told() == "rejected packet_too_long_for_server, rejected #1 packet_too_long_for_server");
    CHECK(r.output() == "\x32\6\0\1b\0\2\0\x30\4\0\1d\0"s);
}

TEST_CASE("each message of QoS 0 that waits and may not be sent is told, also after that connection",
          "[session][MQTT5-3.2.2-14][MQTT5-3.2.2-15]") {
    rig<v5_only> r;
    REQUIRE(online_5(r, ""));
    REQUIRE(r.s.publish({.topic = "a", .payload = "x", .retain = true}));
    REQUIRE(r.s.publish({.topic = "b", .payload = "y", .retain = true}));
    REQUIRE(r.publish("c", std::string(30, 'x'), 0));
    REQUIRE(online_5(r, "\x25\0"s + number_4(packet_maximum, 20)));
    r.s.end();
    CHECK(r.told() == "rejected packet_too_long_for_server, rejected retain_unavailable, rejected retain_unavailable");
    CHECK(r.told() == "");
    CHECK(r.output() == "");
}

TEST_CASE("what was sent before and has become too large may have arrived", "[session][MQTT5-3.2.2-15]") {
    rig<v5_only> r;
    r.o.clean_session = false;
    REQUIRE(online_5(r, ""));
    REQUIRE(r.publish("a", std::string(30, 'x'), 2).value == 1);
    r.drop_output();
    REQUIRE(online_5(r, number_4(packet_maximum, 20), true));
    CHECK(r.told() == "uncertain #1");
    CHECK(r.output() == "");
}

TEST_CASE("nothing that comes gets behind a DISCONNECT that waits", "[session][MQTT5-3.14.4-2]") {
    rig<v5_only> r;
    REQUIRE(online_5(r, ""));
    REQUIRE(r.s.disconnect() == errc::ok);
    REQUIRE(r.s.pending_output().size() == 2);  // the transport takes nothing yet
    CHECK_FALSE(r.s.hungry());
    CHECK(r.s.receive_window().empty());
    CHECK(r.output() == "\xE0\0"s);
    CHECK(r.s.state() == session_state::closed);
}
TEST_CASE("a publish that is queued while the device leaves is checked too", "[session][MQTT5-3.2.2-15]") {
    rig<v5_only> r;
    REQUIRE(online_5(r, number_4(packet_maximum, 20)));
    REQUIRE(r.s.disconnect() == errc::ok);
    CHECK(r.publish("a", std::string(30, 'x'), 1).error == errc::packet_too_long_for_server);
    CHECK(r.output() == "\xE0\0"s);
}

TEST_CASE("a device that waits for the quota while it leaves still pings", "[session][MQTT5-3.1.2-20]") {
    rig<v5_only> r;
    r.o.keep_alive_s = 4;
    REQUIRE(online_5(r, number_2(receive_maximum, 1)));
    REQUIRE(r.publish("a", "", 1));
    REQUIRE(r.publish("b", "", 1));
    REQUIRE(r.s.disconnect() == errc::ok);
    CHECK(r.output() == "\x32\6\0\1a\0\1\0"s);
    r.later(ping_after(4));
    CHECK(r.output() == "\xC0\0"s);
    REQUIRE(r.give("\xD0\0\x40\2\0\1"s));
    CHECK(r.told() == "delivered #1");
    CHECK(r.output() == "\x32\6\0\1b\0\2\0\xE0\0"s);
}

TEST_CASE("the Server's keep alive counts from CONNECT on", "[session][MQTT5-3.2.2-21]") {
    rig<v5_only> r;
    r.o.protocol     = version::v5;
    r.o.keep_alive_s = 60;
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
    r.later(500);
    REQUIRE(r.give(connack_5(false, number_2(server_keep_alive, 4))));
    CHECK(r.told() == "connected");
    CHECK(r.s.next_deadline().left({r.clock}) == ping_after(4) - 500);
    r.later(ping_after(4) - 500);
    CHECK(r.output() == "\xC0\0"s);
}
