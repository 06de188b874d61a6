// SPDX-License-Identifier: BSL-1.0
// The same limits for values that are known while compiling. A wrong one calls a function without a body, whose name is
// the compiler's message.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/cloud/limits.hpp>
#include <barelink/topic/literal.hpp>

namespace barelink::inline v0::detail {

void barelink_this_cloud_takes_no_topic_as_long();
void barelink_a_topic_of_this_cloud_begins_with_a_slash_and_has_few_levels();
void barelink_this_cloud_refuses_the_keep_alive();
void barelink_this_cloud_refuses_the_quality_of_service();

constexpr void refuse(errc fault) {
    switch (fault) {
    case errc::ok: break;
    case errc::topic_too_long: barelink_this_cloud_takes_no_topic_as_long(); break;
    case errc::bad_keep_alive: barelink_this_cloud_refuses_the_keep_alive(); break;
    case errc::bad_qos: barelink_this_cloud_refuses_the_quality_of_service(); break;
    default: barelink_a_topic_of_this_cloud_begins_with_a_slash_and_has_few_levels(); break;
    }
}

// clang 14 takes no consteval function that hands its parameter to another one: only the outermost are consteval.
template <platform_limits Limits>
[[nodiscard]] constexpr std::string_view cloud_topic_filter(std::string_view text) {
    refuse(find_filter_fault(text));
    refuse(check_topic(Limits, text));
    return text;
}
template <platform_limits Limits>
[[nodiscard]] constexpr std::string_view cloud_topic_name(std::string_view text) {
    for (char const c : text) {
        if (c == '+' || c == '#') barelink_a_topic_name_must_not_have_a_wildcard();
    }
    return cloud_topic_filter<Limits>(text);
}
template <platform_limits Limits>
[[nodiscard]] constexpr std::uint16_t cloud_keep_alive(std::uint16_t seconds) {
    refuse(check_connection(Limits, seconds));
    return seconds;
}
template <platform_limits Limits>
[[nodiscard]] constexpr qos cloud_qos(qos level) {
    refuse(number(level) > number(Limits.highest_qos) ? errc::bad_qos : errc::ok);
    return level;
}

}  // namespace barelink::inline v0::detail
