// SPDX-License-Identifier: BSL-1.0
// How acknowledgements, DISCONNECT and AUTH of 5.0 end: a reason code and properties, both left out where they say
// nothing [3.4.2.1, 3.14.2.1, 3.15.2.1].
#pragma once

#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/reason.hpp>

namespace barelink::inline v0::v5 {

// Returns malformed_packet if something is cut off or left; protocol_error for a code that this packet does not carry
// from this side [MQTT-3.4.2-1, -3.5.2-1, -3.6.2-1, -3.7.2-1, -3.14.2-1, -3.15.2-1]; or what check_properties() finds.
// AUTH leaves out both or neither [3.15.2.1].
[[nodiscard]] BARELINK_NOINLINE constexpr errc take_tail(reader& r, packet_type type, sender from, reason_code& reason,
                                                        properties& with) noexcept {
    bool const bare = r.left() == 0;
    reason          = bare ? reason_code::success : static_cast<reason_code>(r.u8());
    auto error      = errc::ok;
    if (!bare && (r.left() != 0 || type == packet_type::auth)) error = take_properties(r, place_of(type, from), with);
    if (r.finish() != errc::ok) return errc::malformed_packet;
    return allowed(reason, type, from) ? error : errc::protocol_error;
}

template <class Properties>
constexpr void write_tail(writer& w, reason_code reason, Properties const& with) noexcept {
    if (with.empty() && reason == reason_code::success) return;
    w.u8(static_cast<std::uint8_t>(reason));
    if (!with.empty()) write_properties(w, with);
}

}  // namespace barelink::inline v0::v5
