// SPDX-License-Identifier: BSL-1.0
// Topic aliases of ours in 5.0 [3.3.2.3.4]. The ring keeps every publish with its topic, because an alias dies with its
// connection [MQTT-3.3.2-7] and the publish may have to be sent again; so a shorter copy is made when it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/session/aliases.hpp>
#include <barelink/wire/length.hpp>
#include <barelink/wire/property.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0 {

// A few publishes, one behind the other, as they go over the wire. They are the next ones of the ring.
class shortener {
public:
    constexpr shortener() noexcept = default;
    constexpr shortener(alias_table const& topics, bytes_out area) noexcept
        : topics_{topics}, data_{area.data()}, capacity_{static_cast<std::uint16_t>(area.size())} {}

    // A new connection, on which the Server takes `most` aliases.
    constexpr void restart(std::uint16_t most) noexcept {
        topics_.clear();
        most_ = most < topics_.count() ? most : topics_.count();
        forget();
    }
    // The connection is gone.
    constexpr void forget() noexcept { size_ = sent_ = begin_ = packets_ = 0; }

    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    // True after a write that ended inside a packet.
    [[nodiscard]] constexpr bool started() const noexcept { return sent_ != begin_; }
    // Packets of the ring of which the copies were not written whole.
    [[nodiscard]] constexpr std::uint16_t packets() const noexcept { return packets_; }
    // All that waits, or the rest of the packet that is started.
    [[nodiscard]] constexpr bytes_in pending() const noexcept {
        auto const end = started() ? packet_end() : size_;
        return {data_ + sent_, static_cast<std::size_t>(end - sent_)};
    }

    // Whether a publish can have an alias: its topic has a place, and so has its copy in an empty area.
    [[nodiscard]] constexpr bool takes(bytes_in publish, std::size_t header, std::size_t packet_max) const noexcept {
        auto const topic = load_u16(&publish[header]);
        auto const most  = publish.size() + growth;
        return most_ != 0 && topic != 0 && topic <= topics_.topic_max() && most <= capacity_ && most <= packet_max;
    }
    // Adds the copy of a publish of which the fixed header has `header` bytes. Requires: takes(). Returns false if
    // there is no room behind the others. Work: the packet, and the aliases.
    constexpr bool add(bytes_in publish, std::size_t header) noexcept {
        if (publish.size() + growth > static_cast<std::size_t>(capacity_ - size_)) return false;
        char const* const  from  = &publish[header];
        char const* const  end   = publish.data() + publish.size();
        std::size_t const  topic = load_u16(from);
        std::size_t const  id    = (octet(publish[0]) & publish_flag::qos_mask) != 0 ? 2 : 0;
        char const* const  rest  = from + 2 + topic + id;  // the length of the properties, and all behind it
        auto const         old   = detail::scan_length(rest, static_cast<std::size_t>(end - rest));
        auto const         known = topics_.look_up({from + 2, topic}, most_);
        auto const         said  = known.fresh ? topic : 0;
        char const* const  body  = rest + length_size(old);
        auto const         tail  = static_cast<std::size_t>(end - body);
        auto const         size  = 2 + said + id + length_size(old + property_size) + property_size + tail;
        char*              to    = data_ + size_;
        *to++                    = publish[0];
        to                       = write_length(to, static_cast<std::uint32_t>(size));
        to                       = store_u16(to, static_cast<std::uint16_t>(said));
        move_bytes(to, from + 2, said);
        move_bytes(to + said, from + 2 + topic, id);
        to    = write_length(to + said + id, old + property_size);
        *to++ = static_cast<char>(property_id::topic_alias);
        to    = store_u16(to, known.alias);
        move_bytes(to, body, tail);
        size_ = static_cast<std::uint16_t>(to + tail - data_);
        ++packets_;
        return true;
    }

    // The transport took `count` bytes of pending(). Takes over at most the end of one packet and lowers `count` by it.
    // Returns whether one is complete. Call again while `count` is not 0.
    constexpr bool sent(std::size_t& count) noexcept {
        auto const rest  = packet_end() - sent_;
        bool const whole = count >= rest;
        auto const taken = whole ? rest : count;
        count -= taken;
        sent_ = static_cast<std::uint16_t>(sent_ + taken);
        if (!whole) return false;
        begin_ = sent_;
        --packets_;
        if (sent_ == size_) forget();
        return true;
    }

private:
    [[nodiscard]] constexpr std::size_t packet_end() const noexcept {
        auto const length = detail::scan_length(data_ + begin_ + 1, 4);
        return begin_ + 1U + length_size(length) + length;
    }

    static constexpr std::uint32_t property_size = 3;
    // The property, and a byte more in each of two lengths.
    static constexpr std::size_t growth = property_size + 2;

    alias_table   topics_   = {};
    char*         data_     = nullptr;
    std::uint16_t capacity_ = 0;
    std::uint16_t most_     = 0;
    std::uint16_t size_     = 0;
    std::uint16_t sent_     = 0;
    std::uint16_t begin_    = 0;  // of the packet that is written now
    std::uint16_t packets_  = 0;
};

}  // namespace barelink::inline v0
