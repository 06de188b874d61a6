// SPDX-License-Identifier: BSL-1.0
// From a client's queue to its connection.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/v5/publish.hpp>

namespace barelink::inline v0::testing {

// Writes what is due to a client, in order, as far as there is room. Returns whether there was anything.
template <broker_limits L>
constexpr bool broker<L>::deliver(connection& c) noexcept {
    if (c.at != link_step::online) return false;
    auto&       s         = session_of(c);
    bool        any       = false;
    bool        full      = false;  // no more publishes
    std::size_t under_way = 0;
    for (auto const& m : s.outbound) under_way += m.at != outbound::step::queued ? 1U : 0U;
    for (auto* m = s.outbound.begin(); m != s.outbound.end();) {
        bool const queued  = m->at == outbound::step::queued;
        bool const release = m->at == outbound::step::released;
        bool const sure    = m->level != qos::at_most_once;
        if (queued && pool_.expired(m->message, now_)) {
            ++counts_.expired;
            erase(s, m);
            continue;
        }
        // The client's receive maximum also counts what is sent again [MQTT-3.3.4-9].
        bool const spent = c.v5() && c.quota_out == 0 && m->due && !release;
        full             = full || (sure && (spent || (queued && under_way >= knobs.inflight)));
        bool const held  = release ? !knobs.answer_publishes : !knobs.deliver || full;
        if (!m->due || held) {
            ++m;
            continue;
        }
        if (release) {
            if (c.tx.room() < answer_max) break;
            send_ack(c, packet_type::pubrel, m->id);
        } else {
            auto const how = write_publish(c, *m);
            if (how == written::no_room) break;
            if (how == written::never) {
                erase(s, m);
                continue;
            }
            if (sure && c.v5()) --c.quota_out;
            m->counted = sure;
        }
        any = true;
        if (sure && queued) ++under_way;
        if (sure) {
            m->due = false;
            ++m;
        } else {
            erase(s, m);
        }
    }
    return any;
}

// The alias for a topic: the one that it has, or the next one. 0: none.
template <broker_limits L>
constexpr std::uint16_t broker<L>::choose_alias(connection const& c, std::string_view topic) const noexcept {
    auto const most = c.asked.topic_alias_maximum < L.aliases ? c.asked.topic_alias_maximum : L.aliases;
    if (!c.v5() || !knobs.use_aliases || most == 0 || topic.size() > L.alias_bytes) return 0;
    if (auto const known = c.aliases_out.find(topic); known != 0) return known;
    return static_cast<std::uint16_t>(c.alias_turn % most + 1U);
}

// Writes all of a PUBLISH but its payload. Returns the end.
template <broker_limits L>
constexpr char* broker<L>::write_head(connection& c, char* to, message const& content, outbound const& m, packet_id id,
                                      std::uint16_t alias) noexcept {
    if (!c.v5()) return write_publish_header(to, content, id, content.payload.size());
    property    first[2 + 8] = {};
    std::size_t count        = 0;
    auto const  posted       = pool_.posted(m.message);
    if (posted.expires) {
        first[count++] = {property_id::message_expiry_interval, pool_.seconds_left(m.message, now_)};
    }
    if (alias != 0) first[count++] = {property_id::topic_alias, std::uint32_t{alias}};
    for (auto const i : m.identifiers) first[count++] = {property_id::subscription_identifier, i};
    auto const put = [&](writer& w) {
        for (std::size_t i = 0; i != count; ++i) barelink::detail::put_property(w, first[i]);
        w.bytes(text_of(posted.with.encoded()));
    };
    writer with;
    put(with);
    bool const known = alias != 0 && c.aliases_out.topic(alias) == content.topic;
    auto const topic = known ? std::string_view{} : content.topic;
    auto const size  = barelink::publish_header_size(topic.size(), m.level) +
                      length_size(static_cast<std::uint32_t>(with.size())) + with.size();
    *to++ = static_cast<char>(first_byte(packet_type::publish, publish_flags(m.level, content.retain)));
    to    = write_length(to, static_cast<std::uint32_t>(size + content.payload.size()));
    writer w{bytes_out{to, size}};
    w.text(topic);
    if (m.level != qos::at_most_once) w.u16(id);
    barelink::detail::put_length(w, static_cast<std::uint32_t>(with.size()));
    put(w);
    return to + size;
}

template <broker_limits L>
constexpr auto broker<L>::write_publish(connection& c, outbound& m) noexcept -> written {
    auto content       = pool_.at(m.message);
    content.level      = m.level;
    content.retain     = m.retain;
    auto&      s       = session_of(c);
    auto const before  = s.last_id;
    bool const again   = m.at == outbound::step::sent;
    auto const id      = m.level == qos::at_most_once || again ? m.id : s.next_id();
    char       head[5 + 4 + 4 + 3 + 5 + 5 * 8 + L.message_bytes] = {};
    auto const most  = c.v5() ? c.asked.maximum_packet_size : 0xFFFFFFFFU;
    auto       alias = choose_alias(c, content.topic);
    auto*      end   = write_head(c, head, content, m, id, 0);
    auto const size  = [&] { return static_cast<std::size_t>(end - head) + content.payload.size(); };
    // Without its alias, as it would be sent again: what was sent once must not be too large later [MQTT-3.1.2-25].
    bool const too_large = size() > most;
    if (alias != 0) end = write_head(c, head, content, m, id, alias);
    if (size() > most && alias != 0) end = write_head(c, head, content, m, id, alias = 0);
    if (too_large || c.tx.room() < size() + answer_max) {
        s.last_id = before;
        if (!too_large && !c.tx.empty()) return written::no_room;
        ++(too_large ? counts_.too_large : counts_.dropped);
        return written::never;
    }
    if (alias != 0 && c.aliases_out.topic(alias) != content.topic) {
        static_cast<void>(c.aliases_out.set(alias, content.topic));
        c.alias_turn = alias;
    }
    m.id = id;
    if (again) head[0] = static_cast<char>(octet(head[0]) | publish_flag::dup);
    send(c, bytes_in{head, static_cast<std::size_t>(end - head)});
    send(c, bytes_in{content.payload.data(), content.payload.size()});
    ++counts_.messages_out;
    m.at = outbound::step::sent;
    return written::done;
}

}  // namespace barelink::inline v0::testing
