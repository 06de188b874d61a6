// SPDX-License-Identifier: BSL-1.0
// 3.14 DISCONNECT and 3.15 AUTH of 5.0: a reason and properties.
#pragma once

#include <cstddef>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/v5/tail.hpp>

namespace barelink::inline v0::v5 {

// A DISCONNECT or an AUTH.
struct reason_packet {
    reason_code reason = reason_code::success;
    properties  with   = {};  // of a received one; a view of the packet
};

// Says what is wrong with a DISCONNECT or AUTH before it is sent: bad_reason for a code that it does not carry from
// this side [MQTT-3.14.2-1, MQTT-3.15.2-1], bad_property. An AUTH needs its method, except the Server's bare success.
[[nodiscard]] constexpr errc check_reason(packet_type type, sender from, reason_code reason,
                                          property_lists with) noexcept {
    if (!allowed(reason, type, from)) return errc::bad_reason;
    bool const bare = with.empty() && reason == reason_code::success;
    return bare ? errc::ok : check_properties(with, place_of(type, from));
}

// Writes DISCONNECT or AUTH. Properties: property_list, property_lists, or `properties` of a packet. Returns its
// length, or request_too_long.
template <class Properties>
[[nodiscard]] constexpr result<std::size_t> encode_reason(bytes_out out, packet_type type, reason_code reason,
                                                          Properties const& with) noexcept {
    return encode_packet(out, first_byte(type), errc::request_too_long,
                         [&](writer& w) { write_tail(w, reason, with); });
}

// Returns what take_tail() does.
[[nodiscard]] constexpr result<reason_packet> decode_reason(packet_type type, bytes_in body, sender from) noexcept {
    reader        r{body};
    reason_packet p{};
    auto const    error = take_tail(r, type, from, p.reason, p.with);
    return {p, error};
}

}  // namespace barelink::inline v0::v5
