// SPDX-License-Identifier: BSL-1.0
// One direction of a network: bytes that become readable later, in their order.
#pragma once

#include <cstddef>

#include <barelink/base/bytes.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/byte_queue.hpp>
#include <barelink/testing/fixed.hpp>

namespace barelink::inline v0::testing {

template <std::size_t Capacity>
class delay_line {
public:
    [[nodiscard]] constexpr std::size_t room() const noexcept { return bytes_.room(); }
    [[nodiscard]] constexpr bool empty() const noexcept { return bytes_.empty(); }
    constexpr void clear() noexcept {
        bytes_.clear();
        pieces_.clear();
    }

    // Bytes that arrive at `when`, or behind those before them if they are later. Requires: from.size() <= room().
    constexpr void push(bytes_in from, instant when) noexcept {
        bytes_.push(from);
        // Too many pieces under way: the last of them grows and comes with the newest bytes.
        if (pieces_.full()) {
            pieces_.back().size += from.size();
            if (when.reached(pieces_.back().at)) pieces_.back().at = when;
        } else {
            pieces_.add({when, from.size()});
        }
    }
    [[nodiscard]] constexpr std::size_t arrived(instant now) const noexcept {
        std::size_t count = 0;
        for (auto const& p : pieces_) {
            if (!now.reached(p.at)) break;
            count += p.size;
        }
        return count;
    }
    // Requires: into.size() <= arrived(now).
    constexpr void pop(bytes_out into) noexcept {
        auto count = bytes_.pop(into);
        while (count != 0) {
            auto* const first = pieces_.begin();
            auto const  part  = count < first->size ? count : first->size;
            first->size -= part;
            count -= part;
            if (first->size == 0) pieces_.erase(first);
        }
    }
    // When the next bytes arrive that have not arrived yet.
    [[nodiscard]] constexpr deadline next(instant now) const noexcept {
        deadline first{};
        for (auto const& p : pieces_) {
            if (now.reached(p.at)) continue;
            first.arm(p.at);
            break;
        }
        return first;
    }

private:
    struct piece {
        instant     at   = {};
        std::size_t size = 0;
    };

    byte_queue<Capacity>  bytes_  = {};
    fixed_list<piece, 64> pieces_ = {};
};

}  // namespace barelink::inline v0::testing
