// SPDX-License-Identifier: BSL-1.0
// What Azure IoT Hub refuses. A publish at QoS 2 ends the connection there.
#pragma once

#include <cstdint>

#include <barelink/cloud/limits.hpp>
#include <barelink/cloud/literal.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::azure {

// A retained message is not kept: it arrives with the property mqtt-retain.
inline constexpr platform_limits limits{
    .highest_qos      = qos::at_least_once,
    .payload_max      = 256U * 1024U,
    .keep_alive_max_s = 1177,
    .retain           = true,
    .will             = true,
};

// What the hub sends to a device is at most this long.
inline constexpr std::uint32_t inbound_payload_max = 64U * 1024U;

// A value that is checked while compiling.
[[nodiscard]] consteval std::uint16_t keep_alive_s(std::uint16_t seconds) {
    return detail::cloud_keep_alive<limits>(seconds);
}

}  // namespace barelink::inline v0::azure
