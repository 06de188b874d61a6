// SPDX-License-Identifier: BSL-1.0
// What can happen, and which members of an event say more about it.
#pragma once

#include <cstdint>

#include <barelink/base/config.hpp>

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
    rejected,            // our publish `id` (0: of QoS 0) was not sent, or is refused: cause
    uncertain,           // our QoS 2 publish `id` may or may not have been delivered: the session was lost
    authenticated,       // a new authentication on this connection has come to its end
    challenged,          // the Server asks an authenticator, which answers; a user never sees it
};

}  // namespace barelink::inline v0
