// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/property.hpp>

#include "base/check_both.hpp"

using namespace barelink;

TEST_CASE("a user writes a property as the name and its value", "[wire][v5][property]") {
    constexpr property list[] = {{property_id::content_type, "text/plain"},
                                 {property_id::message_expiry_interval, 60U},
                                 {property_id::payload_format_indicator, 1},
                                 {property_id::topic_alias_maximum, 0},
                                 {"key", "value"}};
    CHECK_BOTH(list[0].id == property_id::content_type);
    CHECK_BOTH(list[0].text == "text/plain");
    CHECK_BOTH(list[1].number == 60);
    CHECK_BOTH(list[2].number == 1);
    CHECK_BOTH(list[3].number == 0);
    CHECK_BOTH(list[4].id == property_id::user_property);
    CHECK_BOTH(list[4].text == "key");
    CHECK_BOTH(list[4].value == "value");
    CHECK_BOTH(property{}.id == property_id::none);
    CHECK_BOTH(property{"a", "b"} != property{"a", "c"});
}
