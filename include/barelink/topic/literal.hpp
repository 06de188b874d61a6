// SPDX-License-Identifier: BSL-1.0
// Topics that are checked while compiling. A wrong literal calls one of the functions below, which have no body: their
// names are the compiler's message, and they cost nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/topic/filter.hpp>

namespace barelink::inline v0 {

namespace detail {
void barelink_a_topic_must_not_be_empty();
void barelink_a_topic_must_be_at_most_65535_bytes_long();
void barelink_a_topic_must_be_utf8_without_nul();
void barelink_a_topic_name_must_not_have_a_wildcard();
void barelink_hash_must_be_the_last_level_and_alone_in_it();
void barelink_plus_must_fill_a_whole_level();

constexpr void refuse(filter_fault fault) {
    switch (fault) {
    case filter_fault::none: break;
    case filter_fault::empty: barelink_a_topic_must_not_be_empty(); break;
    case filter_fault::too_long: barelink_a_topic_must_be_at_most_65535_bytes_long(); break;
    case filter_fault::text: barelink_a_topic_must_be_utf8_without_nul(); break;
    case filter_fault::hash_not_last: barelink_hash_must_be_the_last_level_and_alone_in_it(); break;
    case filter_fault::plus_not_alone: barelink_plus_must_fill_a_whole_level(); break;
    }
}
}  // namespace detail

// A topic filter from a literal: `topic_filter("plant/+/temp")`. Lifetime: static.
template <std::size_t N>
[[nodiscard]] consteval std::string_view topic_filter(char const (&literal)[N]) {
    std::string_view const text{literal, N - 1};
    detail::refuse(find_filter_fault(text));
    return text;
}

// A topic name from a literal: `topic_name("plant/7/temp")`. Lifetime: static.
template <std::size_t N>
[[nodiscard]] consteval std::string_view topic_name(char const (&literal)[N]) {
    std::string_view const text{literal, N - 1};
    for (char const c : text) {
        if (c == '+' || c == '#') detail::barelink_a_topic_name_must_not_have_a_wildcard();
    }
    detail::refuse(find_filter_fault(text));
    return text;
}

}  // namespace barelink::inline v0
