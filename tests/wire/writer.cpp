// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/writer.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/check_both.hpp"
#include "packets.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr void write_sample(writer& w) {
    w.u8(0x7F);
    w.u16(0x1234);
    w.text("abc");
    w.text({});
    w.bytes("xy");
}

constexpr auto sample = bytes(0x7F, 0x12, 0x34, 0, 3, 'a', 'b', 'c', 0, 0, 'x', 'y');

constexpr written_packet sample_in(std::size_t room) {
    return written(
        [](bytes_out out) {
            writer w{out};
            write_sample(w);
            return result<std::size_t>{w.size(), w.fits() ? errc::ok : errc::request_too_long};
        },
        room);
}

constexpr std::size_t counted() {
    writer w;
    write_sample(w);
    return w.size();
}

// A packet with `size` bytes behind its fixed header, in `room` bytes.
constexpr written_packet packet_of(std::size_t size, std::size_t room) {
    return written(
        [size](bytes_out out) {
            return encode_packet(out, 0x30, errc::publish_too_long, [size](writer& w) {
                for (std::size_t i = 0; i < size; ++i) w.u8('p');
            });
        },
        room);
}

}  // namespace

TEST_CASE("a writer puts field behind field", "[wire][writer][1.5.3]") { CHECK_BOTH(sample_in(512) == sample); }

TEST_CASE("a writer without memory counts", "[wire][writer]") {
    CHECK_BOTH(counted() == 12);
    writer w;
    CHECK(w.fits());
    w.bytes({});
    CHECK(w.fits());
    w.u8(1);
    CHECK_FALSE(w.fits());
    CHECK(w.size() == 1);
}

TEST_CASE("a writer that is full counts on and writes nothing behind its end", "[wire][writer]") {
    for (std::size_t room = 0; room <= 14; ++room) {
        auto const got = sample_in(room);
        CAPTURE(room);
        CHECK(got.size == 12);
        CHECK(got.error == (room >= 12 ? errc::ok : errc::request_too_long));
        for (std::size_t i = room; i < got.data.size(); ++i) {
            if (got.data[i] != untouched) FAIL("byte " << i << " was written");
        }
    }
    STATIC_REQUIRE(sample_in(12) == sample);
    STATIC_REQUIRE(sample_in(11).error == errc::request_too_long);
}

TEST_CASE("once a field did not fit, no later and smaller one is written", "[wire][writer]") {
    std::array<char, 4> room = {};
    room.fill(untouched);
    writer w{room};
    w.u8('a');
    w.bytes("bcde");
    w.u8('f');
    CHECK(w.size() == 6);
    CHECK_FALSE(w.fits());
    CHECK(room == std::array<char, 4>{'a', untouched, untouched, untouched});
}

TEST_CASE("a text of 65535 bytes has its whole length in front", "[wire][writer][MQTT-4.7.3-3]") {
    std::string const longest(65'535, 'x');
    std::vector<char> room(65'537);
    writer w{room};
    w.text(longest);
    CHECK(w.fits());
    CHECK(load_u16(room.data()) == 0xFFFF);
    CHECK(std::string_view{room.data() + 2, 65'535} == longest);
}

TEST_CASE("a packet has its length in front, of as many bytes as it needs", "[wire][writer][2.2.3]") {
    CHECK_BOTH(packet_of(0, 512) == bytes(0x30, 0));
    CHECK_BOTH(packet_of(2, 512) == bytes(0x30, 2, 'p', 'p'));
    CHECK_BOTH(packet_of(127, 512).view().substr(0, 3) == text(bytes(0x30, 0x7F, 'p')));
    CHECK_BOTH(packet_of(128, 512).view().substr(0, 4) == text(bytes(0x30, 0x80, 0x01, 'p')));
    CHECK_BOTH(packet_of(127, 512).size == 129);
    CHECK_BOTH(packet_of(128, 512).size == 131);
    CHECK_BOTH(packet_of(128, 512).wrote_no_more());
}

TEST_CASE("a packet that does not fit changes nothing", "[wire][writer]") {
    for (std::size_t room = 0; room < 131; ++room) {
        auto const got = packet_of(128, room);
        CAPTURE(room);
        CHECK(got.error == errc::publish_too_long);
        CHECK(got.wrote_no_more());
    }
    CHECK(packet_of(128, 131).error == errc::ok);
    CHECK(packet_of(128, 131).size == 131);
    STATIC_REQUIRE(packet_of(0, 1).error == errc::publish_too_long);
    STATIC_REQUIRE(packet_of(0, 2).error == errc::ok);
}

TEST_CASE("a packet above the largest of MQTT is refused before anything is written", "[wire][writer][2.2.3]") {
    // The field is one byte long and claims to be huge: a packet that is refused is never read.
    char one = 'x';
    std::string_view const huge{&one, remaining_length_max + std::size_t{1}};
    std::array<char, 8> room = {};
    room.fill(untouched);
    bytes_out const claimed{room.data(), std::size_t{remaining_length_max} + 64};
    auto const got = encode_packet(claimed, 0x30, errc::publish_too_long, [&](writer& w) { w.bytes(huge); });
    CHECK(got.error == errc::publish_too_long);
    CHECK(room[0] == untouched);
}
