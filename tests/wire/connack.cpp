// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/connack.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr auto v3_1 = version::v3_1;
constexpr auto v3_1_1 = version::v3_1_1;

template <class... Byte>
constexpr result<connack_packet> decoded(version v, Byte... each) {
    auto const body = bytes(each...);
    return decode_connack(body, v);
}

constexpr written_packet connack(bool session_present, connect_return code) {
    return poked([=](char* to) { return write_connack(to, {.session_present = session_present, .code = code}); });
}

}  // namespace

TEST_CASE("a CONNACK has session present in its first byte and the code in its second", "[wire][connack][3.2.2]") {
    CHECK_BOTH(connack(false, connect_return::accepted) == bytes(0x20, 2, 0, 0));
    CHECK_BOTH(connack(true, connect_return::accepted) == bytes(0x20, 2, 1, 0));
    CHECK_BOTH(connack(false, connect_return::not_authorized) == bytes(0x20, 2, 0, 5));
}

TEST_CASE("session present is read both ways", "[wire][connack][MQTT-3.2.2-2][MQTT-3.2.2-3]") {
    CHECK_BOTH(decoded(v3_1_1, 0, 0) == result<connack_packet>{connack_packet{false, connect_return::accepted}});
    CHECK_BOTH(decoded(v3_1_1, 1, 0) == result<connack_packet>{connack_packet{true, connect_return::accepted}});
}

TEST_CASE("every code of the table is read, every reserved one refused", "[wire][connack][3.2.2.3]") {
    for (unsigned code = 0; code < 256; ++code) {
        CAPTURE(code);
        auto const got = decoded(v3_1_1, 0, code);
        auto const old = decoded(v3_1, 0, code);
        CHECK(got.error == (code <= 5 ? errc::ok : errc::malformed_packet));
        CHECK(old.error == got.error);
        if (got) CHECK(static_cast<unsigned>(got.value.code) == code);
    }
    STATIC_REQUIRE(decoded(v3_1_1, 0, 5).value.code == connect_return::not_authorized);
    STATIC_REQUIRE(decoded(v3_1_1, 0, 6).error == errc::malformed_packet);
}

TEST_CASE("reserved acknowledge flags are refused", "[wire][connack][3.2.2.1]") {
    for (unsigned flags = 2; flags < 256; ++flags) {
        CAPTURE(flags);
        CHECK(decoded(v3_1_1, flags, 0).error == errc::malformed_packet);
    }
    STATIC_REQUIRE(decoded(v3_1_1, 2, 0).error == errc::malformed_packet);
}

TEST_CASE("a refusal that claims a session is refused itself", "[wire][connack][MQTT-3.2.2-4]") {
    for (unsigned code = 1; code <= 5; ++code) {
        CAPTURE(code);
        CHECK(decoded(v3_1_1, 1, code).error == errc::protocol_error);
        CHECK(decoded(v3_1_1, 0, code).error == errc::ok);
    }
    STATIC_REQUIRE(decoded(v3_1_1, 1, 1).error == errc::protocol_error);
}

TEST_CASE("3.1 has no session present: its first byte is reserved", "[wire][connack][v31][MQTT31-3.2-present]") {
    for (unsigned reserved = 0; reserved < 256; ++reserved) {
        CAPTURE(reserved);
        CHECK(decoded(v3_1, reserved, 0) == result<connack_packet>{connack_packet{}});
        CHECK(decoded(v3_1, reserved, 4).value.code == connect_return::bad_credentials);
    }
    STATIC_REQUIRE_FALSE(decoded(v3_1, 1, 0).value.session_present);
    STATIC_REQUIRE(decoded(v3_1, 1, 3).error == errc::ok);
}

TEST_CASE("a CONNACK that is too short or too long is refused", "[wire][connack][MQTT-4.8.0-1]") {
    CHECK_BOTH(decode_connack({}, v3_1_1).error == errc::malformed_packet);
    CHECK_BOTH(decode_connack({}, v3_1).error == errc::malformed_packet);
    CHECK_BOTH(decoded(v3_1_1, 0).error == errc::malformed_packet);
    CHECK_BOTH(decoded(v3_1, 0).error == errc::malformed_packet);
    CHECK_BOTH(decoded(v3_1_1, 0, 0, 0).error == errc::malformed_packet);
    CHECK_BOTH(decoded(v3_1, 0, 0, 0).error == errc::malformed_packet);
}

TEST_CASE("each refusal has an error of its own that blames the broker", "[wire][connack][3.2.2.3]") {
    CHECK_BOTH(refusal(connect_return::accepted) == errc::ok);
    CHECK_BOTH(refusal(connect_return::unacceptable_version) == errc::unacceptable_version);
    CHECK_BOTH(refusal(connect_return::identifier_rejected) == errc::identifier_rejected);
    CHECK_BOTH(refusal(connect_return::server_unavailable) == errc::server_unavailable);
    CHECK_BOTH(refusal(connect_return::bad_credentials) == errc::bad_credentials);
    CHECK_BOTH(refusal(connect_return::not_authorized) == errc::not_authorized);
    CHECK_BOTH(culprit_of(refusal(connect_return::not_authorized)) == culprit::peer);
}
