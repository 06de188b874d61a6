// SPDX-License-Identifier: BSL-1.0
// The reason codes of 5.0 [2.4]: which packet may carry which, and what they are among our own errors.
#pragma once

#include <cstdint>

#include <barelink/base/config.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

enum class reason_code : std::uint8_t {
    success                                = 0x00,
    normal_disconnection                   = 0x00,
    granted_qos_0                          = 0x00,
    granted_qos_1                          = 0x01,
    granted_qos_2                          = 0x02,
    disconnect_with_will                   = 0x04,
    no_matching_subscribers                = 0x10,
    no_subscription_existed                = 0x11,
    continue_authentication                = 0x18,
    re_authenticate                        = 0x19,
    unspecified_error                      = 0x80,
    malformed_packet                       = 0x81,
    protocol_error                         = 0x82,
    implementation_specific_error          = 0x83,
    unsupported_protocol_version           = 0x84,
    client_identifier_not_valid            = 0x85,
    bad_user_name_or_password              = 0x86,
    not_authorized                         = 0x87,
    server_unavailable                     = 0x88,
    server_busy                            = 0x89,
    banned                                 = 0x8A,
    server_shutting_down                   = 0x8B,
    bad_authentication_method              = 0x8C,
    keep_alive_timeout                     = 0x8D,
    session_taken_over                     = 0x8E,
    topic_filter_invalid                   = 0x8F,
    topic_name_invalid                     = 0x90,
    packet_identifier_in_use               = 0x91,
    packet_identifier_not_found            = 0x92,
    receive_maximum_exceeded               = 0x93,
    topic_alias_invalid                    = 0x94,
    packet_too_large                       = 0x95,
    message_rate_too_high                  = 0x96,
    quota_exceeded                         = 0x97,
    administrative_action                  = 0x98,
    payload_format_invalid                 = 0x99,
    retain_not_supported                   = 0x9A,
    qos_not_supported                      = 0x9B,
    use_another_server                     = 0x9C,
    server_moved                           = 0x9D,
    shared_subscriptions_not_supported     = 0x9E,
    connection_rate_exceeded               = 0x9F,
    maximum_connect_time                   = 0xA0,
    subscription_identifiers_not_supported = 0xA1,
    wildcard_subscriptions_not_supported   = 0xA2,
};

[[nodiscard]] constexpr bool refused(reason_code code) noexcept { return static_cast<std::uint8_t>(code) >= 0x80; }

namespace detail {
struct reason_rule {
    std::uint16_t packets = 0;  // a bit for each packet_type, and in the lowest two who may send DISCONNECT and AUTH
    reason_code   code    = reason_code::success;
    errc          error   = errc::ok;  // as the Server's answer to us
};

template <class... Type>
[[nodiscard]] constexpr std::uint16_t on(Type... each) noexcept {
    return static_cast<std::uint16_t>(((1U << static_cast<unsigned>(each)) | ...));
}

// The packets are those of 2.4, the senders those of 3.14.2.1 and 3.15.2.1. Only 2.4 gives 0x8C to DISCONNECT.
[[nodiscard]] consteval auto make_reason_rules() noexcept {
    using enum packet_type;
    using code              = reason_code;
    constexpr unsigned us   = static_cast<unsigned>(sender::client);
    constexpr unsigned them = static_cast<unsigned>(sender::server), any = us | them;
    constexpr unsigned acks = on(puback, pubrec), subs = on(suback, unsuback);
    constexpr unsigned both = on(connack, disconnect), leave = on(disconnect);
    struct table {
        reason_rule rows[44];
    };
    constexpr auto row = [](code c, unsigned packets, errc e = errc::ok) {
        return reason_rule{static_cast<std::uint16_t>(packets), c, e};
    };
    return table{{
        row(code::success, any | both | acks | subs | on(pubrel, pubcomp)),
        row(code::success, them | on(auth)),
        row(code::granted_qos_1, on(suback)),
        row(code::granted_qos_2, on(suback)),
        row(code::disconnect_with_will, us | leave),
        row(code::no_matching_subscribers, acks),
        row(code::no_subscription_existed, on(unsuback)),
        row(code::continue_authentication, any | on(auth)),
        row(code::re_authenticate, us | on(auth)),
        row(code::unspecified_error, any | both | acks | subs, errc::server_disconnected),
        row(code::malformed_packet, any | both, errc::server_objected),
        row(code::protocol_error, any | both, errc::server_objected),
        row(code::implementation_specific_error, any | both | acks | subs, errc::server_disconnected),
        row(code::unsupported_protocol_version, on(connack), errc::unacceptable_version),
        row(code::client_identifier_not_valid, on(connack), errc::identifier_rejected),
        row(code::bad_user_name_or_password, on(connack), errc::bad_credentials),
        row(code::not_authorized, them | both | acks | subs, errc::not_authorized),
        row(code::server_unavailable, on(connack), errc::server_unavailable),
        row(code::server_busy, them | both, errc::server_busy),
        row(code::banned, on(connack), errc::banned),
        row(code::server_shutting_down, them | leave, errc::server_shutting_down),
        row(code::bad_authentication_method, them | both, errc::auth_method_refused),
        row(code::keep_alive_timeout, them | leave, errc::keep_alive_expired),
        row(code::session_taken_over, them | leave, errc::replaced),
        row(code::topic_filter_invalid, them | leave | subs, errc::subscription_refused),
        row(code::topic_name_invalid, any | both | acks, errc::topic_refused),
        row(code::packet_identifier_in_use, acks | subs, errc::server_objected),
        row(code::packet_identifier_not_found, on(pubrel, pubcomp), errc::unknown_packet_id),
        row(code::receive_maximum_exceeded, any | leave, errc::server_objected),
        row(code::topic_alias_invalid, any | leave, errc::server_objected),
        row(code::packet_too_large, any | both, errc::packet_too_long_for_server),
        row(code::message_rate_too_high, any | leave, errc::server_busy),
        row(code::quota_exceeded, any | both | acks | on(suback), errc::quota_exceeded),
        row(code::administrative_action, any | leave, errc::administrative_action),
        row(code::payload_format_invalid, any | both | acks, errc::server_objected),
        row(code::retain_not_supported, them | both, errc::retain_unavailable),
        row(code::qos_not_supported, them | both, errc::qos_unavailable),
        row(code::use_another_server, them | both, errc::use_another_server),
        row(code::server_moved, them | both, errc::server_moved),
        row(code::shared_subscriptions_not_supported, them | leave | on(suback), errc::shared_unavailable),
        row(code::connection_rate_exceeded, them | both, errc::connection_rate_exceeded),
        row(code::maximum_connect_time, them | leave, errc::maximum_connect_time),
        row(code::subscription_identifiers_not_supported, them | leave | on(suback), errc::subscription_id_unavailable),
        row(code::wildcard_subscriptions_not_supported, them | leave | on(suback), errc::wildcard_unavailable),
    }};
}
inline constexpr auto reason_rules = make_reason_rules();

// The bit of a type; CONNECT carries no code, its bit is the senders'.
[[nodiscard]] constexpr unsigned packet_bit(packet_type type) noexcept {
    return (1U << static_cast<unsigned>(type)) & ~3U;
}

[[nodiscard]] BARELINK_NOINLINE constexpr reason_rule const* find_reason(reason_code code,
                                                                         unsigned packets) noexcept {
    for (auto const& rule : reason_rules.rows) {
        if (rule.code == code && (rule.packets & packets) != 0) return &rule;
    }
    return nullptr;
}
}  // namespace detail

