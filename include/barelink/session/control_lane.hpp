// SPDX-License-Identifier: BSL-1.0
// The first output lane: answers and pings. Publishes have a lane of their own, so they can never keep these back.
#pragma once

#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/v5/short_ack.hpp>

namespace barelink::inline v0 {

// A few small packets that wait to be written, joined into one write.
class control_lane {
public:
    constexpr control_lane() noexcept = default;
    constexpr explicit control_lane(bytes_out area) noexcept { place(area); }

    // Requires: nothing is in it.
    constexpr void place(bytes_out area) noexcept {
        capacity_ = static_cast<std::uint16_t>(area.size());
        bytes_    = area.data();
    }

    // Without room for one more answer no further packet is taken from the receive buffer, so none is ever lost.
    [[nodiscard]] constexpr bool has_room(unsigned bytes) const noexcept { return size_ + bytes <= capacity_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    // True after a write that ended inside a packet: that packet must be finished before another lane may write.
    [[nodiscard]] constexpr bool started() const noexcept { return started_; }
    [[nodiscard]] constexpr bytes_in pending() const noexcept { return {bytes_, size_}; }

    // The packets that came since the last call, for a store that has to know them before they leave.
    constexpr bytes_in take_fresh() noexcept {
        bytes_in const fresh{bytes_ + seen_, static_cast<std::size_t>(size_ - seen_)};
        seen_ = size_;
        return fresh;
    }

    // Requires: has_room(ack_size).
    constexpr void answer(packet_type type, packet_id id) noexcept {
        write_ack(bytes_ + size_, type, id);
        size_ = static_cast<std::uint16_t>(size_ + ack_size);
    }
    // In 5.0. Requires: has_room(v5::ack_size_max).
    constexpr void answer(packet_type type, packet_id id, reason_code reason) noexcept {
        size_ = static_cast<std::uint16_t>(v5::write_ack(bytes_ + size_, type, id, reason) - bytes_);
    }
    // DISCONNECT with a reason. Requires: has_room(3).
    constexpr void reason_packet(packet_type type, reason_code reason) noexcept {
        char* const to = bytes_ + size_;
        to[0]          = static_cast<char>(first_byte(type));
        to[1]          = 1;
        to[2]          = static_cast<char>(reason);
        size_          = static_cast<std::uint16_t>(size_ + 3);
    }
    // Requires: has_room(2).
    constexpr void empty_packet(packet_type type) noexcept {
        write_empty(bytes_ + size_, type);
        size_ = static_cast<std::uint16_t>(size_ + 2);
    }

    // The transport took the first `count` bytes of pending().
    constexpr void sent(std::size_t count) noexcept {
        size_    = static_cast<std::uint16_t>(size_ - count);
        seen_    = size_;
        started_ = size_ != 0;
        move_bytes(bytes_, bytes_ + count, size_);
    }
    constexpr void clear() noexcept {
        size_    = 0;
        seen_    = 0;
        started_ = false;
    }

private:
    bool          started_  = false;
    std::uint16_t size_     = 0;
    std::uint16_t seen_     = 0;
    std::uint16_t capacity_ = 0;
    char*         bytes_    = nullptr;
};

}  // namespace barelink::inline v0
