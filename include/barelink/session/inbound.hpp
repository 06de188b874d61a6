// SPDX-License-Identifier: BSL-1.0
// Messages of the Server that were handed over and are not completed: QoS 2 until PUBREL, and, with deferred
// acknowledgement, QoS 1 and 2 until the user is done with them.
#pragma once

#include <cstdint>

#include <barelink/base/list.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

enum class inbound_state : std::uint8_t {
    known,   // QoS 2, PUBREC is sent or in line: PUBREL will come
    stale,   // as known, but the Server may have forgotten it: without DUP its identifier is a new message
    left,    // QoS 2, the user has it from a connection that is gone: the Server will send it again
    left_stale,  // both
    held_1,  // QoS 1, the user has it
    held_2,
    done_1,  // QoS 1, the user is done: PUBACK waits until those before it are done too [MQTT-4.6.0-2]
    done_2,
};

struct inbound_slot {
    packet_id     id    = 0;
    inbound_state state = inbound_state::known;
};

class inbound_table : public list<inbound_slot> {
public:
    using list::list;

    [[nodiscard]] constexpr inbound_slot* find(packet_id id, bool exactly_once) noexcept {
        for (auto& slot : *this) {
            bool const level_1 = slot.state == inbound_state::held_1 || slot.state == inbound_state::done_1;
            if (slot.id == id && level_1 != exactly_once) return &slot;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr inbound_slot* find_held(packet_id id) noexcept {
        for (auto& slot : *this) {
            if (slot.id == id && (is_held(slot) || is_left(slot))) return &slot;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr bool any_held() const noexcept {
        for (auto const& slot : *this) {
            if (is_held(slot) || is_left(slot)) return true;
        }
        return false;
    }
    // The first message that the user is done with, unless one before it is still held: acknowledgements keep the
    // order of the messages [MQTT-4.6.0-2, -3].
    [[nodiscard]] constexpr inbound_slot* next_answer() noexcept {
        for (auto& slot : *this) {
            if (is_held(slot)) return nullptr;
            if (slot.state == inbound_state::done_1 || slot.state == inbound_state::done_2) return &slot;
        }
        return nullptr;
    }
    // The connection is gone: the Server sends QoS 1 again, under the same or another identifier, and QoS 2 that has
    // not been answered. No answer may leave before it has.
    constexpr void lose_connection() noexcept {
        for (auto* slot = begin(); slot != end();) {
            if (slot->state == inbound_state::held_1 || slot->state == inbound_state::done_1) {
                erase(slot);
                continue;
            }
            if (slot->state == inbound_state::held_2) slot->state = inbound_state::left;
            if (slot->state == inbound_state::done_2) slot->state = inbound_state::known;
            ++slot;
        }
    }
    // The Server may have lost the session without being able to say so.
    constexpr void doubt() noexcept {
        for (auto& slot : *this) {
            if (slot.state == inbound_state::known) slot.state = inbound_state::stale;
            if (slot.state == inbound_state::left) slot.state = inbound_state::left_stale;
        }
    }

    // Without DUP its identifier is a new message.
    [[nodiscard]] static constexpr bool is_stale(inbound_slot const& slot) noexcept {
        return slot.state == inbound_state::stale || slot.state == inbound_state::left_stale;
    }
    [[nodiscard]] static constexpr bool is_left(inbound_slot const& slot) noexcept {
        return slot.state == inbound_state::left || slot.state == inbound_state::left_stale;
    }

private:
    static constexpr bool is_held(inbound_slot const& slot) noexcept {
        return slot.state == inbound_state::held_1 || slot.state == inbound_state::held_2;
    }
};

}  // namespace barelink::inline v0
