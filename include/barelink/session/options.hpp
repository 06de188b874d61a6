// SPDX-License-Identifier: BSL-1.0
// What a device decides at run time. Times are milliseconds unless the name says otherwise.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// Lifetime: the client keeps a reference, so the object and what its views point to must outlive it. A constant one
// lies in flash. Every member but `host` has a default.
struct options {
    std::string_view host = {};
    std::uint16_t    port = 1883;

    version          protocol      = version::v3_1_1;
    std::string_view client_id     = {};    // empty: the Server makes one, for this connection alone [MQTT-3.1.3-7]
    std::string_view user_name     = {};    // without data (nullptr): absent
    std::string_view password      = {};    // any bytes; without data (nullptr): absent
    bool             clean_session = true;  // false: the session outlives the connection [3.1.2.4]
    std::uint16_t    keep_alive_s  = 60;    // 0: never ping
    will_message     will          = {};    // without topic: none

    bool manual_ack = false;  // acknowledge() answers QoS 1 and 2 messages, not their hand-over
    bool chunks     = false;  // a message larger than the receive buffer is handed over in chunks, not dropped

    std::uint32_t credentials_timeout_ms = 10'000;
    std::uint32_t resolve_timeout_ms     = 10'000;
    std::uint32_t connect_timeout_ms     = 10'000;
    std::uint32_t tls_timeout_ms         = 30'000;
    std::uint32_t request_timeout_ms     = 10'000;  // CONNACK and PINGRESP; SUBACK and UNSUBACK may take twice as long
    std::uint32_t publish_timeout_ms     = 20'000;  // PUBACK, PUBREC and PUBCOMP, from the moment their cause has left
    std::uint32_t write_timeout_ms       = 20'000;  // how long the transport may take no byte

    bool          reconnect       = true;
    bool          jitter          = true;    // half of each wait is random, so that a fleet spreads
    std::uint32_t backoff_ms_min  = 1'000;   // first wait; each further one is twice as long
    std::uint32_t backoff_ms_max  = 60'000;  // longest wait, and the one after a failure that retrying cannot heal
    std::uint32_t stable_after_ms = 10'000;  // a link that lived shorter does not reset the backoff
};

}  // namespace barelink::inline v0
