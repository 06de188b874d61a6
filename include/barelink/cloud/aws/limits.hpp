// SPDX-License-Identifier: BSL-1.0
// What AWS IoT Core refuses. QoS 2 gets no answer there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/cloud/limits.hpp>
#include <barelink/cloud/literal.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::aws {

inline constexpr platform_limits limits{
    .highest_qos      = qos::at_least_once,
    .payload_max      = 128U * 1024U,
    .topic_max        = 256,
    .slashes_max      = 7,
    .keep_alive_min_s = 30,
    .keep_alive_max_s = 1200,
    .retain           = true,
    .will             = true,
};

inline constexpr std::size_t client_id_max = 128;

// Values that are checked while compiling.
template <std::size_t N>
[[nodiscard]] consteval std::string_view topic_name(char const (&literal)[N]) {
    return detail::cloud_topic_name<limits>({literal, N - 1});
}
template <std::size_t N>
[[nodiscard]] consteval std::string_view topic_filter(char const (&literal)[N]) {
    return detail::cloud_topic_filter<limits>({literal, N - 1});
}
[[nodiscard]] consteval std::uint16_t keep_alive_s(std::uint16_t seconds) {
    return detail::cloud_keep_alive<limits>(seconds);
}

}  // namespace barelink::inline v0::aws
