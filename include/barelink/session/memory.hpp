// SPDX-License-Identifier: BSL-1.0
// What a session keeps its state in, apart from itself.
#pragma once

#include <cstdint>
#include <span>

#include <barelink/base/bytes.hpp>
#include <barelink/session/aliases.hpp>
#include <barelink/session/inbound.hpp>
#include <barelink/session/inflight.hpp>
#include <barelink/session/sources.hpp>
#include <barelink/session/subscriptions.hpp>

namespace barelink::inline v0 {

// The memory of a session; client/storage.hpp makes one from limits. Lifetime: must outlive the session.
struct session_memory {
    bytes_out                rx                 = {};  // at most 65535 bytes
    bytes_out                tx                 = {};  // at most 65535 bytes
    bytes_out                control            = {};  // answers and pings that wait to be written
    std::span<inflight_slot> inflight           = {};
    std::span<subscription>  subscriptions      = {};
    std::span<inbound_slot>  inbound            = {};
    std::span<source_slot>   sources            = {};
    // Only with 5.0: one for each subscription.
    std::span<subscribe_options> subscribing       = {};
    alias_table                  aliases_in        = {};
    alias_table                  aliases_out       = {};
    bytes_out                    alias_scratch     = {};  // a publish whose topic is shortened
    std::uint8_t             subscribe_requests = 1;
};

}  // namespace barelink::inline v0
