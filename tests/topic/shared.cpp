// SPDX-License-Identifier: BSL-1.0
#include <barelink/topic/shared.hpp>

#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

TEST_CASE("a shared filter is taken apart", "[topic][v5][shared][MQTT5-4.8.2]") {
    CHECK_BOTH(split_shared("$share/group/a/+/c").group == "group");
    CHECK_BOTH(split_shared("$share/group/a/+/c").filter == "a/+/c");
    CHECK_BOTH(split_shared("$share/g//").filter == "/");
    CHECK_BOTH(split_shared("a/b").group.empty());
    CHECK_BOTH(split_shared("a/b").filter == "a/b");
    CHECK_BOTH(split_shared("$share/g").group == "g");
    CHECK_BOTH(split_shared("$share/g").filter.empty());
    CHECK_BOTH(split_shared("$share/").group.empty());
}

TEST_CASE("the name of a group has a character and no wildcard", "[topic][v5][shared][MQTT5-4.8.2-1]") {
    CHECK_BOTH(is_shared_form("$share/g/a"));
    CHECK_BOTH(is_shared_form("$share/$g/#"));
    CHECK_BOTH(!is_shared_form("$share//a"));
    CHECK_BOTH(!is_shared_form("$share/g+/a"));
    CHECK_BOTH(!is_shared_form("$share/+/a"));
    CHECK_BOTH(!is_shared_form("$share/#"));
    CHECK_BOTH(!is_shared_form("$share/g#/a"));
}

TEST_CASE("a filter follows the name of a group", "[topic][v5][shared][MQTT5-4.8.2-2]") {
    CHECK_BOTH(is_shared_form("$share/g//"));
    CHECK_BOTH(!is_shared_form("$share"));
    CHECK_BOTH(!is_shared_form("$share/"));
    CHECK_BOTH(!is_shared_form("$share/g"));
    CHECK_BOTH(!is_shared_form("$share/g/"));
    CHECK_BOTH(!is_shared_form("$share/g/a#"));
    CHECK_BOTH(!is_shared_form("$share/g/a+/b"));
}

TEST_CASE("a filter that is not shared has no such form", "[topic][v5][shared][MQTT5-4.8.2]") {
    CHECK_BOTH(is_shared_form("a/b"));
    CHECK_BOTH(is_shared_form("share/g"));
    CHECK_BOTH(is_shared_form("$shared/x"));
    CHECK_BOTH(is_shared_form("$SHARE/"));
}
