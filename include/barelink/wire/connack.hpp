// SPDX-License-Identifier: BSL-1.0
// 3.2 CONNACK: the Server's answer to CONNECT.
#pragma once

#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
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
    if (body.size() != 2) return errc::malformed_packet;
    auto const flags = v == version::v3_1 ? std::uint8_t{0} : octet(body[0]);
    auto const code  = octet(body[1]);
    if (flags > 1 || code > 5) return errc::malformed_packet;
    if (flags != 0 && code != 0) return errc::protocol_error;
    return connack_packet{.session_present = flags != 0, .code = static_cast<connect_return>(code)};
}

// A refusal as an error of ours: they stand in the order of the codes.
[[nodiscard]] constexpr errc refusal(connect_return code) noexcept {
    constexpr auto first = static_cast<unsigned>(errc::unacceptable_version);
    static_assert(first + 4 == static_cast<unsigned>(errc::not_authorized));
    return code == connect_return::accepted ? errc::ok
                                            : static_cast<errc>(first - 1 + static_cast<unsigned>(code));
}

}  // namespace barelink::inline v0
