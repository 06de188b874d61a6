// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/properties.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/check_both.hpp"
#include "packets.hpp"
#include "property_places.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr errc check(std::string_view bytes, property_place where) {
    return check_properties(bytes_in{bytes.data(), bytes.size()}, where);
}

// A copy that ends where the properties do, so the sanitizer sees the first byte read beyond them.
errc check_tight(std::string_view bytes, property_place where) {
    std::vector<char> const tight(bytes.begin(), bytes.end());
    return check_properties(bytes_in{tight.data(), tight.size()}, where);
}

constexpr auto at(unsigned place) { return static_cast<property_place>(place); }

std::string encoded(standard_property const& s) {
    std::string bytes(1, static_cast<char>(s.id));
    return bytes += s.value;
}

// AUTH needs a method, data needs one too; so one is put in front where it is not the property in question.
std::string with_method(standard_property const& s, unsigned place) {
    bool const needs = s.id != 0x15 && (place == 15 || (s.id == 0x16 && (place == 1 || place == 2)));
    return (needs ? std::string{raw("\x15\x00\x01M")} : std::string{}) + encoded(s);
}

property as_property(std::string_view bytes) {
    reader r{{bytes.data(), bytes.size()}};
    return detail::take_property(r);
}

std::string written_list(property_list list) {
    std::string to(300, '\0');
    writer w{bytes_out{to}};
    write_properties(w, list);
    REQUIRE(w.fits());
    to.resize(w.size());
    return to;
}

}  // namespace

TEST_CASE("each property is taken where it may stand and refused everywhere else",
          "[wire][v5][properties][MQTT5-2.2.2.2]") {
    for (auto const& s : standard_properties) {
        for (unsigned place = 0; place < 16; ++place) {
            CAPTURE(s.id, place);
            auto const expected = s.stands_in(place) ? errc::ok : errc::malformed_packet;
            CHECK(check_tight(with_method(s, place), at(place)) == expected);
        }
    }
}

TEST_CASE("each property may be sent where it may stand and nowhere else", "[wire][v5][properties][MQTT5-2.2.2.2]") {
    for (auto const& s : standard_properties) {
        auto const bytes = encoded(s);
        property const list[] = {as_property(bytes)};
        property const method[] = {{property_id::authentication_method, "M"}};
        for (unsigned place = 0; place < 16; ++place) {
            CAPTURE(s.id, place);
            bool const needs = s.id != 0x15 && (place == 15 || (s.id == 0x16 && (place == 1 || place == 2)));
            property_lists const both{needs ? property_list{method} : property_list{}, list};
            auto const got = check_properties(both, at(place));
            CHECK(got == (s.stands_in(place) ? errc::ok : errc::bad_property));
        }
    }
}

TEST_CASE("an identifier that is none is malformed everywhere", "[wire][v5][properties][MQTT5-2.2.2.2]") {
    for (unsigned id = 0; id < 256; ++id) {
        if (find_property_rule(static_cast<std::uint8_t>(id), 0xFFFF) != nullptr) continue;
        for (unsigned place = 0; place < 16; ++place) {
            CHECK(check_tight(std::string(9, static_cast<char>(id)), at(place)) == errc::malformed_packet);
        }
        property const list[] = {{static_cast<property_id>(id), 1U}};
        CHECK(check_properties(property_list{list}, property_place::connack) == errc::bad_property);
        CHECK(written_list(list) == std::string(1, '\0'));
    }
}

TEST_CASE("a property that is there twice is an error of the protocol unless it may repeat",
          "[wire][v5][properties][MQTT5-2.2.2.2]") {
    for (auto const& s : standard_properties) {
        for (unsigned place = 0; place < 16; ++place) {
            if (!s.stands_in(place)) continue;
            CAPTURE(s.id, place);
            bool const many = s.id == 0x26 || (s.id == 0x0B && place == 3);
            auto const twice = with_method(s, place) + encoded(s);
            CHECK(check_tight(twice, at(place)) == (many ? errc::ok : errc::protocol_error));
        }
    }
    property const once[] = {{property_id::receive_maximum, 1U}};
    CHECK(check_properties(property_lists{once, once}, property_place::connect) == errc::bad_property);
}

TEST_CASE("a property that is cut at any byte is malformed", "[wire][v5][properties][truncation]") {
    for (auto const& s : standard_properties) {
        for (unsigned place = 0; place < 15; ++place) {
            if (!s.stands_in(place) || s.id == 0x16) continue;
            auto const whole = encoded(s);
            for (std::size_t n = 1; n < whole.size(); ++n) {
                CAPTURE(s.id, place, n);
                CHECK(check_tight(whole.substr(0, n), at(place)) == errc::malformed_packet);
            }
            CHECK(check_tight(whole + '\0', at(place)) == errc::malformed_packet);
        }
    }
}

