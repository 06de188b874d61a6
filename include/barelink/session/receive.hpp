// SPDX-License-Identifier: BSL-1.0
// The engine's way in: from the receive buffer to an event, and from the end of an event to an answer.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>

namespace barelink::inline v0 {

// Room in the control lane beside that for the answer to the message that the user has right now.
template <features F>
constexpr bool session<F>::has_room() const noexcept {
    return control_.has_room(after_ == after::message ? 2 * answer_size : answer_size);
}

template <features F>
constexpr qos session<F>::shown_level() const noexcept {
    return static_cast<qos>((header_.flags & publish_flag::qos_mask) >> 1);
}

template <features F>
constexpr void session<F>::end_event() noexcept {
    auto const step = after_;
    after_          = after::nothing;
    if (F.chunks && step == after::piece) end_piece();
    if (step != after::message) return;
    answer();
    inbox_.skip(pinned_ + left_);
    flow_   = flow::none;
    unread_ = inbox_.size() != 0;
}

// What the tables hold for the user, one thing at a time.
template <features F>
constexpr void session<F>::tell(event& e) noexcept {
    if constexpr (F.sources) {
        if (failed_) {
            failed_ = false;
            e.type  = failed_dup_ ? event_type::uncertain : event_type::rejected;
            e.cause = errc::source_failed;
            e.id    = failed_id_;
            return;
        }
    }
    if constexpr (F.v5) {
        if (tell_unsendable(e)) return;
    }
    if constexpr (all_rules) {
        if (auto* const slot = inflight_.first(sender_phase::uncertain)) {
            e.type  = event_type::uncertain;
            e.id    = slot->id;
            e.cause = slot->cause;
            if (F.v5 && slot->cause != errc::ok) e.type = event_type::rejected;
            inflight_.erase(slot);
            return;
        }
    }
    for (auto& s : subscriptions_) {
        if (s.state < subscription_state::granted) continue;
        auto const told = subscription_reports[static_cast<std::size_t>(s.state) -
                                               static_cast<std::size_t>(subscription_state::granted)];
        e.type          = told.type;
        e.cause         = told.cause;
        e.id            = s.id;
        e.topic         = s.filter;
        s.state         = told.after;
        if (s.code < subscription_failure) e.level = static_cast<qos>(s.code);
        if constexpr (F.v5) {
            e.reason         = static_cast<reason_code>(s.code);
            if (told.type != event_type::subscribed) e.level = qos::at_most_once;
            auto const cause = error_of(e.reason);
            if (told.cause == errc::subscription_refused && culprit_of(cause) == culprit::capacity) e.cause = cause;
        }
        return;
    }
    tell_ = false;
}

template <features F>
constexpr void session<F>::next_packet(event& e) noexcept {
    // Whatever comes may need an answer, and no answer may be lost. Behind DISCONNECT there is none [MQTT-3.14.4-2].
    while (fault_ == errc::ok && state_ >= session_state::waiting && state_ < session_state::leaving) {
        stalled_ = !control_.has_room(answer_size);
        if (stalled_) return;
        if (flow_ == flow::none) {
            auto const status = inbox_.front(header_, spoken());
            unread_           = status != errc::would_block && (status != errc::ok || has_head());
            if (!unread_) return;
            fault_ = status == errc::ok ? dispatch(e) : status;
            if (flow_ == flow::none) {
                // With a fault nothing more is read: the end of the stream must not hide the cause.
                unread_ = fault_ != errc::ok || inbox_.size() != 0;
                if (e || !unread_) return;
                continue;
            }
        }
        // A message is open: it ends in an event, in a fault, or has to wait.
        if (fault_ != errc::ok || !hand_over(e)) return;
    }
}

template <features F>
constexpr errc session<F>::dispatch(event& e) noexcept {
    auto const type = header_.type;
    bool const opening = type == packet_type::connack || (F.v5 && type == packet_type::auth);
    if (state_ == session_state::waiting ? !opening : type == packet_type::connack) return errc::protocol_error;
    if constexpr (F.v5) {
        // Without a bound it is 0, and 0 - 1 is above all [3.1.2.11.4].
        auto const bound = lasting_.more->maximum_packet_size - 1U;
        if (is_5() && header_.packet_size() - 1U > bound) return errc::packet_too_long;  // [MQTT-3.1.2-24]
    }
    if (type == packet_type::publish) return open_message();
    bytes_in const body{inbox_.data() + header_.size, header_.remaining};
    inbox_.skip(header_.packet_size());
    if constexpr (F.v5) {
        if (is_5() && type != packet_type::pingresp) return dispatch_5(e, body);
    }
    if (type == packet_type::connack) return on_connack(e, body);
    if (type == packet_type::suback) return on_suback(e, body);
    if (type == packet_type::pingresp) {
        timers_.stop(timer::answer);
        return body.empty() ? errc::ok : errc::malformed_packet;
    }
    bool const acknowledgement = type >= packet_type::puback && type <= packet_type::pubcomp;
    if (!acknowledgement && type != packet_type::unsuback) return errc::protocol_error;
    auto const id = decode_ack(body).value;
    if (id == 0) return errc::malformed_packet;
    if (type == packet_type::unsuback) return on_granted(e, id, false, 0);
    if (type == packet_type::pubrel) return on_pubrel(id);
    return on_ack(e, type, id, reason_code::success);
}

template <features F>
constexpr errc session<F>::on_connack(event& e, bytes_in body) noexcept {
    auto const ack = decode_connack(body, spoken());
    if (!ack) return ack.error;
    if (ack.value.code != connect_return::accepted) return refusal(ack.value.code);
    if (ack.value.session_present && clean_session_) return errc::session_mismatch;  // [MQTT-3.2.2-1]
    bool const old = spoken() == version::v3_1;
    // 3.1 does not say; a Server that was not asked to forget is taken to remember. Where it can't say that it has lost
    // the session, or has said so to a connection that was lost in turn, it may know less than we think.
    bool const resumed = old ? !clean_session_ : ack.value.session_present;
    accept(e, ack.value.session_present, resumed, old || unsure_);
    return errc::ok;
}

// The Server takes us; `resumed`: with the session of before, perhaps in doubt.
template <features F>
constexpr void session<F>::accept(event& e, bool session_present, bool resumed, bool doubt) noexcept {
    state_ = session_state::online;
    timers_.stop(timer::answer);
    e.type            = event_type::connected;
    e.session_present = session_present;
    if constexpr (has_qos_1) {
        for (auto& slot : inflight_) {
            bool const sent  = slot.phase == sender_phase::wait_puback || slot.phase == sender_phase::wait_pubrec;
            auto const cause = resumed ? sender_event::resumed : sender_event::lost;
            static_cast<void>(inflight_table::apply<all_rules>(slot, cause));
            // What the Server has not kept is nothing that it has seen before.
            if (slot.phase == sender_phase::queued && (sent || !resumed)) ring_.mark(slot.id, resumed);
        }
    }
    // With a store, take_lost_inbound() forgets them one by one.
    if constexpr (has_inbound && !F.persistent) {
        if (!resumed) inbound_.clear();
    }
    if constexpr (has_qos_2) {
        if (resumed && doubt) inbound_.doubt();
    }
    // Asking again does no harm.
    if (!resumed || doubt) subscriptions_.ask_again(!resumed);
    greeted_   = false;
    if constexpr (F.persistent) forgotten_ = !resumed;
    asking_    = true;
    tell_      = true;
}

// --- acknowledgements

template <features F>
constexpr errc session<F>::on_ack(event& e, packet_type type, packet_id id, reason_code reason) noexcept {
    if (!has_qos_1 || (!has_qos_2 && type != packet_type::puback)) return errc::protocol_error;
    auto* const slot = inflight_.find(id);
    if (slot == nullptr) {
        // Nothing of ours, perhaps of an earlier life. PUBREL lets the Server forget it as well.
        if (has_qos_2 && type == packet_type::pubrec && !refused(reason)) release(id, false);
        return errc::ok;
    }
    auto const action = inflight_table::apply<all_rules>(*slot, cause_of(type, reason));
    if (action == sender_action::refuse) {
        // An answer to what was written on the connection before comes again once we have repeated it.
        return slot->phase == sender_phase::queued && ring_.is_dup(id) ? errc::ok : errc::protocol_error;
    }
    if (action == sender_action::none) return errc::ok;
    if (action != sender_action::finish) ring_.drop(ring_.find(id));
    if (has_qos_2 && action == sender_action::release) {
        slot->left_at = now_;
        release(id, true);
        return errc::ok;
    }
    inflight_.erase(slot);
    bool const wrong = F.v5 && refused(reason) && type != packet_type::pubcomp;
    e.type           = wrong ? event_type::rejected : event_type::delivered;
    e.cause          = wrong ? errc::publish_refused : errc::ok;
    e.id             = id;
    return errc::ok;
}

// Puts PUBREL in line; 5.0 says in it if we know nothing of the message [3.6.2.1].
template <features F>
constexpr void session<F>::release(packet_id id, bool known) noexcept {
    reply(packet_type::pubrel, id, known ? reason_code::success : reason_code::packet_identifier_not_found);
}

template <features F>
constexpr errc session<F>::on_pubrel(packet_id id) noexcept {
    if constexpr (has_qos_2) {
        auto* const slot  = inbound_.find(id, true);
        auto const  phase = slot != nullptr ? receiver_phase::known : receiver_phase::unknown;
        if (receiver_rule_for(phase, receiver_event::pubrel) == receiver_action::complete) {
            bool const answered = slot->state == inbound_state::known || slot->state == inbound_state::stale;
            if (!answered) return errc::protocol_error;
            inbound_.erase(slot);
        }
        auto const known = slot != nullptr;
        reply(packet_type::pubcomp, id, known ? reason_code::success : reason_code::packet_identifier_not_found);
        return errc::ok;
    }
    return errc::protocol_error;
}

template <features F>
constexpr errc session<F>::on_suback(event& e, bytes_in body) noexcept {
    // One SUBSCRIBE asks for one filter, so one code comes back [MQTT-3.8.4-5].
    if (body.size() != 3) return body.size() < 3 ? errc::malformed_packet : errc::protocol_error;
    auto const id   = load_u16(body.data());
    auto const code = octet(body[2]);
    if (id == 0 || (code > 2 && code != subscription_failure)) return errc::malformed_packet;  // [MQTT-3.9.3-2]
    return on_granted(e, id, true, code);
}

// The answer to SUBSCRIBE or UNSUBSCRIBE.
template <features F>
constexpr errc session<F>::on_granted(event& e, packet_id id, bool subscribes, std::uint8_t code) noexcept {
    auto* s = subscriptions_.find(id, subscribes ? subscription_state::asked : subscription_state::leaving);
    if (subscribes && s == nullptr) s = subscriptions_.find(id, subscription_state::lapsed);
    if (s == nullptr) return late_ack_ ? errc::ok : errc::unknown_packet_id;
    bool const wrong = code >= subscription_failure;
    s->code          = code;
    s->state         = subscribes ? (wrong ? subscription_state::refused : subscription_state::granted)
                                  : (wrong ? subscription_state::left_refused : subscription_state::left);
    tell_            = true;
    tell(e);
    return errc::ok;
}

}  // namespace barelink::inline v0
