// SPDX-License-Identifier: BSL-1.0
// What the broker grants to clients of 5.0, and how a login of several steps goes.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/wire/property.hpp>
#include <barelink/wire/reason.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::testing {

// Announced in CONNACK where it differs from the default, and from then on the client is held to it. A connection keeps
// what it was told. Lifetime: texts and properties must outlive the connections.
struct broker_options {
    std::uint16_t    receive_maximum       = 65'535;
    std::uint16_t    topic_alias_maximum   = 0;                  // at most broker_limits::aliases
    qos              maximum_qos           = qos::exactly_once;
    bool             retain_available      = true;
    bool             wildcards_available   = true;
    bool             shared_available      = true;
    bool             identifiers_available = true;               // of subscriptions
    std::uint32_t    maximum_packet_size   = 0;                  // bytes; 0: as long as broker_limits::rx_bytes
    std::uint32_t    session_expiry_max_s  = 0xFFFFFFFF;         // longer ones are cut
    std::int32_t     server_keep_alive_s   = -1;                 // from 0 on: instead of the client's
    std::string_view assigned_client_id    = {};                 // for a client without one; else "unnamed-1", ...
    std::string_view response_information  = {};                 // for a client that asks for it
    property_list    more                  = {};                 // reason string, server reference, user properties
};

// The server's part in an exchange of AUTH packets [4.12]. Lifetime of the data: until the hook is called again.
struct auth_step {
    reason_code      reason = reason_code::continue_authentication;  // or success, or a refusal
    std::string_view data   = {};
};

}  // namespace barelink::inline v0::testing
