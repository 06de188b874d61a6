// SPDX-License-Identifier: BSL-1.0
// The broker's connections: from bytes to packets, from birth to end.
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connect.hpp>

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
        }
        leave(c, true);
        c.tx.clear();
        c.left = false;
    }
}

template <broker_limits L>
constexpr deadline broker<L>::next_deadline() const noexcept {
    deadline first{};
    for (auto const& c : connections_) first.earliest(c.patience());
    return first;
}

template <broker_limits L>
constexpr bool broker<L>::take_packets(connection& c) noexcept {
    std::size_t done = 0;
    while (done != c.rx_size && (c.at == link_step::opened || c.at == link_step::online) &&
           c.tx.room() >= answer_max) {
        bytes_in const rest{c.rx + done, c.rx_size - done};
        if (c.at == link_step::opened && octet(rest[0]) >> 4 != static_cast<unsigned>(packet_type::connect)) {
            violate(c, violation::first_not_connect);
            break;
        }
        auto const h = read_header(rest, c.protocol);
        if (h.error == errc::would_block) break;
        if (!h) {
            violate(c, violation::malformed_packet);
        } else if (h.value.packet_size() > L.rx_bytes) {
            violate(c, violation::packet_too_long);
        } else if (h.value.packet_size() > rest.size()) {
            break;
        } else {
            done += h.value.packet_size();
            handle(c, h.value, rest.subspan(h.value.size, h.value.remaining));
        }
    }
    if (c.left && done != c.rx_size) violate(c, violation::packet_after_disconnect);
    if (c.at == link_step::closing) done = c.rx_size;
    c.rx_size -= done;
    move_bytes(c.rx, c.rx + done, c.rx_size);
    return done != 0;
}

// Notes it, and ends the connection if it is one of those that must.
template <broker_limits L>
constexpr void broker<L>::violate(connection& c, violation kind, packet_id id) noexcept {
    last_violation_ = {.kind = kind, .id = id, .at = now_, .client_id = c.client_id};
    if (violations_++ == 0) first_violation_ = last_violation_;
    if (!ends_connection(kind)) return;
    leave(c, true);
    c.tx.clear();
    c.left = false;
}

// The client has left or is thrown out; its connection is closed when it is served next and has nothing more to write.
template <broker_limits L>
constexpr void broker<L>::leave(connection& c, bool with_will) noexcept {
    if (c.at == link_step::closing || c.at == link_step::free) return;
    bool const online = c.at == link_step::online;
    c.at              = link_step::closing;
    c.heard_at        = now_;
    if (!online) return;
    auto& s     = session_of(c);
    s.connected = false;
    if (with_will) ++counts_.breaks;
    if (s.clean) forget(s);
    auto const will = c.will;
    c.will          = pool::none;
    if (with_will && will != pool::none) {
        ++counts_.wills;
        static_cast<void>(route(pool_.at(will)));
    }
    pool_.release(will);
}

template <broker_limits L>
constexpr void broker<L>::drop(connection& c) noexcept {
    c.tx.clear();
    c.requests.clear();
    c.client_id.clear();
    c.rx_size  = 0;
    c.stream   = nullptr;
    c.at       = link_step::free;
    c.protocol = version::v3_1_1;
    c.left     = false;
    c.session  = connection::no_session;
}

template <broker_limits L>
constexpr void broker<L>::forget(session& s) noexcept {
    for (auto const& m : s.outbound) pool_.release(m.message);
    s.outbound.clear();
    s.inbound.clear();
    s.subscriptions.clear();
    s.client_id.clear();
    s.used = s.connected = false;
    s.clean = s.fresh = true;
    s.last_id         = 0;
    s.arrivals = s.resent = 0;
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

template <broker_limits L>
constexpr void broker<L>::forget_sessions() noexcept {
    for (auto& s : sessions_) {
        if (s.used && !s.connected) forget(s);
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
constexpr auto broker<L>::find_session(std::string_view client_id) noexcept -> session* {
    for (auto& s : sessions_) {
        if (s.used && s.client_id.view() == client_id) return &s;
    }
    return nullptr;
}
template <broker_limits L>
constexpr auto broker<L>::find_session(std::string_view client_id) const noexcept -> session const* {
    for (auto const& s : sessions_) {
        if (s.used && s.client_id.view() == client_id) return &s;
    }
    return nullptr;
}

template <broker_limits L>
constexpr bool broker<L>::connected(std::string_view client_id) const noexcept {
    auto const* const s = find_session(client_id);
    return s != nullptr && s->connected;
}
template <broker_limits L>
constexpr bool broker<L>::has_session(std::string_view client_id) const noexcept {
    return find_session(client_id) != nullptr;
}
template <broker_limits L>
constexpr bool broker<L>::subscribed(std::string_view client_id, std::string_view filter) const noexcept {
    auto const* const s = find_session(client_id);
    if (s == nullptr) return false;
    for (auto const& sub : s->subscriptions) {
        if (sub.filter.view() == filter) return true;
    }
    return false;
}
template <broker_limits L>
constexpr std::size_t broker<L>::waiting(std::string_view client_id) const noexcept {
    auto const* const s = find_session(client_id);
    return s == nullptr ? 0 : s->outbound.size();
}

template <broker_limits L>
constexpr void broker<L>::send_ack(connection& c, packet_type type, packet_id id) noexcept {
    char packet[ack_size] = {};
    write_ack(packet, type, id);
    send(c, packet);
}

}  // namespace barelink::inline v0::testing
