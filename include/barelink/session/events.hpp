// SPDX-License-Identifier: BSL-1.0
// What happened, as a value. No user code runs inside the engine: it says one thing at a time, when asked.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/topic/router.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

enum class event_type : std::uint8_t {
    none,                // nothing more to say now
    connected,           // CONNACK came: session_present
    disconnected,        // cause, retry_in_ms (0: no further attempt)
    replaced,            // another connection seems to use our client id; a `disconnected` follows
    message,             // topic, payload, level, retain, dup, size; id above QoS 0. After chunks: without payload
    chunk,               // a piece of a large message: topic, payload, offset, size of the whole
    dropped,             // a message that was not handed over: topic, size, cause
    subscribed,          // topic (the filter), level granted, id
    subscribe_failed,    // topic (the filter), cause
    unsubscribed,        // topic (the filter)
    unsubscribe_failed,  // topic (the filter), cause
    delivered,           // our publish `id` is acknowledged
    rejected,            // our publish `id` will not be sent: cause
    uncertain,           // our QoS 2 publish `id` may or may not have been delivered: the session was lost
};

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
    std::uint32_t    size            = 0;  // bytes of the whole payload
    std::uint32_t    offset          = 0;  // of this chunk in it
    std::uint32_t    retry_in_ms     = 0;
    std::string_view topic           = {};
    std::string_view payload         = {};

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return type != event_type::none; }
};

// A row of a routing table: see topic/router.hpp.
template <class Device>
using route = topic_route<Device, event>;

}  // namespace barelink::inline v0
