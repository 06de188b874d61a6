// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using namespace std::string_view_literals;

namespace {

// A slow second opinion that shares no idea with the library: put the bits of a character together, then ask whether
// that code point is allowed and needs that many bytes.
bool slow_is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const byte = [&](std::size_t i) { return static_cast<std::uint32_t>(octet(text[at + i])); };
        std::size_t ones = 0;  // in front of the first zero bit: none, or the bytes of this character
        while (ones < 8 && ((byte(0) << ones) & 0x80) != 0) ++ones;
        std::size_t const size = ones == 0 ? 1 : ones;
        if (ones == 1 || size > 4 || text.size() - at < size) return false;
        std::uint32_t point = ones == 0 ? byte(0) : byte(0) & (0x7FU >> ones);
        for (std::size_t i = 1; i < size; ++i) {
            if (byte(i) / 64 != 2) return false;
            point = point * 64 + byte(i) % 64;
        }
        std::size_t const needs = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1'0000 ? 3 : 4;
        if (needs != size || point == 0 || point > 0x10'FFFF || point / 0x800 == 0x1B) return false;
        at += size;
    }
    return true;
}

std::string encoded(std::uint32_t point, int size) {
    std::string out;
    for (int left = size - 1; left >= 0; --left) {
        auto const bits = (point >> (6 * left)) & (left == size - 1 ? (0x7FU >> size) : 0x3FU);
        auto const mark = left < size - 1 ? 0x80U : size == 1 ? 0U : (0xF00U >> size) & 0xFFU;
        out.push_back(static_cast<char>(mark | (size == 1 ? point & 0x7FU : bits)));
    }
    return out;
}

constexpr bool only_whole_is_a_string(std::string_view character) {
    for (std::size_t n = 1; n < character.size(); ++n) {
        if (is_utf8(character.substr(0, n))) return false;
    }
    return is_utf8(character);
}

}  // namespace

TEST_CASE("the first and the last character of each row of RFC 3629 are strings", "[base][utf8][MQTT-1.5.3-1]") {
    CHECK_BOTH(is_utf8("\x01"));
    CHECK_BOTH(is_utf8("\x7F"));
    CHECK_BOTH(is_utf8("\xC2\x80"));
    CHECK_BOTH(is_utf8("\xDF\xBF"));
    CHECK_BOTH(is_utf8("\xE0\xA0\x80"));
    CHECK_BOTH(is_utf8("\xE0\xBF\xBF"));
    CHECK_BOTH(is_utf8("\xE1\x80\x80"));
    CHECK_BOTH(is_utf8("\xEC\xBF\xBF"));
    CHECK_BOTH(is_utf8("\xED\x80\x80"));
    CHECK_BOTH(is_utf8("\xED\x9F\xBF"));
    CHECK_BOTH(is_utf8("\xEE\x80\x80"));
    CHECK_BOTH(is_utf8("\xEF\xBF\xBF"));
    CHECK_BOTH(is_utf8("\xF0\x90\x80\x80"));
    CHECK_BOTH(is_utf8("\xF0\xBF\xBF\xBF"));
    CHECK_BOTH(is_utf8("\xF1\x80\x80\x80"));
    CHECK_BOTH(is_utf8("\xF3\xBF\xBF\xBF"));
    CHECK_BOTH(is_utf8("\xF4\x80\x80\x80"));
    CHECK_BOTH(is_utf8("\xF4\x8F\xBF\xBF"));
}

TEST_CASE("surrogates are no characters", "[base][utf8][MQTT-1.5.3-1]") {
    CHECK_BOTH(!is_utf8("\xED\xA0\x80"));  // U+D800
    CHECK_BOTH(!is_utf8("\xED\xAF\xBF"));
    CHECK_BOTH(!is_utf8("\xED\xB0\x80"));
    CHECK_BOTH(!is_utf8("\xED\xBF\xBF"));                  // U+DFFF
    CHECK_BOTH(!is_utf8("\xED\xA0\x81\xED\xB0\x80"));      // a pair of them is none either
    CHECK_BOTH(!is_utf8("before\xED\xA0\x80" "behind"));
}

TEST_CASE("forms longer than needed are no characters", "[base][utf8][MQTT-1.5.3-1]") {
    CHECK_BOTH(!is_utf8("\xC0\x80"));
    CHECK_BOTH(!is_utf8("\xC0\xAF"));
    CHECK_BOTH(!is_utf8("\xC1\xBF"));
    CHECK_BOTH(!is_utf8("\xE0\x80\x80"));
    CHECK_BOTH(!is_utf8("\xE0\x9F\xBF"));
    CHECK_BOTH(!is_utf8("\xF0\x80\x80\x80"));
    CHECK_BOTH(!is_utf8("\xF0\x8F\xBF\xBF"));
}

TEST_CASE("there is nothing above U+10FFFF", "[base][utf8][MQTT-1.5.3-1]") {
    CHECK_BOTH(is_utf8("\xF4\x8F\xBF\xBF"));
    CHECK_BOTH(!is_utf8("\xF4\x90\x80\x80"));
    CHECK_BOTH(!is_utf8("\xF5\x80\x80\x80"));
    CHECK_BOTH(!is_utf8("\xF8\x88\x80\x80\x80"));
    CHECK_BOTH(!is_utf8("\xFC\x84\x80\x80\x80\x80"));
    CHECK_BOTH(!is_utf8("\xFE"));
    CHECK_BOTH(!is_utf8("\xFF"));
}

