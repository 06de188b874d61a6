// SPDX-License-Identifier: BSL-1.0
// The publish lane: packets as wire bytes, one behind the other in one buffer. What is behind `next_` waits to be
// written; what is before it was written and is kept until it is acknowledged. Nothing else is stored: a packet says
// itself how long it is and which identifier it has. Sending again after a reconnect is moving `next_` back.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include <barelink/base/bytes.hpp>
#include <barelink/session/sources.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/length.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// `Sources`: whether envelopes (sources.hpp) may lie in it.
template <bool Sources>
class ring {
public:
    using position = std::uint16_t;

    constexpr ring() noexcept = default;
    constexpr explicit ring(bytes_out area, std::span<source_slot> sources = {}) noexcept
        : data_{area.data()}, capacity_{static_cast<position>(area.size())} {
        if constexpr (Sources) sources_ = sources.data();
    }

    [[nodiscard]] constexpr position capacity() const noexcept { return capacity_; }
    [[nodiscard]] constexpr bool all_sent() const noexcept { return next_ == tail_; }
    // True after a write that ended inside a packet: that packet must be finished before another lane may write.
    [[nodiscard]] constexpr bool started() const noexcept { return partial_ != 0; }

    // The packet to be written next. Requires: !all_sent().
    [[nodiscard]] constexpr char* next() noexcept { return data_ + next_; }

    // Room for a packet behind the others, moving them together if need be. Returns nullptr if there is none now.
    // Work: the bytes kept.
    constexpr char* reserve(std::size_t size) noexcept {
        if (size > static_cast<std::size_t>(capacity_ - tail_)) compact();
        return size > static_cast<std::size_t>(capacity_ - tail_) ? nullptr : data_ + tail_;
    }
    // All the room there is behind the others.
    constexpr bytes_out reserve_all() noexcept {
        compact();
        return {data_ + tail_, static_cast<std::size_t>(capacity_ - tail_)};
    }
    // Room for a request before the publishes that wait, behind the requests that wait. It counts as appended. Returns
    // nullptr if there is none now. Work: the bytes kept.
    constexpr char* insert(std::size_t size) noexcept {
        if (reserve(size) == nullptr) return nullptr;
        auto at = next_;
        if (started()) at = static_cast<position>(at + size_at(at));
        while (at != tail_ && !is_publish(*wire(data_ + at))) at = static_cast<position>(at + size_at(at));
        detail::copy_backward(data_ + at + size, data_ + at, static_cast<std::size_t>(tail_ - at));
        append(size);
        return data_ + at;
    }
    // Takes over a packet that was written to what reserve() gave.
    constexpr void append(std::size_t size) noexcept { tail_ = static_cast<position>(tail_ + size); }

    // What waits, in one piece; `only_current` stops at the end of the packet that has been started. Empty although
    // not all_sent(): a source failed. Work: the packets that wait, and one call of a source.
    [[nodiscard]] constexpr bytes_in pending(bool only_current) noexcept {
        position end = only_current ? static_cast<position>(next_ + size_at(next_)) : tail_;
        if constexpr (Sources) {
            if (next_ != tail_ && envelope::is(data_ + next_)) return pull();
            for (position at = next_; at != end; at = static_cast<position>(at + size_at(at))) {
                if (envelope::is(data_ + at)) end = at;
                if (end == at) break;
            }
        }
        return {data_ + next_ + partial_, static_cast<std::size_t>(end - next_ - partial_)};
    }

    // The transport took `count` bytes of pending(); takes over at most the end of one packet and lowers `count` by it.
    // Returns that packet once it is complete, else nullptr. Call again while `count` is not 0.
    constexpr char* sent(std::size_t& count) noexcept {
        auto const size = size_at(next_);
        auto const rest = static_cast<std::size_t>(left_to_write(size) - partial_);
        if (count < rest) {
            partial_ = static_cast<position>(partial_ + count);
            count    = 0;
            return nullptr;
        }
        count -= rest;
        char* const packet = data_ + next_;
        if constexpr (Sources) {
            if (envelope::is(packet) && slot_of(packet).pulled != slot_of(packet).size) {
                partial_ = static_cast<position>(partial_ + rest);
                return nullptr;
            }
        }
        next_              = static_cast<position>(next_ + size);
        partial_           = 0;
        return packet;
    }

    // Frees a packet. Lifetime: pointers to other packets stay valid until the next reserve().
    constexpr void drop(char* packet) noexcept {
        if constexpr (Sources) {
            if (envelope::is(packet)) slot_of(packet) = {};
        }
        packet[0] = 0;
        while (head_ != next_ && data_[head_] == 0) head_ = static_cast<position>(head_ + size_at(head_));
        if (head_ == tail_) head_ = next_ = tail_ = 0;
    }

    // Takes back the last packet. Requires: it was not written yet.
    constexpr void withdraw(char* packet) noexcept {
        tail_ = static_cast<position>(packet - data_);
        if (head_ == tail_) head_ = next_ = tail_ = 0;
    }

    // The PUBLISH with this identifier, or nullptr. Work: the packets kept.
    [[nodiscard]] constexpr char* find(packet_id id) noexcept {
        for (position at = head_; at != tail_; at = static_cast<position>(at + size_at(at))) {
            char* const packet = wire(data_ + at);
            if (is_publish(packet[0]) && id_of(packet) == id) return data_ + at;
        }
        return nullptr;
    }

