// SPDX-License-Identifier: BSL-1.0
// 3.4 to 3.7 PUBACK, PUBREC, PUBREL and PUBCOMP of 5.0: one shape.
#pragma once

#include <cstddef>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/v5/short_ack.hpp>
#include <barelink/wire/v5/tail.hpp>

namespace barelink::inline v0::v5 {

struct ack_packet {
    packet_id   id     = 0;
    reason_code reason = reason_code::success;
    properties  with   = {};  // of a received one; a view of the packet
};

// Writes an acknowledgement with properties: property_list, property_lists, or `properties` of a packet. Returns its
// length, or request_too_long.
template <class Properties>
[[nodiscard]] constexpr result<std::size_t> encode_ack(bytes_out out, packet_type type, packet_id id,
                                                       reason_code reason, Properties const& with) noexcept {
    return encode_packet(out, first_byte(type, required_flags(type)), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        write_tail(w, reason, with);
    });
}

// Returns malformed_packet for identifier 0 [MQTT-2.2.1-3], or what take_tail() finds. Either side sends any of them.
[[nodiscard]] constexpr result<ack_packet> decode_ack(packet_type type, bytes_in body) noexcept {
    reader     r{body};
    ack_packet a{};
    a.id             = r.u16();
    auto const error = take_tail(r, type, sender::client, a.reason, a.with);
    return {a, a.id == 0 ? errc::malformed_packet : error};
}

}  // namespace barelink::inline v0::v5
