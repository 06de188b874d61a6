// SPDX-License-Identifier: BSL-1.0
// What a topic filter may look like [4.7.1].
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/utf8.hpp>

namespace barelink::inline v0 {

inline constexpr std::size_t topic_size_max = 65'535;  // [MQTT-4.7.3-3]

enum class filter_fault : std::uint8_t {
    none,
    empty,          // [MQTT-4.7.3-1]
    too_long,       // [MQTT-4.7.3-3]
    text,           // not UTF-8, or U+0000 [MQTT-4.7.3-2]
    hash_not_last,  // '#' must be the last level, and alone in it [MQTT-4.7.1-2]
    plus_not_alone  // '+' must fill its level [MQTT-4.7.1-3]
};

// Work: the length of the filter.
[[nodiscard]] constexpr filter_fault find_filter_fault(std::string_view filter) noexcept {
    if (filter.empty()) return filter_fault::empty;
    if (filter.size() > topic_size_max) return filter_fault::too_long;
    auto const found = utf8_scan(filter);
    if ((found & utf8_ill_formed) != 0) return filter_fault::text;
    if ((found & utf8_wildcard) == 0) return filter_fault::none;
    for (std::size_t i = 0; i < filter.size(); ++i) {
        bool const starts = i == 0 || filter[i - 1] == '/';
        bool const last   = i + 1 == filter.size();
        if (filter[i] == '#' && !(starts && last)) return filter_fault::hash_not_last;
        if (filter[i] == '+' && !(starts && (last || filter[i + 1] == '/'))) return filter_fault::plus_not_alone;
    }
    return filter_fault::none;
}

}  // namespace barelink::inline v0
