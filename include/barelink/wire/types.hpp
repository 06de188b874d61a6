// SPDX-License-Identifier: BSL-1.0
// The nouns of MQTT that every layer uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// Protocol level as CONNECT sends it [3.1.2.2].
enum class version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5 = 5 };

// [4.3]
enum class qos : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

[[nodiscard]] constexpr std::uint8_t number(qos level) noexcept { return static_cast<std::uint8_t>(level); }

// Identifies one exchange between the two sides; never 0 [2.3.1].
using packet_id = std::uint16_t;

// High half of the first byte [2.2.1].
enum class packet_type : std::uint8_t {
    reserved = 0,
    connect,
    connack,
    publish,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    pingreq,
    pingresp,
    disconnect,
    auth,
};

// Which side a packet comes from; bits, so that a table can say "both".
enum class sender : std::uint8_t { client = 1, server = 2 };

// The Server's answer to CONNECT [3.2.2.3].
enum class connect_return : std::uint8_t {
    accepted = 0,
    unacceptable_version,
    identifier_rejected,
    server_unavailable,
    bad_credentials,
    not_authorized,
};

// SUBACK's code for a refused filter [3.9.3].
inline constexpr std::uint8_t subscription_failure = 0x80;

// True for "$share/name/filter", a filter whose messages go to one member of a group [5.0, 4.8.2]. Work: seven bytes.
[[nodiscard]] constexpr bool is_shared(std::string_view filter) noexcept {
    constexpr std::string_view prefix{"$share/", 7};
    if (filter.size() < prefix.size()) return false;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if (filter[i] != prefix[i]) return false;
    }
    return true;
}

// Which retained messages a subscription brings at once [5.0, 3.8.3.1].
enum class retain_handling : std::uint8_t { send = 0, send_if_new = 1, do_not_send = 2 };

// An Application Message on its way. Lifetime: borrowed views; each user says for how long.
struct message {
    std::string_view topic   = {};
    std::string_view payload = {};  // any bytes
    qos              level   = qos::at_most_once;
    bool             retain  = false;

    friend constexpr bool operator==(message const&, message const&) = default;
};

// What the Server publishes for us when the connection ends without DISCONNECT [3.1.2.5].
using will_message = message;

}  // namespace barelink::inline v0
