// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/length.hpp>

#include <cstddef>
#include <cstdint>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr written_packet length_of(std::uint32_t value) {
    return poked([value](char* to) { return write_length(to, value); });
}

template <class... Byte>
constexpr result<decoded_length> read(Byte... each) {
    auto const from = bytes(each...);
    return read_length(from);
}

constexpr result<decoded_length> decoded(std::uint32_t value, int size) {
    return decoded_length{value, static_cast<std::uint8_t>(size)};
}

constexpr auto malformed = errc::malformed_packet;
constexpr auto unfinished = errc::would_block;

}  // namespace

TEST_CASE("a length is written at both ends of each size of table 2.4", "[wire][length][2.2.3]") {
    CHECK_BOTH(length_of(0) == bytes(0x00));
    CHECK_BOTH(length_of(1) == bytes(0x01));
    CHECK_BOTH(length_of(127) == bytes(0x7F));
    CHECK_BOTH(length_of(128) == bytes(0x80, 0x01));
    CHECK_BOTH(length_of(16'383) == bytes(0xFF, 0x7F));
    CHECK_BOTH(length_of(16'384) == bytes(0x80, 0x80, 0x01));
    CHECK_BOTH(length_of(2'097'151) == bytes(0xFF, 0xFF, 0x7F));
    CHECK_BOTH(length_of(2'097'152) == bytes(0x80, 0x80, 0x80, 0x01));
    CHECK_BOTH(length_of(268'435'455) == bytes(0xFF, 0xFF, 0xFF, 0x7F));
    CHECK_BOTH(length_of(321) == bytes(0xC1, 0x02));
}

TEST_CASE("a length is read at both ends of each size of table 2.4", "[wire][length][2.2.3]") {
    CHECK_BOTH(read(0x00) == decoded(0, 1));
    CHECK_BOTH(read(0x01) == decoded(1, 1));
    CHECK_BOTH(read(0x7F) == decoded(127, 1));
    CHECK_BOTH(read(0x80, 0x01) == decoded(128, 2));
    CHECK_BOTH(read(0xFF, 0x7F) == decoded(16'383, 2));
    CHECK_BOTH(read(0x80, 0x80, 0x01) == decoded(16'384, 3));
    CHECK_BOTH(read(0xFF, 0xFF, 0x7F) == decoded(2'097'151, 3));
    CHECK_BOTH(read(0x80, 0x80, 0x80, 0x01) == decoded(2'097'152, 4));
    CHECK_BOTH(read(0xFF, 0xFF, 0xFF, 0x7F) == decoded(268'435'455, 4));
    STATIC_REQUIRE(remaining_length_max == 268'435'455);
}

TEST_CASE("what follows a length does not belong to it", "[wire][length][2.2.3]") {
    CHECK_BOTH(read(0x02, 0xFF, 0xFF) == decoded(2, 1));
    CHECK_BOTH(read(0x80, 0x01, 0xFF, 0xFF) == decoded(128, 2));
    CHECK_BOTH(read(0xFF, 0xFF, 0xFF, 0x7F, 0xFF) == decoded(268'435'455, 4));
}

TEST_CASE("a length that is cut short waits for more", "[wire][length][2.2.3]") {
    CHECK_BOTH(read_length({}).error == unfinished);
    CHECK_BOTH(read(0x80).error == unfinished);
    CHECK_BOTH(read(0xFF, 0xFF).error == unfinished);
    CHECK_BOTH(read(0x80, 0x80, 0x80).error == unfinished);
}

TEST_CASE("a fifth byte is refused as soon as the fourth announces it", "[wire][length][2.2.3]") {
    CHECK_BOTH(read(0x80, 0x80, 0x80, 0x80).error == malformed);
    CHECK_BOTH(read(0xFF, 0xFF, 0xFF, 0xFF).error == malformed);
    CHECK_BOTH(read(0x80, 0x80, 0x80, 0x80, 0x01).error == malformed);
    CHECK_BOTH(read(0xFF, 0xFF, 0xFF, 0xFF, 0x7F).error == malformed);
}

TEST_CASE("a form longer than needed is refused", "[wire][length][2.2.3]") {
    CHECK_BOTH(read(0x80, 0x00).error == malformed);
    CHECK_BOTH(read(0xFF, 0x00).error == malformed);
    CHECK_BOTH(read(0x80, 0x80, 0x00).error == malformed);
    CHECK_BOTH(read(0x81, 0x80, 0x80, 0x00).error == malformed);
}

TEST_CASE("the size of a length is known before it is written", "[wire][length]") {
    CHECK_BOTH(length_size(0) == 1);
    CHECK_BOTH(length_size(127) == 1);
    CHECK_BOTH(length_size(128) == 2);
    CHECK_BOTH(length_size(16'383) == 2);
    CHECK_BOTH(length_size(16'384) == 3);
    CHECK_BOTH(length_size(2'097'151) == 3);
    CHECK_BOTH(length_size(2'097'152) == 4);
    CHECK_BOTH(length_size(268'435'455) == 4);
    CHECK_BOTH(length_size(268'435'456) == 5);  // more than MQTT has
    CHECK_BOTH(packet_size(0) == 2);
    CHECK_BOTH(packet_size(127) == 129);
    CHECK_BOTH(packet_size(128) == 131);
    CHECK_BOTH(packet_size(268'435'455) == 268'435'460);
}

TEST_CASE("lengths of all sizes are read as they were written", "[wire][length][2.2.3]") {
    char to[4] = {};
    bool same = true;
    for (std::uint32_t value = 0; value <= remaining_length_max; value += 1 + value / 300) {
        auto const size = static_cast<std::size_t>(write_length(to, value) - to);
        same = same && size == length_size(value) &&
               read_length({to, size}) == decoded(value, static_cast<int>(size)) &&
               read_length({to, size - 1}).error == unfinished;
    }
    CHECK(same);
}

TEST_CASE("every one- to three-byte sequence is a length, waits, or is refused, and nothing else", "[wire][length]") {
    bool good = true;
    for (std::uint32_t bits = 0; bits <= 0xFF'FFFF; ++bits) {
        char const three[3] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
        auto const got = read_length(three);
        if (got) {
            char again[4] = {};
            auto const size = static_cast<std::size_t>(write_length(again, got.value.value) - again);
            good = good && size == got.value.size && text_of({again, size}) == text_of({three, size});
        } else {
            bool const open = (bits & 0x80'8080) == 0x80'8080;
            good = good && got.error == (open ? errc::would_block : errc::malformed_packet);
        }
    }
    CHECK(good);
}
