// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/text.hpp>

#include <cstddef>
#include <set>
#include <string_view>

#include <barelink/wire/property_rules.hpp>

#include "base/check_both.hpp"
#include "property_places.hpp"

using namespace barelink;

TEST_CASE("each reason code and nothing else has a name of its own", "[wire][v5][text][MQTT5-2.4]") {
    std::set<std::string_view> names;
    std::size_t known = 0;
    for (unsigned n = 0; n < 256; ++n) {
        auto const code = static_cast<reason_code>(n);
        bool const carried = detail::find_reason(code, 0xFFFF) != nullptr;
        CAPTURE(n);
        CHECK((name(code) != "unknown") == carried);
        if (carried) names.insert(name(code));
        known += carried ? 1U : 0U;
    }
    CHECK(known == 43);
    CHECK(names.size() == known);
    CHECK_BOTH(name(reason_code::success) == "success");
    CHECK_BOTH(name(reason_code::session_taken_over) == "session_taken_over");
    CHECK_BOTH(name(reason_code::wildcard_subscriptions_not_supported) == "wildcard_subscriptions_not_supported");
}

TEST_CASE("each property and nothing else has a name of its own", "[wire][v5][text][MQTT5-2.2.2.2]") {
    std::set<std::string_view> names;
    for (unsigned n = 0; n < 256; ++n) {
        bool const known = find_property_rule(static_cast<std::uint8_t>(n), 0xFFFF) != nullptr;
        auto const called = name(static_cast<property_id>(n));
        CAPTURE(n);
        CHECK((called != "unknown") == known);
        if (known) names.insert(called);
    }
    CHECK(names.size() == 27);
    CHECK_BOTH(name(property_id::payload_format_indicator) == "payload_format_indicator");
    CHECK_BOTH(name(property_id::user_property) == "user_property");
    CHECK_BOTH(name(property_id::none) == "unknown");
}
