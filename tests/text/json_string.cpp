// SPDX-License-Identifier: BSL-1.0
#include <barelink/text/json_string.hpp>

#include <cstddef>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

template <std::size_t Room = 32>
constexpr bool writes(std::string_view text, std::string_view expected) {
    char    room[Room] = {};
    builder out{room};
    out << json_string{text};
    return out.take() == result<std::string_view>{expected};
}

template <std::size_t Room = 16>
constexpr bool reads(std::string_view text, std::string_view expected) {
    char    room[Room] = {};
    builder out{room};
    return read_json_string(text, out) == errc::ok && out.view() == expected;
}

template <std::size_t Room = 16>
constexpr errc refuses(std::string_view text) {
    char    room[Room] = {};
    builder out{room};
    return read_json_string(text, out);
}

}  // namespace

TEST_CASE("quotes, backslashes and controls are escaped, and nothing else", "[text][json][RFC8259-7]") {
    CHECK_BOTH(writes("", "\"\""));
    CHECK_BOTH(writes("a/b \xC3\xA4", "\"a/b \xC3\xA4\""));
    CHECK_BOTH(writes("a\"b\\", "\"a\\\"b\\\\\""));
    CHECK_BOTH(writes({"\x00\n\x1f\x7f", 4}, "\"\\u0000\\u000a\\u001f\x7f\""));
}

TEST_CASE("each escape is read", "[text][json][RFC8259-7]") {
    CHECK_BOTH(reads("", ""));
    CHECK_BOTH(reads(R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"));
    CHECK_BOTH(reads(R"(\u0041\u00e4\u20AC)", "A\xC3\xA4\xE2\x82\xAC"));
    CHECK_BOTH(reads(R"(\ud83d\ude00!)", "\xF0\x9F\x98\x80!"));
    CHECK_BOTH(reads(R"(\u0000)", {"\0", 1}));
    CHECK_BOTH(reads(R"(\u007f\u0080\u07ff\u0800\uffff)", "\x7f\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"));
    CHECK_BOTH(reads(R"(\udbff\udfff)", "\xF4\x8F\xBF\xBF"));
}

TEST_CASE("what is no escape is refused", "[text][json][RFC8259-7]") {
    CHECK_BOTH(refuses("\\") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\x)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\u123)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\u12g4)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\u)") == errc::malformed_json);
}

TEST_CASE("half a surrogate pair is refused", "[text][json][RFC8259-8.2]") {
    CHECK_BOTH(refuses(R"(\ud83d)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\ude00)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\ud83dxxxxxx)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\ud83d\n1234)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\ud83d\ud83d)") == errc::malformed_json);
    CHECK_BOTH(refuses(R"(\ud83d\u004)") == errc::malformed_json);
}

TEST_CASE("a string that does not fit is an error", "[text][json]") {
    CHECK_BOTH(reads<4>(R"(\ud83d\ude00)", "\xF0\x9F\x98\x80"));
    CHECK_BOTH(refuses<3>(R"(\ud83d\ude00)") == errc::text_too_long);
    CHECK_BOTH(refuses<3>("abcd") == errc::text_too_long);
}
