// SPDX-License-Identifier: BSL-1.0
// The engine's way out: from a command to the ring, from the lanes to the transport, and what time brings.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/topic/filter.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0 {

template <features F>
template <class Packet>
constexpr errc session<F>::begin(options const& o, Packet const& c) noexcept {
    if (!F.has(c.protocol)) return errc::bad_version;
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
    options_       = &o;
    clean_session_ = c.clean_session;
    fault_         = errc::ok;
    late_ack_      = false;
    hungry_        = true;
    state_         = session_state::connecting;
    return errc::ok;
}

template <features F>
constexpr packet_id session<F>::next_id() noexcept {
    do {
        ++last_id_;
    } while (last_id_ == 0 || inflight_.find(last_id_) != nullptr || subscriptions_.uses(last_id_));
    return last_id_;
}

template <features F>
constexpr errc session<F>::check(message const& m) const noexcept {
    if (m.topic.size() > topic_size_max || check_topic_name(m.topic) != errc::ok) return errc::bad_topic;
    if (!F.has(m.level)) return errc::bad_qos;
    if (m.level == qos::at_most_once) return state_ == session_state::online ? errc::ok : errc::not_connected;
    return inflight_.full() ? errc::inflight_full : errc::ok;
}

template <features F>
constexpr result<packet_id> session<F>::publish(message const& m) noexcept {
    if (auto const wrong = check(m); wrong != errc::ok) return wrong;
    auto const total = packet_size(publish_header_size(m.topic.size(), m.level) + m.payload.size());
    if (total > ring_.capacity()) return errc::publish_too_long;
    char* to = ring_.reserve(total);
    if (to == nullptr) return errc::ring_full;
    auto const id = m.level == qos::at_most_once ? packet_id{0} : next_id();
    to            = write_publish_header(to, m, id, m.payload.size());
    move_bytes(to, m.payload.data(), m.payload.size());
    ring_.append(total);
    if (id != 0) inflight_.add({.id = id, .phase = sender_phase::queued});
    return id;
}

template <features F>
constexpr result<packet_id> session<F>::publish(message const& m, std::uint32_t size,
                                                payload_source const& source) noexcept
    requires(F.sources)
{
    if (auto const wrong = check(m); wrong != errc::ok) return wrong;
    auto const header = packet_size(publish_header_size(m.topic.size(), m.level) + size) - size;
    if (size > remaining_length_max - header) return errc::publish_too_long;
    auto const room = ring_.reserve_all();
    auto const id   = m.level == qos::at_most_once ? packet_id{0} : next_id();
    if (header + size <= room.size()) {
        char* const to = write_publish_header(room.data(), m, id, size);
        if (source(0, {to, size}) != size) return errc::source_failed;
        ring_.append(header + size);
    } else {
        auto const   slots = source_slots();
        std::uint8_t index = 0;
        while (index < slots.size() && slots[index].read) ++index;
        if (index == slots.size()) return errc::sources_full;
        // A part of what is free, so that other publishes still find room.
        auto scratch = room.size() / 4 < envelope::scratch_max ? room.size() / 4 : envelope::scratch_max;
        while (scratch > 1 && envelope::stored_size(header + scratch) > room.size()) scratch /= 2;
        auto const total = envelope::stored_size(header + scratch);
        if (scratch == 0 || total > room.size()) {
            return envelope::stored_size(header + 1) > ring_.capacity() ? errc::publish_too_long : errc::ring_full;
        }
        write_publish_header(envelope::open(room.data(), header + scratch, index), m, id, size);
        slots[index] = {.read = source, .size = size};
        ring_.append(total);
    }
    if (id != 0) inflight_.add({.id = id, .phase = sender_phase::queued});
    return id;
}

