// SPDX-License-Identifier: BSL-1.0
// One struct of numbers decides at compile time how much a client can hold and what code it has.
#pragma once

#include <cstdint>

#include <barelink/session/features.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// Protocol versions that a client speaks; options::protocol picks one of them.
struct version_set {
    bool v3_1   = false;
    bool v3_1_1 = false;
    bool v5     = false;

    constexpr version_set(version v) noexcept
        : v3_1{v == version::v3_1}, v3_1_1{v == version::v3_1_1}, v5{v == version::v5} {}
    constexpr version_set(bool oldest, bool old, bool current = false) noexcept
        : v3_1{oldest}, v3_1_1{old}, v5{current} {}
    friend constexpr bool operator==(version_set, version_set) = default;
};
[[nodiscard]] constexpr version_set operator|(version_set a, version_set b) noexcept {
    return {a.v3_1 || b.v3_1, a.v3_1_1 || b.v3_1_1, a.v5 || b.v5};
}
[[nodiscard]] constexpr version_set operator|(version a, version b) noexcept {
    return version_set{a} | version_set{b};
}

// Pass it as a template value, with the members that matter by name: client<tcp, clock, limits{.rx_bytes = 256}>.
struct limits {
    version_set versions    = version::v3_1_1;
    qos         highest_qos = qos::exactly_once;  // of messages in both directions; lower leaves code out

    std::uint16_t rx_bytes = 512;   // receive buffer: CONNECT, and every packet but the payload of large messages
    std::uint16_t tx_bytes = 1024;  // packets that wait to be written or acknowledged

    std::uint8_t  answers            = 8;    // acknowledgements and pings that wait to be written; they leave together
    std::uint8_t  inflight           = 8;    // publishes above QoS 0 that are not acknowledged
    std::uint8_t  inbound            = 20;   // QoS 2 messages received and not released, with manual_ack also QoS 1
    std::uint8_t  subscriptions      = 8;    // filters known at one time
    std::uint8_t  subscribe_requests = 4;    // SUBSCRIBE and UNSUBSCRIBE packets that are not acknowledged
    std::uint8_t  sources            = 0;    // publishes at one time whose payload is pulled; 0 leaves the code out
    std::uint16_t topic_bytes        = 255;  // longest topic name of a publish and longest filter

    // Of 5.0:
    std::uint8_t  aliases_in             = 0;   // topic aliases that the Server may set; 0 leaves the code out
    std::uint8_t  aliases_out            = 0;   // topic aliases that the client sets by itself; 0 leaves the code out
    std::uint16_t alias_bytes            = 64;  // longest topic that an alias stands for
    std::uint16_t assigned_id_bytes      = 0;   // longest client identifier of the Server's that is used again
    std::uint16_t server_reference_bytes = 0;   // longest name of another Server that is followed; 0: none is

    bool chunks     = false;  // options::chunks may be used: large messages in pieces
    bool manual_ack = false;  // options::manual_ack may be used: acknowledge()
    bool reconnect  = true;   // the client comes back by itself
    bool statistics = true;   // counts, in client::stats()
};

[[nodiscard]] constexpr features features_of(limits const& l, bool persistent, bool auth = false) noexcept {
    return {.v3_1         = l.versions.v3_1,
            .v3_1_1       = l.versions.v3_1_1,
            .v5           = l.versions.v5,
            .highest_qos  = l.highest_qos,
            .chunks       = l.chunks,
            .sources      = l.sources != 0,
            .deferred_ack = l.manual_ack,
            .persistent   = persistent,
            .aliases_in   = l.versions.v5 && l.aliases_in != 0,
            .aliases_out  = l.versions.v5 && l.aliases_out != 0,
            .auth         = auth};
}

// The limits without what is only a size: what decides which code there is.
[[nodiscard]] constexpr limits kind_of(limits const& l) noexcept {
    limits kind{};
    kind.versions               = l.versions;
    kind.highest_qos            = l.highest_qos;
    kind.sources                = l.sources != 0;
    kind.aliases_in             = l.aliases_in != 0;
    kind.aliases_out            = l.aliases_out != 0;
    kind.assigned_id_bytes      = l.assigned_id_bytes != 0;
    kind.server_reference_bytes = l.server_reference_bytes != 0;
    kind.chunks                 = l.chunks;
    kind.manual_ack             = l.manual_ack;
    kind.reconnect              = l.reconnect;
    kind.statistics             = l.statistics;
    return kind;
}

// Each sentence says which member to change; none fires for the defaults.
template <limits L>
consteval bool check_limits() {
    constexpr bool above_0 = L.highest_qos != qos::at_most_once;
    static_assert(L.versions.v3_1 || L.versions.v3_1_1 || L.versions.v5,
                  "barelink: limits::versions must name at least one of version::v3_1, v3_1_1 and v5");
    static_assert(L.versions.v5 || (L.aliases_in == 0 && L.aliases_out == 0 && L.assigned_id_bytes == 0 &&
                                    L.server_reference_bytes == 0),
                  "barelink: limits::aliases_in, aliases_out, assigned_id_bytes and server_reference_bytes need "
                  "version::v5 in limits::versions");
    static_assert((L.aliases_in == 0 && L.aliases_out == 0) || L.alias_bytes >= 1,
                  "barelink: limits::alias_bytes must be at least 1, or limits::aliases_in and aliases_out 0");
    static_assert(L.highest_qos <= qos::exactly_once,
                  "barelink: limits::highest_qos must be one of the three levels of qos");
    static_assert(L.rx_bytes >= 64,
                  "barelink: limits::rx_bytes must be at least 64, CONNECT with a client id is built in it");
    static_assert(L.tx_bytes >= 32, "barelink: limits::tx_bytes must be at least 32, a SUBSCRIBE with a short filter");
    static_assert(L.answers >= 1, "barelink: limits::answers must be at least 1, a ping needs room");
    static_assert(!above_0 || L.inflight >= 1,
                  "barelink: limits::inflight must be at least 1, or limits::highest_qos at_most_once");
    static_assert(L.highest_qos != qos::exactly_once || L.inbound >= 1,
                  "barelink: limits::inbound must be at least 1, or limits::highest_qos at_least_once");
    static_assert(!L.manual_ack || (above_0 && L.inbound >= 1),
                  "barelink: limits::manual_ack needs limits::inbound of at least 1 and a highest_qos above 0");
    static_assert(L.subscriptions == 0 || L.subscribe_requests >= 1,
                  "barelink: limits::subscribe_requests must be at least 1, or limits::subscriptions 0");
    static_assert(L.subscribe_requests <= L.subscriptions,
                  "barelink: limits::subscribe_requests must not be above limits::subscriptions, each needs an entry");
    static_assert(L.topic_bytes >= 1, "barelink: limits::topic_bytes must be at least 1, MQTT has no empty topic");
    static_assert(L.topic_bytes + 5 + 2 + 2 <= L.tx_bytes,
                  "barelink: limits::tx_bytes must be at least limits::topic_bytes + 9, so that such a publish fits");
    return true;
}

}  // namespace barelink::inline v0