TEST_CASE("each property is written again as it was read", "[wire][v5][properties][round_trip]") {
    for (auto const& s : standard_properties) {
        CAPTURE(s.id);
        auto const bytes = encoded(s);
        property const list[] = {as_property(bytes)};
        CHECK(static_cast<unsigned>(list[0].id) == s.id);
        CHECK(written_list(list) == std::string(1, static_cast<char>(bytes.size())) + bytes);
        CHECK(properties_size(property_list{list}) == bytes.size() + 1);
        property found{};
        unsigned count = 0;
        for (auto const& p : properties{bytes_in{bytes.data(), bytes.size()}}) {
            found = p;
            ++count;
        }
        CHECK(count == 1);
        CHECK(found == list[0]);
    }
}

TEST_CASE("a flag is 0 or 1", "[wire][v5][properties][MQTT5-3.1.2.11.6][MQTT5-3.2.2.3.4][MQTT5-3.2.2.3.5]") {
    struct flag {
        char id;
        property_place where;
    };
    constexpr flag flags[] = {{0x01, property_place::will},    {0x01, property_place::server_publish},
                              {0x17, property_place::connect}, {0x19, property_place::connect},
                              {0x24, property_place::connack}, {0x25, property_place::connack},
                              {0x28, property_place::connack}, {0x29, property_place::connack},
                              {0x2A, property_place::connack}};
    for (auto const& f : flags) {
        for (unsigned value = 0; value < 256; ++value) {
            CAPTURE(f.id, value);
            auto const bytes = std::string{f.id} + static_cast<char>(value);
            CHECK(check_tight(bytes, f.where) == (value < 2 ? errc::ok : errc::protocol_error));
            property const list[] = {{static_cast<property_id>(f.id), value}};
            CHECK(check_properties(property_list{list}, f.where) == (value < 2 ? errc::ok : errc::bad_property));
        }
    }
}

TEST_CASE("0 is refused where it would mean nothing can be sent",
          "[wire][v5][properties][MQTT5-3.1.2.11.3][MQTT5-3.1.2.11.4]") {
    using enum property_place;
    for (auto const where : {connect, connack}) {
        CHECK(check(raw("\x21\x00\x00"), where) == errc::protocol_error);
        CHECK(check(raw("\x27\x00\x00\x00\x00"), where) == errc::protocol_error);
        CHECK(check(raw("\x22\x00\x00"), where) == errc::ok);
        CHECK(check(raw("\x11\x00\x00\x00\x00"), where) == errc::ok);
    }
    CHECK_BOTH(check(raw("\x21\x00\x00"), connect) == errc::protocol_error);
    CHECK_BOTH(check(raw("\x13\x00\x00"), connack) == errc::ok);
}

TEST_CASE("a topic alias of 0 has an error of its own", "[wire][v5][properties][MQTT5-3.3.2-8]") {
    CHECK_BOTH(check(raw("\x23\x00\x00"), property_place::server_publish) == errc::topic_alias_invalid);
    CHECK_BOTH(check(raw("\x23\x00\x01"), property_place::server_publish) == errc::ok);
    CHECK_BOTH(check(raw("\x23\xFF\xFF"), property_place::client_publish) == errc::ok);
}

TEST_CASE("a subscription identifier is 1 to 268435455, in its shortest form",
          "[wire][v5][properties][MQTT5-3.8.2.1.2][MQTT5-1.5.5-1]") {
    using enum property_place;
    for (auto const where : {subscribe, server_publish}) {
        CHECK(check(raw("\x0B\x00"), where) == errc::protocol_error);
        CHECK(check(raw("\x0B\x01"), where) == errc::ok);
        CHECK(check(raw("\x0B\xFF\xFF\xFF\x7F"), where) == errc::ok);
        CHECK(check(raw("\x0B\x80\x00"), where) == errc::malformed_packet);
        CHECK(check(raw("\x0B\x81\x00"), where) == errc::malformed_packet);
        CHECK(check(raw("\x0B\xFF\xFF\xFF\xFF\x7F"), where) == errc::malformed_packet);
    }
    property const large[] = {{property_id::subscription_identifier, remaining_length_max}};
    property const larger[] = {{property_id::subscription_identifier, remaining_length_max + 1}};
    CHECK(check_properties(property_list{large}, subscribe) == errc::ok);
    CHECK(check_properties(property_list{larger}, subscribe) == errc::bad_property);
}

