// SPDX-License-Identifier: BSL-1.0
// Shared subscriptions of 5.0: "$share/name/filter" [4.8.2].
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/topic/filter.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// Lifetime: views of the filter that was split.
struct shared_filter {
    std::string_view group  = {};  // its ShareName; empty if the filter is not shared, or wrong
    std::string_view filter = {};  // what topics are matched with
};

// Requires: nothing of the filter; parts that are not there are empty. Work: its length.
[[nodiscard]] constexpr shared_filter split_shared(std::string_view filter) noexcept {
    if (!is_shared(filter)) return {{}, filter};
    constexpr std::size_t start = 7;  // of the name
    std::size_t           end   = start;
    while (end < filter.size() && filter[end] != '/') ++end;
    auto const behind = end < filter.size() ? end + 1 : end;
    return {{filter.data() + start, end - start}, {filter.data() + behind, filter.size() - behind}};
}

// True for a filter that is not shared, and for one with a name of at least one character, without '/', '+' or '#'
// [MQTT-4.8.2-1], behind which a slash and a filter follow [MQTT-4.8.2-2]. What else a filter must be is said by
// find_filter_fault(). Work: its length.
[[nodiscard]] constexpr bool is_shared_form(std::string_view filter) noexcept {
    constexpr std::string_view alone{"$share", 6};  // a name is missing, but the intention is clear
    if (!is_shared(filter)) return !same_text(filter, alone);
    auto const parts = split_shared(filter);
    for (char const c : parts.group) {
        if (c == '+' || c == '#') return false;
    }
    return !parts.group.empty() && find_filter_fault(parts.filter) == filter_fault::none;
}

}  // namespace barelink::inline v0
