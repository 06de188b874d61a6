// SPDX-License-Identifier: BSL-1.0
// The engine's way out: from the lanes to the transport, and what time brings.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0 {

template <features F>
template <class Packet>
constexpr errc session<F>::begin(options const& o, Packet const& c, property_list auth) noexcept {
    if (!F.has(c.protocol) || is_other_form(c.protocol)) return errc::bad_version;
    auto const wrong = write_connect(c, auth);
    if (wrong != errc::ok) return wrong;
    options_       = &o;
    if constexpr (F.v5) lasting_.form_5 = c.protocol == version::v5;
    clean_session_ = c.clean_session;
    fault_         = errc::ok;
    late_ack_      = false;
    unread_        = false;
    state_         = session_state::connecting;
    return errc::ok;
}

template <features F>
template <class Packet>
constexpr errc session<F>::write_connect(Packet const& c, property_list auth) noexcept {
    if constexpr (F.v5) {
        if (c.protocol == version::v5) return begin_5(c, auth);
    }
    if (auto const wrong = check_connect<F.only()>(c); wrong != errc::ok) return wrong;
    // Written once, behind the longest fixed header that it can get here; its own is put right in front of it.
    auto const memory  = inbox_.memory();
    auto const body_at = 1U + length_size(memory.size());
    writer     w{memory.subspan(body_at)};
    write_connect_body<F.only()>(w, c);
    if (!w.fits()) return errc::connect_too_long;
    auto const start = body_at - 1U - length_size(w.size());
    memory[start]    = static_cast<char>(first_byte(packet_type::connect));
    write_length(&memory[start + 1], static_cast<std::uint32_t>(w.size()));
    inbox_.clear();
    inbox_.received(body_at + w.size());
    inbox_.skip(start);
    return errc::ok;
}

template <features F>
constexpr errc session<F>::disconnect() noexcept {
    if (state_ != session_state::online) return errc::not_connected;
    state_ = session_state::closing;
    return errc::ok;
}

template <features F>
constexpr void session<F>::close() noexcept {
    forget_open_message();
    state_   = session_state::offline;
    unread_  = false;
    stalled_ = false;
    pinging_ = false;
    inbox_.clear();
    control_.clear();
    timers_.stop_all();
    ring_.rewind();
    if constexpr (F.aliases_out) short_.forget();
    subscriptions_.lose_connection();
    if constexpr (F.deferred_ack) inbound_.lose_connection();
}

// Puts in line what the tables owe: answers of the user, and the release lane, PUBRELs that have to be sent again
// [MQTT-4.4.0-1] in the order of their publishes [MQTT-4.6.0-4].
template <features F>
constexpr void session<F>::fill_control() noexcept {
    if (state_ != session_state::online && state_ != session_state::closing) return;
    if constexpr (F.deferred_ack) {
        for (auto* slot = inbound_.next_answer(); slot != nullptr && has_room(); slot = inbound_.next_answer()) {
            if (slot->state == inbound_state::done_2) {
                control_.answer(packet_type::pubrec, slot->id);
                slot->state = inbound_state::known;
            } else {
                control_.answer(packet_type::puback, slot->id);
                inbound_.erase(slot);
            }
        }
    }
    if constexpr (has_qos_2) {
        while (has_room()) {
            auto* const slot = inflight_.first(sender_phase::release_due);
            if (slot == nullptr) break;
            control_.answer(packet_type::pubrel, slot->id);
            slot->left_at = now_;
            static_cast<void>(inflight_table::apply<all_rules>(*slot, sender_event::left_release));
        }
    }
}

