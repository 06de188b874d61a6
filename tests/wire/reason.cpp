// SPDX-License-Identifier: BSL-1.0
#include <barelink/wire/reason.hpp>

#include <cstdint>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

// Table 2-6 once more, in another form than the library's. A letter for each packet: connaCk, pubAck, pubRec, pubreL,
// pubcoMp, suBack, Unsuback; DISCONNECT of the client x, of the server y; AUTH of the client p, of the server q.
struct standard_reason {
    unsigned         code;
    std::string_view packets;
};
constexpr standard_reason standard[] = {
    {0x00, "CARLMBUxyq"}, {0x01, "B"},      {0x02, "B"},      {0x04, "x"},      {0x10, "AR"},     {0x11, "U"},
    {0x18, "pq"},         {0x19, "p"},      {0x80, "CARBUxy"}, {0x81, "Cxy"},   {0x82, "Cxy"},    {0x83, "CARBUxy"},
    {0x84, "C"},          {0x85, "C"},      {0x86, "C"},      {0x87, "CARBUy"}, {0x88, "C"},      {0x89, "Cy"},
    {0x8A, "C"},          {0x8B, "y"},      {0x8C, "Cy"},     {0x8D, "y"},      {0x8E, "y"},      {0x8F, "BUy"},
    {0x90, "CARxy"},      {0x91, "ARBU"},   {0x92, "LM"},     {0x93, "xy"},     {0x94, "xy"},     {0x95, "Cxy"},
    {0x96, "xy"},         {0x97, "CARBxy"}, {0x98, "xy"},     {0x99, "CARxy"},  {0x9A, "Cy"},     {0x9B, "Cy"},
    {0x9C, "Cy"},         {0x9D, "Cy"},     {0x9E, "By"},     {0x9F, "Cy"},     {0xA0, "y"},      {0xA1, "By"},
    {0xA2, "By"},
};

constexpr std::string_view letters(packet_type type, sender from) {
    using enum packet_type;
    switch (type) {
    case connack: return "C";
    case puback: return "A";
    case pubrec: return "R";
    case pubrel: return "L";
    case pubcomp: return "M";
    case suback: return "B";
    case unsuback: return "U";
    case disconnect: return from == sender::client ? "x" : "y";
    case auth: return from == sender::client ? "p" : "q";
    default: return {};
    }
}

constexpr bool expected(unsigned code, packet_type type, sender from) {
    auto const letter = letters(type, from);
    for (auto const& s : standard) {
        if (s.code == code) return !letter.empty() && s.packets.find(letter) != std::string_view::npos;
    }
    return false;
}

}  // namespace

TEST_CASE("each packet carries the reason codes of the standard and no others",
          "[wire][v5][reason][MQTT5-2.4][MQTT5-3.14.2-1][MQTT5-3.15.2-1]") {
    for (unsigned code = 0; code < 256; ++code) {
        for (unsigned type = 0; type < 16; ++type) {
            auto const c = static_cast<reason_code>(code);
            auto const t = static_cast<packet_type>(type);
            CAPTURE(code, type);
            for (auto const from : {sender::client, sender::server}) {
                CHECK(allowed(c, t, from) == expected(code, t, from));
            }
            CHECK(allowed(c, t) == (expected(code, t, sender::client) || expected(code, t, sender::server)));
        }
    }
    CHECK_BOTH(allowed(reason_code::success, packet_type::puback));
    CHECK_BOTH(!allowed(reason_code::banned, packet_type::puback));
}

TEST_CASE("three words of the standard are one value", "[wire][v5][reason][MQTT5-2.4]") {
    STATIC_REQUIRE(reason_code::success == reason_code::normal_disconnection);
    STATIC_REQUIRE(reason_code::success == reason_code::granted_qos_0);
    STATIC_REQUIRE(static_cast<int>(reason_code::wildcard_subscriptions_not_supported) == 0xA2);
}

TEST_CASE("a code is a refusal from 0x80 on", "[wire][v5][reason][MQTT5-2.4]") {
    CHECK_BOTH(!refused(reason_code::success));
    CHECK_BOTH(!refused(static_cast<reason_code>(0x7F)));
    CHECK_BOTH(refused(reason_code::unspecified_error));
    CHECK_BOTH(refused(static_cast<reason_code>(0xFF)));
}

