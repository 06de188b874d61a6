// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/property_rules.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check_both.hpp"
#include "property_places.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr bool agrees(standard_property const& s) {
    for (unsigned place = 0; place < 16; ++place) {
        auto const* const rule = find_property_rule(s.id, 1U << place);
        if ((rule != nullptr) != s.stands_in(place)) return false;
        if (rule == nullptr) continue;
        bool const many = s.id == 0x26 || (s.id == 0x0B && place == 3);
        if (may_repeat(rule->kind) != many || static_cast<unsigned>(rule->id) != s.id) return false;
    }
    return true;
}

constexpr bool all_agree() {
    for (auto const& s : standard_properties) {
        if (!agrees(s)) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("a property stands where the standard lets it stand", "[wire][v5][property][MQTT5-2.2.2.2]") {
    CHECK_BOTH(all_agree());
    for (auto const& s : standard_properties) {
        CAPTURE(s.id);
        CHECK(agrees(s));
    }
}

TEST_CASE("there is no property beside those of the standard", "[wire][v5][property][MQTT5-2.2.2.2]") {
    for (unsigned id = 0; id < 256; ++id) {
        bool known = false;
        for (auto const& s : standard_properties) known = known || s.id == id;
        CAPTURE(id);
        CHECK((find_property_rule(static_cast<std::uint8_t>(id), 0xFFFF) != nullptr) == known);
    }
}

TEST_CASE("no two rules answer for the same property in the same place", "[wire][v5][property]") {
    constexpr auto once = [] {
        for (std::size_t i = 0; i < property_rules.size(); ++i) {
            for (std::size_t j = i + 1; j < property_rules.size(); ++j) {
                bool const same = property_rules[i].id == property_rules[j].id;
                if (same && (property_rules[i].places & property_rules[j].places) != 0) return false;
            }
        }
        return true;
    };
    CHECK_BOTH(once());
}

TEST_CASE("the sender decides what may stand in PUBLISH and DISCONNECT", "[wire][v5][property][MQTT5-3.3.4-6]") {
    CHECK_BOTH(place_of(packet_type::publish, sender::client) == property_place::client_publish);
    CHECK_BOTH(place_of(packet_type::publish, sender::server) == property_place::server_publish);
    CHECK_BOTH(place_of(packet_type::disconnect, sender::client) == property_place::client_disconnect);
    CHECK_BOTH(place_of(packet_type::disconnect, sender::server) == property_place::server_disconnect);
    for (auto const from : {sender::client, sender::server}) {
        CHECK(place_of(packet_type::connect, from) == property_place::connect);
        CHECK(place_of(packet_type::connack, from) == property_place::connack);
        CHECK(place_of(packet_type::puback, from) == property_place::puback);
        CHECK(place_of(packet_type::pubrec, from) == property_place::pubrec);
        CHECK(place_of(packet_type::pubrel, from) == property_place::pubrel);
        CHECK(place_of(packet_type::pubcomp, from) == property_place::pubcomp);
        CHECK(place_of(packet_type::subscribe, from) == property_place::subscribe);
        CHECK(place_of(packet_type::suback, from) == property_place::suback);
        CHECK(place_of(packet_type::unsubscribe, from) == property_place::unsubscribe);
        CHECK(place_of(packet_type::unsuback, from) == property_place::unsuback);
        CHECK(place_of(packet_type::auth, from) == property_place::auth);
    }
}