// True if a packet of this type may carry the code [2.4]. `from` matters to DISCONNECT and AUTH. Work: the table.
[[nodiscard]] constexpr bool allowed(reason_code code, packet_type type, sender from) noexcept {
    auto const* const rule  = detail::find_reason(code, detail::packet_bit(type));
    bool const        sided = type == packet_type::disconnect || type == packet_type::auth;
    return rule != nullptr && (!sided || (rule->packets & static_cast<unsigned>(from)) != 0);
}

// The same, whoever sends it.
[[nodiscard]] constexpr bool allowed(reason_code code, packet_type type) noexcept {
    return detail::find_reason(code, detail::packet_bit(type)) != nullptr;
}

// What a refused CONNACK, or a DISCONNECT of the Server, is among our errors. Returns ok below 0x80, and
// server_disconnected for a code that is none.
[[nodiscard]] constexpr errc error_of(reason_code code) noexcept {
    if (!refused(code)) return errc::ok;
    auto const* const rule = detail::find_reason(code, 0xFFFF);
    return rule != nullptr ? rule->error : errc::server_disconnected;
}

// What our DISCONNECT tells the Server about an error of ours. Work: a short table.
[[nodiscard]] constexpr reason_code reason_of(errc why) noexcept {
    struct entry {
        errc        error;
        reason_code code;
    };
    constexpr entry table[] = {
        {errc::ok, reason_code::normal_disconnection},
        {errc::requested, reason_code::normal_disconnection},
        {errc::malformed_packet, reason_code::malformed_packet},
        {errc::invalid_utf8, reason_code::malformed_packet},
        {errc::protocol_error, reason_code::protocol_error},
        {errc::unknown_packet_id, reason_code::protocol_error},
        {errc::session_mismatch, reason_code::protocol_error},
        {errc::invalid_topic, reason_code::topic_name_invalid},
        {errc::receive_maximum_exceeded, reason_code::receive_maximum_exceeded},
        {errc::inbound_full, reason_code::quota_exceeded},
        {errc::topic_alias_invalid, reason_code::topic_alias_invalid},
        {errc::packet_too_long, reason_code::packet_too_large},
        {errc::message_too_long, reason_code::packet_too_large},
        {errc::payload_format_invalid, reason_code::payload_format_invalid},
    };
    for (auto const& e : table) {
        if (e.error == why) return e.code;
    }
    return culprit_of(why) == culprit::capacity ? reason_code::implementation_specific_error
                                                : reason_code::unspecified_error;
}

}  // namespace barelink::inline v0
