// SPDX-License-Identifier: BSL-1.0
// Names for logs. A header of its own: a device that prints nothing carries no text.
#pragma once

#include <string_view>

#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

namespace detail {
struct errc_name {
    errc             value = {};
    std::string_view text  = {};
};
inline constexpr errc_name errc_names[] = {
    {errc::ok, "ok"},
    {errc::would_block, "would_block"},
    {errc::requested, "requested"},
    {errc::renewal, "renewal"},
    {errc::inflight_full, "inflight_full"},
    {errc::subscribe_requests_full, "subscribe_requests_full"},
    {errc::subscriptions_full, "subscriptions_full"},
    {errc::ring_full, "ring_full"},
    {errc::publish_too_long, "publish_too_long"},
    {errc::request_too_long, "request_too_long"},
    {errc::connect_too_long, "connect_too_long"},
    {errc::topic_too_long, "topic_too_long"},
    {errc::message_too_long, "message_too_long"},
    {errc::inbound_full, "inbound_full"},
    {errc::sources_full, "sources_full"},
    {errc::mailbox_full, "mailbox_full"},
    {errc::store_full, "store_full"},
    {errc::store_failed, "store_failed"},
    {errc::source_failed, "source_failed"},
    {errc::packet_too_long_for_server, "packet_too_long_for_server"},
    {errc::retain_unavailable, "retain_unavailable"},
    {errc::qos_unavailable, "qos_unavailable"},
    {errc::wildcard_unavailable, "wildcard_unavailable"},
    {errc::shared_unavailable, "shared_unavailable"},
    {errc::subscription_id_unavailable, "subscription_id_unavailable"},
    {errc::resolve_failed, "resolve_failed"},
    {errc::connect_refused, "connect_refused"},
    {errc::unreachable, "unreachable"},
    {errc::closed_by_peer, "closed_by_peer"},
    {errc::connection_reset, "connection_reset"},
    {errc::io_error, "io_error"},
    {errc::no_resources, "no_resources"},
    {errc::resolve_timeout, "resolve_timeout"},
    {errc::connect_timeout, "connect_timeout"},
    {errc::tls_timeout, "tls_timeout"},
    {errc::write_timeout, "write_timeout"},
    {errc::tls_failed, "tls_failed"},
    {errc::credentials_failed, "credentials_failed"},
    {errc::credentials_timeout, "credentials_timeout"},
    {errc::tls_memory, "tls_memory"},
    {errc::tls_clock_unknown, "tls_clock_unknown"},
    {errc::tls_unknown_authority, "tls_unknown_authority"},
    {errc::tls_expired, "tls_expired"},
    {errc::tls_not_yet_valid, "tls_not_yet_valid"},
    {errc::tls_wrong_name, "tls_wrong_name"},
    {errc::tls_wrong_pin, "tls_wrong_pin"},
    {errc::tls_bad_certificate, "tls_bad_certificate"},
    {errc::tls_client_refused, "tls_client_refused"},
    {errc::tls_nothing_common, "tls_nothing_common"},
    {errc::tls_plain_peer, "tls_plain_peer"},
    {errc::tls_cut, "tls_cut"},
    {errc::tls_protocol, "tls_protocol"},
    {errc::tls_bad_trust, "tls_bad_trust"},
    {errc::tls_bad_key, "tls_bad_key"},
    {errc::tls_bad_name, "tls_bad_name"},
    {errc::malformed_packet, "malformed_packet"},
    {errc::protocol_error, "protocol_error"},
    {errc::invalid_utf8, "invalid_utf8"},
    {errc::invalid_topic, "invalid_topic"},
    {errc::packet_too_long, "packet_too_long"},
    {errc::unknown_packet_id, "unknown_packet_id"},
    {errc::session_mismatch, "session_mismatch"},
    {errc::connack_timeout, "connack_timeout"},
    {errc::ping_timeout, "ping_timeout"},
    {errc::publish_timeout, "publish_timeout"},
    {errc::subscribe_timeout, "subscribe_timeout"},
    {errc::unsubscribe_timeout, "unsubscribe_timeout"},
    {errc::subscription_refused, "subscription_refused"},
    {errc::unacceptable_version, "unacceptable_version"},
    {errc::identifier_rejected, "identifier_rejected"},
    {errc::server_unavailable, "server_unavailable"},
    {errc::bad_credentials, "bad_credentials"},
    {errc::not_authorized, "not_authorized"},
    {errc::replaced, "replaced"},
    {errc::topic_alias_invalid, "topic_alias_invalid"},
    {errc::receive_maximum_exceeded, "receive_maximum_exceeded"},
    {errc::payload_format_invalid, "payload_format_invalid"},
    {errc::publish_refused, "publish_refused"},
    {errc::topic_refused, "topic_refused"},
    {errc::auth_method_refused, "auth_method_refused"},
    {errc::auth_failed, "auth_failed"},
    {errc::auth_timeout, "auth_timeout"},
    {errc::server_busy, "server_busy"},
    {errc::server_shutting_down, "server_shutting_down"},
    {errc::server_moved, "server_moved"},
    {errc::use_another_server, "use_another_server"},
    {errc::banned, "banned"},
    {errc::quota_exceeded, "quota_exceeded"},
    {errc::connection_rate_exceeded, "connection_rate_exceeded"},
    {errc::administrative_action, "administrative_action"},
    {errc::maximum_connect_time, "maximum_connect_time"},
    {errc::keep_alive_expired, "keep_alive_expired"},
    {errc::server_disconnected, "server_disconnected"},
    {errc::server_objected, "server_objected"},
    {errc::closed_before_connack, "closed_before_connack"},
    {errc::not_connected, "not_connected"},
    {errc::already_connected, "already_connected"},
    {errc::bad_topic, "bad_topic"},
    {errc::bad_filter, "bad_filter"},
    {errc::bad_qos, "bad_qos"},
    {errc::bad_client_id, "bad_client_id"},
    {errc::bad_will, "bad_will"},
    {errc::bad_user_name, "bad_user_name"},
    {errc::password_without_user_name, "password_without_user_name"},
    {errc::bad_option, "bad_option"},
    {errc::bad_version, "bad_version"},
    {errc::nothing_to_acknowledge, "nothing_to_acknowledge"},
    {errc::no_such_subscription, "no_such_subscription"},
    {errc::bad_address, "bad_address"},
    {errc::bad_property, "bad_property"},
    {errc::bad_topic_alias, "bad_topic_alias"},
    {errc::bad_reason, "bad_reason"},
    {errc::text_too_long, "text_too_long"},
    {errc::too_many_tokens, "too_many_tokens"},
    {errc::head_too_long, "head_too_long"},
    {errc::body_refused, "body_refused"},
    {errc::crypto_failed, "crypto_failed"},
    {errc::clock_unknown, "clock_unknown"},
    {errc::malformed_json, "malformed_json"},
    {errc::missing_field, "missing_field"},
    {errc::malformed_response, "malformed_response"},
    {errc::http_refused, "http_refused"},
    {errc::too_many_redirects, "too_many_redirects"},
    {errc::response_timeout, "response_timeout"},
    {errc::identity_refused, "identity_refused"},
    {errc::device_secret_refused, "device_secret_refused"},
    {errc::device_unknown, "device_unknown"},
    {errc::authentication_type_refused, "authentication_type_refused"},
    {errc::parameter_refused, "parameter_refused"},
    {errc::cloud_failed, "cloud_failed"},
    {errc::malformed_text, "malformed_text"},
    {errc::bad_product_key, "bad_product_key"},
    {errc::bad_device_name, "bad_device_name"},
    {errc::bad_device_secret, "bad_device_secret"},
    {errc::bad_product_secret, "bad_product_secret"},
    {errc::bad_timestamp, "bad_timestamp"},
    {errc::bad_extension, "bad_extension"},
    {errc::bad_keep_alive, "bad_keep_alive"},
    {errc::bad_retain, "bad_retain"},
    {errc::payload_too_long, "payload_too_long"},
    {errc::bad_url, "bad_url"},
    {errc::bad_header, "bad_header"},
};
}  // namespace detail

// The enumerator's own name; "unknown" for a value that is none. Lifetime: static. Work: the table.
[[nodiscard]] constexpr std::string_view name(errc e) noexcept {
    for (auto const& entry : detail::errc_names) {
        if (entry.value == e) return entry.text;
    }
    return "unknown";
}

[[nodiscard]] constexpr std::string_view name(culprit c) noexcept {
    switch (c) {
    case culprit::none: return "none";
    case culprit::capacity: return "capacity";
    case culprit::transport: return "transport";
    case culprit::peer: return "peer";
    case culprit::misuse: return "misuse";
    }
    return "unknown";
}

}  // namespace barelink::inline v0
