// SPDX-License-Identifier: BSL-1.0
// What the broker knows of a connection: bytes on their way, and what both sides have agreed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/time.hpp>
#include <barelink/testing/broker_limits.hpp>
#include <barelink/testing/byte_queue.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/testing/message_pool.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::testing {

// Topics behind aliases, from 1 on.
template <std::size_t N, std::size_t Bytes>
class alias_table {
public:
    // The topic of an alias, empty if it has none. Requires: 1 <= alias <= N.
    [[nodiscard]] constexpr std::string_view topic(std::uint16_t alias) const noexcept {
        return topics_[alias - 1U].view();
    }
    // Returns false if the topic is too long. Requires: 1 <= alias <= N.
    constexpr bool set(std::uint16_t alias, std::string_view topic) noexcept {
        topics_[alias - 1U].clear();
        if (topic.size() > Bytes) return false;
        topics_[alias - 1U] << topic;
        return true;
    }
    // 0 if there is none.
    [[nodiscard]] constexpr std::uint16_t find(std::string_view topic) const noexcept {
        for (std::uint16_t i = 0; i < N; ++i) {
            if (topics_[i].view() == topic) return static_cast<std::uint16_t>(i + 1U);
        }
        return 0;
    }
    constexpr void clear() noexcept {
        for (auto& t : topics_) t.clear();
    }

private:
    fixed_text<Bytes> topics_[N == 0 ? 1 : N] = {};
};

// What a client of 5.0 has asked for in CONNECT. What it leaves out has the values of the standard.
struct client_terms {
    std::uint32_t  session_expiry_s            = 0;
    std::uint32_t  will_delay_s                = 0;
    std::uint32_t  maximum_packet_size         = 0xFFFFFFFF;
    std::uint16_t  receive_maximum             = 65'535;
    std::uint16_t  topic_alias_maximum         = 0;
    std::uint16_t  keep_alive_s                = 0;
    bool           clean_start                 = true;
    bool           wants_response_information  = false;
    bool           id_assigned                 = false;
    fixed_text<64> method                      = {};     // of authentication
};

template <broker_limits L>
struct broker_connection {
    enum class step : std::uint8_t { free, opened, authenticating, online, closing };

    static constexpr std::uint16_t no_session = 0xFFFF;

    using aliases = alias_table<L.aliases, L.alias_bytes>;

    byte_queue<L.tx_bytes>    tx             = {};
    char                      rx[L.rx_bytes] = {};
    std::size_t               rx_size        = 0;
    void const*               stream         = nullptr;
    fixed_text<64>            client_id      = {};
    fixed_list<packet_id, 16> requests       = {};  // SUBSCRIBE and UNSUBSCRIBE that were not answered
    client_terms              asked          = {};
    broker_options            granted        = {};
    aliases                   aliases_in     = {};
    aliases                   aliases_out    = {};

    step          at           = step::free;
    version       protocol     = version::v3_1_1;
    bool          left         = false;  // DISCONNECT has come
    bool          renewing     = false;  // it authenticates again
    std::uint16_t session      = no_session;
    std::uint16_t keep_alive_s = 0;
    std::uint16_t alias_turn   = 0;      // the alias that was given last
    pool_index    will         = 0xFFFF;
    instant       heard_at     = {};
    std::uint32_t quota_in     = 0;      // PUBLISHes above QoS 0 that may still come [4.9]
    std::uint32_t answered     = 0;      // answers that raise it as soon as the client can have read them
    std::uint32_t quota_out    = 0;      // that may still be sent

    [[nodiscard]] constexpr bool v5() const noexcept { return protocol == version::v5; }

    // When the client must have said something: CONNECT, a sign of life, or that it takes the rest and closes.
    [[nodiscard]] constexpr deadline patience() const noexcept {
        deadline until{};
        if (at == step::opened || at == step::authenticating) until.arm(heard_at + 30'000);
        if (at == step::closing) until.arm(heard_at + 5'000);
        if (at == step::online && keep_alive_s != 0) until.arm(heard_at + keep_alive_s * 1500U);
        return until;
    }
    // An exchange of the client's is complete, the one that this answer belongs to.
    constexpr void answer_written() noexcept { ++answered; }
    // The client may have read what was written.
    constexpr void raise_quota_in() noexcept {
        quota_in += answered;
        if (quota_in > granted.receive_maximum) quota_in = granted.receive_maximum;
        answered = 0;
    }
    constexpr void raise_quota_out() noexcept {
        if (quota_out < asked.receive_maximum) ++quota_out;
    }
    // Free again. Requires: nothing is held in the pool.
    constexpr void clear() noexcept {
        tx.clear();
        requests.clear();
        client_id.clear();
        aliases_in.clear();
        aliases_out.clear();
        asked    = {};
        granted  = {};
        rx_size  = 0;
        stream   = nullptr;
        at       = step::free;
        protocol = version::v3_1_1;
        left = renewing = false;
        session         = no_session;
        alias_turn      = 0;
        answered        = 0;
    }
};

}  // namespace barelink::inline v0::testing
