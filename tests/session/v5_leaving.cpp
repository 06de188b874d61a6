// SPDX-License-Identifier: BSL-1.0
// 5.0, the end of a connection: DISCONNECT of either side, and the last words after a fault.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/kit_5.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

std::string out(std::string_view bytes) { return std::string{bytes}; }

}  // namespace

TEST_CASE("DISCONNECT is the last packet, with a reason and properties where they are given",
          "[session][MQTT5-3.14.1-1][MQTT5-3.14.2-1][MQTT5-3.14.4-1][MQTT5-3.14.4-2]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.publish("a", "x", 0).error == errc::ok);
    REQUIRE(r.s.disconnect() == errc::ok);
    CHECK(r.output(1) == out(five::publish("a", "x") + disconnect_packet()));
    CHECK(r.s.state() == session_state::closed);
    CHECK(r.publish("a", "x", 1).error == errc::ok);  // for the next connection
    CHECK(r.output() == "");
    r.s.end();
    REQUIRE(r.online());
    r.drop_output();
    property const why[] = {{property_id::reason_string, "night"}, {"k", "v"}};
    REQUIRE(r.s.disconnect(reason_code::disconnect_with_will, why) == errc::ok);
    CHECK(r.s.disconnect() == errc::not_connected);
    auto const with = five::text(0x1F, "night") + five::pair("k", "v");
    CHECK(r.output() == out(five::disconnect(4, with)));
    REQUIRE(r.s.state() == session_state::closed);
}

TEST_CASE("a DISCONNECT of any size leaves in pieces, with a deadline",
          "[session][MQTT5-3.14.2-1][MQTT5-3.14.4-1]") {
    property const why[] = {{property_id::reason_string, "night"}, {property_id::session_expiry_interval, 7U}};
    auto const packet = out(five::disconnect(4, five::text(0x1F, "night") + five::four_bytes(0x11, 7)));
    for (std::size_t step = 1; step <= packet.size(); ++step) {
        rig_5 r;
        r.more.session_expiry_s = 5;
        REQUIRE(r.online());
        REQUIRE(r.s.disconnect(reason_code::disconnect_with_will, why) == errc::ok);
        CHECK(r.output(step) == packet);
        CHECK(r.s.state() == session_state::closed);
    }
    rig_5 r;
    r.more.session_expiry_s = 5;
    REQUIRE(r.online());
    REQUIRE(r.s.disconnect(reason_code::disconnect_with_will, why) == errc::ok);
    REQUIRE(r.s.pending_output().size() == packet.size());
    r.s.sent(1);
    CHECK(r.s.next_deadline().left({r.clock}) == r.o.write_timeout_ms);
    r.later(r.o.write_timeout_ms);
    CHECK(r.s.expire() == errc::write_timeout);
}

TEST_CASE("a DISCONNECT that breaks a rule is refused before it is sent",
          "[session][MQTT5-3.14.2-1][MQTT5-3.14.2-3][MQTT5-3.14.2-4][MQTT5-3.14.2.2.2][MQTT5-3.2.2-15]") {
    rig_5 r;
    CHECK(r.s.disconnect(reason_code::normal_disconnection) == errc::not_connected);
    REQUIRE(r.online(five::four_bytes(0x27, 20)));
    for (auto const code : {reason_code::session_taken_over, reason_code::not_authorized, reason_code::server_moved,
                            reason_code::no_matching_subscribers}) {
        CHECK(r.s.disconnect(code) == errc::bad_reason);
    }
    property const raises[] = {{property_id::session_expiry_interval, 1U}};
    CHECK(r.s.disconnect(reason_code::normal_disconnection, raises) == errc::bad_property);
    property const wrong[] = {{property_id::server_reference, "b"}};
    CHECK(r.s.disconnect(reason_code::normal_disconnection, wrong) == errc::bad_property);
    property const text[] = {{property_id::reason_string, "01234567890123"}};
    CHECK(r.s.disconnect(reason_code::unspecified_error, text) == errc::packet_too_long_for_server);
    property const pair[] = {{"0123456", "890123"}};
    CHECK(r.s.disconnect(reason_code::unspecified_error, pair) == errc::packet_too_long_for_server);
    std::string const longer(200, 'x');
    property const huge[] = {{property_id::reason_string, longer}};
    CHECK(r.s.disconnect(reason_code::unspecified_error, huge) == errc::request_too_long);
    CHECK(r.output() == "");
    property const fits[] = {{property_id::reason_string, "0123456789012"}};
    CHECK(r.s.disconnect(reason_code::unspecified_error, fits) == errc::ok);
    CHECK(r.output() == out(five::disconnect(0x80, five::text(0x1F, "0123456789012"))));
}

