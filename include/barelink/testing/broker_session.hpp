// SPDX-License-Identifier: BSL-1.0
// What the broker knows of its clients: messages in one pool, sessions and connections that refer to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/broker_limits.hpp>
#include <barelink/testing/byte_queue.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/topic/match.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::testing {

using pool_index = std::uint16_t;

// Messages that are referred to from several places are kept once.
template <broker_limits L>
class message_pool {
public:
    static constexpr pool_index none = 0xFFFF;

    // A copy with one user. Returns none if it is too long or the pool is full.
    constexpr pool_index keep(message const& m) noexcept {
        if (m.topic.size() + m.payload.size() > L.message_bytes) return none;
        for (pool_index i = 0; i < L.messages; ++i) {
            auto& e = entries_[i];
            if (e.users != 0) continue;
            move_bytes(e.bytes, m.topic.data(), m.topic.size());
            move_bytes(e.bytes + m.topic.size(), m.payload.data(), m.payload.size());
            e.topic   = m.topic.size();
            e.payload = m.payload.size();
            e.level   = m.level;
            e.retain  = m.retain;
            e.users   = 1;
            return i;
        }
        return none;
    }
    constexpr void hold(pool_index i) noexcept { ++entries_[i].users; }
    constexpr void release(pool_index i) noexcept {
        if (i != none) --entries_[i].users;
    }
    // Lifetime: until the last release.
    [[nodiscard]] constexpr message at(pool_index i) const noexcept {
        auto const& e = entries_[i];
        return {.topic   = {e.bytes, e.topic},
                .payload = {e.bytes + e.topic, e.payload},
                .level   = e.level,
                .retain  = e.retain};
    }
    [[nodiscard]] constexpr std::size_t used() const noexcept {
        std::size_t count = 0;
        for (auto const& e : entries_) count += e.users != 0 ? 1U : 0U;
        return count;
    }

private:
    struct entry {
        char          bytes[L.message_bytes] = {};
        std::size_t   topic                  = 0;  // bytes of it; the payload follows
        std::size_t   payload                = 0;
        std::uint32_t users                  = 0;
        qos           level                  = {};
        bool          retain                 = false;
    };
    entry entries_[L.messages] = {};
};

// A message on its way to a client.
struct outbound_message {
    enum class step : std::uint8_t { queued, sent, released };

    pool_index message = 0;
    packet_id  id      = 0;
    qos        level   = {};
    step       at      = step::queued;
    bool       retain  = false;
    bool       due     = true;  // its next packet has to be written on this connection
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

template <broker_limits L>
struct broker_session {
    struct subscription {
        fixed_text<L.filter_bytes> filter = {};
        qos                        level  = {};
    };

    fixed_text<64>                            client_id     = {};
    fixed_list<subscription, L.subscriptions> subscriptions = {};
    fixed_list<outbound_message, L.queue>     outbound      = {};
    fixed_list<inbound_message, L.history>    inbound       = {};

    bool          used      = false;
    bool          connected = false;
    bool          clean     = true;
    bool          fresh     = true;  // it began with this connection, and the client knows
    packet_id     last_id   = 0;
    std::uint32_t serial    = 0;     // number of the connection
    std::uint32_t arrivals  = 0;     // messages received
    std::uint32_t resent    = 0;     // order of the last one that came again on this connection

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
    // The highest QoS of all filters that cover the topic, -1 if there is none.
    [[nodiscard]] constexpr int covers(std::string_view topic) const noexcept {
        int level = -1;
        for (auto const& s : subscriptions) {
            if (matches(s.filter.view(), topic) && number(s.level) > level) level = number(s.level);
        }
        return level;
    }
    [[nodiscard]] constexpr packet_id next_id() noexcept {
        do {
            ++last_id;
        } while (last_id == 0 || find_outbound(last_id) != nullptr);
        return last_id;
    }
};

template <broker_limits L>
struct broker_connection {
    enum class step : std::uint8_t { free, opened, online, closing };

    static constexpr std::uint16_t no_session = 0xFFFF;

    byte_queue<L.tx_bytes>    tx             = {};
    char                      rx[L.rx_bytes] = {};
    std::size_t               rx_size        = 0;
    void const*               stream         = nullptr;
    fixed_text<64>            client_id      = {};
    fixed_list<packet_id, 16> requests       = {};  // SUBSCRIBE and UNSUBSCRIBE that were not answered

    step          at           = step::free;
    version       protocol     = version::v3_1_1;
    bool          left         = false;  // DISCONNECT has come
    std::uint16_t session      = no_session;
    std::uint16_t keep_alive_s = 0;
    pool_index    will         = 0xFFFF;
    instant       heard_at     = {};

    // When the client must have said something: CONNECT, a sign of life, or that it takes the rest and closes.
    [[nodiscard]] constexpr deadline patience() const noexcept {
        deadline until{};
        if (at == step::opened) until.arm(heard_at + 30'000);
        if (at == step::closing) until.arm(heard_at + 5'000);
        if (at == step::online && keep_alive_s != 0) until.arm(heard_at + keep_alive_s * 1500U);
        return until;
    }
};

}  // namespace barelink::inline v0::testing
