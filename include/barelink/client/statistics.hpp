// SPDX-License-Identifier: BSL-1.0
// What a client has done since it was made. Counters wrap.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/session/events.hpp>

namespace barelink::inline v0 {

struct statistics {
    std::uint32_t connects     = 0;  // CONNACKs that accepted us
    std::uint32_t disconnects  = 0;  // attempts and connections that ended, wanted or not
    std::uint32_t bytes_in     = 0;
    std::uint32_t bytes_out    = 0;
    std::uint32_t reads        = 0;  // that brought bytes
    std::uint32_t writes       = 0;  // that took bytes
    std::uint32_t messages_in  = 0;  // handed over
    std::uint32_t messages_out = 0;  // publishes accepted
    std::uint32_t delivered    = 0;  // of those above QoS 0
    std::uint32_t dropped      = 0;  // messages of either direction that were lost, each told by an event

    constexpr void count(event const& e) noexcept {
        switch (e.type) {
        case event_type::connected: ++connects; break;
        case event_type::disconnected: ++disconnects; break;
        case event_type::message: ++messages_in; break;
        case event_type::delivered: ++delivered; break;
        case event_type::dropped:
        case event_type::rejected: ++dropped; break;
        default: break;
        }
    }
    constexpr void read(std::size_t bytes) noexcept {
        ++reads;
        bytes_in += static_cast<std::uint32_t>(bytes);
    }
    constexpr void write(std::size_t bytes) noexcept {
        ++writes;
        bytes_out += static_cast<std::uint32_t>(bytes);
    }
    constexpr void publish() noexcept { ++messages_out; }
};

// Counts nothing and takes no byte.
struct no_statistics {
    constexpr void count(event const&) noexcept {}
    constexpr void read(std::size_t) noexcept {}
    constexpr void write(std::size_t) noexcept {}
    constexpr void publish() noexcept {}
};

}  // namespace barelink::inline v0
