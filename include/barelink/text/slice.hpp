// SPDX-License-Identifier: BSL-1.0
// A part of a text. string_view::substr() would bring exceptions into the program.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// At most `count` characters from `at` on. What lies beyond the end is not there.
[[nodiscard]] constexpr std::string_view slice(std::string_view text, std::size_t at,
                                               std::size_t count = std::string_view::npos) noexcept {
    if (at > text.size()) at = text.size();
    auto const left = text.size() - at;
    return {text.data() + at, count < left ? count : left};
}

}  // namespace barelink::inline v0
