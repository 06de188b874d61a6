// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/disconnect.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

template <class... Byte>
constexpr auto decode(packet_type type, sender from, Byte... each) {
    auto const body = bytes(each...);
    return v5::decode_reason(type, body, from).error;
}

constexpr written_packet packet(packet_type type, reason_code reason, property_list with = {}) {
    return written([&](bytes_out out) { return v5::encode_reason(out, type, reason, with); });
}

constexpr errc check(packet_type type, sender from, reason_code reason, property_list with = {}) {
    return v5::check_reason(type, from, reason, {with, {}});
}

constexpr auto us = sender::client;
constexpr auto them = sender::server;
constexpr property expiry[] = {{property_id::session_expiry_interval, 0U}};
constexpr property method[] = {{property_id::authentication_method, "M"}};

}  // namespace

TEST_CASE("a normal DISCONNECT is two bytes, another reason one more", "[wire][v5][disconnect][MQTT5-3.14.2.1]") {
    using enum packet_type;
    CHECK_BOTH(packet(disconnect, reason_code::normal_disconnection) == bytes(0xE0, 0));
    CHECK_BOTH(packet(disconnect, reason_code::disconnect_with_will) == bytes(0xE0, 1, 4));
    CHECK_BOTH(packet(disconnect, reason_code::success, expiry) == bytes(0xE0, 7, 0, 5, 0x11, 0, 0, 0, 0));
    CHECK_BOTH(v5::decode_reason(disconnect, bytes_in{}, them).error == errc::ok);
    CHECK_BOTH(v5::decode_reason(disconnect, bytes_in{}, them).value.reason == reason_code::normal_disconnection);
    CHECK_BOTH(decode(disconnect, them, 0x8E) == errc::ok);
    CHECK_BOTH(decode(disconnect, them, 0x8E, 0) == errc::ok);
    CHECK_BOTH(decode(disconnect, them, 0x8E, 0, 0) == errc::malformed_packet);
    CHECK_BOTH(decode(disconnect, them, 0x8E, 1) == errc::malformed_packet);
}

TEST_CASE("the server tells why it leaves and where to go", "[wire][v5][disconnect][MQTT5-4.11]") {
    static constexpr auto body = bytes(0x9D, 10, 0x1C, 0, 2, 'h', '2', 0x1F, 0, 2, 'b', 'y');
    constexpr auto got = v5::decode_reason(packet_type::disconnect, body, them);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.reason == reason_code::server_moved);
    CHECK_BOTH(got.value.with.text(property_id::server_reference) == "h2");
    CHECK_BOTH(got.value.with.text(property_id::reason_string) == "by");
}

TEST_CASE("only the client sends a session expiry, only the server a reference",
          "[wire][v5][disconnect][MQTT5-3.14.2-2]") {
    using enum packet_type;
    CHECK_BOTH(decode(disconnect, us, 0, 5, 0x11, 0, 0, 0, 1) == errc::ok);
    CHECK_BOTH(decode(disconnect, them, 0, 5, 0x11, 0, 0, 0, 1) == errc::malformed_packet);
    CHECK_BOTH(decode(disconnect, them, 0x9C, 4, 0x1C, 0, 1, 'h') == errc::ok);
    CHECK_BOTH(decode(disconnect, us, 0x80, 4, 0x1C, 0, 1, 'h') == errc::malformed_packet);
    CHECK_BOTH(check(disconnect, us, reason_code::success, expiry) == errc::ok);
    CHECK_BOTH(check(disconnect, them, reason_code::unspecified_error, expiry) == errc::bad_property);
}

TEST_CASE("each side has reasons of its own to leave", "[wire][v5][disconnect][MQTT5-3.14.2-1]") {
    using enum packet_type;
    CHECK_BOTH(decode(disconnect, us, 0x04) == errc::ok);
    CHECK_BOTH(decode(disconnect, them, 0x04) == errc::protocol_error);
    CHECK_BOTH(decode(disconnect, us, 0x8E) == errc::protocol_error);
    CHECK_BOTH(check(disconnect, us, reason_code::disconnect_with_will) == errc::ok);
    CHECK_BOTH(check(disconnect, us, reason_code::session_taken_over) == errc::bad_reason);
    CHECK_BOTH(check(disconnect, us, reason_code::granted_qos_1) == errc::bad_reason);
    for (auto const from : {us, them}) {
        unsigned taken = 0;
        for (unsigned code = 0; code < 256; ++code) {
            auto const e = decode(disconnect, from, code);
            CHECK((e == errc::ok || e == errc::protocol_error));
            taken += e == errc::ok ? 1U : 0U;
        }
        CHECK(taken == (from == us ? 14 : 29));
    }
}

TEST_CASE("AUTH has a reason and a method, or is a bare success",
          "[wire][v5][auth][MQTT5-3.15.2.1][MQTT5-3.15.2.2.2]") {
    using enum packet_type;
    CHECK_BOTH(packet(auth, reason_code::continue_authentication, method) ==
               bytes(0xF0, 6, 0x18, 4, 0x15, 0, 1, 'M'));
    CHECK_BOTH(packet(auth, reason_code::success) == bytes(0xF0, 0));
    CHECK_BOTH(v5::decode_reason(auth, bytes_in{}, them).error == errc::ok);
    CHECK_BOTH(v5::decode_reason(auth, bytes_in{}, us).error == errc::protocol_error);
    CHECK_BOTH(decode(auth, them, 0x18, 4, 0x15, 0, 1, 'M') == errc::ok);
    CHECK_BOTH(decode(auth, them, 0x18) == errc::malformed_packet);
    CHECK_BOTH(decode(auth, them, 0x18, 0) == errc::protocol_error);
    CHECK_BOTH(decode(auth, them, 0x00, 0) == errc::protocol_error);
    CHECK_BOTH(check(auth, us, reason_code::continue_authentication, method) == errc::ok);
    CHECK_BOTH(check(auth, us, reason_code::continue_authentication) == errc::bad_property);
    CHECK_BOTH(check(auth, them, reason_code::success) == errc::ok);
    CHECK_BOTH(check(auth, us, reason_code::success) == errc::bad_reason);
}

TEST_CASE("only the client asks to authenticate again, only the server ends it",
          "[wire][v5][auth][MQTT5-3.15.2-1][MQTT5-4.12.0-2]") {
    using enum packet_type;
    for (unsigned code = 0; code < 256; ++code) {
        CAPTURE(code);
        bool const ours = code == 0x18 || code == 0x19;
        bool const theirs = code == 0x18 || code == 0x00;
        CHECK(decode(auth, us, code, 4, 0x15, 0, 1, 'M') == (ours ? errc::ok : errc::protocol_error));
        CHECK(decode(auth, them, code, 4, 0x15, 0, 1, 'M') == (theirs ? errc::ok : errc::protocol_error));
    }
}