// Writes SUBSCRIBE or UNSUBSCRIBE for one filter: several lie together in the ring and leave in one write, before the
// publishes that wait, which may be what causes the messages subscribed to. Returns false if there is no room now.
// Work: the filter and the ring.
template <features F>
constexpr bool session<F>::request(subscription& s) noexcept {
    bool const wanted = s.state == subscription_state::wanted;
    auto const size   = 2 + 2 + s.filter.size() + (wanted ? 1U : 0U);
    char*      to     = ring_.insert(packet_size(size));
    if (to == nullptr) return false;
    s.id       = next_id();
    s.state    = wanted ? subscription_state::asked : subscription_state::leaving;
    s.left     = false;
    *to++      = static_cast<char>(first_byte(wanted ? packet_type::subscribe : packet_type::unsubscribe, 2));
    to         = write_length(to, static_cast<std::uint32_t>(size));
    to         = store_u16(to, s.id);
    to         = store_u16(to, static_cast<std::uint16_t>(s.filter.size()));
    move_bytes(to, s.filter.data(), s.filter.size());
    if (wanted) to[s.filter.size()] = static_cast<char>(s.level);
    return true;
}

// Asks for what is declared and not yet asked for, as far as there is room for requests.
template <features F>
constexpr void session<F>::request_all() noexcept {
    asking_ = false;
    for (auto& s : subscriptions_) {
        if (s.state != subscription_state::wanted && s.state != subscription_state::unwanted) continue;
        if (subscriptions_.requests() == requests_max_ || !request(s)) {
            asking_ = true;
            return;
        }
    }
}

template <features F>
constexpr errc session<F>::subscribe(std::string_view filter, qos level) noexcept {
    if (find_filter_fault(filter) != filter_fault::none) return errc::bad_filter;
    if (!F.has(level)) return errc::bad_qos;
    return change(filter, level, subscription_state::wanted);
}

template <features F>
constexpr errc session<F>::unsubscribe(std::string_view filter) noexcept {
    if (find_filter_fault(filter) != filter_fault::none) return errc::bad_filter;
    auto* const s = subscriptions_.find_or_free(filter);
    // What was never asked of the Server is simply not asked.
    if (s != nullptr && s->state == subscription_state::wanted && state_ != session_state::online && clean_session_) {
        s->state = subscription_state::left;
        tell_    = true;
        return errc::ok;
    }
    return change(filter, qos::at_most_once, subscription_state::unwanted);
}

template <features F>
constexpr errc session<F>::change(std::string_view filter, qos level, subscription_state wish) noexcept {
    auto const size = packet_size(2 + 2 + filter.size() + 1);
    if (size > ring_.capacity()) return errc::request_too_long;
    auto* const s = subscriptions_.find_or_free(filter);
    if (s == nullptr) return errc::subscriptions_full;
    bool const online = state_ == session_state::online;
    if (online && !s->waits() && subscriptions_.requests() == requests_max_) return errc::subscribe_requests_full;
    if (online && ring_.reserve(size) == nullptr) return errc::ring_full;
    // The answer to a request for the same filter that is still on its way counts for nobody.
    if (s->waits()) late_ack_ = true;
    s->filter = filter;
    s->state  = wish;
    s->level  = level;
    asking_   = true;
    if (online) static_cast<void>(request(*s));
    return errc::ok;
}

template <features F>
constexpr errc session<F>::acknowledge(packet_id id) noexcept
    requires(F.deferred_ack)
{
    auto* const slot = inbound_.find_held(id);
    // A message of which chunks are still to come is not the user's yet.
    bool const handing = flow_ == flow::handing || flow_ == flow::told;
    bool const coming  = handing && after_ != after::message && shown_id_ == id;
    if (slot == nullptr || coming) return errc::nothing_to_acknowledge;
    slot->state = slot->state == inbound_state::held_2 ? inbound_state::done_2
                  : inbound_table::is_left(*slot)      ? inbound_state::known
                                                       : inbound_state::done_1;
    stalled_    = false;
    return errc::ok;
}

