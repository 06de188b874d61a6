// SPDX-License-Identifier: BSL-1.0
// What each property of 5.0 is, and where it may stand [2.2.2.2]: one table, no branches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/config.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

enum class property_id : std::uint8_t {
    none                              = 0x00,  // no property has it
    payload_format_indicator          = 0x01,
    message_expiry_interval           = 0x02,  // seconds
    content_type                      = 0x03,
    response_topic                    = 0x08,
    correlation_data                  = 0x09,
    subscription_identifier           = 0x0B,
    session_expiry_interval           = 0x11,  // seconds; 0xFFFFFFFF for ever
    assigned_client_identifier        = 0x12,
    server_keep_alive                 = 0x13,  // seconds
    authentication_method             = 0x15,
    authentication_data               = 0x16,
    request_problem_information       = 0x17,
    will_delay_interval               = 0x18,  // seconds
    request_response_information      = 0x19,
    response_information              = 0x1A,
    server_reference                  = 0x1C,
    reason_string                     = 0x1F,
    receive_maximum                   = 0x21,
    topic_alias_maximum               = 0x22,
    topic_alias                       = 0x23,
    maximum_qos                       = 0x24,
    retain_available                  = 0x25,
    user_property                     = 0x26,
    maximum_packet_size               = 0x27,  // bytes
    wildcard_subscription_available   = 0x28,
    subscription_identifier_available = 0x29,
    shared_subscription_available     = 0x2A,
};

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

// One property: {property_id::content_type, "text/plain"}, {property_id::receive_maximum, 10U}, or a user property
// {"name", "value"}. Lifetime: borrowed views; each user says for how long.
struct property {
    property_id      id     = property_id::none;
    std::uint32_t    number = 0;   // of what is a number
    std::string_view text   = {};  // of what is text or data; the name of a user property
    std::string_view value  = {};  // of a user property

    constexpr property() noexcept = default;
    constexpr property(property_id which, std::uint32_t n) noexcept : id{which}, number{n} {}
    constexpr property(property_id which, std::string_view t) noexcept : id{which}, text{t} {}
    constexpr property(std::string_view name, std::string_view v) noexcept
        : id{property_id::user_property}, text{name}, value{v} {}

    friend constexpr bool operator==(property const&, property const&) = default;
};

// Properties on their way out. Lifetime: borrowed for the call.
using property_list = std::span<property const>;

// Those that the library sets, and behind them those of the user.
struct property_lists {
    property_list first = {};
    property_list more  = {};

    [[nodiscard]] constexpr bool empty() const noexcept { return first.empty() && more.empty(); }
};

}  // namespace barelink::inline v0
