// SPDX-License-Identifier: BSL-1.0
// The receive buffer: bytes go in behind, packets come out in front. It has to hold a packet's header, not its
// payload: the payload of a larger message flows through what is left behind its header.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

class inbox {
public:
    constexpr inbox() noexcept = default;
    constexpr explicit inbox(bytes_out area) noexcept { place(area); }

    // Requires: nothing is in it.
    constexpr void place(bytes_out area) noexcept {
        capacity_ = static_cast<std::uint16_t>(area.size());
        data_     = area.data();
    }

    [[nodiscard]] constexpr bytes_out memory() const noexcept { return {data_, capacity_}; }
    [[nodiscard]] constexpr char const* data() const noexcept { return data_ + begin_; }
    [[nodiscard]] constexpr std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(end_ - begin_); }
    [[nodiscard]] constexpr bytes_in unread() const noexcept { return {data(), size()}; }

    constexpr void clear() noexcept { begin_ = end_ = 0; }
    constexpr void received(std::size_t count) noexcept { end_ = static_cast<std::uint16_t>(end_ + count); }
    constexpr void skip(std::size_t count) noexcept { begin_ = static_cast<std::uint16_t>(begin_ + count); }
    // Forgets all but the first `count` unread bytes.
    constexpr void keep(std::size_t count) noexcept { end_ = static_cast<std::uint16_t>(begin_ + count); }

    // Moves what is unread to the front. Work: that.
    constexpr void compact() noexcept {
        move_bytes(data_, data_ + begin_, static_cast<std::size_t>(end_ - begin_));
        end_   = static_cast<std::uint16_t>(end_ - begin_);
        begin_ = 0;
    }
    // Where the transport may put bytes. Empty: packets have to be taken out first. Work: the unread bytes.
    [[nodiscard]] constexpr bytes_out window() noexcept {
        if (begin_ == end_) {
            clear();
        } else if (end_ > capacity_ / 2) {
            compact();
        }
        return {data_ + end_, static_cast<std::size_t>(capacity_ - end_)};
    }

    // Reads the fixed header of the next packet. Returns ok once the packet is complete or, for a PUBLISH that is
    // larger than the buffer, once its topic is (or the buffer is full); else would_block, malformed_packet, or
    // packet_too_long for another packet that can never fit.
    [[nodiscard]] BARELINK_NOINLINE constexpr errc front(fixed_header& h, version v) const noexcept {
        auto const error = read_header(h, unread(), v);
        auto const here  = size();
        if (error != errc::ok || h.packet_size() <= here) return error;
        if (h.packet_size() <= capacity_) return errc::would_block;
        if (h.type != packet_type::publish) return errc::packet_too_long;
        // Two bytes for the topic's length and two for an identifier.
        bool const has_topic = here >= h.size + 4U && here >= h.size + 4U + load_u16(data() + h.size);
        return has_topic || here == capacity_ ? errc::ok : errc::would_block;
    }

private:
    std::uint16_t capacity_ = 0;
    std::uint16_t begin_    = 0;  // first unread byte
    std::uint16_t end_      = 0;  // end of what has come
    char*         data_     = nullptr;
};

}  // namespace barelink::inline v0
