// SPDX-License-Identifier: BSL-1.0
// Messages of the Server: their header stays in front of the receive buffer, their payload is handed over or flows by.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0 {

// Reads the header of the PUBLISH in front and decides what becomes of its payload.
template <features F>
constexpr errc session<F>::open_message() noexcept {
    auto const total = header_.packet_size();
    auto const level = shown_level();
    left_            = total;
    flow_cause_      = errc::ok;
    if (!are_publish_flags(header_.flags)) return errc::malformed_packet;
    if (!F.has(level)) return errc::protocol_error;  // a level that was never asked for
    auto const head = header_.remaining < 2 ? total + 1 : head_size();
    if (head > total) return errc::malformed_packet;
    if (total > inbox_.size()) {
        // It has to flow, and some of the buffer has to stay free for that.
        auto const keep = static_cast<std::uint32_t>(inbox_.memory().size() / 2);
        inbox_.compact();
        flow_cause_ = F.chunks && options_->chunks ? errc::ok : errc::message_too_long;
        if (head > keep) {
            flow_cause_ = errc::topic_too_long;
            shown_id_   = 0;
            forget_aliases();
            return start(flow::dropping, keep < id_at() ? keep : id_at());  // all of the identifier flows
        }
    }
    auto const wrong = check_head(head);
    if (wrong != errc::ok) return wrong;
    if (flow_cause_ != errc::ok) return start(flow::dropping, head);
    return start(is_known() ? flow::repeating : flow::handing, head);  // [MQTT-4.3.3-2]
}

template <features F>
constexpr errc session<F>::start(flow how, std::uint32_t pinned) noexcept {
    flow_   = how;
    pinned_ = static_cast<std::uint16_t>(pinned);
    left_ -= pinned;
    return errc::ok;
}

// The connection is gone. A QoS 2 message of which the user has got only some chunks will come again, from its start.
template <features F>
constexpr void session<F>::forget_open_message() noexcept {
    if constexpr (F.chunks && has_qos_2) {
        if (flow_ > flow::none && flow_ <= flow::told && after_ != after::message && is_known()) {
            inbound_.erase(inbound_.find(shown_id_, true));
        }
    }
    after_ = after::nothing;
    flow_  = flow::none;
}

// What stands in the head, all of which has come.
template <features F>
constexpr errc session<F>::check_head(std::uint32_t head) noexcept {
    if constexpr (F.v5) {
        if (is_5()) return check_head_5(head);
    }
    shown_id_ = shown_level() == qos::at_most_once ? packet_id{0} : load_u16(inbox_.data() + head - 2);
    return check_topic_name({inbox_.data() + header_.size + 2, topic_size()});
}

// All bytes before the payload. Requires: the two bytes of the topic's length have come.
template <features F>
constexpr std::uint32_t session<F>::head_size() const noexcept {
    if constexpr (F.v5) {
        // A head that has not come whole does not fit the buffer.
        auto const too_large = static_cast<std::uint32_t>(inbox_.memory().size() + 1);
        if (is_5() && flow_cause_ != errc::topic_too_long) {
            auto const front = inbox_.unread().subspan(header_.size);
            auto const head  = v5::publish_head_size(header_.flags, front, header_.remaining);
            return head                              ? header_.size + head.value
                   : head.error == errc::would_block ? too_large
                                                     : header_.packet_size() + 1;
        }
    }
    return static_cast<std::uint32_t>(header_.size + publish_header_size(topic_size(), shown_level()));
}

// Whether all that has to be kept of a PUBLISH in front has come, if it is larger than the buffer.
template <features F>
constexpr bool session<F>::has_head() const noexcept {
    if constexpr (F.v5) {
        bool const whole = inbox_.size() >= header_.packet_size() || inbox_.size() == inbox_.memory().size();
        if (!is_5() || header_.type != packet_type::publish || whole) return true;
        auto const front = inbox_.unread().subspan(header_.size);
        auto const head  = v5::publish_head_size(header_.flags, front, header_.remaining);
        auto const all   = header_.size + head.value;
        return head.error == errc::malformed_packet || all > inbox_.memory().size() || (head && all <= inbox_.size());
    }
    return true;
}

// How many bytes of the payload are here.
template <features F>
constexpr std::uint32_t session<F>::piece() const noexcept {
    auto const here = inbox_.size() - pinned_;
    return here < left_ ? here : left_;
}

// Done with a piece that is not the last one; the header stays.
template <features F>
constexpr void session<F>::end_piece() noexcept {
    auto const size = piece();
    if (size == left_) {
        flow_ = flow::told;
    } else {
        left_ -= size;
        inbox_.keep(pinned_);
    }
}

