// SPDX-License-Identifier: BSL-1.0
// Topic aliases of 5.0 [3.3.2.3.4]: numbers from 1 on that stand for a topic, on one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0 {

// One topic in memory of somebody else: two bytes of its length, and its text.
class alias_table {
public:
    constexpr alias_table() noexcept = default;
    // `stride` bytes for each of `count` topics.
    constexpr alias_table(bytes_out area, std::uint16_t count) noexcept
        : data_{area.data()}, count_{count},
          stride_{static_cast<std::uint16_t>(count == 0 ? 0 : area.size() / count)} {}

    [[nodiscard]] constexpr std::uint16_t count() const noexcept { return count_; }
    // The longest topic that has a place.
    [[nodiscard]] constexpr std::size_t topic_max() const noexcept { return stride_ - 2U; }

    constexpr void clear() noexcept {
        for (std::uint16_t i = 1; i <= count_; ++i) store_u16(at(i), unset);
    }
    // Requires of all: 1 <= alias <= count().
    [[nodiscard]] constexpr bool knows(std::uint16_t alias) const noexcept { return load_u16(at(alias)) != unset; }
    // A topic that has no place is known and empty.
    constexpr void set(std::uint16_t alias, std::string_view topic) noexcept {
        auto const size = topic.size() > topic_max() ? 0 : topic.size();
        move_bytes(store_u16(at(alias), static_cast<std::uint16_t>(size)), topic.data(), size);
    }
    // Lifetime: until the alias is set anew.
    [[nodiscard]] constexpr std::string_view find(std::uint16_t alias) const noexcept {
        return {at(alias) + 2, load_u16(at(alias))};
    }

private:
    static constexpr std::uint16_t unset = 0xFFFF;

    [[nodiscard]] constexpr char* at(std::uint16_t alias) const noexcept {
        return data_ + static_cast<std::size_t>(alias - 1) * stride_;
    }

    char*         data_   = nullptr;
    std::uint16_t count_  = 0;
    std::uint16_t stride_ = 0;
};

}  // namespace barelink::inline v0
