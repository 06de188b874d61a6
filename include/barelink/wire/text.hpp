// SPDX-License-Identifier: BSL-1.0
// Names of reason codes and properties for logs. A header of its own: a device that prints nothing carries no text.
#pragma once

#include <string_view>

#include <barelink/wire/property.hpp>
#include <barelink/wire/reason.hpp>

namespace barelink::inline v0 {

namespace detail {
struct reason_name {
    reason_code      value = {};
    std::string_view text  = {};
};
inline constexpr reason_name reason_names[] = {
    {reason_code::success, "success"},
    {reason_code::granted_qos_1, "granted_qos_1"},
    {reason_code::granted_qos_2, "granted_qos_2"},
    {reason_code::disconnect_with_will, "disconnect_with_will"},
    {reason_code::no_matching_subscribers, "no_matching_subscribers"},
    {reason_code::no_subscription_existed, "no_subscription_existed"},
    {reason_code::continue_authentication, "continue_authentication"},
    {reason_code::re_authenticate, "re_authenticate"},
    {reason_code::unspecified_error, "unspecified_error"},
    {reason_code::malformed_packet, "malformed_packet"},
    {reason_code::protocol_error, "protocol_error"},
    {reason_code::implementation_specific_error, "implementation_specific_error"},
    {reason_code::unsupported_protocol_version, "unsupported_protocol_version"},
    {reason_code::client_identifier_not_valid, "client_identifier_not_valid"},
    {reason_code::bad_user_name_or_password, "bad_user_name_or_password"},
    {reason_code::not_authorized, "not_authorized"},
    {reason_code::server_unavailable, "server_unavailable"},
    {reason_code::server_busy, "server_busy"},
    {reason_code::banned, "banned"},
    {reason_code::server_shutting_down, "server_shutting_down"},
    {reason_code::bad_authentication_method, "bad_authentication_method"},
    {reason_code::keep_alive_timeout, "keep_alive_timeout"},
    {reason_code::session_taken_over, "session_taken_over"},
    {reason_code::topic_filter_invalid, "topic_filter_invalid"},
    {reason_code::topic_name_invalid, "topic_name_invalid"},
    {reason_code::packet_identifier_in_use, "packet_identifier_in_use"},
    {reason_code::packet_identifier_not_found, "packet_identifier_not_found"},
    {reason_code::receive_maximum_exceeded, "receive_maximum_exceeded"},
    {reason_code::topic_alias_invalid, "topic_alias_invalid"},
    {reason_code::packet_too_large, "packet_too_large"},
    {reason_code::message_rate_too_high, "message_rate_too_high"},
    {reason_code::quota_exceeded, "quota_exceeded"},
    {reason_code::administrative_action, "administrative_action"},
    {reason_code::payload_format_invalid, "payload_format_invalid"},
    {reason_code::retain_not_supported, "retain_not_supported"},
    {reason_code::qos_not_supported, "qos_not_supported"},
    {reason_code::use_another_server, "use_another_server"},
    {reason_code::server_moved, "server_moved"},
    {reason_code::shared_subscriptions_not_supported, "shared_subscriptions_not_supported"},
    {reason_code::connection_rate_exceeded, "connection_rate_exceeded"},
    {reason_code::maximum_connect_time, "maximum_connect_time"},
    {reason_code::subscription_identifiers_not_supported, "subscription_identifiers_not_supported"},
    {reason_code::wildcard_subscriptions_not_supported, "wildcard_subscriptions_not_supported"},
};
struct property_name {
    property_id      value = {};
    std::string_view text  = {};
};
inline constexpr property_name property_names[] = {
    {property_id::payload_format_indicator, "payload_format_indicator"},
    {property_id::message_expiry_interval, "message_expiry_interval"},
    {property_id::content_type, "content_type"},
    {property_id::response_topic, "response_topic"},
    {property_id::correlation_data, "correlation_data"},
    {property_id::subscription_identifier, "subscription_identifier"},
    {property_id::session_expiry_interval, "session_expiry_interval"},
    {property_id::assigned_client_identifier, "assigned_client_identifier"},
    {property_id::server_keep_alive, "server_keep_alive"},
    {property_id::authentication_method, "authentication_method"},
    {property_id::authentication_data, "authentication_data"},
    {property_id::request_problem_information, "request_problem_information"},
    {property_id::will_delay_interval, "will_delay_interval"},
    {property_id::request_response_information, "request_response_information"},
    {property_id::response_information, "response_information"},
    {property_id::server_reference, "server_reference"},
    {property_id::reason_string, "reason_string"},
    {property_id::receive_maximum, "receive_maximum"},
    {property_id::topic_alias_maximum, "topic_alias_maximum"},
    {property_id::topic_alias, "topic_alias"},
    {property_id::maximum_qos, "maximum_qos"},
    {property_id::retain_available, "retain_available"},
    {property_id::user_property, "user_property"},
    {property_id::maximum_packet_size, "maximum_packet_size"},
    {property_id::wildcard_subscription_available, "wildcard_subscription_available"},
    {property_id::subscription_identifier_available, "subscription_identifier_available"},
    {property_id::shared_subscription_available, "shared_subscription_available"},
};
}  // namespace detail

// The enumerator's own name, "success" for 0x00; "unknown" for a value that is none. Lifetime: static. Work: the table.
[[nodiscard]] constexpr std::string_view name(reason_code code) noexcept {
    for (auto const& entry : detail::reason_names) {
        if (entry.value == code) return entry.text;
    }
    return "unknown";
}

// Likewise.
[[nodiscard]] constexpr std::string_view name(property_id id) noexcept {
    for (auto const& entry : detail::property_names) {
        if (entry.value == id) return entry.text;
    }
    return "unknown";
}

}  // namespace barelink::inline v0
