// SPDX-License-Identifier: BSL-1.0
// Bytes on their way: in behind, out in front, never more than a capacity.
#pragma once

#include <cstddef>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::testing {

template <std::size_t Capacity>
class byte_queue {
    static_assert(Capacity > 0, "barelink: a byte_queue needs a capacity above 0");

public:
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::size_t room() const noexcept { return Capacity - size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr void clear() noexcept { begin_ = size_ = 0; }

    // Takes as many bytes as there is room for. Returns how many.
    constexpr std::size_t push(bytes_in from) noexcept {
        auto const count = from.size() < room() ? from.size() : room();
        auto const at    = (begin_ + size_) % Capacity;
        auto const first = count < Capacity - at ? count : Capacity - at;
        move_bytes(bytes_ + at, from.data(), first);
        move_bytes(bytes_, from.data() + first, count - first);
        size_ += count;
        return count;
    }
    // The bytes in front that lie in one piece. Lifetime: until the next call.
    [[nodiscard]] constexpr bytes_in front() const noexcept {
        return {bytes_ + begin_, size_ < Capacity - begin_ ? size_ : Capacity - begin_};
    }
    // Requires: count <= size().
    constexpr void drop(std::size_t count) noexcept {
        begin_ = (begin_ + count) % Capacity;
        size_ -= count;
        if (size_ == 0) begin_ = 0;
    }
    // Moves out as many bytes as there are and fit. Returns how many.
    constexpr std::size_t pop(bytes_out into) noexcept {
        std::size_t done = 0;
        while (done < into.size() && size_ != 0) {
            auto const piece = front();
            auto const count = piece.size() < into.size() - done ? piece.size() : into.size() - done;
            move_bytes(into.data() + done, piece.data(), count);
            drop(count);
            done += count;
        }
        return done;
    }

private:
    char        bytes_[Capacity] = {};
    std::size_t begin_           = 0;
    std::size_t size_            = 0;
};

}  // namespace barelink::inline v0::testing
