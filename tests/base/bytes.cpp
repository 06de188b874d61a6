// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

using eight = std::array<char, 8>;

constexpr eight letters = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'};

constexpr eight moved(std::size_t to, std::size_t from, std::size_t count) {
    eight area = letters;
    move_bytes(area.data() + to, area.data() + from, count);
    return area;
}

constexpr std::string_view text(eight const& area) { return {area.data(), area.size()}; }

constexpr eight moved_from_another_array() {
    eight area = letters;
    move_bytes(area.data() + 2, "XYZ", 3);
    return area;
}

constexpr eight stored(std::uint16_t value) {
    eight area = letters;
    auto* const end = store_u16(area.data() + 1, value);
    *end = '|';
    return area;
}

}  // namespace

TEST_CASE("bytes move between two arrays, also in a constant expression", "[base][bytes]") {
    CHECK_BOTH(text(moved_from_another_array()) == "abXYZfgh");
}

TEST_CASE("bytes move to the front of one array, also where the areas overlap", "[base][bytes]") {
    CHECK_BOTH(text(moved(0, 2, 5)) == "cdefgfgh");
    CHECK_BOTH(text(moved(0, 1, 7)) == "bcdefghh");
    CHECK_BOTH(text(moved(3, 3, 4)) == "abcdefgh");
    CHECK_BOTH(text(moved(4, 0, 4)) == "abcdabcd");
    CHECK_BOTH(text(moved(0, 4, 4)) == "efghefgh");
}

TEST_CASE("every move to the front of eight bytes gives what a copy through a third place gives", "[base][bytes]") {
    for (std::size_t from = 0; from < 8; ++from) {
        for (std::size_t to = 0; to <= from; ++to) {
            for (std::size_t count = 0; count + from <= 8; ++count) {
                std::string expected{text(letters)};
                expected.replace(to, count, std::string{text(letters).substr(from, count)});
                CHECK(text(moved(to, from, count)) == expected);
            }
        }
    }
}

TEST_CASE("moving no bytes touches nothing and takes null pointers", "[base][bytes]") {
    CHECK_BOTH(text(moved(0, 7, 0)) == "abcdefgh");
    move_bytes(nullptr, nullptr, 0);
    STATIC_REQUIRE((move_bytes(nullptr, nullptr, 0), true));
}

TEST_CASE("an octet is a number from 0 to 255 whatever the sign of char is", "[base][bytes]") {
    CHECK_BOTH(octet('\x00') == 0);
    CHECK_BOTH(octet('\x7F') == 127);
    CHECK_BOTH(octet('\x80') == 128);
    CHECK_BOTH(octet('\xFF') == 255);
}

TEST_CASE("two-byte numbers are stored and loaded with the high byte first", "[base][bytes][1.5.2]") {
    CHECK_BOTH(text(stored(0x4142)) == "aAB|efgh");
    CHECK_BOTH(text(stored(0xFF80)) == "a\xFF\x80|efgh");
    CHECK_BOTH(load_u16("\x12\x34") == 0x1234);
    CHECK_BOTH(load_u16("\xFF\xFE") == 0xFFFE);
    CHECK_BOTH(load_u16("\x00\x80") == 0x0080);
    CHECK_BOTH(load_u16("\x80\x00") == 0x8000);
}

TEST_CASE("every two-byte number survives storing and loading", "[base][bytes]") {
    char two[2] = {};
    bool same = true;
    for (std::uint32_t n = 0; n <= 0xFFFF; ++n) {
        store_u16(two, static_cast<std::uint16_t>(n));
        same = same && load_u16(two) == n;
    }
    CHECK(same);
}

TEST_CASE("bytes, text and octets are views of the same memory", "[base][bytes]") {
    std::array<std::uint8_t, 3> const numbers = {0x00, 0x7F, 0xFF};
    auto const as_text = text_of(std::span<std::uint8_t const>{numbers});
    CHECK(as_text == std::string_view{"\x00\x7F\xFF", 3});
    auto const back = octets_of(as_text);
    CHECK(back.data() == numbers.data());
    CHECK(back.size() == 3);
    CHECK(back[2] == 0xFF);
    CHECK_BOTH(text_of(bytes_in{letters}) == "abcdefgh");
    CHECK_BOTH(text_of(bytes_in{}).empty());
}
