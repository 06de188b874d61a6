// SPDX-License-Identifier: BSL-1.0
// How a client comes in: CONNECT, and in 5.0 AUTH [3.1, 3.15].
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/testing/reasons.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>

namespace barelink::inline v0::testing {

template <broker_limits L>
constexpr void broker<L>::on_connect(connection& c, bytes_in body) noexcept {
    if (c.at != link_step::opened) return violate(c, violation::second_connect);
    if (!knobs.answer_connects) return;
    expire();
    auto const old = decode_connect(body);
    if (old) return on_connect_3(c, old.value);
    if (old.error != errc::unacceptable_version) return violate(c, violation::malformed_packet);
    auto const p = v5::decode_connect(body);
    if (p.error == errc::unacceptable_version) return answer_3(c, connect_return::unacceptable_version, false);
    if (!knobs.speak_5) return turn_away_5(c);
    if (!p) return refuse(c, p.error);
    on_connect_5(c, p.value);
}

// A broker that does not know 5.0 says so in the words of its own version, or not at all.
template <broker_limits L>
constexpr void broker<L>::turn_away_5(connection& c) noexcept {
    if (!knobs.hang_up_on_5) return answer_3(c, connect_return::unacceptable_version, false);
    ++counts_.refused;
    leave(c, false);
}

// Looks for a reason to refuse a CONNECT of 3.x.
template <broker_limits L>
constexpr connect_return broker<L>::judge_connect(connection& c, connect_packet const& p) noexcept {
    bool const spoken = p.protocol == version::v3_1 ? knobs.speak_3_1 : knobs.speak_3_1_1;
    if (!spoken) return connect_return::unacceptable_version;
    if (check_connect(p) == errc::bad_client_id) {
        violate(c, violation::bad_client_id);
        return connect_return::identifier_rejected;
    }
    if (c.client_id.truncated()) return connect_return::identifier_rejected;
    if (knobs.connack != connect_return::accepted) return knobs.connack;
    return knobs.login ? knobs.login(p) : connect_return::accepted;
}

template <broker_limits L>
constexpr void broker<L>::on_connect_3(connection& c, connect_packet const& p) noexcept {
    c.client_id = p.client_id;
    if (c.client_id.empty()) c.client_id << "unnamed-" << serial_ + 1;
    auto     code   = judge_connect(c, p);
    bool     resume = false;
    session* s      = nullptr;
    if (code == connect_return::accepted) {
        c.asked.clean_start = p.clean_session;
        s                   = open_session(c, resume);
        if (s == nullptr) code = connect_return::server_unavailable;
    }
    answer_3(c, code, resume && p.protocol != version::v3_1);
    if (s == nullptr) return;
    c.protocol     = p.protocol;
    c.keep_alive_s = p.keep_alive_s;
    begin(c, *s, resume, p.clean_session ? 0 : session::for_ever);
    keep_will(c, p, {});
    // 3.1 does not tell whether there was a session, so a client may think that there was.
    s->fresh = s->fresh && (p.protocol != version::v3_1 || p.clean_session);
}

// CONNACK of 3.x; a refused client has to go.
template <broker_limits L>
constexpr void broker<L>::answer_3(connection& c, connect_return code, bool present) noexcept {
    char answer[4] = {};
    write_connack(answer, {.session_present = present, .code = code});
    send(c, answer);
    if (code == connect_return::accepted) return;
    ++counts_.refused;
    leave(c, false);
}

template <broker_limits L>
constexpr void broker<L>::keep_will(connection& c, connect_packet const& p, properties const& with) noexcept {
    if (p.will.topic.empty()) return;
    c.will = pool_.keep(make_posted(p.will, with, c.session), now_);
    if (c.will == pool::none) ++counts_.dropped;
}

// The session of a client that may come in: the one that it had, or a new one. Returns nullptr if there is no room.
template <broker_limits L>
constexpr auto broker<L>::open_session(connection& c, bool& resume) noexcept -> session* {
    // [MQTT-3.1.4-2; in 5.0 MQTT-3.1.4-3]
    if (auto const* const old = find_session(c.client_id.view()); old != nullptr && old->connected) {
        ++counts_.takeovers;
        disconnect(c.client_id.view(), reason_code::session_taken_over);
    }
    auto* const s = find_session(c.client_id.view());
    resume        = s != nullptr && !c.asked.clean_start;
    if (resume) {
        // [MQTT-3.1.3-9]
        pool_.release(s->will);
        s->will = pool::none;
        s->will_due.stop();
        s->ends.stop();
        return s;
    }
    if (s != nullptr) end(*s);
    return new_session();
}

template <broker_limits L>
constexpr void broker<L>::begin(connection& c, session& s, bool resume, std::uint32_t expiry_s) noexcept {
    ++counts_.connects;
    c.at        = link_step::online;
    c.session   = number_of(s);
    s.client_id = c.client_id;
    s.connected = true;
    s.expiry_s  = expiry_s;
    s.fresh     = !resume;
    s.serial    = ++serial_;
    s.resent    = 0;
    for (auto& m : s.outbound) {
        m.due     = true;  // [MQTT-4.4.0-1]
        m.counted = false;
    }
}

}  // namespace barelink::inline v0::testing