TEST_CASE("DISCONNECT of the Server is the fault with its reason, and nothing more is said",
          "[session][MQTT5-3.14.4][MQTT5-4.13.2-1][MQTT5-3.14.2-1][MQTT5-4.11]") {
    struct {
        unsigned code;
        errc fault;
    } const cases[] = {{0x00, errc::server_disconnected},   {0x80, errc::server_disconnected},
                       {0x81, errc::server_objected},       {0x82, errc::server_objected},
                       {0x87, errc::not_authorized},        {0x89, errc::server_busy},
                       {0x8B, errc::server_shutting_down},  {0x8D, errc::keep_alive_expired},
                       {0x8E, errc::replaced},              {0x93, errc::server_objected},
                       {0x97, errc::quota_exceeded},        {0x98, errc::administrative_action},
                       {0x9C, errc::use_another_server},    {0x9D, errc::server_moved},
                       {0xA0, errc::maximum_connect_time},   {0x95, errc::packet_too_long_for_server},
                       {0x9A, errc::retain_unavailable}};
    for (auto const& c : cases) {
        rig_5 r;
        REQUIRE(r.online());
        CHECK(r.publish("a", "x", 1).error == errc::ok);
        auto const with = five::text(0x1F, "why") + five::text(0x1C, "other");
        CHECK(r.ends(five::disconnect(c.code, with) + five::publish("a", "never"), c.fault, 0));
        event e{};
        r.s.end();
        r.s.tell_end(e);
        CHECK(e.reason == static_cast<reason_code>(c.code));
        CHECK(e.with.text(property_id::reason_string) == "why");
        CHECK(e.with.text(property_id::server_reference) == "other");
    }
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.ends(disconnect_packet(), errc::server_disconnected, 0));
}

TEST_CASE("the end of a connection that the Server did not end tells no reason of another packet",
          "[session][MQTT5-3.14.4]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.publish("a", "x", 1).error == errc::ok);
    r.drop_output();
    CHECK(r.hears(five::ack(0x40, 1, 0x97)) == "rejected #1 publish_refused");
    r.s.end();
    event e{};
    r.s.tell_end(e);
    CHECK(e.reason == reason_code::success);
}

TEST_CASE("a DISCONNECT of the Server that breaks a rule is answered",
          "[session][MQTT5-3.14.1-1][MQTT5-3.14.2-2][MQTT5-3.14.2-1][MQTT5-2.1.3-1]") {
    struct {
        blob bytes;
        errc fault;
        unsigned reason;
    } const cases[] = {
        {five::disconnect(0x04), errc::protocol_error, 0x82},
        {five::disconnect(0x18), errc::protocol_error, 0x82},
        {five::disconnect(0x00, five::four_bytes(0x11, 5)), errc::malformed_packet, 0x81},
        {two(0xE1), errc::malformed_packet, 0x81},
        {five::packet(0xE0, "\0\5"sv), errc::malformed_packet, 0x81},
        {two(0xD1), errc::malformed_packet, 0x81},
        {five::packet(0xD0, "x"), errc::malformed_packet, 0x81},
        {two(0xC0), errc::protocol_error, 0x82},
        {two(0x00), errc::malformed_packet, 0x81},
    };
    int number = 0;
    for (auto const& c : cases) {
        INFO(number++);
        rig_5 r;
        REQUIRE(r.online());
        CHECK(r.ends(c.bytes, c.fault, c.reason));
    }
}

TEST_CASE("last words are not put into a packet that was begun, nor said twice or too late",
          "[session][MQTT5-4.13.1][MQTT5-3.14.4-1]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.s.last_words().empty());  // there is no fault
    CHECK(r.publish("a", "xyz", 1).error == errc::ok);
    REQUIRE(!r.s.pending_output().empty());
    r.s.sent(3);
    REQUIRE(r.give(five::connack()));
    CHECK(r.told() == "");
    CHECK(r.s.fault() == errc::protocol_error);
    CHECK(r.s.last_words().empty());
    r.s.end();
    CHECK(r.s.last_words().empty());
    // Answers that wait are not sent any more.
    REQUIRE(r.online());
    r.drop_output();
    REQUIRE(r.give(five::publish("a", "x", 1, 9) + five::connack()));
    CHECK(r.told() == "message a=x q1 #9");
    CHECK(r.s.fault() == errc::protocol_error);
    auto const told = r.s.last_words();
    CHECK(std::string(told.data(), told.size()) == out(five::disconnect(0x82)));
    // On the way out.
    r.s.end();
    REQUIRE(r.online());
    REQUIRE(r.s.disconnect() == errc::ok);
    r.drop_output();
    CHECK(r.s.state() == session_state::closed);
    CHECK(r.s.last_words().empty());
}

TEST_CASE("a Server that is silent is told nothing", "[session][MQTT5-3.1.2.10]") {
    rig_5 r;
    REQUIRE(r.online());
    CHECK(r.publish("a", "x", 1).error == errc::ok);
    r.drop_output();
    r.later(20'000);
    CHECK(r.s.expire() == errc::publish_timeout);
    CHECK(r.s.last_words().empty());
}