// Goes on with the open message. Returns false if the user has to get `e`, or if something has to come first.
template <features F>
constexpr bool session<F>::hand_over(event& e) noexcept {
    auto const here = piece();
    auto const all  = head_size();
    auto const head = F.v5 && pinned_ > all ? pinned_ : all;
    bool const last = here == left_;
    if (flow_ == flow::dropping) catch_id(here);
    unread_ = here != 0 || last;
    if (!unread_) return false;
    // Without chunks only what flows by has more than one piece.
    if (!last && (!F.chunks || flow_ != flow::handing)) {
        end_piece();
        return true;
    }
    if constexpr (has_qos_2) {
        if (flow_ >= flow::dropping && is_known()) {
            repeat(*inbound_.find(shown_id_, true));
            inbox_.skip(pinned_ + left_);
            flow_ = flow::none;
            return true;
        }
    }
    if (shown_level() != qos::at_most_once && shown_id_ == 0) fault_ = errc::malformed_packet;
    stalled_ = fault_ == errc::ok && !admit();
    if (fault_ != errc::ok || stalled_) return false;
    auto const kept  = pinned_ - header_.size - 2U;
    auto const topic = topic_size();
    auto const size  = header_.packet_size() - head;
    e.topic          = {inbox_.data() + header_.size + 2, topic < kept ? topic : kept};
    e.id             = shown_id_;
    e.level          = shown_level();
    e.retain         = (header_.flags & publish_flag::retain) != 0;
    e.dup            = (header_.flags & publish_flag::dup) != 0;
    e.size           = size;
    e.cause          = flow_cause_;
    e.type           = flow_ == flow::dropping ? event_type::dropped : event_type::message;
    after_           = after::message;
    if constexpr (F.deferred_ack) hold_ = manual_ack_ && flow_ != flow::dropping;
    if (flow_ == flow::handing) {
        e.payload = {inbox_.data() + pinned_, here};
        if (F.chunks && (!last || left_ != size)) {
            e.type   = event_type::chunk;
            e.offset = size - left_;
            after_   = after::piece;
        }
    }
    if constexpr (F.v5) {
        // A head that did not fit has no properties to show.
        if (is_5() && flow_cause_ != errc::topic_too_long) name_5(e);
        if (is_5() && flow_ == flow::handing && e.type == event_type::message) check_text(e);
    }
    return false;
}

// The identifier of a message whose topic did not fit the buffer: picks its two bytes out of what flows by.
template <features F>
constexpr void session<F>::catch_id(std::uint32_t here) noexcept {
    if (shown_level() == qos::at_most_once) return;
    for (unsigned i = 0; i < 2; ++i) {
        // What has flown by or is still to come lies outside of what is here: before it, the difference wraps.
        auto const offset = id_at() + i + left_ - header_.packet_size();
        if (offset >= here) continue;
        auto const byte = octet(inbox_.data()[pinned_ + offset]);
        shown_id_       = static_cast<packet_id>(i == 0 ? byte << 8 : (shown_id_ & 0xFF00) | byte);
    }
}

// Whether the open message may be handed over; takes note of it. False: a fault, or the user has to acknowledge others.
template <features F>
constexpr bool session<F>::admit() noexcept {
    if constexpr (has_inbound) {
        bool const exactly_once = shown_level() == qos::exactly_once;
        if (shown_level() == qos::at_most_once || (!F.deferred_ack && !exactly_once)) return true;
        auto* slot = inbound_.find(shown_id_, exactly_once);
        // A new message under a forgotten identifier takes its place in the order of what comes.
        if (slot != nullptr && inbound_table::is_stale(*slot)) {
            inbound_.erase(slot);
            slot = nullptr;
        }
        if (slot == nullptr) {
            if (F.v5 && is_5() && breaks_promise()) {
                fault_ = errc::receive_maximum_exceeded;  // [MQTT-3.3.4-9]
                return false;
            }
            if (inbound_.full()) {
                // Answers that wait have to leave first, or the next connection would begin where this one did.
                bool const held = F.deferred_ack && inbound_.any_held();
                if (!held && control_.empty()) fault_ = errc::inbound_full;
                return false;
            }
            slot = inbound_.add({.id = shown_id_});
        }
        auto const held = exactly_once ? inbound_state::held_2 : inbound_state::held_1;
        slot->state     = F.deferred_ack ? held : inbound_state::known;
    }
    return true;
}

// Whether the open message is a QoS 2 message that the user has got before.
template <features F>
constexpr bool session<F>::is_known() noexcept {
    if constexpr (has_qos_2) {
        if (shown_level() != qos::exactly_once) return false;
        auto* const slot  = inbound_.find(shown_id_, true);
        bool const  fresh = (header_.flags & publish_flag::dup) == 0;
        return slot != nullptr && !(inbound_table::is_stale(*slot) && fresh);
    }
    return false;
}

// Answers a QoS 2 message that the user has got before, in its turn; one that the user holds is answered later.
template <features F>
constexpr void session<F>::repeat(inbound_slot& slot) noexcept {
    if constexpr (F.deferred_ack) {
        if (inbound_table::is_left(slot)) slot.state = inbound_state::held_2;
        bool const told = slot.state == inbound_state::known || slot.state == inbound_state::stale;
        if (told) slot.state = inbound_state::done_2;
        fill_control();
    } else {
        slot.state = inbound_state::known;
        control_.answer(packet_type::pubrec, slot.id);
    }
}

// The user is done with the open message, or at least with looking at it.
template <features F>
constexpr void session<F>::answer() noexcept {
    auto const level = shown_level();
    if (!has_qos_1 || level == qos::at_most_once) return;
    bool const exactly_once = has_qos_2 && level == qos::exactly_once;
    if constexpr (F.v5) {
        if (five_.unreadable) {
            five_.unreadable = false;
            return reply(exactly_once ? packet_type::pubrec : packet_type::puback, shown_id_,
                         reason_code::payload_format_invalid);
        }
    }
    if constexpr (F.deferred_ack) {
        auto* const slot = hold_ ? nullptr : inbound_.find_held(shown_id_);
        if (slot != nullptr) slot->state = exactly_once ? inbound_state::done_2 : inbound_state::done_1;
        fill_control();
    } else {
        control_.answer(exactly_once ? packet_type::pubrec : packet_type::puback, shown_id_);
    }
}

}  // namespace barelink::inline v0
