// SPDX-License-Identifier: BSL-1.0
// The same limits for values that are known while compiling. A wrong one calls a function without a body, whose name is
// the compiler's message.
#pragma once

#include <cstddef>
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

template <platform_limits Limits, std::size_t N>
[[nodiscard]] consteval std::string_view cloud_topic_name(char const (&literal)[N]) {
    auto const text = v0::topic_name(literal);
    refuse(check_topic(Limits, text));
    return text;
}
template <platform_limits Limits, std::size_t N>
[[nodiscard]] consteval std::string_view cloud_topic_filter(char const (&literal)[N]) {
    auto const text = v0::topic_filter(literal);
    refuse(check_topic(Limits, text));
    return text;
}
template <platform_limits Limits>
[[nodiscard]] consteval std::uint16_t cloud_keep_alive(std::uint16_t seconds) {
    refuse(check_connection(Limits, seconds));
    return seconds;
}
template <platform_limits Limits>
[[nodiscard]] consteval qos cloud_qos(qos level) {
    refuse(number(level) > number(Limits.highest_qos) ? errc::bad_qos : errc::ok);
    return level;
}

}  // namespace barelink::inline v0::detail
