// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/v5/short_ack.hpp>

#include <barelink/wire/ack.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr written_packet ack(packet_type type, reason_code reason) {
    return poked([&](char* to) { return v5::write_ack(to, type, 0x1234, reason); });
}

}  // namespace

TEST_CASE("an acknowledgement of success is the one of 3.1.1", "[wire][v5][ack][MQTT5-3.4.2.1][MQTT5-3.6.1-1]") {
    using enum packet_type;
    CHECK_BOTH(ack(puback, reason_code::success) == bytes(0x40, 2, 0x12, 0x34));
    CHECK_BOTH(ack(pubrec, reason_code::success) == bytes(0x50, 2, 0x12, 0x34));
    CHECK_BOTH(ack(pubrel, reason_code::success) == bytes(0x62, 2, 0x12, 0x34));
    CHECK_BOTH(ack(pubcomp, reason_code::success) == bytes(0x70, 2, 0x12, 0x34));
    for (auto const type : {puback, pubrec, pubrel, pubcomp}) {
        auto const old = poked([&](char* to) { return write_ack(to, type, 0x1234); });
        CHECK(ack(type, reason_code::success).view() == old.view());
    }
}

TEST_CASE("an acknowledgement with another code is one byte longer", "[wire][v5][ack][MQTT5-3.4.2.1]") {
    using enum packet_type;
    CHECK_BOTH(ack(puback, reason_code::not_authorized) == bytes(0x40, 3, 0x12, 0x34, 0x87));
    CHECK_BOTH(ack(pubrec, reason_code::no_matching_subscribers) == bytes(0x50, 3, 0x12, 0x34, 0x10));
    CHECK_BOTH(ack(pubrel, reason_code::packet_identifier_not_found) == bytes(0x62, 3, 0x12, 0x34, 0x92));
    CHECK_BOTH(ack(pubcomp, reason_code::packet_identifier_not_found).size == v5::ack_size_max);
}
