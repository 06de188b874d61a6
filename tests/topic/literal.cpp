// SPDX-License-Identifier: BSL-1.0
// What a literal accepts; what it refuses is shown by tests/compile_fail/topic_*.cpp.
#include <barelink/topic/literal.hpp>

#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

TEST_CASE("a literal is its text", "[topic]") {
    CHECK_BOTH(topic_filter("plant/+/temp") == "plant/+/temp");
    CHECK_BOTH(topic_filter("#") == "#");
    CHECK_BOTH(topic_name("plant/7/temp") == "plant/7/temp");
    CHECK_BOTH(topic_name("$SYS/uptime").size() == 11);
    CHECK_BOTH(topic_name("\xC3\xA4") == "\xC3\xA4");
    static constexpr std::string_view kept = topic_filter("a/#");
    CHECK(kept == "a/#");
}
