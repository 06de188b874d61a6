// SPDX-License-Identifier: BSL-1.0
// 3.4 to 3.7 PUBACK, PUBREC, PUBREL, PUBCOMP and 3.11 UNSUBACK: one shape, a packet identifier alone.
#pragma once

#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

inline constexpr std::uint8_t ack_size = 4;

// Requires: room for ack_size bytes.
constexpr char* write_ack(char* to, packet_type type, packet_id id) noexcept {
    to[0] = static_cast<char>(first_byte(type, required_flags(type)));
    to[1] = 2;
    return store_u16(to + 2, id);
}

// Returns malformed_packet for a wrong length or identifier 0.
[[nodiscard]] constexpr result<packet_id> decode_ack(bytes_in body) noexcept {
    auto const id = body.size() == 2 ? load_u16(body.data()) : packet_id{0};
    return {id, id == 0 ? errc::malformed_packet : errc::ok};
}

}  // namespace barelink::inline v0
