// SPDX-License-Identifier: BSL-1.0
#include <barelink/topic/filter.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using namespace std::string_view_literals;

TEST_CASE("a filter has at least one character", "[topic][MQTT-4.7.3-1]") {
    CHECK_BOTH(find_filter_fault("") == filter_fault::empty);
    CHECK_BOTH(find_filter_fault(" ") == filter_fault::none);
    CHECK_BOTH(find_filter_fault("/") == filter_fault::none);
    CHECK_BOTH(find_filter_fault("//") == filter_fault::none);
}

TEST_CASE("'#' is alone in its level, and that is the last one", "[topic][MQTT-4.7.1-2]") {
    for (auto const good : {"#"sv, "/#"sv, "sport/#"sv, "sport/tennis/#"sv, "+/#"sv, "a//#"sv, "$SYS/#"sv}) {
        CAPTURE(good);
        CHECK(find_filter_fault(good) == filter_fault::none);
    }
    for (auto const bad : {"sport/tennis#"sv, "sport/tennis/#/ranking"sv, "#/"sv, "##"sv, "a#"sv, "#a"sv, "/#/"sv,
                           "+#"sv, "a/#b"sv, "#/#"sv, " #"sv}) {
        CAPTURE(bad);
        CHECK(find_filter_fault(bad) != filter_fault::none);
    }
    CHECK_BOTH(find_filter_fault("sport/tennis#") == filter_fault::hash_not_last);
    CHECK_BOTH(find_filter_fault("sport/tennis/#/ranking") == filter_fault::hash_not_last);
}

TEST_CASE("'+' fills a whole level", "[topic][MQTT-4.7.1-3]") {
    for (auto const good : {"+"sv, "/+"sv, "+/"sv, "+/+"sv, "sport/+/player1"sv, "+/tennis/#"sv, "a/+/+/b"sv}) {
        CAPTURE(good);
        CHECK(find_filter_fault(good) == filter_fault::none);
    }
    for (auto const bad : {"sport+"sv, "+sport"sv, "a/+b"sv, "a/b+/c"sv, "++"sv, "+/a+"sv, "a/ +"sv}) {
        CAPTURE(bad);
        CHECK(find_filter_fault(bad) == filter_fault::plus_not_alone);
    }
    CHECK_BOTH(find_filter_fault("sport+") == filter_fault::plus_not_alone);
}

TEST_CASE("a filter is UTF-8 without U+0000", "[topic][MQTT-4.7.3-2][MQTT-3.8.3-1][MQTT-1.5.3-1]") {
    CHECK_BOTH(find_filter_fault("a\0b"sv) == filter_fault::text);
    CHECK_BOTH(find_filter_fault("a/\xC3\xA4/#") == filter_fault::none);
    CHECK_BOTH(find_filter_fault("a/\xC3") == filter_fault::text);
    CHECK_BOTH(find_filter_fault("\xED\xA0\x80") == filter_fault::text);
    CHECK_BOTH(find_filter_fault("\xC0\x80/+") == filter_fault::text);
    CHECK_BOTH(find_filter_fault("\xEF\xBB\xBF/+") == filter_fault::none);
    CHECK_BOTH(find_filter_fault("+\0"sv) == filter_fault::text);
}

TEST_CASE("a filter has at most 65535 bytes", "[topic][MQTT-4.7.3-3]") {
    CHECK(find_filter_fault(std::string(65'535, 'a')) == filter_fault::none);
    CHECK(find_filter_fault(std::string(65'536, 'a')) == filter_fault::too_long);
    CHECK(find_filter_fault(std::string(65'536, '\xFF')) == filter_fault::too_long);
    CHECK(find_filter_fault(std::string(65'533, 'a') + "/#") == filter_fault::none);
}
