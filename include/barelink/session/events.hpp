// SPDX-License-Identifier: BSL-1.0
// What happened, as a value. No user code runs inside the engine: it says one thing at a time, when asked.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/session/event_type.hpp>
#include <barelink/topic/router.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/reason.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// Lifetime of the views: until the next call of the object that gave the event, apart from commands (publish,
// subscribe, unsubscribe, acknowledge, disconnect), which may be called while they are in use.
struct event {
    event_type       type            = event_type::none;
    errc             cause           = errc::ok;
    packet_id        id              = 0;
    qos              level           = qos::at_most_once;
    bool             retain          = false;
    bool             dup             = false;
    bool             session_present = false;
    reason_code      reason          = reason_code::success;  // of the packet that it comes from, in 5.0
    std::uint32_t    size            = 0;  // bytes of the whole payload
    std::uint32_t    offset          = 0;  // of this chunk in it
    std::uint32_t    retry_in_ms     = 0;
    std::string_view topic           = {};
    std::string_view payload         = {};
    properties       with            = {};  // of the packet that it comes from, in 5.0

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return type != event_type::none; }
};

// A row of a routing table: see topic/router.hpp.
template <class Device>
using route = topic_route<Device, event>;

}  // namespace barelink::inline v0
