// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/ack.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr packet_type types[] = {packet_type::puback, packet_type::pubrec, packet_type::pubrel, packet_type::pubcomp};

template <class... Byte>
constexpr errc verdict(packet_type type, Byte... each) {
    auto const body = bytes(each...);
    return v5::decode_ack(type, body).error;
}

constexpr written_packet ack(packet_type type, packet_id id, reason_code reason, property_list with = {}) {
    return written([&](bytes_out out) { return v5::encode_ack(out, type, id, reason, with); });
}

}  // namespace

TEST_CASE("success needs no reason code, and a reason code no properties",
          "[wire][v5][ack][MQTT5-3.4.2.1][MQTT5-3.5.2.1][MQTT5-3.6.2.1][MQTT5-3.7.2.1]") {
    for (auto const type : types) {
        auto const first = first_byte(type, required_flags(type));
        auto const code = reason_code{static_cast<std::uint8_t>(type < packet_type::pubrel ? 0x87 : 0x92)};
        CHECK(ack(type, 10, reason_code::success) == bytes(first, 2, 0, 10));
        CHECK(ack(type, 10, code) == bytes(first, 3, 0, 10, static_cast<int>(code)));
        for (auto const c : {reason_code::success, code}) {
            auto const poke = poked([&](char* to) { return v5::write_ack(to, type, 10, c); });
            CHECK(poke.view() == ack(type, 10, c).view());
            CHECK(poke.wrote_no_more());
        }
        CHECK(verdict(type, 0, 10) == errc::ok);
        CHECK(verdict(type, 0, 10, static_cast<int>(code)) == errc::ok);
        CHECK(verdict(type, 0, 10, static_cast<int>(code), 0) == errc::ok);
        CHECK(verdict(type, 0, 10, 0, 0) == errc::ok);
        CHECK(verdict(type, 0, 10, 0, 0, 0) == errc::malformed_packet);
        CHECK(verdict(type, 0) == errc::malformed_packet);
        CHECK(verdict(type) == errc::malformed_packet);
    }
}

TEST_CASE("an acknowledgement of 5.0 tells why", "[wire][v5][ack][MQTT5-3.4.2.2]") {
    static constexpr auto body = bytes(0x12, 0x34, 0x97, 5, 0x1F, 0, 2, 'n', 'o');
    constexpr auto got = v5::decode_ack(packet_type::puback, body);
    CHECK_BOTH(got.error == errc::ok);
    CHECK_BOTH(got.value.id == 0x1234);
    CHECK_BOTH(got.value.reason == reason_code::quota_exceeded);
    CHECK_BOTH(got.value.with.text(property_id::reason_string) == "no");
    constexpr property why[] = {{property_id::reason_string, "no"}};
    CHECK_BOTH(ack(packet_type::puback, 0x1234, reason_code::quota_exceeded, why) ==
               bytes(0x40, 9, 0x12, 0x34, 0x97, 5, 0x1F, 0, 2, 'n', 'o'));
    // Properties bring the reason code with them.
    CHECK_BOTH(ack(packet_type::pubrel, 1, reason_code::success, why) ==
               bytes(0x62, 9, 0, 1, 0, 5, 0x1F, 0, 2, 'n', 'o'));
}

TEST_CASE("an acknowledgement of identifier 0 is malformed", "[wire][v5][ack][MQTT5-2.2.1-3]") {
    for (auto const type : types) CHECK(verdict(type, 0, 0) == errc::malformed_packet);
}

TEST_CASE("a code that the acknowledgement does not have is an error of the protocol",
          "[wire][v5][ack][MQTT5-3.4.2-1][MQTT5-3.5.2-1][MQTT5-3.6.2-1][MQTT5-3.7.2-1]") {
    for (auto const type : types) {
        unsigned taken = 0;
        for (unsigned code = 0; code < 256; ++code) {
            auto const e = verdict(type, 0, 1, code);
            CHECK((e == errc::ok || e == errc::protocol_error));
            taken += e == errc::ok ? 1U : 0U;
        }
        CHECK(taken == (type < packet_type::pubrel ? 9 : 2));
    }
}
