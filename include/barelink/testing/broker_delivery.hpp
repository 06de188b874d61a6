// SPDX-License-Identifier: BSL-1.0
// From a message to everybody who wants it.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
constexpr bool broker<L>::publish(message const& m) noexcept {
    return route(m);
}

template <broker_limits L>
constexpr bool broker<L>::route(message const& m) noexcept {
    bool       all   = !m.retain || retain(m);
    pool_index index = pool::none;
    for (auto& s : sessions_) {
        auto const wish  = s.used ? s.covers(m.topic) : -1;
        auto const level = wish < number(m.level) ? static_cast<qos>(wish < 0 ? 0 : wish) : m.level;
        if (wish < 0 || (!s.connected && level == qos::at_most_once)) continue;
        if (index == pool::none) index = pool_.keep(m);
        if (index == pool::none) {
            ++counts_.dropped;
            return false;
        }
        all = enqueue(s, index, level, false) && all;
    }
    pool_.release(index);
    return all;
}

// [MQTT-3.3.1-5, -10]
template <broker_limits L>
constexpr bool broker<L>::retain(message const& m) noexcept {
    pool_index* place = nullptr;
    for (auto& r : retained_) {
        if (r != pool::none && pool_.at(r).topic == m.topic) {
            pool_.release(r);
            r     = pool::none;
            place = &r;
        }
    }
    if (m.payload.empty()) return true;
    for (auto& r : retained_) {
        if (place == nullptr && r == pool::none) place = &r;
    }
    if (place != nullptr) *place = pool_.keep(m);
    bool const kept = place != nullptr && *place != pool::none;
    if (!kept) ++counts_.dropped;
    return kept;
}

template <broker_limits L>
constexpr message broker<L>::retained(std::string_view topic) const noexcept {
    for (auto const r : retained_) {
        if (r != pool::none && pool_.at(r).topic == topic) return pool_.at(r);
    }
    return {};
}

template <broker_limits L>
constexpr bool broker<L>::enqueue(session& s, pool_index m, qos level, bool retain) noexcept {
    if (s.outbound.full()) {
        ++counts_.dropped;
        return false;
    }
    pool_.hold(m);
    s.outbound.add({.message = m, .level = level, .retain = retain});
    return true;
}

template <broker_limits L>
constexpr void broker<L>::erase(session& s, outbound* m) noexcept {
    pool_.release(m->message);
    s.outbound.erase(m);
}

// Writes what is due to a client, in order, as far as there is room. Returns whether there was anything.
template <broker_limits L>
constexpr bool broker<L>::deliver(connection& c) noexcept {
    if (c.at != link_step::online) return false;
    auto&       s         = session_of(c);
    bool        any       = false;
    std::size_t under_way = 0;
    for (auto const& m : s.outbound) under_way += m.at != outbound::step::queued ? 1U : 0U;
    for (auto* m = s.outbound.begin(); m != s.outbound.end();) {
        bool const release = m->at == outbound::step::released;
        bool const held    = release ? !knobs.answer_publishes : !knobs.deliver;
        if (!m->due || held) {
            ++m;
            continue;
        }
        bool const counted = m->level != qos::at_most_once && m->at == outbound::step::queued;
        if (counted && under_way >= knobs.inflight) break;
        if (release) {
            if (c.tx.room() < answer_max) break;
            send_ack(c, packet_type::pubrel, m->id);
        } else if (!write_publish(c, *m)) {
            break;
        }
        any = true;
        if (counted) ++under_way;
        if (m->level == qos::at_most_once) {
            erase(s, m);
        } else {
            m->due = false;
            ++m;
        }
    }
    return any;
}

template <broker_limits L>
constexpr bool broker<L>::write_publish(connection& c, outbound& m) noexcept {
    auto       content = pool_.at(m.message);
    content.level      = m.level;
    content.retain     = m.retain;
    auto const body    = publish_header_size(content.topic.size(), m.level) + content.payload.size();
    if (c.tx.room() < packet_size(body) + answer_max) return false;
    bool const again = m.at == outbound::step::sent;
    if (m.level != qos::at_most_once && !again) m.id = session_of(c).next_id();
    char        header[5 + 4 + L.message_bytes] = {};
    char* const end = write_publish_header(header, content, m.id, content.payload.size());
    if (again) header[0] = static_cast<char>(octet(header[0]) | publish_flag::dup);
    send(c, bytes_in{header, static_cast<std::size_t>(end - header)});
    send(c, bytes_in{content.payload.data(), content.payload.size()});
    ++counts_.messages_out;
    m.at = outbound::step::sent;
    return true;
}

}  // namespace barelink::inline v0::testing