template <features F>
constexpr bytes_in session<F>::choose_output() noexcept {
    bytes_in out{};
    if (fault_ != errc::ok) return out;
    if (state_ == session_state::connecting) {
        out = inbox_.unread();
    } else if (state_ == session_state::online || state_ == session_state::closing) {
        fill_control();
        if (asking_ && state_ == session_state::online) request_all();
        char* const end = ring_reach();
        if (started() || (control_.empty() && ring_.next() != end)) {
            out = ring_output(end);
            if constexpr (F.sources) {
                if (out.empty()) give_up_source();
            }
        } else if (control_.empty() && ring_.all_sent() && state_ == session_state::closing &&
                   after_ == after::nothing) {
            state_ = session_state::leaving;
            out    = farewell();
        } else {
            out = control_.pending();
        }
    } else if (state_ == session_state::leaving) {
        out = is_5() ? inbox_.unread() : control_.pending();
    }
    if (out.empty()) {
        timers_.stop(timer::write);
    } else if (!timers_.armed(timer::write)) {
        timers_.arm(timer::write, now_ + options_->write_timeout_ms);
    }
    return out;
}

// What the publish lane writes next.
template <features F>
constexpr bytes_in session<F>::ring_output(char* end) noexcept {
    if constexpr (F.aliases_out) {
        if (is_5() && !ring_.started()) return shorten(end);
    }
    return ring_.pending(ring_.started(), end);
}

// How far the ring may be written: 5.0 bounds what is not acknowledged [MQTT-3.3.4-7]. What is behind that waits, so
// that the order is kept.
template <features F>
constexpr char* session<F>::ring_reach() noexcept {
    if constexpr (F.v5) {
        if (is_5()) {
            auto const busy = inflight_.busy();
            auto const most = five_.grants.receive_max;
            return ring_.reach(busy < most ? most - busy : 0U);
        }
    }
    return ring_.tail();
}

// The last packet.
template <features F>
constexpr bytes_in session<F>::farewell() noexcept {
    if constexpr (F.v5) {
        if (is_5()) return build_farewell();
    }
    control_.empty_packet(packet_type::disconnect);
    return control_.pending();
}

// No answer counts as late before this instant.
template <features F>
constexpr instant session<F>::patience() const noexcept {
    bool const coming = flow_ != flow::none || inbox_.size() != 0;
    return coming ? heard_at_ + options_->request_timeout_ms : now_;
}

// The publish whose source failed is forgotten, or it would fail again and again.
template <features F>
constexpr void session<F>::give_up_source() noexcept {
    char* const packet = ring_.next();
    failed_id_         = ring_.id_of(ring_.wire(packet));
    failed_dup_        = (octet(*ring_.wire(packet)) & publish_flag::dup) != 0;
    failed_            = true;
    tell_              = true;
    fault_             = errc::source_failed;
    ring_.drop(packet);
    if (auto* const slot = inflight_.find(failed_id_)) inflight_.erase(slot);
}

template <features F>
constexpr void session<F>::note_sent(std::size_t count) noexcept {
    if (count == 0) return;
    stalled_ = false;
    // What is sent makes a ping needless [MQTT-3.1.2-23], but not for one who hears nothing: the link may be dead.
    auto const keep_alive = keep_alive_s();
    if (keep_alive != 0 && state_ <= session_state::closing && (heard_ || !timers_.armed(timer::ping))) {
        timers_.arm(timer::ping, now_ + ping_after(keep_alive));
        heard_ = false;
    }
    if (state_ == session_state::connecting) {
        inbox_.skip(count);
        if (inbox_.unread().empty()) {
            inbox_.clear();
            state_ = session_state::waiting;
            note_greeting();
            timers_.arm(timer::answer, now_ + options_->request_timeout_ms);
        }
    } else if (F.v5 && is_5() && state_ == session_state::leaving) {
        inbox_.skip(count);
        if (inbox_.size() == 0) state_ = session_state::closed;
    } else if (started() || control_.empty()) {
        while (count != 0) {
            char* packet = nullptr;
            if constexpr (F.aliases_out) {
                if (!short_.empty()) {
                    if (short_.sent(count)) left(ring_.skip());
                    continue;
                }
            }
            packet = ring_.sent(count);
            if (packet != nullptr) left(packet);
        }
    } else {
        control_.sent(count);
        if (pinging_ && control_.empty()) {
            pinging_ = false;
            timers_.arm(timer::answer, now_ + options_->request_timeout_ms);
        }
        if (state_ == session_state::leaving && control_.empty()) state_ = session_state::closed;
    }
    // The transport took only a part and has to take the rest.
    bool const leaving = F.v5 && state_ == session_state::leaving;  // DISCONNECT of 5.0 lies in no lane
    bool const more    = started() || control_.started() || state_ == session_state::connecting || leaving;
    timers_.stop(timer::write);
    if (more) timers_.arm(timer::write, now_ + options_->write_timeout_ms);
}

