// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/ack.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr written_packet ack(packet_type type, packet_id id) {
    return poked([=](char* to) { return write_ack(to, type, id); });
}

template <class... Byte>
constexpr result<packet_id> decoded(Byte... each) {
    auto const body = bytes(each...);
    return decode_ack(body);
}

}  // namespace

TEST_CASE("an acknowledgement carries the identifier it is given", "[wire][ack][MQTT-2.3.1-6]") {
    CHECK_BOTH(ack(packet_type::puback, 1) == bytes(0x40, 2, 0, 1));
    CHECK_BOTH(ack(packet_type::pubrec, 0x1234) == bytes(0x50, 2, 0x12, 0x34));
    CHECK_BOTH(ack(packet_type::pubrel, 0xFFFF) == bytes(0x62, 2, 0xFF, 0xFF));
    CHECK_BOTH(ack(packet_type::pubcomp, 0x00FF) == bytes(0x70, 2, 0x00, 0xFF));
}

TEST_CASE("an UNSUBACK carries the identifier of the UNSUBSCRIBE", "[wire][ack][MQTT-2.3.1-7]") {
    CHECK_BOTH(ack(packet_type::unsuback, 0xFF00) == bytes(0xB0, 2, 0xFF, 0x00));
}

TEST_CASE("only PUBREL has flag bits", "[wire][ack][MQTT-2.2.2-1][MQTT-3.6.1-1]") {
    CHECK_BOTH(ack(packet_type::pubrel, 1).data[0] == '\x62');
    CHECK_BOTH(ack(packet_type::puback, 1).data[0] == '\x40');
    CHECK_BOTH(ack(packet_type::pubrec, 1).data[0] == '\x50');
    CHECK_BOTH(ack(packet_type::pubcomp, 1).data[0] == '\x70');
    STATIC_REQUIRE(ack_size == 4);
}

TEST_CASE("an acknowledgement is read", "[wire][ack]") {
    CHECK_BOTH(decoded(0, 1) == result<packet_id>{packet_id{1}});
    CHECK_BOTH(decoded(0x12, 0x34) == result<packet_id>{packet_id{0x1234}});
    CHECK_BOTH(decoded(0xFF, 0xFF) == result<packet_id>{packet_id{0xFFFF}});
}

TEST_CASE("an acknowledgement of identifier 0 is refused", "[wire][ack][MQTT-2.3.1-1]") {
    CHECK_BOTH(decoded(0, 0).error == errc::malformed_packet);
}

TEST_CASE("an acknowledgement that is too short or too long is refused", "[wire][ack][MQTT-4.8.0-1]") {
    CHECK_BOTH(decode_ack({}).error == errc::malformed_packet);
    CHECK_BOTH(decoded(1).error == errc::malformed_packet);
    CHECK_BOTH(decoded(0, 1, 0).error == errc::malformed_packet);
    CHECK_BOTH(decoded(0, 1, 0, 0).error == errc::malformed_packet);
}
