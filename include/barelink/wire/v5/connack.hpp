// SPDX-License-Identifier: BSL-1.0
// 3.2 CONNACK of 5.0: the Server's answer to CONNECT, and all that it grants.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/reason.hpp>

namespace barelink::inline v0::v5 {

struct connack_packet {
    bool        session_present = false;
    reason_code reason          = reason_code::success;
    properties  with            = {};  // of a received one; a view of the packet
};

// Writes CONNACK. Properties: property_list, property_lists, or `properties` of a packet. Returns its length, or
// request_too_long.
template <class Properties>
[[nodiscard]] constexpr result<std::size_t> encode_connack(bytes_out out, bool session_present, reason_code reason,
                                                           Properties const& with) noexcept {
    return encode_packet(out, first_byte(packet_type::connack), errc::request_too_long, [&](writer& w) {
        w.u8(session_present ? 1 : 0);
        w.u8(static_cast<std::uint8_t>(reason));
        write_properties(w, with);
    });
}

// Returns malformed_packet for reserved flags [MQTT-3.2.2-1] or a wrong length; protocol_error for a code outside the
// table [MQTT-3.2.2-8] and for a refusal that claims a session [MQTT-3.2.2-6]; or what check_properties() finds.
// A Server that does not speak 5.0 refuses in the two bytes of its own version [3.1.2.2]: unacceptable_version.
[[nodiscard]] constexpr result<connack_packet> decode_connack(bytes_in body) noexcept {
    reader         r{body};
    connack_packet c{};
    auto const     flags = r.u8();
    auto const     code  = r.u8();
    c.session_present    = flags != 0;
    c.reason             = static_cast<reason_code>(code);
    if (r.failed() || flags > 1) return errc::malformed_packet;
    constexpr std::uint8_t old_refusal = 1;
    bool const             version_is_refused =
        code == old_refusal || c.reason == reason_code::unsupported_protocol_version;
    if (flags == 0 && r.left() == 0 && version_is_refused) return errc::unacceptable_version;
    auto const error = take_properties(r, property_place::connack, c.with);
    if (r.finish() != errc::ok) return errc::malformed_packet;
    if (!allowed(c.reason, packet_type::connack) || (c.session_present && c.reason != reason_code::success)) {
        return errc::protocol_error;
    }
    return {c, error};
}

}  // namespace barelink::inline v0::v5
