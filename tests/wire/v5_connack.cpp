// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/connack.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

template <class... Byte>
constexpr errc verdict(Byte... each) {
    auto const body = bytes(each...);
    return v5::decode_connack(body).error;
}

constexpr written_packet connack(bool present, reason_code reason, property_list with = {}) {
    return written([&](bytes_out out) { return v5::encode_connack(out, present, reason, with); });
}

}  // namespace

TEST_CASE("a CONNACK of 5.0 has a length of properties, also without any", "[wire][v5][connack][MQTT5-2.2.2-1]") {
    CHECK_BOTH(connack(false, reason_code::success) == bytes(0x20, 3, 0, 0, 0));
    CHECK_BOTH(connack(true, reason_code::success) == bytes(0x20, 3, 1, 0, 0));
    CHECK_BOTH(verdict(0, 0, 0) == errc::ok);
    CHECK_BOTH(verdict(0, 0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0) == errc::malformed_packet);
    CHECK_BOTH(verdict(0, 0, 0, 0) == errc::malformed_packet);
}

TEST_CASE("a CONNACK tells what the server grants", "[wire][v5][connack][MQTT5-3.2.2.3]") {
    static constexpr auto body = bytes(1, 0, 8, 0x21, 0, 10, 0x27, 0, 0, 1, 0);
    constexpr auto got = v5::decode_connack(body);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.session_present);
    CHECK_BOTH(got.value.reason == reason_code::success);
    CHECK_BOTH(got.value.with.number(property_id::receive_maximum, 65535) == 10);
    CHECK_BOTH(got.value.with.number(property_id::maximum_packet_size) == 256);
    constexpr property list[] = {{property_id::receive_maximum, 10U}, {property_id::maximum_packet_size, 256U}};
    CHECK_BOTH(connack(true, reason_code::success, list) == bytes(0x20, 11, 1, 0, 8, 0x21, 0, 10, 0x27, 0, 0, 1, 0));
}

TEST_CASE("the other acknowledge flags are reserved", "[wire][v5][connack][MQTT5-3.2.2-1]") {
    for (unsigned flags = 0; flags < 256; ++flags) {
        CAPTURE(flags);
        CHECK(verdict(flags, 0, 0) == (flags < 2 ? errc::ok : errc::malformed_packet));
    }
}

TEST_CASE("a refusal has no session", "[wire][v5][connack][MQTT5-3.2.2-6]") {
    CHECK_BOTH(verdict(0, 0x87, 0) == errc::ok);
    CHECK_BOTH(verdict(1, 0x87, 0) == errc::protocol_error);
}

TEST_CASE("a code that CONNACK does not have is an error of the protocol", "[wire][v5][connack][MQTT5-3.2.2-8]") {
    unsigned taken = 0;
    for (unsigned code = 0; code < 256; ++code) {
        auto const e = verdict(0, code, 0);
        bool const good = allowed(static_cast<reason_code>(code), packet_type::connack);
        CAPTURE(code);
        CHECK(e == (good ? errc::ok : errc::protocol_error));
        taken += good ? 1U : 0U;
    }
    CHECK(taken == 22);
}

TEST_CASE("a server without 5.0 refuses in the two bytes of its own version", "[wire][v5][connack][MQTT5-3.1.2.2]") {
    CHECK_BOTH(verdict(0, 1) == errc::unacceptable_version);
    CHECK_BOTH(verdict(0, 0x84) == errc::unacceptable_version);
    CHECK_BOTH(verdict(0, 2) == errc::malformed_packet);
    CHECK_BOTH(verdict(1, 1) == errc::malformed_packet);
    CHECK_BOTH(verdict(0, 1, 0) == errc::protocol_error);
    static constexpr auto body = bytes(0, 0x84, 0);
    CHECK_BOTH(v5::decode_connack(body).value.reason == reason_code::unsupported_protocol_version);
    CHECK_BOTH(v5::decode_connack(body).error == errc::ok);
}

TEST_CASE("what properties do wrong is told by CONNACK's decoder", "[wire][v5][connack][MQTT5-3.2.2.3]") {
    CHECK_BOTH(verdict(0, 0, 3, 0x21, 0, 0) == errc::protocol_error);
    CHECK_BOTH(verdict(0, 0, 2, 0x24, 2) == errc::protocol_error);
    CHECK_BOTH(verdict(0, 0, 2, 0x17, 1) == errc::malformed_packet);
    CHECK_BOTH(verdict(0, 0, 4, 0x1F, 0, 1, 0x80) == errc::invalid_utf8);
    CHECK_BOTH(verdict(0, 0, 9, 0x21, 0, 1) == errc::malformed_packet);
}
