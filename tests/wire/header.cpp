// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/header.hpp>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

template <class... Byte>
constexpr result<fixed_header> read(version v, Byte... each) {
    auto const from = bytes(each...);
    return read_header(from, v);
}

constexpr auto v3_1 = version::v3_1;
constexpr auto v3_1_1 = version::v3_1_1;
constexpr auto malformed = errc::malformed_packet;
constexpr auto unfinished = errc::would_block;

// Table 2.2: the flags of each type, -1 where PUBLISH has its own and where there is no packet.
constexpr int table_2_2[16] = {-1, 0, 0, -1, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, -1};

}  // namespace

TEST_CASE("the first byte has the type above and the flags below", "[wire][header][2.2.1]") {
    CHECK_BOTH(first_byte(packet_type::connect) == 0x10);
    CHECK_BOTH(first_byte(packet_type::publish, 0x0D) == 0x3D);
    CHECK_BOTH(first_byte(packet_type::pubrel, 2) == 0x62);
    CHECK_BOTH(first_byte(packet_type::disconnect) == 0xE0);
    CHECK_BOTH(first_byte(packet_type::auth, 0x0F) == 0xFF);
}

TEST_CASE("reserved flags have the values of the table", "[wire][header][MQTT-2.2.2-1]") {
    for (unsigned type = 1; type < 15; ++type) {
        if (table_2_2[type] < 0) continue;
        CAPTURE(type);
        CHECK(required_flags(static_cast<packet_type>(type)) == table_2_2[type]);
    }
    STATIC_REQUIRE(required_flags(packet_type::connect) == 0);
    STATIC_REQUIRE(required_flags(packet_type::puback) == 0);
}

TEST_CASE("a PUBREL has the flags 0010", "[wire][header][MQTT-3.6.1-1]") {
    CHECK_BOTH(required_flags(packet_type::pubrel) == 2);
    CHECK_BOTH(static_cast<bool>(read(v3_1_1, 0x62, 2)));
    CHECK_BOTH(read(v3_1_1, 0x60, 2).error == malformed);
}

TEST_CASE("a SUBSCRIBE has the flags 0010", "[wire][header][MQTT-3.8.1-1]") {
    CHECK_BOTH(required_flags(packet_type::subscribe) == 2);
    CHECK_BOTH(static_cast<bool>(read(v3_1_1, 0x82, 2)));
    CHECK_BOTH(read(v3_1_1, 0x80, 2).error == malformed);
}

TEST_CASE("an UNSUBSCRIBE has the flags 0010", "[wire][header][MQTT-3.10.1-1]") {
    CHECK_BOTH(required_flags(packet_type::unsubscribe) == 2);
    CHECK_BOTH(static_cast<bool>(read(v3_1_1, 0xA2, 2)));
    CHECK_BOTH(read(v3_1_1, 0xA0, 2).error == malformed);
}

TEST_CASE("every first byte but those of the table is refused", "[wire][header][MQTT-2.2.2-2]") {
    for (unsigned byte = 0; byte < 256; ++byte) {
        auto const type = byte >> 4;
        auto const flags = static_cast<int>(byte & 0x0F);
        bool const known = type != 0 && type != 15;
        bool const right = type == 3 || table_2_2[type] == flags;
        char const whole[2] = {static_cast<char>(byte), 0};
        auto const got = read_header(whole, v3_1_1);
        CAPTURE(byte);
        CHECK(got.error == (known && right ? errc::ok : errc::malformed_packet));
        if (got) {
            CHECK(static_cast<unsigned>(got.value.type) == type);
            CHECK(got.value.flags == flags);
        }
        // One byte is enough to refuse.
        CHECK(read_header({whole, 1}, v3_1_1).error ==
              (known && right ? errc::would_block : errc::malformed_packet));
    }
}

TEST_CASE("types 0 and 15 are no packets of 3.1 and 3.1.1", "[wire][header][2.2.1]") {
    CHECK_BOTH(read(v3_1_1, 0x00, 0).error == malformed);
    CHECK_BOTH(read(v3_1_1, 0xF0, 0).error == malformed);
    CHECK_BOTH(read(v3_1, 0x00, 0).error == malformed);
    CHECK_BOTH(read(v3_1, 0xF0, 0).error == malformed);
    CHECK_BOTH(read(v3_1, 0x0F, 0).error == malformed);
}

TEST_CASE("a 3.1 peer may set DUP where 3.1.1 has reserved flags", "[wire][header][v31]") {
    CHECK_BOTH(read(v3_1, 0x6A, 2).value.type == packet_type::pubrel);
    CHECK_BOTH(read(v3_1, 0x6A, 2).value.flags == 0x0A);
    CHECK_BOTH(read(v3_1, 0x6A, 2).error == errc::ok);
    CHECK_BOTH(read(v3_1, 0x8A, 2).error == errc::ok);
    CHECK_BOTH(read(v3_1_1, 0x6A, 2).error == malformed);
    CHECK_BOTH(read(v3_1_1, 0x8A, 2).error == malformed);
}

TEST_CASE("all flags of a PUBLISH pass the header, also in 3.1.1", "[wire][header][publish]") {
    CHECK_BOTH(read(v3_1_1, 0x3F, 2).value.flags == 0x0F);
    CHECK_BOTH(read(v3_1_1, 0x30, 2).error == errc::ok);
}

TEST_CASE("a header says how long it is and how much follows", "[wire][header][2.2.3]") {
    constexpr auto small = read(v3_1_1, 0x30, 0x7F);
    CHECK_BOTH(small.value ==
               fixed_header{.type = packet_type::publish, .flags = 0, .size = 2, .remaining = 127});
    CHECK_BOTH(small.value.packet_size() == 129);
    constexpr auto large = read(v3_1_1, 0x3B, 0xFF, 0xFF, 0xFF, 0x7F);
    CHECK_BOTH(large.value ==
               fixed_header{.type = packet_type::publish, .flags = 11, .size = 5, .remaining = 268'435'455});
    CHECK_BOTH(large.value.packet_size() == 268'435'460);
}

TEST_CASE("a header that is cut short waits for more", "[wire][header][2.2.3]") {
    CHECK_BOTH(read_header({}, v3_1_1).error == unfinished);
    CHECK_BOTH(read(v3_1_1, 0x30).error == unfinished);
    CHECK_BOTH(read(v3_1_1, 0x30, 0x80).error == unfinished);
    CHECK_BOTH(read(v3_1_1, 0x30, 0x80, 0x80, 0x80).error == unfinished);
}

TEST_CASE("a header with a wrong length is refused", "[wire][header][2.2.3]") {
    CHECK_BOTH(read(v3_1_1, 0x30, 0x80, 0x80, 0x80, 0x80).error == malformed);
    CHECK_BOTH(read(v3_1_1, 0x30, 0x80, 0x00).error == malformed);
    CHECK_BOTH(read(v3_1, 0x30, 0x80, 0x80, 0x80, 0x80).error == malformed);
}

TEST_CASE("PINGREQ, PINGRESP and DISCONNECT are two bytes", "[wire][header][ping][disconnect][MQTT-3.14.1-1]") {
    CHECK_BOTH(poked([](char* to) { return write_empty(to, packet_type::pingreq); }) == bytes(0xC0, 0));
    CHECK_BOTH(poked([](char* to) { return write_empty(to, packet_type::pingresp); }) == bytes(0xD0, 0));
    CHECK_BOTH(poked([](char* to) { return write_empty(to, packet_type::disconnect); }) == bytes(0xE0, 0));
    CHECK_BOTH(read(v3_1_1, 0xE1, 0).error == malformed);
}
