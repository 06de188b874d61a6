// SPDX-License-Identifier: BSL-1.0
// The broker's connections: from bytes to packets, from birth to end.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/disconnect.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
template <class Stream>
constexpr bool broker<L>::serve(Stream& stream, instant now) noexcept {
    now_       = now;
    bool moved = false;
    auto* c    = find(&stream);
    if (c == nullptr) {
        c = find(nullptr);
        if (c == nullptr) {
            stream.close();
            return true;
        }
        c->stream   = &stream;
        c->at       = link_step::opened;
        c->heard_at = now;
        moved       = true;
    }
    bool       gone    = false;
    bool const listens = c->at != link_step::closing || c->left;
    if (listens && c->rx_size != L.rx_bytes) {
        auto const n = stream.read(bytes_out{c->rx + c->rx_size, L.rx_bytes - c->rx_size});
        c->rx_size += n.value;
        moved = moved || n.value != 0;
        gone  = !n && n.error != errc::would_block;
        if (n && !c->left) c->heard_at = now;
        if (n && c->left) violate(*c, violation::packet_after_disconnect);
    }
    moved = take_packets(*c) || moved;
    moved = deliver(*c) || moved;
    if (!gone && !c->tx.empty()) {
        auto const n = stream.write(c->tx.front());
        c->tx.drop(n.value);
        if (n.value != 0) c->raise_quota_in();
        moved = moved || n.value != 0;
        gone  = !n && n.error != errc::would_block;
    }
    if (gone) {
        // What has come is still to be heard, although nobody listens to the answers.
        do {
            c->tx.clear();
        } while (take_packets(*c));
        leave(*c, true);
        c->tx.clear();
        c->left = false;
    }
    if (c->at == link_step::closing && c->tx.empty() && !c->left) {
        stream.close();
        drop(*c);
        moved = true;
    }
    return moved;
}

template <broker_limits L>
constexpr void broker<L>::on_time(instant now) noexcept {
    now_ = now;
    for (auto& c : connections_) {
        if (!c.patience().due(now)) continue;
        if (c.at == link_step::online) {
            ++counts_.silences;
            if (knobs.judge_silence) violate(c, violation::silence);
            bye(c, reason_code::keep_alive_timeout);
            continue;
        }
        leave(c, true);
        c.tx.clear();
        c.left = false;
    }
    expire();
}

template <broker_limits L>
constexpr deadline broker<L>::next_deadline() const noexcept {
    deadline first{};
    for (auto const& c : connections_) first.earliest(c.patience());
    for (auto const& s : sessions_) {
        first.earliest(s.ends);
        first.earliest(s.will_due);
    }
    return first;
}

template <broker_limits L>
constexpr bool broker<L>::take_packets(connection& c) noexcept {
    std::size_t done = 0;
    while (done != c.rx_size && c.at != link_step::free && c.at != link_step::closing && c.tx.room() >= answer_max) {
        if (!take_packet(c, {c.rx + done, c.rx_size - done}, done)) break;
    }
    if (c.left && done != c.rx_size) violate(c, violation::packet_after_disconnect);
    if (c.at == link_step::closing) done = c.rx_size;
    c.rx_size -= done;
    move_bytes(c.rx, c.rx + done, c.rx_size);
    return done != 0;
}

// The packet in front, if it is complete. Returns false if there is none, or none may follow.
template <broker_limits L>
constexpr bool broker<L>::take_packet(connection& c, bytes_in rest, std::size_t& done) noexcept {
    if (c.at == link_step::opened && octet(rest[0]) >> 4 != static_cast<unsigned>(packet_type::connect)) {
        violate(c, violation::first_not_connect);
        return false;
    }
    auto const h = read_header(rest, c.protocol);
    if (h.error == errc::would_block) return false;
    auto const size = h.value.packet_size();
    if (!h) {
        violate(c, violation::malformed_packet);
    } else if (c.granted.maximum_packet_size != 0 && size > c.granted.maximum_packet_size) {
        violate(c, violation::packet_too_large);
    } else if (size > L.rx_bytes) {
        violate(c, violation::packet_too_long);
    } else if (size > rest.size()) {
        return false;
    } else {
        done += size;
        handle(c, h.value, rest.subspan(h.value.size, h.value.remaining));
    }
    return true;
}

