// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/hex.hpp>

#include <cstddef>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

template <std::size_t Room = 16>
constexpr bool writes(std::string_view bytes, std::string_view expected) {
    char    room[Room] = {};
    builder out{room};
    out << hex{bytes};
    return out.take() == result<std::string_view>{expected};
}

template <std::size_t Room = 4>
constexpr bool reads(std::string_view digits, std::string_view expected) {
    char       room[Room] = {};
    auto const size       = read_hex(digits, room);
    return size && std::string_view{room, size.value} == expected;
}

template <std::size_t Room = 4>
constexpr errc refuses(std::string_view digits) {
    char room[Room] = {};
    return read_hex(digits, room).error;
}

constexpr bool all_bytes_come_back() {
    for (unsigned n = 0; n < 256; ++n) {
        char const one     = static_cast<char>(n);
        char       room[2] = {};
        char       back[1] = {};
        builder    out{room};
        out << hex{{&one, 1}};
        if (out.error() != errc::ok || read_hex({room, 2}, back) != result<std::size_t>{1}) return false;
        if (back[0] != one) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("each byte becomes two small digits", "[text][hex]") {
    CHECK_BOTH(writes("", ""));
    CHECK_BOTH(writes({"\x00\x0f\xf0\xff", 4}, "000ff0ff"));
    CHECK_BOTH(writes("\xAB\xCD", "abcd"));
}

TEST_CASE("capitals are written where they are asked for", "[text][hex]") {
    char    room[4] = {};
    builder out{room};
    out << hex{{"\xAB\x09", 2}, true};
    CHECK(out.view() == "AB09");
}

TEST_CASE("digits that do not fit are an error", "[text][hex]") {
    CHECK_BOTH(writes<4>("ab", "6162"));
    char    room[3] = {};
    builder out{room};
    out << hex{{"ab", 2}};
    CHECK(out.error() == errc::text_too_long);
}

TEST_CASE("digits of both cases are read", "[text][hex]") {
    CHECK_BOTH(reads("", ""));
    CHECK_BOTH(reads("6162", "ab"));
    CHECK_BOTH(reads("aBCd", "\xAB\xCD"));
    CHECK_BOTH(reads<2>("6162", "ab"));
    CHECK_BOTH(all_bytes_come_back());
}

TEST_CASE("half a byte, another character, and too much are refused", "[text][hex]") {
    CHECK_BOTH(refuses("6") == errc::malformed_text);
    CHECK_BOTH(refuses("6g") == errc::malformed_text);
    CHECK_BOTH(refuses("/0") == errc::malformed_text);
    CHECK_BOTH(refuses(":0") == errc::malformed_text);
    CHECK_BOTH(refuses("@0") == errc::malformed_text);
    CHECK_BOTH(refuses("0`") == errc::malformed_text);
    CHECK_BOTH(refuses("0G") == errc::malformed_text);
    CHECK_BOTH(refuses<1>("6162") == errc::text_too_long);
}