TEST_CASE("what the server says is an error of ours exactly if it refuses", "[wire][v5][reason]") {
    for (unsigned code = 0; code < 256; ++code) {
        auto const c = static_cast<reason_code>(code);
        CAPTURE(code);
        CHECK((error_of(c) == errc::ok) == !refused(c));
        auto const who = culprit_of(error_of(c));
        if (refused(c)) CHECK((who == culprit::peer || who == culprit::capacity));
    }
}

TEST_CASE("what the server refuses has the error that says what to change", "[wire][v5][reason]") {
    using code = reason_code;
    CHECK_BOTH(error_of(code::unsupported_protocol_version) == errc::unacceptable_version);
    CHECK_BOTH(error_of(code::client_identifier_not_valid) == errc::identifier_rejected);
    CHECK_BOTH(error_of(code::bad_user_name_or_password) == errc::bad_credentials);
    CHECK_BOTH(error_of(code::not_authorized) == errc::not_authorized);
    CHECK_BOTH(error_of(code::server_unavailable) == errc::server_unavailable);
    CHECK_BOTH(error_of(code::server_busy) == errc::server_busy);
    CHECK_BOTH(error_of(code::banned) == errc::banned);
    CHECK_BOTH(error_of(code::server_shutting_down) == errc::server_shutting_down);
    CHECK_BOTH(error_of(code::bad_authentication_method) == errc::auth_method_refused);
    CHECK_BOTH(error_of(code::keep_alive_timeout) == errc::keep_alive_expired);
    CHECK_BOTH(error_of(code::session_taken_over) == errc::replaced);
    CHECK_BOTH(error_of(code::topic_name_invalid) == errc::topic_refused);
    CHECK_BOTH(error_of(code::packet_too_large) == errc::packet_too_long_for_server);
    CHECK_BOTH(error_of(code::quota_exceeded) == errc::quota_exceeded);
    CHECK_BOTH(error_of(code::retain_not_supported) == errc::retain_unavailable);
    CHECK_BOTH(error_of(code::qos_not_supported) == errc::qos_unavailable);
    CHECK_BOTH(error_of(code::use_another_server) == errc::use_another_server);
    CHECK_BOTH(error_of(code::server_moved) == errc::server_moved);
    CHECK_BOTH(error_of(code::shared_subscriptions_not_supported) == errc::shared_unavailable);
    CHECK_BOTH(error_of(code::subscription_identifiers_not_supported) == errc::subscription_id_unavailable);
    CHECK_BOTH(error_of(code::wildcard_subscriptions_not_supported) == errc::wildcard_unavailable);
    CHECK_BOTH(error_of(code::protocol_error) == errc::server_objected);
    CHECK_BOTH(error_of(static_cast<code>(0xFE)) == errc::server_disconnected);
}

TEST_CASE("what we tell of an error is a code that a client may send", "[wire][v5][reason][MQTT5-3.14.2-1]") {
    for (unsigned n = 0; n < 256; ++n) {
        auto const code = reason_of(static_cast<errc>(n));
        CAPTURE(n);
        CHECK(allowed(code, packet_type::disconnect, sender::client));
        auto const who = culprit_of(static_cast<errc>(n));
        if (who == culprit::peer) CHECK(refused(code));
    }
}

TEST_CASE("an error of the peer is told by the standard's code for it", "[wire][v5][reason][MQTT5-4.13]") {
    CHECK_BOTH(reason_of(errc::requested) == reason_code::normal_disconnection);
    CHECK_BOTH(reason_of(errc::malformed_packet) == reason_code::malformed_packet);
    CHECK_BOTH(reason_of(errc::invalid_utf8) == reason_code::malformed_packet);
    CHECK_BOTH(reason_of(errc::protocol_error) == reason_code::protocol_error);
    CHECK_BOTH(reason_of(errc::unknown_packet_id) == reason_code::protocol_error);
    CHECK_BOTH(reason_of(errc::invalid_topic) == reason_code::topic_name_invalid);
    CHECK_BOTH(reason_of(errc::receive_maximum_exceeded) == reason_code::receive_maximum_exceeded);
    CHECK_BOTH(reason_of(errc::topic_alias_invalid) == reason_code::topic_alias_invalid);
    CHECK_BOTH(reason_of(errc::packet_too_long) == reason_code::packet_too_large);
    CHECK_BOTH(reason_of(errc::payload_format_invalid) == reason_code::payload_format_invalid);
    CHECK_BOTH(reason_of(errc::ping_timeout) == reason_code::unspecified_error);
    CHECK_BOTH(reason_of(errc::store_failed) == reason_code::implementation_specific_error);
}
