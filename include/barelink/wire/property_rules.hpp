// SPDX-License-Identifier: BSL-1.0
// What each property of 5.0 is, and where it may stand [2.2.2.2]: one table, no branches.
#pragma once

#include <cstdint>
#include <span>

#include <barelink/base/config.hpp>
#include <barelink/wire/property.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// What a value consists of, bit by bit, so that one loop reads every kind: in the low three bits how many bytes its
// number has.
namespace property_part {
inline constexpr std::uint8_t number = 0x07, varying = 0x07,  // instead of a size: a variable byte integer
                              text = 0x08, second_text = 0x10, utf8 = 0x20,
                              positive = 0x40,  // a number that is not 0, a text that is a topic name
                              repeats = 0x80;   // may be there more than once
}

// The types of 2.2.2.2, with the one bound that a value has beside its size.
enum class property_kind : std::uint8_t {
    flag             = 1,  // a byte, 0 or 1
    u16              = 2,
    positive_u16     = 2 | property_part::positive,
    u32              = 4,
    positive_u32     = 4 | property_part::positive,
    positive_length  = property_part::varying | property_part::positive,
    positive_lengths = positive_length | property_part::repeats,
    data             = property_part::text,
    text             = property_part::text | property_part::utf8,
    topic            = text | property_part::positive,
    pair             = text | property_part::second_text | property_part::repeats,
};

[[nodiscard]] constexpr bool has(property_kind kind, std::uint8_t part) noexcept {
    return (static_cast<std::uint8_t>(kind) & part) != 0;
}
[[nodiscard]] constexpr bool may_repeat(property_kind kind) noexcept { return has(kind, property_part::repeats); }

// Where properties stand. A packet has the number of its type; what may stand there depends on the sender in two.
enum class property_place : std::uint8_t {
    will              = 0,
    connect           = 1,
    connack           = 2,
    server_publish    = 3,
    puback            = 4,
    pubrec            = 5,
    pubrel            = 6,
    pubcomp           = 7,
    subscribe         = 8,
    suback            = 9,
    unsubscribe       = 10,
    unsuback          = 11,
    client_publish    = 12,
    server_disconnect = 13,
    client_disconnect = 14,
    auth              = 15,
};

[[nodiscard]] constexpr property_place place_of(packet_type type, sender from) noexcept {
    if (type == packet_type::publish && from == sender::client) return property_place::client_publish;
    if (type == packet_type::disconnect && from == sender::server) return property_place::server_disconnect;
    return static_cast<property_place>(type);
}

struct property_rule {
    property_id   id     = property_id::none;
    property_kind kind   = property_kind::flag;
    std::uint16_t places = 0;  // a bit for each property_place
};

namespace detail {
template <class... Place>
[[nodiscard]] constexpr std::uint16_t places(Place... each) noexcept {
    return static_cast<std::uint16_t>(((1U << static_cast<unsigned>(each)) | ...));
}

// A subscription identifier stands once in SUBSCRIBE, and in a PUBLISH of the Server once for each subscription
// [3.3.2.3.8]; a Client sends none in PUBLISH [MQTT-3.3.4-6].
[[nodiscard]] consteval auto make_property_rules() noexcept {
    using enum property_place;
    using id                = property_id;
    using kind              = property_kind;
    constexpr auto message  = places(will, client_publish, server_publish);
    constexpr auto opening  = places(connect, connack);
    constexpr auto granted  = places(connack);
    constexpr auto expiring = places(connect, connack, client_disconnect);
    constexpr auto login    = places(connect, connack, auth);
    constexpr auto answers  = places(connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, client_disconnect,
                                     server_disconnect, auth);
    struct table {
        property_rule rows[28];
    };
    return table{{
        {id::payload_format_indicator, kind::flag, message},
        {id::message_expiry_interval, kind::u32, message},
        {id::content_type, kind::text, message},
        {id::response_topic, kind::topic, message},
        {id::correlation_data, kind::data, message},
        {id::subscription_identifier, kind::positive_lengths, places(server_publish)},
        {id::subscription_identifier, kind::positive_length, places(subscribe)},
        {id::session_expiry_interval, kind::u32, expiring},
        {id::assigned_client_identifier, kind::text, granted},
        {id::server_keep_alive, kind::u16, granted},
        {id::authentication_method, kind::text, login},
        {id::authentication_data, kind::data, login},
        {id::request_problem_information, kind::flag, places(connect)},
        {id::will_delay_interval, kind::u32, places(will)},
        {id::request_response_information, kind::flag, places(connect)},
        {id::response_information, kind::text, granted},
        {id::server_reference, kind::text, places(connack, server_disconnect)},
        {id::reason_string, kind::text, answers},
        {id::receive_maximum, kind::positive_u16, opening},
        {id::topic_alias_maximum, kind::u16, opening},
        {id::topic_alias, kind::positive_u16, places(client_publish, server_publish)},
        {id::maximum_qos, kind::flag, granted},
        {id::retain_available, kind::flag, granted},
        {id::user_property, kind::pair, 0xFFFF},
        {id::maximum_packet_size, kind::positive_u32, opening},
        {id::wildcard_subscription_available, kind::flag, granted},
        {id::subscription_identifier_available, kind::flag, granted},
        {id::shared_subscription_available, kind::flag, granted},
    }};
}
inline constexpr auto property_rules = make_property_rules();
}  // namespace detail

inline constexpr std::span<property_rule const> property_rules{detail::property_rules.rows};

// The rule of a property in one of these places, or nullptr. Work: the table.
[[nodiscard]] BARELINK_NOINLINE constexpr property_rule const* find_property_rule(std::uint8_t id,
                                                                                  unsigned places) noexcept {
    for (auto const& rule : detail::property_rules.rows) {
        if (static_cast<std::uint8_t>(rule.id) == id && (rule.places & places) != 0) return &rule;
    }
    return nullptr;
}

}  // namespace barelink::inline v0
