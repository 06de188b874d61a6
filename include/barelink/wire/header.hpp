// SPDX-License-Identifier: BSL-1.0
// The fixed header: what kind of packet comes, and how long it is [2.2].
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/length.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

struct fixed_header {
    packet_type   type      = packet_type::reserved;
    std::uint8_t  flags     = 0;  // low half of the first byte
    std::uint8_t  size      = 0;  // bytes of the header itself, 2 to 5
    std::uint32_t remaining = 0;  // bytes that follow it

    [[nodiscard]] constexpr std::uint32_t packet_size() const noexcept { return size + remaining; }
    friend constexpr bool operator==(fixed_header const&, fixed_header const&) = default;
};

[[nodiscard]] constexpr std::uint8_t first_byte(packet_type type, std::uint8_t flags = 0) noexcept {
    return static_cast<std::uint8_t>((static_cast<unsigned>(type) << 4) | flags);
}

// The flags that a packet must carry [table 2.2]; PUBLISH has its own.
[[nodiscard]] constexpr std::uint8_t required_flags(packet_type type) noexcept {
    constexpr auto with_flag_2 = (1U << static_cast<unsigned>(packet_type::pubrel)) |
                                 (1U << static_cast<unsigned>(packet_type::subscribe)) |
                                 (1U << static_cast<unsigned>(packet_type::unsubscribe));
    return ((with_flag_2 >> static_cast<unsigned>(type)) & 1U) != 0 ? 2 : 0;
}

// Reads the fixed header into `h`, which is left half done unless it returns ok. Returns would_block if it is not
// complete; malformed_packet for type 0, for a wrong length or for flags other than the table's [MQTT-2.2.2-2]. 3.1 had
// no such rule, and its peers set DUP on a resent PUBREL.
[[nodiscard]] constexpr errc read_header(fixed_header& h, bytes_in from, version v) noexcept {
    if (from.empty()) return errc::would_block;
    h.type             = static_cast<packet_type>(octet(from[0]) >> 4);
    h.flags            = static_cast<std::uint8_t>(octet(from[0]) & 0x0F);
    bool const unknown = h.type == packet_type::reserved || (h.type == packet_type::auth && v != version::v5);
    bool const wrong   = h.type != packet_type::publish && v != version::v3_1 && h.flags != required_flags(h.type);
    if (unknown || wrong) return errc::malformed_packet;
    h.remaining = detail::scan_length(from.data() + 1, from.size() - 1);
    h.size      = static_cast<std::uint8_t>(1 + length_size(h.remaining));
    return detail::length_error(h.remaining);
}
[[nodiscard]] constexpr result<fixed_header> read_header(bytes_in from, version v) noexcept {
    fixed_header h{};
    auto const   error = read_header(h, from, v);
    return {error == errc::ok ? h : fixed_header{}, error};
}

// PINGREQ, PINGRESP and DISCONNECT of 3.x are a fixed header alone. Requires: room for two bytes.
constexpr char* write_empty(char* to, packet_type type) noexcept {
    to[0] = static_cast<char>(first_byte(type));
    to[1] = 0;
    return to + 2;
}

}  // namespace barelink::inline v0
