// SPDX-License-Identifier: BSL-1.0
// Publishes of ours that are not acknowledged yet, in the order of publish().
#pragma once

#include <cstdint>

#include <barelink/base/errc.hpp>
#include <barelink/base/list.hpp>
#include <barelink/base/time.hpp>
#include <barelink/session/qos_rules.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

struct inflight_slot {
    instant      left_at = {};  // when the packet that is to be acknowledged was written
    packet_id    id      = 0;
    sender_phase phase   = {};
    errc         cause   = errc::ok;  // why it was not sent, in 5.0; ok for one whose fate is uncertain

    // True while an acknowledgement is overdue some time after left_at.
    [[nodiscard]] constexpr bool waits() const noexcept {
        return phase == sender_phase::wait_puback || phase == sender_phase::wait_pubrec ||
               phase == sender_phase::wait_pubcomp;
    }
};

class inflight_table : public list<inflight_slot> {
public:
    using list::list;

    // Returns nullptr if there is none. Work: size().
    [[nodiscard]] constexpr inflight_slot* find(packet_id id) noexcept {
        for (auto& slot : *this) {
            if (slot.id == id) return &slot;
        }
        return nullptr;
    }

    // How many publishes the Server may still be busy with [MQTT-4.9.0-2].
    [[nodiscard]] constexpr std::uint16_t busy() const noexcept {
        std::uint16_t count = 0;
        for (auto const& slot : *this) {
            bool const open = slot.waits() || slot.phase == sender_phase::release_due;
            count           = static_cast<std::uint16_t>(count + (open ? 1 : 0));
        }
        return count;
    }
    // The first slot in this phase, or nullptr.
    [[nodiscard]] constexpr inflight_slot* first(sender_phase phase) noexcept {
        for (auto& slot : *this) {
            if (slot.phase == phase) return &slot;
        }
        return nullptr;
    }

    // Whether an acknowledgement is overdue.
    [[nodiscard]] constexpr bool late(instant now, std::uint32_t timeout_ms) const noexcept {
        for (auto const& slot : *this) {
            if (slot.waits() && now.reached(slot.left_at + timeout_ms)) return true;
        }
        return false;
    }
    // When the first acknowledgement is overdue.
    [[nodiscard]] constexpr deadline overdue(std::uint32_t timeout_ms) const noexcept {
        deadline first{};
        for (auto const& slot : *this) {
            if (slot.waits()) first.earliest(slot.left_at + timeout_ms);
        }
        return first;
    }

    // Takes the step that the rules say. Returns what is to be done; `refuse` changes nothing.
    template <bool Whole = true>
    static constexpr sender_action apply(inflight_slot& slot, sender_event cause) noexcept {
        auto const step = [&](auto const& table) {
            auto const& cell = table[static_cast<std::size_t>(slot.phase)][static_cast<std::size_t>(cause)];
            if (cell.action() != sender_action::refuse) slot.phase = cell.to();
            return cell.action();
        };
        if constexpr (Whole) return step(sender_table);
        return step(sender_table_qos_1);
    }
};

}  // namespace barelink::inline v0
