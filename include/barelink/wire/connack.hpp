// SPDX-License-Identifier: BSL-1.0
// 3.2 CONNACK: the Server's answer to CONNECT.
#pragma once

#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/reader.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

struct connack_packet {
    bool           session_present = false;
    connect_return code            = connect_return::accepted;

    friend constexpr bool operator==(connack_packet, connack_packet) = default;
};

// Requires: room for four bytes. 3.1 knows no session-present bit, its byte is reserved.
constexpr char* write_connack(char* to, connack_packet const& c) noexcept {
    to[0] = static_cast<char>(first_byte(packet_type::connack));
    to[1] = 2;
    to[2] = c.session_present ? 1 : 0;
    to[3] = static_cast<char>(c.code);
    return to + 4;
}

// Returns malformed_packet for reserved flags or codes [3.2.2.1, 3.2.2.3], protocol_error for a refusal that claims
// a session [MQTT-3.2.2-4].
[[nodiscard]] constexpr result<connack_packet> decode_connack(bytes_in body, version v) noexcept {
    reader     r{body};
    auto const flags = v == version::v3_1 ? (static_cast<void>(r.u8()), std::uint8_t{0}) : r.u8();
    auto const code  = r.u8();
    if (r.finish() != errc::ok || flags > 1 || code > 5) return errc::malformed_packet;
    if (flags != 0 && code != 0) return errc::protocol_error;
    return connack_packet{.session_present = flags != 0, .code = static_cast<connect_return>(code)};
}

// A refusal as an error of ours.
[[nodiscard]] constexpr errc refusal(connect_return code) noexcept {
    constexpr errc by_code[] = {errc::ok, errc::unacceptable_version, errc::identifier_rejected,
                                errc::server_unavailable, errc::bad_credentials, errc::not_authorized};
    return by_code[static_cast<std::uint8_t>(code)];
}

}  // namespace barelink::inline v0
