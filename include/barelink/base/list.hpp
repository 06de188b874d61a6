// SPDX-License-Identifier: BSL-1.0
// A list of at most `capacity` elements in memory of somebody else; keeps its order, knows no size at compile time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0 {

// Requires of T: trivially copyable. Lifetime: the span must outlive the list.
template <class T>
class list {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    constexpr list() noexcept = default;
    constexpr explicit list(std::span<T> area) noexcept { place(area); }

    // Requires: nothing is in it.
    constexpr void place(std::span<T> area) noexcept {
        data_     = area.data();
        capacity_ = static_cast<std::uint16_t>(area.size());
    }

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
        --size_;
        if (std::is_constant_evaluated()) {
            for (; element != end(); ++element) *element = element[1];
        } else {
            // Compilers would take the loop above for memmove, which nothing else needs.
            detail::copy_forward(reinterpret_cast<char*>(element), reinterpret_cast<char const*>(element + 1),
                                 static_cast<std::size_t>(end() - element) * sizeof(T));
        }
    }
    constexpr void clear() noexcept { size_ = 0; }

private:
    T*            data_     = nullptr;
    std::uint16_t size_     = 0;
    std::uint16_t capacity_ = 0;
};

}  // namespace barelink::inline v0