TEST_CASE("a number that its type can't hold is not sent", "[wire][v5][properties]") {
    using enum property_place;
    for (auto const id : {property_id::receive_maximum, property_id::topic_alias_maximum}) {
        property const fits[] = {{id, 0xFFFFU}};
        property const large[] = {{id, 0x10000U}};
        CHECK(check_properties(property_list{fits}, connect) == errc::ok);
        CHECK(check_properties(property_list{large}, connect) == errc::bad_property);
    }
    property const alias[] = {{property_id::topic_alias, 0x10000U}};
    CHECK(check_properties(property_list{alias}, client_publish) == errc::bad_property);
}

TEST_CASE("text is UTF-8 without U+0000, data is anything", "[wire][v5][properties][MQTT5-1.5.4-1][MQTT5-1.5.4-2]") {
    struct place {
        char id;
        property_place where;
    };
    using enum property_place;
    constexpr place texts[] = {{0x03, will}, {0x08, will}, {0x12, connack}, {0x15, connect}, {0x1A, connack},
                               {0x1C, connack}, {0x1F, puback}};
    for (auto const& t : texts) {
        CAPTURE(t.id);
        for (auto const bad : {raw("\x00\x01\x00"), raw("\x00\x01\x80"), raw("\x00\x03\xED\xA0\x80")}) {
            auto const bytes = std::string{t.id} + std::string{bad};
            CHECK(check_tight(bytes, t.where) == errc::invalid_utf8);
            property const list[] = {{static_cast<property_id>(t.id), bad.substr(2)}};
            CHECK(check_properties(property_list{list}, t.where) == errc::bad_property);
        }
        CHECK(check_tight(std::string{t.id} + std::string{raw("\x00\x03\xEF\xBB\xBF")}, t.where) == errc::ok);
    }
    CHECK_BOTH(check(raw("\x09\x00\x02\x00\xFF"), client_publish) == errc::ok);
}

TEST_CASE("both halves of a pair are UTF-8", "[wire][v5][properties][MQTT5-1.5.7-1]") {
    using enum property_place;
    CHECK_BOTH(check(raw("\x26\x00\x01k\x00\x01v"), suback) == errc::ok);
    CHECK_BOTH(check(raw("\x26\x00\x00\x00\x00"), suback) == errc::ok);
    CHECK_BOTH(check(raw("\x26\x00\x01\x80\x00\x01v"), suback) == errc::invalid_utf8);
    CHECK_BOTH(check(raw("\x26\x00\x01k\x00\x01\x00"), suback) == errc::invalid_utf8);
    property const list[] = {{"k", std::string_view{"\x80", 1}}};
    CHECK(check_properties(property_list{list}, suback) == errc::bad_property);
}

TEST_CASE("text of more than 65535 bytes is not sent", "[wire][v5][properties][MQTT5-1.5.4]") {
    std::string const most(65535, 'x');
    std::string const more(65536, 'x');
    for (auto const& [text, good] : {std::pair{most, true}, std::pair{more, false}}) {
        property const lists[][1] = {{{property_id::content_type, text}},
                                     {{property_id::correlation_data, text}},
                                     {{text, "v"}},
                                     {{"k", text}}};
        for (auto const& list : lists) {
            auto const got = check_properties(property_list{list}, property_place::client_publish);
            CHECK(got == (good ? errc::ok : errc::bad_property));
        }
    }
}

TEST_CASE("a response topic is a topic name", "[wire][v5][properties][MQTT5-3.3.2-13][MQTT5-3.3.2-14]") {
    using enum property_place;
    for (auto const where : {will, client_publish, server_publish}) {
        CHECK(check(raw("\x08\x00\x03" "a/+"), where) == errc::invalid_topic);
        CHECK(check(raw("\x08\x00\x01#"), where) == errc::invalid_topic);
        CHECK(check(raw("\x08\x00\x00"), where) == errc::invalid_topic);
        CHECK(check(raw("\x08\x00\x01r"), where) == errc::ok);
    }
    CHECK_BOTH(check(raw("\x08\x00\x01+"), will) == errc::invalid_topic);
}

TEST_CASE("authentication data needs a method, and AUTH always has one",
          "[wire][v5][properties][MQTT5-3.1.2.11.10][MQTT5-3.15.2.2.2]") {
    using enum property_place;
    for (auto const where : {connect, connack, auth}) {
        CHECK(check(raw("\x16\x00\x01" "d"), where) == errc::protocol_error);
        CHECK(check(raw("\x16\x00\x01" "d\x15\x00\x01" "M"), where) == errc::ok);
        CHECK(check({}, where) == (where == auth ? errc::protocol_error : errc::ok));
    }
    property const data[] = {{property_id::authentication_data, "d"}};
    property const method[] = {{property_id::authentication_method, "M"}};
    CHECK(check_properties(property_list{data}, connect) == errc::bad_property);
    CHECK(check_properties(property_lists{data, method}, connect) == errc::ok);
    CHECK(check_properties(property_list{}, auth) == errc::bad_property);
}

