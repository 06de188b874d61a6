// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/percent.hpp>

#include <cstddef>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

template <std::size_t Room = 32>
constexpr result<std::string_view> written(std::string_view text, char (&room)[Room]) {
    builder out{room};
    out << percent{text};
    return out.take();
}

template <std::size_t Room = 32>
constexpr bool writes(std::string_view text, std::string_view expected) {
    char room[Room] = {};
    return written(text, room) == result<std::string_view>{expected};
}

template <std::size_t Room>
constexpr bool too_long(std::string_view text) {
    char room[Room] = {};
    return written(text, room).error == errc::text_too_long;
}

template <std::size_t Room = 8>
constexpr bool reads(std::string_view text, std::string_view expected) {
    char       room[Room] = {};
    auto const size       = read_percent(text, room);
    return size && std::string_view{room, size.value} == expected;
}

template <std::size_t Room = 8>
constexpr errc refuses(std::string_view text) {
    char room[Room] = {};
    return read_percent(text, room).error;
}

constexpr unsigned escaped_bytes() {
    unsigned count = 0;
    for (unsigned n = 0; n < 256; ++n) {
        char const one      = static_cast<char>(n);
        char       room[3]  = {};
        char       again[1] = {};
        auto const code     = written({&one, 1}, room).value;
        if (read_percent(code, again) != result<std::size_t>{1} || again[0] != one) return 0;
        count += code.size() == 3 ? 1U : 0U;
    }
    return count;
}

}  // namespace

TEST_CASE("unreserved characters stay, all others become capital digits", "[text][percent][RFC3986-2.3]") {
    CHECK_BOTH(writes("", ""));
    CHECK_BOTH(writes("azAZ09-._~", "azAZ09-._~"));
    CHECK_BOTH(writes("a b+c/d=", "a%20b%2Bc%2Fd%3D"));
    CHECK_BOTH(writes({"\x00\xff", 2}, "%00%FF"));
    CHECK_BOTH(escaped_bytes() == 256 - 26 - 26 - 10 - 4);
}

TEST_CASE("escapes that do not fit are an error", "[text][percent]") {
    CHECK_BOTH(writes<4>("a/", "a%2F"));
    CHECK_BOTH(too_long<3>("a/"));
    CHECK_BOTH(too_long<2>("/"));
}

TEST_CASE("escapes of both cases are read", "[text][percent][RFC3986-2.1]") {
    CHECK_BOTH(reads("", ""));
    CHECK_BOTH(reads("a%2Fb%2f+", "a/b/+"));
    CHECK_BOTH(reads<1>("%41", "A"));
}

TEST_CASE("half an escape, a wrong digit, and too much are refused", "[text][percent]") {
    CHECK_BOTH(refuses("%") == errc::malformed_text);
    CHECK_BOTH(refuses("a%4") == errc::malformed_text);
    CHECK_BOTH(refuses("%4x") == errc::malformed_text);
    CHECK_BOTH(refuses("%x4") == errc::malformed_text);
    CHECK_BOTH(refuses<1>("ab") == errc::text_too_long);
}
