// SPDX-License-Identifier: BSL-1.0
// The number of the first byte of a TCP connection. lwIP counts up from a constant: who guesses it can put bytes into a
// connection that he does not see, or end it. docs/porting.md says how to hook this in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include <lwip/ip_addr.h>
#include <lwip/sys.h>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::lwip {

// Returns the number of RFC 6528, 3: a clock of 4 microseconds, plus a secret function of the two ends. So the
// numbers of one pair of ends grow, and a late segment of an old connection fits no new one; those of another pair tell
// nothing about it.
// Requires: `secret(bytes_in)` returns 32 bits of a keyed digest (HMAC or the like), under a key that was drawn when
// the power came and that nobody sees.
template <class Secret>
[[nodiscard]] std::uint32_t initial_sequence(Secret const& secret, ip_addr_t const& own, std::uint16_t own_port,
                                             ip_addr_t const& peer, std::uint16_t peer_port) noexcept {
    char        ends[2 * 16 + 4];
    std::size_t size = 0;
    auto const  add  = [&](std::uint32_t word) {
        std::memcpy(ends + size, &word, sizeof word);
        size += sizeof word;
    };
    for (auto const* address : {&own, &peer}) {
#if LWIP_IPV6
        if (IP_IS_V6(address)) {
            for (auto const word : ip_2_ip6(address)->addr) add(word);
            continue;
        }
#endif
#if LWIP_IPV4
        add(ip4_addr_get_u32(ip_2_ip4(address)));
#endif
    }
    add(static_cast<std::uint32_t>(own_port) << 16 | peer_port);
    return secret(bytes_in{ends, size}) + sys_now() * 250U;
}

}  // namespace barelink::inline v0::lwip
