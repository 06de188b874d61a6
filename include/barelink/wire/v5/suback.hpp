// SPDX-License-Identifier: BSL-1.0
// 3.9 SUBACK and 3.11 UNSUBACK of 5.0: one reason code per filter.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/reason.hpp>

namespace barelink::inline v0::v5 {

// Lifetime: views of the packet.
struct suback_packet {
    packet_id  id    = 0;
    properties with  = {};
    bytes_in   codes = {};  // a reason_code per filter, in their order [MQTT-3.9.3-1, MQTT-3.11.3-1]
};

// Writes SUBACK or UNSUBACK. Properties: property_list, property_lists, or `properties` of a packet. Returns its
// length, or request_too_long.
template <class Properties>
[[nodiscard]] constexpr result<std::size_t> encode_suback(bytes_out out, packet_type type, packet_id id,
                                                          bytes_in codes, Properties const& with) noexcept {
    return encode_packet(out, first_byte(type), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        write_properties(w, with);
        w.bytes(text_of(codes));
    });
}

// Reads SUBACK or UNSUBACK. Returns malformed_packet for identifier 0 or a wrong length; protocol_error for no code at
// all or one outside the table [MQTT-3.9.3-2, MQTT-3.11.3-2]; or what check_properties() finds.
[[nodiscard]] constexpr result<suback_packet> decode_suback(packet_type type, bytes_in body) noexcept {
    reader        r{body};
    suback_packet s{};
    s.id             = r.u16();
    auto const error = take_properties(r, static_cast<property_place>(type), s.with);
    s.codes          = r.rest();
    if (s.id == 0 || error != errc::ok) return {s, s.id == 0 ? errc::malformed_packet : error};
    bool good = !s.codes.empty();
    for (auto const c : s.codes) good = good && allowed(static_cast<reason_code>(octet(c)), type);
    return {s, good ? errc::ok : errc::protocol_error};
}

}  // namespace barelink::inline v0::v5
