// SPDX-License-Identifier: BSL-1.0
// What Alibaba Cloud IoT refuses. QoS 2 and a keep alive out of range end the connection there, without a word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/cloud/limits.hpp>
#include <barelink/cloud/literal.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::aliyun {

// MQTT 3.1 and 3.1.1.
inline constexpr platform_limits limits{
    .highest_qos      = qos::at_least_once,
    .packet_max       = 256U * 1024U,
    .topic_max        = 128,
    .leading_slash    = true,
    .keep_alive_min_s = 30,
    .keep_alive_max_s = 1200,
    .retain           = false,
    .will             = false,
};
// MQTT 5.0 has retained messages, wills and shared subscriptions there.
inline constexpr platform_limits limits_v5{
    .highest_qos      = qos::at_least_once,
    .packet_max       = 256U * 1024U,
    .topic_max        = 128,
    .leading_slash    = true,
    .keep_alive_min_s = 30,
    .keep_alive_max_s = 1200,
    .retain           = true,
    .will             = true,
    .shared           = true,
};

// The platform advises 300 seconds or more.
inline constexpr std::uint16_t keep_alive_advised_s = 300;

// Values that are checked while compiling: `aliyun::topic_name("/a1.../dev/user/update")`, `aliyun::keep_alive_s(300)`.
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
[[nodiscard]] consteval qos level(qos wanted) { return detail::cloud_qos<limits>(wanted); }

}  // namespace barelink::inline v0::aliyun