TEST_CASE("a view of properties finds what is there", "[wire][v5][properties]") {
    static constexpr auto bytes = raw("\x21\x00\x0A\x26\x00\x01" "a\x00\x01" "1\x1F\x00\x03why\x26\x00\x01"
                                      "b\x00\x01" "2");
    constexpr properties p{bytes_in{bytes.data(), bytes.size()}};
    CHECK_BOTH(p.number(property_id::receive_maximum) == 10);
    CHECK_BOTH(p.number(property_id::receive_maximum, 65535) == 10);
    CHECK_BOTH(p.number(property_id::topic_alias_maximum, 65535) == 65535);
    CHECK_BOTH(p.text(property_id::reason_string) == "why");
    CHECK_BOTH(p.text(property_id::server_reference).empty());
    CHECK_BOTH(p.has(property_id::user_property));
    CHECK_BOTH(!p.has(property_id::server_reference));
    CHECK_BOTH(!p.has(property_id::none));
    CHECK_BOTH(p.find(property_id::user_property) == property{"a", "1"});
    std::string pairs;
    for (auto const& each : p) {
        if (each.id == property_id::user_property) (pairs += each.text) += each.value;
    }
    CHECK(pairs == "a1b2");
    CHECK(p.begin()->number == 10);
}

TEST_CASE("no properties are an empty view", "[wire][v5][properties]") {
    constexpr properties none{};
    CHECK_BOTH(none.empty());
    CHECK_BOTH(none.begin() == none.end());
    CHECK_BOTH(!none.has(property_id::user_property));
    CHECK_BOTH(none.number(property_id::receive_maximum, 7) == 7);
    STATIC_REQUIRE(std::is_trivially_copyable_v<properties>);
    STATIC_REQUIRE(sizeof(properties) <= 2 * sizeof(void*));
}

TEST_CASE("a view of bytes that were not checked ends at the first one that is none", "[wire][v5][properties]") {
    static constexpr auto bytes = raw("\x21\x00\x0A\x00\x22\x00\x05");
    static constexpr auto cut = raw("\x21\x00\x0A\x22\x00");
    CHECK_BOTH(!properties{bytes_in{bytes.data(), bytes.size()}}.has(property_id::topic_alias_maximum));
    CHECK_BOTH(!properties{bytes_in{cut.data(), cut.size()}}.has(property_id::topic_alias_maximum));
}

TEST_CASE("the length of no properties is written too", "[wire][v5][properties][MQTT5-2.2.2-1]") {
    CHECK(written_list({}) == std::string(1, '\0'));
    CHECK(properties_size(property_list{}) == 1);
    CHECK(properties_size(properties{}) == 1);
}

TEST_CASE("the length of properties grows with them", "[wire][v5][properties][MQTT5-1.5.5]") {
    std::string const text(200, 'x');
    property const list[] = {{property_id::reason_string, text}};
    CHECK(written_list(list).substr(0, 5) == raw("\xCB\x01\x1F\x00\xC8"));
    CHECK(properties_size(property_list{list}) == 205);
    CHECK(properties_size(property_lists{list, list}) == 2 + 2 * 203);
}

TEST_CASE("the length of received properties stays inside the packet", "[wire][v5][properties][MQTT5-2.2.2.1]") {
    auto const take = [](std::string_view bytes) {
        reader r{{bytes.data(), bytes.size()}};
        properties p{};
        auto const e = take_properties(r, property_place::puback, p);
        return e == errc::ok && r.finish() == errc::ok ? (p.has(property_id::reason_string) ? 2 : 1) : 0;
    };
    CHECK(take(raw("\x00")) == 1);
    CHECK(take(raw("\x04\x1F\x00\x01r")) == 2);
    CHECK(take(raw("")) == 0);
    CHECK(take(raw("\x05\x1F\x00\x01r")) == 0);
    CHECK(take(raw("\x03\x1F\x00\x01r")) == 0);
    CHECK(take(raw("\x84\x00\x1F\x00\x01r")) == 0);
    CHECK(take(raw("\x80")) == 0);
    CHECK(take(raw("\xFF\xFF\xFF\xFF\x7F")) == 0);
}
