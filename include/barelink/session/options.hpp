// SPDX-License-Identifier: BSL-1.0
// What a device decides at run time. Times are milliseconds unless the name says otherwise.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/wire/property.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// What only 5.0 has: client::announce() takes it. What is 0 or empty is not announced, apart from receive_maximum.
// Lifetime: as options.
struct options_5 {
    std::uint32_t session_expiry_s = 0;  // how long the Server keeps the session; 0xFFFFFFFF: for ever [3.1.2.11.2]
    // Messages above QoS 0 that the Server may send before we are done. 0: half of limits::inbound, for there are
    // brokers that count a QoS 2 message as done before it is; 65535: no bound [3.1.2.11.3]
    std::uint16_t receive_maximum     = 0;
    std::uint16_t topic_alias_maximum = 0;  // at most limits::aliases_in [3.1.2.11.5]
    // Without it a message that is too large is dropped with an event; with it the Server keeps it back [3.1.2.11.4].
    std::uint32_t maximum_packet_size          = 0;
    bool          request_response_information = false;  // [3.1.2.11.6]
    bool          refuse_problem_information   = false;  // reason strings and user properties stay away [3.1.2.11.7]
    bool          check_payload_format         = false;  // payloads that are said to be UTF-8 are looked at [3.3.2.3.2]
    property_list with                         = {};     // more properties of CONNECT, such as user properties
    property_list will_with                    = {};     // properties of the will, such as its delay
};

// Lifetime: the client keeps a reference, so the object and what its views point to must outlive it. A constant one
// lies in flash. Every member but `host` has a default. It may be changed while there is no connection and no attempt
// at one; `protocol` only while no publish waits either, in the ring or in a store: they are kept as packets.
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
