// SPDX-License-Identifier: BSL-1.0
// Which names a filter means [4.7].
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// True if `filter` covers `name`. Names that start with '$' are not covered by a wildcard in the first level
// [MQTT-4.7.2-1]. Requires: a valid filter and a valid name. Work: the shorter of the two lengths.
[[nodiscard]] constexpr bool matches(std::string_view filter, std::string_view name) noexcept {
    bool const hidden = !name.empty() && name[0] == '$';
    if (hidden && !filter.empty() && filter[0] != '$') return false;
    std::size_t f = 0;
    std::size_t n = 0;
    for (; f < filter.size(); ++f) {
        if (filter[f] == '#') return true;
        if (filter[f] == '+') {
            while (n < name.size() && name[n] != '/') ++n;
        } else if (n < name.size() && filter[f] == name[n]) {
            ++n;
        } else {
            // "sport/#" covers "sport" itself [4.7.1.2].
            return n == name.size() && filter.size() - f == 2 && filter[f] == '/' && filter[f + 1] == '#';
        }
    }
    return n == name.size();
}

}  // namespace barelink::inline v0