template <features F>
constexpr errc session<F>::disconnect() noexcept {
    if (state_ != session_state::online) return errc::not_connected;
    state_ = session_state::closing;
    timers_.stop(timer::ping);
    return errc::ok;
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
            static_cast<void>(inflight_table::apply<has_qos_2>(*slot, sender_event::left_release));
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
        if (ring_.started() || (control_.empty() && !ring_.all_sent())) {
            out = ring_.pending(ring_.started());
            if constexpr (F.sources) {
                if (out.empty()) give_up_source();
            }
        } else if (control_.empty() && state_ == session_state::closing && after_ == after::nothing) {
            control_.empty_packet(packet_type::disconnect);
            state_ = session_state::leaving;
            out    = control_.pending();
        } else {
            out = control_.pending();
        }
    } else if (state_ == session_state::leaving) {
        out = control_.pending();
    }
    if (out.empty()) {
        timers_.stop(timer::write);
    } else if (!timers_.armed(timer::write)) {
        timers_.arm(timer::write, now_ + options_->write_timeout_ms);
    }
    return out;
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
    auto const keep_alive_s = options_->keep_alive_s;
    if (keep_alive_s != 0 && state_ <= session_state::online && (heard_ || !timers_.armed(timer::ping))) {
        timers_.arm(timer::ping, now_ + ping_after(keep_alive_s));
        heard_ = false;
    }
    if (state_ == session_state::connecting) {
        inbox_.skip(count);
        if (inbox_.unread().empty()) {
            inbox_.clear();
            state_  = session_state::waiting;
            unsure_ = greeted_;
            greeted_ = true;
            timers_.arm(timer::answer, now_ + options_->request_timeout_ms);
        }
    } else if (ring_.started() || control_.empty()) {
        while (count != 0) {
            if (char* const packet = ring_.sent(count)) left(packet);
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
    bool const more = ring_.started() || control_.started() || state_ == session_state::connecting;
    timers_.stop(timer::write);
    if (more) timers_.arm(timer::write, now_ + options_->write_timeout_ms);
}

// The transport has taken the last byte of a packet in the ring.
template <features F>
constexpr void session<F>::left(char* packet) noexcept {
    char const* const wire = ring_.wire(packet);
    bool const        mine = ring_.is_publish(wire[0]);
    auto const        id   = mine ? ring_.id_of(wire) : packet_id{0};
    if (!mine) subscriptions_.written(ring_.request_id_of(wire), now_);
    if (!has_qos_1 || id == 0) {
        ring_.drop(packet);
    } else if (auto* const slot = inflight_.find(id)) {
        slot->left_at = now_;
        static_cast<void>(inflight_table::apply<has_qos_2>(*slot, ring_.level_of(wire) == qos::exactly_once
                                                           ? sender_event::left_qos_2
                                                           : sender_event::left_qos_1));
    }
}

template <features F>
constexpr void session<F>::on_time(instant now) noexcept {
    now_ = now;
    if (state_ != session_state::online || !timers_.due(timer::ping, now) || !has_room()) return;
    control_.empty_packet(packet_type::pingreq);
    timers_.stop(timer::ping);
    // The answer is awaited from the moment at which the ping has left: it may have to wait for a packet that is started.
    pinging_ = !timers_.armed(timer::answer);
}

template <features F>
constexpr errc session<F>::expire() noexcept {
    if (state_ == session_state::offline || fault_ != errc::ok) return fault_;
    if (timers_.due(timer::write, now_)) return fault_ = errc::write_timeout;
    // Nor while a packet is coming in: the answer may be behind it.
    if (!hungry_ || !now_.reached(patience())) return errc::ok;
    if (subscriptions_.expire(now_, 2 * options_->request_timeout_ms)) late_ack_ = tell_ = true;
    if (timers_.due(timer::answer, now_)) {
        fault_ = state_ == session_state::waiting ? errc::connack_timeout : errc::ping_timeout;
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
    auto first = timers_.next(state_ == session_state::online && has_room());
    if (!hungry_) return first;
    auto answers = subscriptions_.overdue(2 * options_->request_timeout_ms);
    answers.earliest(timers_.at(timer::answer));
    if (has_qos_1 && state_ >= session_state::online) answers.earliest(inflight_.overdue(options_->publish_timeout_ms));
    answers.not_before(patience());
    first.earliest(answers);
    return first;
}

}  // namespace barelink::inline v0