TEST_CASE("a character that is cut short is none, wherever the string ends", "[base][utf8][MQTT-1.5.3-1]") {
    CHECK_BOTH(only_whole_is_a_string("\xC3\xA4"));
    CHECK_BOTH(only_whole_is_a_string("\xE2\x82\xAC"));
    CHECK_BOTH(only_whole_is_a_string("\xF0\x9F\x98\x80"));
    // What lies behind the view would complete the character.
    CHECK_BOTH(!is_utf8("\xE2\x82\xAC"sv.substr(0, 2)));
}

TEST_CASE("a continuation without a lead and a lead without a continuation are refused", "[base][utf8][MQTT-1.5.3-1]") {
    CHECK_BOTH(!is_utf8("\x80"));
    CHECK_BOTH(!is_utf8("\xBF"));
    CHECK_BOTH(!is_utf8("a\x80"));
    CHECK_BOTH(!is_utf8("\xC3" "a"));
    CHECK_BOTH(!is_utf8("\xE2\x82" "a"));
    CHECK_BOTH(!is_utf8("\xF0\x9F\x98" "a"));
    CHECK_BOTH(!is_utf8("\xC3\xC3\xA4"));
    CHECK_BOTH(!is_utf8("\xE2\x82\xC0"));
}

TEST_CASE("U+0000 is in no string", "[base][utf8][MQTT-1.5.3-2]") {
    CHECK_BOTH(!is_utf8("\0"sv));
    CHECK_BOTH(!is_utf8("a\0b"sv));
    CHECK_BOTH(!is_utf8("ab\0"sv));
    CHECK_BOTH(!is_utf8("\xE2\x82\xAC\0"sv));
}

TEST_CASE("a byte order mark is a character like any other", "[base][utf8][MQTT-1.5.3-3]") {
    CHECK_BOTH(is_utf8("\xEF\xBB\xBF"));
    CHECK_BOTH(is_utf8("\xEF\xBB\xBFtopic"));
    CHECK_BOTH(is_utf8("to\xEF\xBB\xBFpic"));
    CHECK_BOTH(utf8_multibyte("\xEF\xBB\xBF") == 3);
}

TEST_CASE("controls and non-characters are discouraged but legal", "[base][utf8][1.5.3]") {
    CHECK_BOTH(is_utf8("\x01\x1F\x7F"));
    CHECK_BOTH(is_utf8("\xC2\x9F"));
    CHECK_BOTH(is_utf8("\xEF\xBF\xBE\xEF\xB7\x90"));  // U+FFFE, U+FDD0
}

TEST_CASE("an empty string is a string", "[base][utf8]") {
    CHECK_BOTH(is_utf8(""));
    CHECK_BOTH(is_utf8({}));
    CHECK_BOTH(utf8_scan({}) == 0);
}

TEST_CASE("wildcards are found anywhere and nothing else is taken for one", "[base][utf8][MQTT-4.7.1-1]") {
    CHECK_BOTH(utf8_scan("a/b") == 0);
    CHECK_BOTH(utf8_scan("+") == utf8_wildcard);
    CHECK_BOTH(utf8_scan("#") == utf8_wildcard);
    CHECK_BOTH(utf8_scan("a+b") == utf8_wildcard);
    CHECK_BOTH(utf8_scan("\xC3\xA4/#") == utf8_wildcard);
    CHECK_BOTH(utf8_scan("$*,\"-") == 0);
    CHECK_BOTH((utf8_scan("#\xFF") & utf8_ill_formed) != 0);
}

TEST_CASE("the length of a multibyte character is told", "[base][utf8]") {
    CHECK_BOTH(utf8_multibyte("\xC3\xA4zz") == 2);
    CHECK_BOTH(utf8_multibyte("\xE2\x82\xACzz") == 3);
    CHECK_BOTH(utf8_multibyte("\xF0\x9F\x98\x80zz") == 4);
    CHECK_BOTH(utf8_multibyte("\x80") == 0);
    CHECK_BOTH(utf8_multibyte("\xE2\x82") == 0);
}

TEST_CASE("every string of one to three bytes is judged as the slow reference does", "[base][utf8][MQTT-1.5.3-1]") {
    std::uint32_t differences = 0;
    for (std::uint32_t bits = 0; bits <= 0xFF'FFFF; ++bits) {
        char const three[4] = {static_cast<char>(bits), static_cast<char>(bits >> 8), static_cast<char>(bits >> 16), 0};
        std::size_t const shortest = bits <= 0xFF ? 1 : bits <= 0xFFFF ? 2 : 3;
        for (std::size_t size = shortest; size <= (bits <= 0xFFFF ? 3U : shortest); ++size) {
            std::string_view const text{three, size};
            if (is_utf8(text) != slow_is_utf8(text)) ++differences;
        }
    }
    CHECK(differences == 0);
}

TEST_CASE("every code point in every length is judged as the slow reference does", "[base][utf8][MQTT-1.5.3-1]") {
    std::uint32_t differences = 0;
    std::uint32_t good = 0;
    for (std::uint32_t point = 0; point <= 0x1F'FFFF; ++point) {
        auto const four = encoded(point, 4);
        bool const verdict = is_utf8(four);
        if (verdict != slow_is_utf8(four)) ++differences;
        if (verdict != (point >= 0x1'0000 && point <= 0x10'FFFF)) ++differences;
        if (verdict) ++good;
    }
    for (std::uint32_t point = 0; point <= 0xFFFF; ++point) {
        bool const right = point >= 0x800 && (point < 0xD800 || point > 0xDFFF);
        if (is_utf8(encoded(point, 3)) != right) ++differences;
        if (point < 0x800 && is_utf8(encoded(point, 2)) != (point >= 0x80)) ++differences;
        if (point < 0x80 && is_utf8(encoded(point, 1)) != (point != 0)) ++differences;
    }
    CHECK(differences == 0);
    CHECK(good == 0x10'0000);
}
