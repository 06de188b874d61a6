// SPDX-License-Identifier: BSL-1.0
// A property of 5.0 [2.2.2.2], as users write it and as it is read. Includes nothing of the library, so that any struct
// may carry properties.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

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
