// SPDX-License-Identifier: BSL-1.0
#include <barelink/base/text.hpp>

#include <cstddef>
#include <set>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

constexpr bool plain_word(std::string_view text) {
    for (char const c : text) {
        bool const good = (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        if (!good) return false;
    }
    return !text.empty();
}

}  // namespace

#define SAME(word) CHECK_BOTH(name(errc::word) == #word)

TEST_CASE("an error is called what its enumerator is called", "[base][text]") {
    SAME(ok); SAME(would_block); SAME(requested); SAME(inflight_full); SAME(subscribe_requests_full);
    SAME(subscriptions_full); SAME(ring_full); SAME(publish_too_long); SAME(request_too_long);
    SAME(connect_too_long); SAME(topic_too_long); SAME(message_too_long); SAME(inbound_full); SAME(sources_full);
    SAME(mailbox_full); SAME(store_full); SAME(store_failed); SAME(source_failed); SAME(resolve_failed);
    SAME(connect_refused); SAME(unreachable); SAME(closed_by_peer); SAME(connection_reset); SAME(io_error);
    SAME(no_resources); SAME(resolve_timeout); SAME(connect_timeout); SAME(tls_timeout); SAME(write_timeout);
    SAME(tls_failed); SAME(credentials_failed); SAME(credentials_timeout);
    SAME(tls_memory); SAME(tls_clock_unknown); SAME(tls_unknown_authority); SAME(tls_expired);
    SAME(tls_not_yet_valid); SAME(tls_wrong_name); SAME(tls_wrong_pin); SAME(tls_bad_certificate);
    SAME(tls_client_refused); SAME(tls_nothing_common); SAME(tls_plain_peer); SAME(tls_cut); SAME(tls_protocol);
    SAME(tls_bad_trust); SAME(tls_bad_key); SAME(tls_bad_name);
    SAME(malformed_packet);
    SAME(protocol_error); SAME(invalid_utf8); SAME(invalid_topic); SAME(packet_too_long); SAME(unknown_packet_id);
    SAME(session_mismatch); SAME(connack_timeout); SAME(ping_timeout); SAME(publish_timeout);
    SAME(subscribe_timeout); SAME(unsubscribe_timeout); SAME(subscription_refused); SAME(unacceptable_version);
    SAME(identifier_rejected); SAME(server_unavailable); SAME(bad_credentials); SAME(not_authorized);
    SAME(replaced); SAME(not_connected); SAME(already_connected); SAME(bad_topic); SAME(bad_filter); SAME(bad_qos);
    SAME(bad_client_id); SAME(bad_will); SAME(bad_user_name); SAME(password_without_user_name); SAME(bad_option);
    SAME(bad_version); SAME(nothing_to_acknowledge); SAME(no_such_subscription); SAME(bad_address);
    SAME(text_too_long); SAME(too_many_tokens); SAME(head_too_long); SAME(body_refused); SAME(crypto_failed);
    SAME(malformed_json); SAME(missing_field); SAME(malformed_response); SAME(http_refused);
    SAME(too_many_redirects); SAME(response_timeout); SAME(identity_refused); SAME(device_secret_refused);
    SAME(device_unknown); SAME(authentication_type_refused); SAME(parameter_refused); SAME(cloud_failed);
    SAME(malformed_text); SAME(bad_product_key); SAME(bad_device_name); SAME(bad_device_secret);
    SAME(bad_product_secret); SAME(bad_timestamp); SAME(bad_extension); SAME(bad_keep_alive); SAME(bad_retain);
    SAME(payload_too_long); SAME(bad_url); SAME(bad_header);
}

TEST_CASE("an error that came with 5.0 is called what its enumerator is called", "[base][text]") {
    SAME(packet_too_long_for_server); SAME(retain_unavailable); SAME(qos_unavailable);
    SAME(wildcard_unavailable); SAME(shared_unavailable); SAME(subscription_id_unavailable);
    SAME(topic_alias_invalid); SAME(receive_maximum_exceeded); SAME(payload_format_invalid); SAME(publish_refused);
    SAME(topic_refused); SAME(auth_method_refused); SAME(auth_failed); SAME(auth_timeout); SAME(server_busy);
    SAME(server_shutting_down); SAME(server_moved); SAME(use_another_server); SAME(banned); SAME(quota_exceeded);
    SAME(connection_rate_exceeded); SAME(administrative_action); SAME(maximum_connect_time);
    SAME(keep_alive_expired); SAME(server_disconnected); SAME(server_objected);
    SAME(closed_before_connack); SAME(bad_property);
    SAME(bad_topic_alias); SAME(bad_reason);
}

TEST_CASE("a culprit is called what its enumerator is called", "[base][text]") {
    CHECK_BOTH(name(culprit::none) == "none");
    CHECK_BOTH(name(culprit::capacity) == "capacity");
    CHECK_BOTH(name(culprit::transport) == "transport");
    CHECK_BOTH(name(culprit::peer) == "peer");
    CHECK_BOTH(name(culprit::misuse) == "misuse");
}

TEST_CASE("each error has a name of its own, a word with underscores", "[base][text]") {
    std::set<std::string_view> names;
    std::size_t known = 0;
    for (unsigned n = 0; n < 256; ++n) {
        auto const called = name(static_cast<errc>(n));
        CHECK(plain_word(called));
        if (called == "unknown") continue;
        ++known;
        names.insert(called);
    }
    CHECK(names.size() == known);
    CHECK(known == 4 + 21 + 14 + 16 + 40 + 17 + 6 + 12 + 12);
}

TEST_CASE("errors of one culprit are numbered without a gap", "[base][text][errc]") {
    for (unsigned n = 1; n < 256; ++n) {
        auto const e = static_cast<errc>(n);
        if (culprit_of(e) != culprit_of(static_cast<errc>(n - 1))) continue;
        CAPTURE(n);
        CHECK_FALSE((name(e) != "unknown" && name(static_cast<errc>(n - 1)) == "unknown"));
    }
}

TEST_CASE("deadlines are errors that end in _timeout, and nothing else does", "[base][text]") {
    std::set<std::string_view> const deadlines = {
        "resolve_timeout", "connect_timeout", "tls_timeout",      "write_timeout",     "credentials_timeout",
        "connack_timeout", "ping_timeout",    "publish_timeout",  "subscribe_timeout", "unsubscribe_timeout",
        "auth_timeout",    "response_timeout"};
    for (unsigned n = 0; n < 256; ++n) {
        auto const called = name(static_cast<errc>(n));
        CHECK(called.ends_with("_timeout") == (deadlines.count(called) == 1));
    }
}

TEST_CASE("a value that is no error is unknown", "[base][text]") {
    CHECK_BOTH(name(static_cast<errc>(0x0F)) == "unknown");
    CHECK_BOTH(name(static_cast<errc>(0xFF)) == "unknown");
    CHECK_BOTH(name(static_cast<culprit>(9)) == "unknown");
}
