// SPDX-License-Identifier: BSL-1.0
// Where a session stands, and where the message stands that is coming in.
#pragma once

#include <cstdint>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

enum class session_state : std::uint8_t {
    offline,
    connecting,  // CONNECT has to be written
    waiting,     // CONNACK has to come
    online,
    closing,  // everything else has to be written
    leaving,  // DISCONNECT has to be written
    closed,   // DISCONNECT is written: the transport has to be closed [MQTT-3.14.4-1]
};

namespace detail {
// What has to be done when the last event is over.
enum class after : std::uint8_t { nothing, piece, message };
// What becomes of the message in front of the receive buffer.
enum class flow : std::uint8_t {
    none,       // there is none
    handing,    // the user gets it
    told,       // the user has got the last piece of it
    dropping,   // it is too large
    repeating,  // the user has got it before
};
}  // namespace detail

}  // namespace barelink::inline v0
