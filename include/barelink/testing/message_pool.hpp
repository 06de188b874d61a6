// SPDX-License-Identifier: BSL-1.0
// The broker's messages: what is queued for several clients, retained or a will is kept once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/time.hpp>
#include <barelink/testing/broker_limits.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::testing {

using pool_index = std::uint16_t;

// A message with all that belongs to it, on its way through the broker. Lifetime: borrowed views.
struct posted_message {
    static constexpr std::uint16_t nobody = 0xFFFF;

    message       content  = {};
    properties    with     = {};      // of 5.0; what is passed on is picked from them
    std::uint32_t expiry_s = 0;       // message expiry interval, if it has one
    bool          expires  = false;
    std::uint16_t source   = nobody;  // number of the session of its publisher
};

[[nodiscard]] constexpr posted_message make_posted(message const& m, properties const& with,
                                                   std::uint16_t source) noexcept {
    auto const expiry = with.find(property_id::message_expiry_interval);
    return {.content  = m,
            .with     = with,
            .expiry_s = expiry.number,
            .expires  = expiry.id != property_id::none,
            .source   = source};
}

// What goes from publisher to subscriber as it is [MQTT-3.3.2-4, -15, -16, -17, -18, -20].
[[nodiscard]] constexpr bool is_passed_on(property_id id) noexcept {
    return id == property_id::payload_format_indicator || id == property_id::content_type ||
           id == property_id::response_topic || id == property_id::correlation_data ||
           id == property_id::user_property;
}

template <broker_limits L>
class message_pool {
public:
    static constexpr pool_index none = 0xFFFF;

    // A copy with one user. Returns none if it is too long or the pool is full.
    constexpr pool_index keep(posted_message const& p, instant now) noexcept {
        for (pool_index i = 0; i < L.messages; ++i) {
            auto& e = entries_[i];
            if (e.users != 0) continue;
            writer w{e.bytes};
            w.bytes(p.content.topic);
            w.bytes(p.content.payload);
            auto const size = w.size();
            for (auto const& q : p.with) {
                if (is_passed_on(q.id)) barelink::detail::put_property(w, q);
            }
            if (!w.fits()) return none;
            e.topic    = p.content.topic.size();
            e.payload  = p.content.payload.size();
            e.with     = w.size() - size;
            e.level    = p.content.level;
            e.retain   = p.content.retain;
            e.users    = 1;
            e.expiry_s = p.expiry_s;
            e.expires  = p.expires;
            e.source   = p.source;
            e.since    = now;
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
    // Likewise, as it was given to keep(): a will is published that way.
    [[nodiscard]] constexpr posted_message posted(pool_index i) const noexcept {
        auto const& e = entries_[i];
        return {.content  = at(i),
                .with     = properties{bytes_in{e.bytes + e.topic + e.payload, e.with}},
                .expiry_s = e.expiry_s,
                .expires  = e.expires,
                .source   = e.source};
    }
    // Seconds that are left of its expiry interval [MQTT-3.3.2-6].
    [[nodiscard]] constexpr std::uint32_t seconds_left(pool_index i, instant now) const noexcept {
        auto const& e    = entries_[i];
        auto const  gone = now.since(e.since) / 1000U;
        return gone < e.expiry_s ? e.expiry_s - gone : 0;
    }
    [[nodiscard]] constexpr bool expired(pool_index i, instant now) const noexcept {
        return entries_[i].expires && seconds_left(i, now) == 0;
    }
    // The publisher is known later than the message: that of a will.
    constexpr void set_source(pool_index i, std::uint16_t source) noexcept {
        if (i != none) entries_[i].source = source;
    }
    // A session ends: its number may become another client's.
    constexpr void forget_source(std::uint16_t source) noexcept {
        for (auto& e : entries_) {
            if (e.source == source) e.source = posted_message::nobody;
        }
    }
    [[nodiscard]] constexpr std::size_t used() const noexcept {
        std::size_t count = 0;
        for (auto const& e : entries_) count += e.users != 0 ? 1U : 0U;
        return count;
    }

private:
    struct entry {
        char          bytes[L.message_bytes] = {};
        std::size_t   topic                  = 0;  // bytes of it; the payload follows, then the properties
        std::size_t   payload                = 0;
        std::size_t   with                   = 0;
        std::uint32_t users                  = 0;
        std::uint32_t expiry_s               = 0;
        instant       since                  = {};
        std::uint16_t source                 = posted_message::nobody;
        qos           level                  = {};
        bool          retain                 = false;
        bool          expires                = false;
    };
    entry entries_[L.messages] = {};
};

}  // namespace barelink::inline v0::testing
