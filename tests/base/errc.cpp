// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/errc.hpp>

#include <initializer_list>
#include <type_traits>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

constexpr bool all(culprit who, std::initializer_list<errc> values) {
    for (auto const e : values) {
        if (culprit_of(e) != who) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("what is no error blames nobody", "[base][errc]") {
    CHECK_BOTH(all(culprit::none, {errc::ok, errc::would_block, errc::requested}));
}

TEST_CASE("each limit of ours blames the capacity", "[base][errc]") {
    using enum errc;
    CHECK_BOTH(all(culprit::capacity, {inflight_full, subscribe_requests_full, subscriptions_full, ring_full,
                                       publish_too_long, request_too_long, connect_too_long, topic_too_long,
                                       message_too_long, inbound_full, sources_full, mailbox_full, store_full,
                                       store_failed, source_failed, packet_too_long_for_server,
                                       retain_unavailable, qos_unavailable, wildcard_unavailable, shared_unavailable,
                                       subscription_id_unavailable}));
}

TEST_CASE("what happens below MQTT blames the transport", "[base][errc]") {
    using enum errc;
    CHECK_BOTH(all(culprit::transport, {resolve_failed, connect_refused, unreachable, closed_by_peer, connection_reset,
                                        io_error, no_resources, resolve_timeout, connect_timeout, tls_timeout,
                                        write_timeout, tls_failed, credentials_failed, credentials_timeout}));
    CHECK_BOTH(all(culprit::transport,
                   {tls_memory, tls_clock_unknown, tls_unknown_authority, tls_expired, tls_not_yet_valid,
                    tls_wrong_name, tls_wrong_pin, tls_bad_certificate, tls_client_refused, tls_nothing_common,
                    tls_plain_peer, tls_cut, tls_protocol, tls_bad_trust, tls_bad_key, tls_bad_name}));
}

TEST_CASE("what the broker sends or fails to send blames the peer", "[base][errc]") {
    using enum errc;
    CHECK_BOTH(all(culprit::peer, {malformed_packet, protocol_error, invalid_utf8, invalid_topic, packet_too_long,
                                   unknown_packet_id, session_mismatch, connack_timeout, ping_timeout, publish_timeout,
                                   subscribe_timeout, unsubscribe_timeout, subscription_refused, unacceptable_version,
                                   identifier_rejected, server_unavailable, bad_credentials, not_authorized,
                                   replaced, topic_alias_invalid, receive_maximum_exceeded, payload_format_invalid,
                                   publish_refused, topic_refused, auth_method_refused, auth_failed, auth_timeout,
                                   server_busy, server_shutting_down, server_moved, use_another_server, banned,
                                   quota_exceeded, connection_rate_exceeded, administrative_action,
                                   maximum_connect_time, keep_alive_expired, server_disconnected,
                                   server_objected}));
}

TEST_CASE("a wrong call blames the caller", "[base][errc]") {
    using enum errc;
    CHECK_BOTH(all(culprit::misuse, {not_connected, already_connected, bad_topic, bad_filter, bad_qos, bad_client_id,
                                     bad_will, bad_user_name, password_without_user_name, bad_option, bad_version,
                                     nothing_to_acknowledge, no_such_subscription, bad_address, bad_property,
                                     bad_topic_alias, bad_reason}));
}

TEST_CASE("text, http and clouds have a range for each culprit", "[base][errc]") {
    using enum errc;
    CHECK_BOTH(all(culprit::capacity, {text_too_long, too_many_tokens, head_too_long, body_refused, crypto_failed}));
    CHECK_BOTH(all(culprit::peer, {malformed_json, missing_field, malformed_response, http_refused, too_many_redirects,
                                   response_timeout, identity_refused, device_secret_refused, device_unknown,
                                   authentication_type_refused, parameter_refused, cloud_failed}));
    CHECK_BOTH(all(culprit::misuse, {malformed_text, bad_product_key, bad_device_name, bad_device_secret,
                                     bad_product_secret, bad_timestamp, bad_extension, bad_keep_alive, bad_retain,
                                     payload_too_long, bad_url, bad_header}));
}

TEST_CASE("the ranges of the culprits meet without a gap", "[base][errc]") {
    auto const at = [](int n) { return culprit_of(static_cast<errc>(n)); };
    CHECK(at(0x0F) == culprit::none);
    CHECK(at(0x10) == culprit::capacity);
    CHECK(at(0x2F) == culprit::capacity);
    CHECK(at(0x30) == culprit::transport);
    CHECK(at(0x4F) == culprit::transport);
    CHECK(at(0x50) == culprit::peer);
    CHECK(at(0x7F) == culprit::peer);
    CHECK(at(0x80) == culprit::misuse);
    CHECK(at(0xBF) == culprit::misuse);
    CHECK(at(0xC0) == culprit::capacity);
    CHECK(at(0xCF) == culprit::capacity);
    CHECK(at(0xD0) == culprit::peer);
    CHECK(at(0xDF) == culprit::peer);
    CHECK(at(0xE0) == culprit::misuse);
    CHECK(at(0xFF) == culprit::misuse);
}

TEST_CASE("an error is one byte, and ok is zero, the first state of all memory", "[base][errc]") {
    STATIC_REQUIRE(sizeof(errc) == 1);
    STATIC_REQUIRE(static_cast<int>(errc::ok) == 0);
    STATIC_REQUIRE(errc{} == errc::ok);
}

TEST_CASE("a result is true exactly if its error is ok", "[base][errc][result]") {
    CHECK_BOTH(static_cast<bool>(result<int>{}));
    CHECK_BOTH(static_cast<bool>(result<int>{7}));
    CHECK_BOTH(static_cast<bool>(result<int>{errc::ok}));
    CHECK_BOTH(!static_cast<bool>(result<int>{errc::would_block}));
    CHECK_BOTH(!static_cast<bool>(result<int>{7, errc::io_error}));
    STATIC_REQUIRE_FALSE(std::is_convertible_v<result<int>, bool>);
}

TEST_CASE("a result keeps its value beside an error, and without one the value is zero", "[base][errc][result]") {
    CHECK_BOTH(result<int>{7}.value == 7);
    CHECK_BOTH(result<int>{7}.error == errc::ok);
    CHECK_BOTH(result<int>{errc::ring_full}.value == 0);
    CHECK_BOTH(result<int>{errc::ring_full}.error == errc::ring_full);
    CHECK_BOTH(result<int>{7, errc::ring_full}.value == 7);
    CHECK_BOTH(result<int>{7, errc::ring_full}.error == errc::ring_full);
}

TEST_CASE("results are equal if value and error are", "[base][errc][result]") {
    CHECK_BOTH(result<int>{7} == result<int>{7, errc::ok});
    CHECK_BOTH(result<int>{7} != result<int>{8});
    CHECK_BOTH(result<int>{7} != result<int>{7, errc::io_error});
}