    [[nodiscard]] constexpr std::size_t size_of(char const* packet) const noexcept {
        return size_at(static_cast<position>(packet - data_));
    }

    // The connection is gone: SUBSCRIBE and UNSUBSCRIBE are forgotten, every PUBLISH that was written has to be
    // written again and is marked as such [MQTT-3.3.1-1]. Work: the packets kept.
    constexpr void rewind() noexcept {
        for (position at = head_; at != tail_; at = static_cast<position>(at + size_at(at))) {
            char* const packet = wire(data_ + at);
            if constexpr (Sources) {
                if (packet != data_ + at) slot_of(data_ + at).pulled = slot_of(data_ + at).window = 0;
            }
            if (!is_publish(packet[0])) {
                packet[0] = 0;
            } else if (at < next_) {
                packet[0] = static_cast<char>(octet(packet[0]) | publish_flag::dup);
            }
        }
        partial_ = 0;
        next_    = head_;
        compact();
    }

    // The session is gone: nobody has seen these before.
    constexpr void clear_dup() noexcept {
        for (position at = head_; at != tail_; at = static_cast<position>(at + size_at(at))) {
            char* const packet = wire(data_ + at);
            if (packet[0] != 0) packet[0] = static_cast<char>(octet(packet[0]) & ~publish_flag::dup);
        }
    }

    // The packet as the wire sees it: itself, or what lies in the envelope.
    [[nodiscard]] static constexpr char* wire(char* packet) noexcept {
        if constexpr (Sources) {
            if (envelope::is(packet)) return packet + header_size(packet) + 1;
        }
        return packet;
    }
    // 0 for a packet without one.
    [[nodiscard]] static constexpr packet_id id_of(char const* packet) noexcept {
        auto const* at = packet + header_size(packet);
        return level_of(packet) == qos::at_most_once ? packet_id{0} : load_u16(at + 2 + load_u16(at));
    }
    [[nodiscard]] static constexpr qos level_of(char const* packet) noexcept {
        return static_cast<qos>((octet(packet[0]) & publish_flag::qos_mask) >> 1);
    }
    [[nodiscard]] static constexpr bool is_publish(char first) noexcept {
        return octet(first) >> 4 == static_cast<unsigned>(packet_type::publish);
    }

private:
    struct no_sources {};

    [[nodiscard]] constexpr source_slot& slot_of(char* packet) noexcept
        requires Sources
    {
        return sources_[octet(packet[header_size(packet)])];
    }
    // How far partial_ has to come for what pending() gave: a whole packet, or the filled part of an envelope.
    [[nodiscard]] constexpr position left_to_write(position size) noexcept {
        if constexpr (Sources) {
            if (envelope::is(data_ + next_)) return slot_of(data_ + next_).window;
        }
        return size;
    }
    // Fills the scratch of the envelope at next_ when it has been written. Work: one call of the source.
    constexpr bytes_in pull() noexcept
        requires Sources
    {
        char* const envelope = data_ + next_;
        char* const packet   = wire(envelope);
        auto&       slot     = slot_of(envelope);
        auto const  fixed    = header_size(packet);
        auto const  header   = static_cast<position>(
            fixed + publish_header_size(load_u16(packet + fixed), level_of(packet)));
        if (partial_ == slot.window) {
            auto const room  = static_cast<std::size_t>(envelope + size_at(next_) - (packet + header));
            auto const wish  = slot.size - slot.pulled < room ? slot.size - slot.pulled : room;
            auto const count = static_cast<position>(wish);
            if (slot.read(slot.pulled, {packet + header, count}) != count) return {};
            if (partial_ != 0) partial_ = header;
            slot.pulled += count;
            slot.window = static_cast<position>(header + count);
        }
        return {packet + partial_, static_cast<std::size_t>(slot.window - partial_)};
    }
    [[nodiscard]] static constexpr position header_size(char const* packet) noexcept {
        position size = 2;
        while (octet(packet[size - 1]) > 0x7F) ++size;
        return size;
    }
    // Requires: `at` is the start of a packet. They are ours, so nothing needs checking.
    [[nodiscard]] constexpr position size_at(position at) const noexcept {
        std::uint32_t length = 0;
        unsigned      shift  = 0;
        position      i      = at;
        do {
            ++i;
            length |= static_cast<std::uint32_t>(octet(data_[i]) & 0x7F) << shift;
            shift += 7;
        } while (octet(data_[i]) > 0x7F);
        return static_cast<position>(static_cast<std::uint32_t>(i + 1 - at) + length);
    }

    // Moves the packets together, over those that were dropped.
    constexpr void compact() noexcept {
        position to   = 0;
        position next = 0;
        for (position at = head_; at != tail_;) {
            auto const size = size_at(at);
            if (at == next_) next = to;
            if (data_[at] != 0) {
                move_bytes(data_ + to, data_ + at, size);
                to = static_cast<position>(to + size);
            }
            at = static_cast<position>(at + size);
        }
        if (next_ == tail_) next = to;
        head_ = 0;
        next_ = next;
        tail_ = to;
    }

    [[no_unique_address]] std::conditional_t<Sources, source_slot*, no_sources> sources_ = {};

    char*    data_     = nullptr;
    position capacity_ = 0;
    position head_     = 0;  // first packet kept
    position next_     = 0;  // first packet to be written
    position tail_     = 0;  // end of the last packet
    position partial_  = 0;  // bytes of the packet at next_ that the transport has taken
};

}  // namespace barelink::inline v0
