// SPDX-License-Identifier: BSL-1.0
// 3.4 to 3.7 PUBACK, PUBREC, PUBREL and PUBCOMP of 5.0 without properties, in their shortest form.
#pragma once

#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/reason.hpp>

namespace barelink::inline v0::v5 {

inline constexpr std::uint8_t ack_size_max = 5;

// Writes four bytes for success, those of 3.1.1, and five for another code [3.4.2.1].
// Requires: room for ack_size_max bytes. Returns the end of what it wrote.
constexpr char* write_ack(char* to, packet_type type, packet_id id, reason_code reason) noexcept {
    bool const bare = reason == reason_code::success;
    to[0]           = static_cast<char>(first_byte(type, required_flags(type)));
    to[1]           = bare ? 2 : 3;
    auto* const end = store_u16(to + 2, id);
    if (bare) return end;
    *end = static_cast<char>(reason);
    return end + 1;
}

}  // namespace barelink::inline v0::v5
