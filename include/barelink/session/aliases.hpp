// SPDX-License-Identifier: BSL-1.0
// Topic aliases of 5.0 [3.3.2.3.4]: numbers from 1 on that stand for a topic, on one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0 {

// Topics in memory of somebody else: of each two bytes of its length, two that say when it was used, and its text.
class alias_table {
public:
    constexpr alias_table() noexcept = default;
    // `stride` bytes for each of `count` topics.
    constexpr alias_table(bytes_out area, std::uint16_t count) noexcept
        : data_{area.data()}, count_{count},
          stride_{static_cast<std::uint16_t>(count == 0 ? 0 : area.size() / count)} {}

    [[nodiscard]] constexpr std::uint16_t count() const noexcept { return count_; }
    static constexpr std::size_t overhead = 4;  // bytes beside the text
    // The longest topic that has a place.
    [[nodiscard]] constexpr std::size_t topic_max() const noexcept { return stride_ - overhead; }

    constexpr void clear() noexcept {
        for (std::uint16_t i = 1; i <= count_; ++i) store_u16(at(i), unset);
        age();
    }
    // Requires of all: 1 <= alias <= count().
    [[nodiscard]] constexpr bool knows(std::uint16_t alias) const noexcept { return load_u16(at(alias)) != unset; }
    // A topic that has no place is known and empty.
    constexpr void set(std::uint16_t alias, std::string_view topic) noexcept {
        auto const size = topic.size() > topic_max() ? 0 : topic.size();
        store_u16(at(alias), static_cast<std::uint16_t>(size));
        move_bytes(at(alias) + overhead, topic.data(), size);
    }
    // Lifetime: until the alias is set anew.
    [[nodiscard]] constexpr std::string_view find(std::uint16_t alias) const noexcept {
        return {at(alias) + overhead, load_u16(at(alias))};
    }

    struct place {
        std::uint16_t alias = 0;
        bool          fresh = false;  // the other side does not know it yet
    };
    // The alias of a topic among the first `most`; without one, the one that was not used for longest is set anew.
    // Requires: most is not 0, and the topic has a place. Work: the table.
    constexpr place look_up(std::string_view topic, std::uint16_t most) noexcept {
        if (++uses_ == 0) age();
        place found{1, true};
        for (std::uint16_t i = 1; i <= most && found.fresh; ++i) {
            if (knows(i) && same_text(find(i), topic)) {
                found = {i, false};
            } else if (last_use(i) < last_use(found.alias)) {
                found.alias = i;
            }
        }
        if (found.fresh) set(found.alias, topic);
        store_u16(at(found.alias) + 2, uses_);
        return found;
    }

private:
    static constexpr std::uint16_t unset = 0xFFFF;

    [[nodiscard]] constexpr char* at(std::uint16_t alias) const noexcept {
        return data_ + static_cast<std::size_t>(alias - 1) * stride_;
    }

    [[nodiscard]] constexpr std::uint16_t last_use(std::uint16_t alias) const noexcept {
        return load_u16(at(alias) + 2);
    }
    // All are as old as can be.
    constexpr void age() noexcept {
        for (std::uint16_t i = 1; i <= count_; ++i) store_u16(at(i) + 2, 0);
        uses_ = 1;
    }

    char*         data_   = nullptr;
    std::uint16_t count_  = 0;
    std::uint16_t stride_ = 0;
    std::uint16_t uses_   = 0;
};

}  // namespace barelink::inline v0
