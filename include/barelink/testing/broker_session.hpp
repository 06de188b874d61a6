// SPDX-License-Identifier: BSL-1.0
// What the broker knows of a client beyond its connection: subscriptions, and messages both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/time.hpp>
#include <barelink/testing/broker_limits.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/testing/message_pool.hpp>
#include <barelink/topic/match.hpp>
#include <barelink/topic/shared.hpp>
#include <barelink/wire/types.hpp>
#include <barelink/wire/v5/subscribe.hpp>

namespace barelink::inline v0::testing {

// The subscription identifiers of one message.
using identifier_list = fixed_list<std::uint32_t, 8>;

// A message on its way to a client.
struct outbound_message {
    enum class step : std::uint8_t { queued, sent, released };

    pool_index      message     = 0;
    packet_id       id          = 0;
    qos             level       = {};
    step            at          = step::queued;
    bool            retain      = false;
    bool            due         = true;  // its next packet has to be written on this connection
    bool            counted     = false;  // it was published on this connection, against the quota of 5.0
    identifier_list identifiers = {};
};

// A message that came from a client, kept to know it again.
struct inbound_message {
    enum class step : std::uint8_t {
        open,      // the server has not answered
        received,  // QoS 2: PUBREC was sent
        done       // PUBACK or PUBCOMP was sent; the client may not know that yet
    };

    packet_id     id         = 0;
    qos           level      = {};
    step          at         = step::open;
    std::uint32_t digest     = 0;  // of topic, payload and RETAIN
    std::uint32_t connection = 0;  // number of the one on which it came last
    std::uint32_t released   = 0;  // number of the one on which PUBREL came last
    std::uint32_t order      = 0;  // of its first coming
};

// How a message is wanted by a session.
struct wish {
    int             level       = -1;     // the highest QoS of all filters that cover its topic, -1 if there is none
    bool            as_published = false;  // with its RETAIN
    identifier_list identifiers = {};

    [[nodiscard]] constexpr bool any() const noexcept { return level >= 0; }
};

template <broker_limits L>
struct broker_session {
    struct subscription {
        fixed_text<L.filter_bytes> filter       = {};
        qos                        level        = {};
        bool                       shared       = false;
        bool                       no_local     = false;
        bool                       as_published = false;
        std::uint32_t              identifier   = 0;
        std::uint32_t              served       = 0;  // of a shared one: when it had its last turn

        [[nodiscard]] constexpr bool covers(std::string_view topic) const noexcept {
            return matches(shared ? split_shared(filter.view()).filter : filter.view(), topic);
        }
        constexpr void join(wish& w) const noexcept {
            if (number(level) > w.level) w.level = number(level);
            w.as_published = w.as_published || as_published;
            if (identifier != 0 && !w.identifiers.full()) w.identifiers.add(identifier);
        }
    };

    static constexpr std::uint32_t for_ever = 0xFFFFFFFF;  // of an expiry interval

    fixed_text<64>                            client_id     = {};
    fixed_list<subscription, L.subscriptions> subscriptions = {};
    fixed_list<outbound_message, L.queue>     outbound      = {};
    fixed_list<inbound_message, L.history>    inbound       = {};

    bool          used      = false;
    bool          connected = false;
    bool          fresh     = true;  // it began with this connection, and the client knows
    packet_id     last_id   = 0;
    pool_index    will      = 0xFFFF;  // whose delay runs
    std::uint32_t expiry_s  = 0;       // how long it lives without a connection; 0: not at all
    std::uint32_t serial    = 0;       // number of the connection
    std::uint32_t arrivals  = 0;       // messages received
    std::uint32_t resent    = 0;       // order of the last one that came again on this connection
    deadline      will_due  = {};
    deadline      ends      = {};

    [[nodiscard]] constexpr inbound_message* find_inbound(packet_id id) noexcept {
        for (auto& m : inbound) {
            if (m.id == id) return &m;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr outbound_message* find_outbound(packet_id id) noexcept {
        for (auto& m : outbound) {
            if (m.id == id && m.at != outbound_message::step::queued) return &m;
        }
        return nullptr;
    }
    [[nodiscard]] constexpr subscription* find_subscription(std::string_view filter) noexcept {
        for (auto& s : subscriptions) {
            if (s.filter.view() == filter) return &s;
        }
        return nullptr;
    }
    // What it wants of a topic, shared subscriptions aside. `own`: it is the publisher itself [MQTT-3.8.3-3].
    [[nodiscard]] constexpr wish wants(std::string_view topic, bool own) const noexcept {
        wish w{};
        for (auto const& s : subscriptions) {
            if (!s.shared && !(own && s.no_local) && s.covers(topic)) s.join(w);
        }
        return w;
    }
    [[nodiscard]] constexpr packet_id next_id() noexcept {
        do {
            ++last_id;
        } while (last_id == 0 || find_outbound(last_id) != nullptr);
        return last_id;
    }
};

}  // namespace barelink::inline v0::testing
