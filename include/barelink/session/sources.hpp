// SPDX-License-Identifier: BSL-1.0
// Payloads that are pulled while they are sent: from flash, a file, a sensor. They lie in the ring as an envelope:
//
//   F1 <length> <index> <PUBLISH header> <scratch>
//
// No packet begins with F1, <length> covers what lies in the ring, and <index> names the
// source_slot. So the ring walks over it as over any packet; the wire gets the header, then the scratch, again and
// again, each time filled anew.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/delegate.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/length.hpp>

namespace barelink::inline v0 {

// Copies `into.size()` bytes of the payload from `offset` on. Returns how many it copied: fewer end the connection,
// because a started packet can only be finished or cut. At QoS 1 and 2 it may be called again from offset 0 on, until
// the publish is delivered, so the bytes must still be the same.
using payload_source = delegate<std::size_t(std::uint32_t offset, bytes_out into)>;

struct source_slot {
    payload_source read   = {};  // unset: the slot is free
    std::uint32_t  size   = 0;   // of the payload
    std::uint32_t  pulled = 0;   // how much of it has been put into the scratch so far
    std::uint16_t  window = 0;   // bytes of header and scratch that are to be written now
    std::uint16_t header = 0;   // bytes before the payload
};

namespace envelope {
inline constexpr std::uint8_t mark = first_byte(packet_type::auth, 1);
// Room for a few chunks a write is enough; a larger one only takes it from other publishes.
inline constexpr std::size_t scratch_max = 1024;

[[nodiscard]] constexpr bool is(char const* packet) noexcept { return octet(packet[0]) == mark; }

// What an envelope with `content` bytes of header and scratch takes in the ring.
[[nodiscard]] constexpr std::size_t stored_size(std::size_t content) noexcept { return packet_size(content + 1); }

// Writes all before the PUBLISH header. Returns where that goes.
constexpr char* open(char* to, std::size_t content, std::uint8_t index) noexcept {
    to[0] = static_cast<char>(mark);
    to    = write_length(to + 1, static_cast<std::uint32_t>(content + 1));
    *to++ = static_cast<char>(index);
    return to;
}
}  // namespace envelope

}  // namespace barelink::inline v0
