// SPDX-License-Identifier: BSL-1.0
// A list of at most `capacity` elements in memory of somebody else; keeps its order, knows no size at compile time.
#pragma once

#include <cstdint>
#include <span>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// Requires of T: copy assignable. Lifetime: the span must outlive the list.
template <class T>
class list {
public:
    constexpr list() noexcept = default;
    constexpr explicit list(std::span<T> area) noexcept
        : data_{area.data()}, capacity_{static_cast<std::uint16_t>(area.size())} {}

    [[nodiscard]] constexpr T* begin() noexcept { return data_; }
    [[nodiscard]] constexpr T* end() noexcept { return data_ + size_; }
    [[nodiscard]] constexpr T const* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr T const* end() const noexcept { return data_ + size_; }
    [[nodiscard]] constexpr std::uint16_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::uint16_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] constexpr bool full() const noexcept { return size_ == capacity_; }

    // Appends. Requires: !full(). Lifetime of the result: until the next erase().
    constexpr T* add(T const& value) noexcept {
        data_[size_] = value;
        return data_ + size_++;
    }
    // Removes one element; those behind it move up. Work: bounded by size().
    constexpr void erase(T* element) noexcept {
        // From the back, one carried along: compilers take the plain loop for memmove, which nothing else may need.
        T carried = *(end() - 1);
        for (auto* at = end() - 1; at != element;) {
            --at;
            T const next = *at;
            *at          = carried;
            carried      = next;
        }
        --size_;
    }
    constexpr void clear() noexcept { size_ = 0; }

private:
    T*            data_     = nullptr;
    std::uint16_t size_     = 0;
    std::uint16_t capacity_ = 0;
};

}  // namespace barelink::inline v0
