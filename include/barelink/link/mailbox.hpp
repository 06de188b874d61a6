// SPDX-License-Identifier: BSL-1.0
// The one door for an interrupt or another thread: messages are put in here and published by the client's owner.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// `bool front(message& out)` shows the oldest message, `void pop()` removes it; both are called by the owner only.
template <class T>
concept message_source = requires(T& m, message& out) {
    { m.front(out) } noexcept -> std::same_as<bool>;
    { m.pop() } noexcept -> std::same_as<void>;
};

template <class T>
consteval bool check_mailbox() {
    static_assert(message_source<T>,
                  "barelink: a mailbox needs `bool front(message&) noexcept` and `void pop() noexcept`");
    return true;
}

// Nobody but the owner publishes.
struct no_mailbox {
    static constexpr bool front(message&) noexcept { return false; }
    static constexpr void pop() noexcept {}
};

// One producer, one consumer, wait-free on both sides: it loads and stores indices, and needs no read-modify-write,
// which a Cortex-M0 does not have.
template <std::size_t Bytes>
class mailbox {
    static_assert(Bytes >= 32 && Bytes <= 0x7FFF'FFFF, "barelink: a mailbox needs 32 bytes to 2 GiB");

public:
    // Copies a message. Call it from one context only (one interrupt, or one thread). Returns mailbox_full; bad_qos;
    // bad_topic for a topic of more than 65535 bytes; publish_too_long for more than half of the mailbox, which might
    // find no place in one piece even in an empty one. Work: the message.
    errc post(message const& m) noexcept {
        auto const need = header_size + m.topic.size() + m.payload.size();
        if (m.topic.size() > 0xFFFF) return errc::bad_topic;
        if (number(m.level) > 2) return errc::bad_qos;
        if (2 * need + header_size > Bytes) return errc::publish_too_long;
        auto const tail = tail_.load(std::memory_order_relaxed);
        auto const head = head_.load(std::memory_order_acquire);
        auto       at   = tail;
        // A message lies in one piece: if the end is too short, it is left empty and marked as such.
        if (at >= head) {
            if (Bytes - at < need + header_size) {
                if (head <= need) return errc::mailbox_full;
                bytes_[at] = wrap_mark;
                at         = 0;
            }
        } else if (head - at <= need) {
            return errc::mailbox_full;
        }
        write(bytes_ + at, m);
        tail_.store(at + need, std::memory_order_release);
        return errc::ok;
    }

    bool front(message& out) noexcept {
        auto head = head_.load(std::memory_order_relaxed);
        if (head == tail_.load(std::memory_order_acquire)) return false;
        if (bytes_[head] == wrap_mark) {
            head = 0;
            head_.store(0, std::memory_order_release);
        }
        char const* const at      = bytes_ + head;
        auto const        topic   = load_u16(at + 1);
        auto const        payload = (static_cast<std::size_t>(load_u16(at + 3)) << 16) | load_u16(at + 5);
        out = {.topic   = {at + header_size, topic},
               .payload = {at + header_size + topic, payload},
               .level   = static_cast<qos>(octet(at[0]) & 3),
               .retain  = (octet(at[0]) & 4) != 0};
        return true;
    }
    void pop() noexcept {
        message m{};
        if (!front(m)) return;
        auto const head = head_.load(std::memory_order_relaxed);
        head_.store(head + header_size + m.topic.size() + m.payload.size(), std::memory_order_release);
    }

private:
    static constexpr std::size_t header_size = 7;  // flags, topic length, payload length
    static constexpr char        wrap_mark   = static_cast<char>(0xFF);

    static void write(char* to, message const& m) noexcept {
        to[0] = static_cast<char>(number(m.level) | (m.retain ? 4 : 0));
        to    = store_u16(to + 1, static_cast<std::uint16_t>(m.topic.size()));
        to    = store_u16(to, static_cast<std::uint16_t>(m.payload.size() >> 16));
        to    = store_u16(to, static_cast<std::uint16_t>(m.payload.size() & 0xFFFF));
        move_bytes(to, m.topic.data(), m.topic.size());
        move_bytes(to + m.topic.size(), m.payload.data(), m.payload.size());
    }

    char                     bytes_[Bytes] = {};
    std::atomic<std::size_t> head_         = 0;
    std::atomic<std::size_t> tail_         = 0;
};

}  // namespace barelink::inline v0
