// SPDX-License-Identifier: BSL-1.0
// Which characters may stand where, for both directions.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::http {

// `text` begins with `prefix`, which is in small letters; capitals are the same.
[[nodiscard]] constexpr bool starts_alike(std::string_view text, std::string_view prefix) noexcept {
    if (text.size() < prefix.size()) return false;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        char const c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        if (c != prefix[i]) return false;
    }
    return true;
}
[[nodiscard]] constexpr bool same_alike(std::string_view text, std::string_view word) noexcept {
    return text.size() == word.size() && starts_alike(text, word);
}

namespace detail {
// Printable ASCII without blanks: nothing that could end a line of a request, or a word in it.
[[nodiscard]] constexpr bool is_visible(std::string_view text) noexcept {
    for (char const c : text) {
        if (c <= ' ' || c > '~') return false;
    }
    return true;
}

// [RFC 9110, 5.6.2]
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    for (char const c : text) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) == std::string_view::npos) return false;
    }
    return !text.empty();
}
// [RFC 9110, 5.5]
[[nodiscard]] constexpr bool is_field_value(std::string_view text) noexcept {
    for (char const c : text) {
        if ((octet(c) < 0x20 && c != '\t') || c == 0x7F) return false;
    }
    return true;
}
}  // namespace detail

}  // namespace barelink::inline v0::http
