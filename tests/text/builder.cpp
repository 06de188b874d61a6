// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/builder.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

template <std::size_t Room, class... Piece>
constexpr bool builds(std::string_view expected, Piece... pieces) {
    char    room[Room + 1] = {};
    builder out{bytes_out{room, Room}};
    (void)(out << ... << pieces);
    return out.take() == result<std::string_view>{expected} && out.room() == Room - expected.size();
}

template <std::size_t Room, class... Piece>
constexpr errc fails(Piece... pieces) {
    char room[Room + 1] = {};
    room[Room]          = '!';
    builder out{bytes_out{room, Room}};
    (void)(out << ... << pieces);
    if (room[Room] != '!' || !out.view().empty()) return errc::ok;
    return out.take().error;
}

constexpr std::uint64_t most = 0xFFFF'FFFF'FFFF'FFFFU;

constexpr bool two_texts() {
    char       room[8] = {};
    builder    out{room};
    auto const one   = (out << "abc").take();
    auto const two   = (out << "de" << 'f').take();
    auto const third = out.take();
    return one.value == "abc" && two.value == "def" && third.value.empty() && third.error == errc::ok &&
           out.room() == 2;
}

constexpr bool first_error_stays() {
    char    room[8] = {};
    builder out{room};
    out << "abc";
    out.fail(errc::bad_device_name);
    out.fail(errc::bad_timestamp);
    out << "far too long for the room";
    return out.error() == errc::bad_device_name && out.view().empty() && out.take().error == errc::bad_device_name;
}

constexpr bool nothing_after_an_error() {
    char    room[4] = {'-', '-', '-', '-'};
    builder out{room};
    out << "12345" << "x";
    return room[0] == '-' && out.take().error == errc::text_too_long;
}

constexpr bool extends() {
    char    room[4] = {};
    builder out{room};
    auto const at = (out << 'a').extend(2);
    at[0] = 'b';
    at[1] = 'c';
    return out.view() == "abc" && out.extend(2).empty() && out.error() == errc::text_too_long;
}

template <class T>
concept can_be_written = requires(builder& out, T piece) { out << piece; };

}  // namespace

TEST_CASE("what is neither text, character nor unsigned number is not written", "[text][builder]") {
    STATIC_REQUIRE(can_be_written<char const*>);
    STATIC_REQUIRE(can_be_written<std::uint8_t>);
    STATIC_REQUIRE_FALSE(can_be_written<bool>);
    STATIC_REQUIRE_FALSE(can_be_written<int>);
    STATIC_REQUIRE_FALSE(can_be_written<double>);
    STATIC_REQUIRE_FALSE(can_be_written<char16_t>);
    STATIC_REQUIRE_FALSE(can_be_written<void*>);
}

TEST_CASE("pieces are written one behind the other", "[text][builder]") {
    CHECK_BOTH(builds<0>(""));
    CHECK_BOTH(builds<3>("abc", "abc"));
    CHECK_BOTH(builds<9>("a=1&b=20", "a=", 1U, '&', std::string_view{"b="}, std::uint16_t{20}));
}

TEST_CASE("numbers are decimal, from zero to the largest", "[text][builder]") {
    CHECK_BOTH(builds<20>("0", 0U));
    CHECK_BOTH(builds<20>("255", std::uint8_t{255}));
    CHECK_BOTH(builds<20>("4294967295", std::uint32_t{0xFFFF'FFFFU}));
    CHECK_BOTH(builds<20>("2524608000000", std::uint64_t{2'524'608'000'000U}));
    CHECK_BOTH(builds<20>("18446744073709551615", most));
}

TEST_CASE("what does not fit is an error, at every size, and is not cut off", "[text][builder]") {
    CHECK_BOTH(fails<0>('a') == errc::text_too_long);
    CHECK_BOTH(fails<2>("abc") == errc::text_too_long);
    CHECK_BOTH(fails<2>("ab", 1U) == errc::text_too_long);
    CHECK_BOTH(fails<19>(most) == errc::text_too_long);
    CHECK_BOTH(nothing_after_an_error());
}

TEST_CASE("several texts share one area", "[text][builder]") { CHECK_BOTH(two_texts()); }

TEST_CASE("the first error is the one that is told", "[text][builder]") { CHECK_BOTH(first_error_stays()); }

TEST_CASE("somebody else may fill a part", "[text][builder]") { CHECK_BOTH(extends()); }
