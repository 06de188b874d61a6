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
    constexpr explicit ring(bytes_out area, std::span<source_slot> sources = {}) noexcept { place(area, sources); }

    // Requires: nothing is in it.
    constexpr void place(bytes_out area, std::span<source_slot> sources) noexcept {
        capacity_ = static_cast<position>(area.size());
        data_     = area.data();
        if constexpr (Sources) sources_ = sources.data();
    }

    [[nodiscard]] constexpr position capacity() const noexcept { return capacity_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return head_ == tail_; }
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
    // Room for a request before the publishes that wait, behind the requests that wait and the first `promised`
    // packets. It counts as appended. Returns nullptr if there is none now. Work: the bytes kept.
    constexpr char* insert(std::size_t size, unsigned promised) noexcept {
        if (reserve(size) == nullptr) return nullptr;
        char*       at   = next();
        char* const tail = data_ + tail_;
        for (promised += started() ? 1U : 0U; promised != 0; --promised) at = behind(at);
        while (at != tail && !is_publish(*wire(at))) at = behind(at);
        detail::copy_backward(at + size, at, static_cast<std::size_t>(tail - at));
        append(size);
        return at;
    }
    // Takes over a packet that was written to what reserve() gave.
    constexpr void append(std::size_t size) noexcept { tail_ = static_cast<position>(tail_ + size); }

    // How far the packets that wait reach of which only `quota` are publishes above QoS 0. Work: these packets.
    [[nodiscard]] constexpr char* reach(unsigned quota) noexcept {
        char* at = next();
        for (; at != data_ + tail_; at = behind(at)) {
            char const* const packet = wire(at);
            bool const        counts = is_publish(packet[0]) && level_of(packet) != qos::at_most_once;
            if (counts && quota-- == 0) break;
        }
        return at;
    }
    [[nodiscard]] constexpr char* tail() noexcept { return data_ + tail_; }

    // What waits up to `end`, in one piece; `only_current` stops at the end of the packet that has been started. Empty
    // although there is something: a source failed. Work: the packets that wait, and one call of a source.
    [[nodiscard]] constexpr bytes_in pending(bool only_current, char* end) noexcept {
        char* const at  = next();
        if (only_current) end = behind(at);
        if constexpr (Sources) {
            if (at != end && envelope::is(at)) return pull();
            for (char* p = at; p != end; p = behind(p)) {
                if (envelope::is(p)) end = p;
                if (end == p) break;
            }
        }
        return {at + partial_, end};
    }

    // The transport took `count` bytes of pending(); takes over at most the end of one packet and lowers `count` by it.
    // Returns that packet once it is complete, else nullptr. Call again while `count` is not 0.
    constexpr char* sent(std::size_t& count) noexcept {
        char* const packet = next();
        char* const end    = behind(packet);
        auto        whole  = static_cast<std::size_t>(end - packet);
        if constexpr (Sources) {
            if (envelope::is(packet)) whole = slot_of(packet).window;
        }
        auto const rest = whole - partial_;
        if (count < rest) {
            partial_ = static_cast<position>(partial_ + count);
            count    = 0;
            return nullptr;
        }
        count -= rest;
        if constexpr (Sources) {
            if (envelope::is(packet) && slot_of(packet).pulled != slot_of(packet).size) {
                partial_ = static_cast<position>(whole);
                return nullptr;
            }
        }
        next_    = static_cast<position>(end - data_);
        partial_ = 0;
        return packet;
    }

    // A copy of the next packet was written. Returns the packet.
    constexpr char* skip() noexcept {
        char* const packet = next();
        next_              = static_cast<position>(behind(packet) - data_);
        return packet;
    }

    // Frees a packet. Lifetime: pointers to other packets stay valid until the next reserve().
    constexpr void drop(char* packet) noexcept {
        if constexpr (Sources) {
            if (envelope::is(packet)) slot_of(packet) = {};
        }
        packet[0] = 0;
        char* at  = data_ + head_;
        while (at != next() && *at == 0) at = behind(at);
        head_ = static_cast<position>(at - data_);
        if (head_ == tail_) head_ = next_ = tail_ = 0;
    }

    // Takes back the last packet. Requires: it was not written yet.
    constexpr void withdraw(char* packet) noexcept {
        tail_ = static_cast<position>(packet - data_);
        if (head_ == tail_) head_ = next_ = tail_ = 0;
    }

    // The PUBLISH with this identifier, or nullptr. Work: the packets kept.
    [[nodiscard]] constexpr char* find(packet_id id) noexcept {
        for (char* at = data_ + head_; at != data_ + tail_; at = behind(at)) {
            char* const packet = wire(at);
            if (is_publish(packet[0]) && id_of(packet) == id) return at;
        }
        return nullptr;
    }

    // Requires: it is here.
    [[nodiscard]] constexpr bool is_dup(packet_id id) noexcept {
        return (octet(*wire(find(id))) & publish_flag::dup) != 0;
    }

    [[nodiscard]] static constexpr std::size_t size_of(char* packet) noexcept {
        return static_cast<std::size_t>(behind(packet) - packet);
    }

    // The connection is gone: SUBSCRIBE and UNSUBSCRIBE are forgotten, every PUBLISH has to be written again. Work: the
    // packets kept.
    constexpr void rewind() noexcept {
        for (char* at = data_ + head_; at != data_ + tail_; at = behind(at)) {
            char* const packet = wire(at);
            if constexpr (Sources) {
                if (packet != at) slot_of(at).pulled = slot_of(at).window = 0;
            }
            if (!is_publish(packet[0])) packet[0] = 0;
        }
        partial_ = 0;
        next_    = head_;
        compact();
    }

    // Keeps the PUBLISHes of which `keep(wire packet)` says so. Requires: rewound, nothing was written since. Work: the
    // packets kept.
    template <class Keep>
    constexpr void sift(Keep&& keep) noexcept {
        for (char* at = data_ + head_; at != data_ + tail_;) {
            char* const packet = at;
            at                 = behind(at);
            if (!is_publish(*wire(packet)) || keep(wire(packet))) continue;
            if constexpr (Sources) {
                if (envelope::is(packet)) slot_of(packet) = {};
            }
            packet[0] = 0;
        }
        compact();
        next_ = head_;
    }

    // Whether the PUBLISH `id` counts as a repetition [MQTT-3.3.1-1]. Requires: it is here. Work: the packets kept.
    constexpr void mark(packet_id id, bool dup) noexcept {
        char& first = *wire(find(id));
        first       = static_cast<char>(dup ? octet(first) | publish_flag::dup : octet(first) & ~publish_flag::dup);
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
    // Of a SUBSCRIBE or UNSUBSCRIBE.
    [[nodiscard]] static constexpr packet_id request_id_of(char const* packet) noexcept {
        return load_u16(packet + header_size(packet));
    }
    [[nodiscard]] static constexpr qos level_of(char const* packet) noexcept {
        return static_cast<qos>((octet(packet[0]) & publish_flag::qos_mask) >> 1);
    }
    [[nodiscard]] static constexpr bool is_publish(char first) noexcept {
        return octet(first) >> 4 == static_cast<unsigned>(packet_type::publish);
    }

    [[nodiscard]] BARELINK_NOINLINE static constexpr unsigned header_size(char const* packet) noexcept {
        unsigned size = 2;
        while (octet(packet[size - 1]) > 0x7F) ++size;
        return size;
    }
    // The end of a packet. They are ours, so nothing needs checking.
    [[nodiscard]] BARELINK_NOINLINE static constexpr char* behind(char* packet) noexcept {
        std::size_t length = 0;
        unsigned    shift  = 0;
        char        byte   = 0;
        do {
            byte = *++packet;
            length |= static_cast<std::size_t>(octet(byte) & 0x7F) << shift;
            shift += 7;
        } while (octet(byte) > 0x7F);
        return packet + 1 + length;
    }

private:
    struct no_sources {};

    [[nodiscard]] constexpr source_slot& slot_of(char* packet) noexcept
        requires Sources
    {
        return sources_[octet(packet[header_size(packet)])];
    }
    // Fills the scratch of the envelope at next_ when it has been written. Work: one call of the source.
    constexpr bytes_in pull() noexcept
        requires Sources
    {
        char* const envelope = data_ + next_;
        char* const packet   = wire(envelope);
        auto&       slot     = slot_of(envelope);
        auto const  header   = slot.header;
        if (partial_ == slot.window) {
            auto const room  = static_cast<std::size_t>(behind(envelope) - (packet + header));
            auto const wish  = slot.size - slot.pulled < room ? slot.size - slot.pulled : room;
            auto const count = static_cast<position>(wish);
            if (slot.read(slot.pulled, {packet + header, count}) != count) return {};
            if (partial_ != 0) partial_ = header;
            slot.pulled += count;
            slot.window = static_cast<position>(header + count);
        }
        return {packet + partial_, static_cast<std::size_t>(slot.window - partial_)};
    }
    // Moves the packets together, over those that were dropped.
    constexpr void compact() noexcept {
        char* to   = data_;
        char* next = nullptr;
        for (char* at = data_ + head_; at != data_ + tail_;) {
            char* const end = behind(at);
            if (at == data_ + next_) next = to;
            if (*at != 0) {
                move_bytes(to, at, static_cast<std::size_t>(end - at));
                to += end - at;
            }
            at = end;
        }
        if (next == nullptr) next = to;
        head_ = 0;
        next_ = static_cast<position>(next - data_);
        tail_ = static_cast<position>(to - data_);
    }

    [[no_unique_address]] std::conditional_t<Sources, source_slot*, no_sources> sources_ = {};

    position capacity_ = 0;
    position head_     = 0;  // first packet kept
    position next_     = 0;  // first packet to be written
    position tail_     = 0;  // end of the last packet
    position partial_  = 0;  // bytes of the packet at next_ that the transport has taken
    char*    data_     = nullptr;
};

}  // namespace barelink::inline v0