// Notes it, and ends the connection if it is one of those that must.
template <broker_limits L>
constexpr void broker<L>::violate(connection& c, violation kind, packet_id id) noexcept {
    violate(c, kind, id, reason_for(kind));
}
template <broker_limits L>
constexpr void broker<L>::violate(connection& c, violation kind, packet_id id, reason_code reason) noexcept {
    last_violation_ = {.kind = kind, .id = id, .at = now_, .client_id = c.client_id};
    if (violations_++ == 0) first_violation_ = last_violation_;
    if (ends_connection(kind)) bye(c, reason);
}
// Likewise for what a decoder has found.
template <broker_limits L>
constexpr void broker<L>::refuse(connection& c, errc found, packet_id id) noexcept {
    violate(c, violation_for(found), id, reason_of(found));
}

// The client has left or is thrown out; its connection is closed when it is served next and has nothing more to write.
template <broker_limits L>
constexpr void broker<L>::leave(connection& c, bool with_will, bool in_order) noexcept {
    if (c.at == link_step::closing || c.at == link_step::free) return;
    bool const online = c.at == link_step::online;
    c.at              = link_step::closing;
    c.heard_at        = now_;
    auto will         = c.will;
    c.will            = pool::none;
    if (!online || !with_will) {
        pool_.release(will);
        will = pool::none;
    }
    if (!online) return;
    if (!in_order) ++counts_.breaks;
    part(session_of(c), will, c.asked.will_delay_s);
}

// We end a connection, in 5.0 with a word behind what was to be written.
template <broker_limits L>
constexpr void broker<L>::bye(connection& c, reason_code reason, property_list with) noexcept {
    bool const tell = c.v5() && c.at == link_step::online;  // [MQTT-3.14.0-1]
    bool const told = c.v5() && c.at == link_step::closing && !c.left;
    leave(c, true);
    c.left = false;
    if (told) return;
    if (!tell) return c.tx.clear();
    char       packet[200] = {};
    auto const size        = v5::encode_reason(packet, packet_type::disconnect, reason, with);
    if (size && size.value <= c.asked.maximum_packet_size) send(c, bytes_in{packet, size.value});
}

template <broker_limits L>
constexpr void broker<L>::kick(std::string_view client_id) noexcept {
    for (auto& c : connections_) {
        if (c.at != link_step::online || c.client_id.view() != client_id) continue;
        leave(c, true);
        c.tx.clear();
    }
}

template <broker_limits L>
constexpr void broker<L>::disconnect(std::string_view client_id, reason_code reason, property_list with) noexcept {
    for (auto& c : connections_) {
        if (c.at == link_step::online && c.client_id.view() == client_id) bye(c, reason, with);
    }
}

template <broker_limits L>
constexpr void broker<L>::restart(bool keep) noexcept {
    for (auto& c : connections_) {
        if (c.at == link_step::free) continue;
        pool_.release(c.will);
        c.will = pool::none;
        leave(c, true);
        c.tx.clear();
        c.left = false;
    }
    if (keep) return;
    forget_sessions();
    for (auto& r : retained_) {
        pool_.release(r);
        r = pool::none;
    }
}

// The connection of a stream; of nullptr: a free one.
template <broker_limits L>
constexpr auto broker<L>::find(void const* stream) noexcept -> connection* {
    for (auto& c : connections_) {
        if (c.stream == stream) return &c;
    }
    return nullptr;
}

template <broker_limits L>
constexpr void broker<L>::send_ack(connection& c, packet_type type, packet_id id, reason_code reason) noexcept {
    char        packet[v5::ack_size_max] = {};
    auto* const end                      = v5::write_ack(packet, type, id, reason);
    send(c, bytes_in{packet, static_cast<std::size_t>(end - packet)});
}

}  // namespace barelink::inline v0::testing