// CONNECT has left. If the one before it was not answered, the Server may have made a session for it.
template <features F>
constexpr void session<F>::note_greeting() noexcept {
    if constexpr (F.auth) {
        if (five_.in_dialogue) return;
    }
    unsure_  = greeted_;
    greeted_ = true;
}

// The transport has taken the last byte of a packet in the ring.
template <features F>
constexpr void session<F>::left(char* packet) noexcept {
    char const* const wire = ring_.wire(packet);
    bool const        mine = ring_.is_publish(wire[0]);
    bool const        auth = F.auth && octet(wire[0]) >> 4 == static_cast<unsigned>(packet_type::auth);
    auto const        id   = mine ? ring_.id_of(wire) : packet_id{0};
    if (!mine && !auth) subscriptions_.written(ring_.request_id_of(wire), now_);
    if (!has_qos_1 || id == 0) {
        ring_.drop(packet);
    } else if (auto* const slot = inflight_.find(id)) {
        slot->left_at = now_;
        static_cast<void>(inflight_table::apply<all_rules>(*slot, ring_.level_of(wire) == qos::exactly_once
                                                           ? sender_event::left_qos_2
                                                           : sender_event::left_qos_1));
    }
}

template <features F>
constexpr bool session<F>::is_alive() const noexcept {
    return state_ == session_state::online || state_ == session_state::closing;
}

template <features F>
constexpr void session<F>::on_time(instant now) noexcept {
    now_ = now;
    if (!is_alive() || !timers_.due(timer::ping, now) || !has_room()) return;
    control_.empty_packet(packet_type::pingreq);
    timers_.stop(timer::ping);
    // The answer is awaited from the moment at which the ping has left: a packet that is started goes first.
    pinging_ = !timers_.armed(timer::answer);
}

template <features F>
constexpr errc session<F>::expire() noexcept {
    if (state_ == session_state::offline || fault_ != errc::ok) return fault_;
    if (timers_.due(timer::write, now_)) return fault_ = errc::write_timeout;
    // Nor while a packet is coming in: the answer may be behind it.
    if (unread_ || !now_.reached(patience())) return errc::ok;
    if (subscriptions_.expire(now_, 2 * options_->request_timeout_ms)) late_ack_ = tell_ = true;
    if (timers_.due(timer::answer, now_)) {
        fault_ = state_ == session_state::waiting ? errc::connack_timeout : errc::ping_timeout;
    }
    if constexpr (F.auth) {
        if (five_.asking && now_.reached(five_.asked_at + options_->request_timeout_ms)) fault_ = errc::auth_timeout;
    }
    // Before CONNACK none is awaited: what was written was on another connection.
    if (has_qos_1 && state_ >= session_state::online && inflight_.late(now_, options_->publish_timeout_ms)) {
        fault_ = errc::publish_timeout;
    }
    return fault_;
}

template <features F>
constexpr deadline session<F>::next_deadline() const noexcept {
    if (state_ == session_state::offline) return {};
    // expire() blames nobody before all that came is taken out, so until then there is nothing to wake up for.
    auto first = timers_.next(is_alive() && has_room());
    if (unread_) return first;
    auto answers = subscriptions_.overdue(2 * options_->request_timeout_ms);
    answers.earliest(timers_.at(timer::answer));
    if constexpr (F.auth) {
        if (five_.asking) answers.earliest(five_.asked_at + options_->request_timeout_ms);
    }
    if (has_qos_1 && state_ >= session_state::online) answers.earliest(inflight_.overdue(options_->publish_timeout_ms));
    answers.not_before(patience());
    first.earliest(answers);
    return first;
}

}  // namespace barelink::inline v0
