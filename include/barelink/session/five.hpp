// SPDX-License-Identifier: BSL-1.0
// What the engine does in 5.0 alone.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/topic/shared.hpp>
#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/suback.hpp>
#include <barelink/wire/v5/subscribe.hpp>

namespace barelink::inline v0 {

// CONNECT with all that options_5 and the limits say.
template <features F>
template <class Packet>
constexpr errc session<F>::begin_5(Packet const& c, property_list auth) noexcept {
    auto const& more = *lasting_.more;
    // The Server would be invited to write behind the table.
    std::uint16_t aliases = 0;
    if constexpr (F.aliases_in) aliases = aliases_in_.count();
    if (more.topic_alias_maximum > aliases) return errc::bad_option;
    std::uint32_t room = 0xFFFF;
    if constexpr (has_inbound) room = (inbound_.capacity() + 1U) / 2;
    struct row {
        property_id   id;
        std::uint16_t silent;  // means the same as leaving it out
    };
    constexpr row rows[] = {{property_id::session_expiry_interval, 0},
                            {property_id::receive_maximum, 0xFFFF},
                            {property_id::maximum_packet_size, 0},
                            {property_id::topic_alias_maximum, 0},
                            {property_id::request_response_information, 0},
                            {property_id::request_problem_information, 1}};

    std::uint32_t const values[] = {more.session_expiry_s,
                                    more.receive_maximum != 0 ? more.receive_maximum : room,
                                    more.maximum_packet_size,
                                    more.topic_alias_maximum,
                                    more.request_response_information ? 1U : 0U,
                                    more.refuse_problem_information ? 0U : 1U};

    property    own[8] = {};
    std::size_t count  = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        if (values[i] != rows[i].silent) own[count++] = {rows[i].id, values[i]};
    }
    for (auto const& p : auth) own[count++] = p;
    property_lists const with{{own, count}, more.with};
    if (auto const e = v5::check_connect(c, with, more.will_with); e != errc::ok) return e;
    auto const size = v5::encode_connect(inbox_.memory(), c, with, more.will_with);
    if (!size) return size.error;
    inbox_.clear();
    inbox_.received(size.value);
    // From a constant, so that the bytes between its members are the same each time.
    five_          = fresh_state_5;
    five_.nameless = c.client_id.empty();
    for (auto const& p : auth) {
        if (p.id == property_id::authentication_method) five_.method = p.text;
    }
    return errc::ok;
}

template <features F>
constexpr errc session<F>::on_connack_5(event& e, bytes_in body) noexcept {
    auto const ack = v5::decode_connack(body);
    if (!ack) return ack.error;
    hear(e, ack.value.reason, ack.value.with);
    if (refused(ack.value.reason)) return say_goodbye(ack.value.reason);
    auto const& with = ack.value.with;
    if (ack.value.session_present && clean_session_) return errc::session_mismatch;  // [MQTT-3.2.2-2, -4]
    bool const named   = with.has(property_id::assigned_client_identifier);
    bool const invited = lasting_.more->request_response_information || !with.has(property_id::response_information);
    bool const orphan  = five_.nameless && !named;
    if (orphan || !invited) return errc::protocol_error;  // [MQTT-3.2.2-16, MQTT-3.1.2-28]
    if (!is_same_method(with)) return errc::protocol_error;
    five_.grants.keep_alive_s = options_->keep_alive_s;
    five_.grants.take(with);
    if constexpr (F.aliases_out) short_.restart(five_.grants.alias_max);
    if constexpr (F.aliases_in) aliases_in_.clear();
    refuse_unsendable();
    accept(e, ack.value.session_present, ack.value.session_present, unsure_);
    take_keep_alive();
    return errc::ok;
}

// The Server's keep alive counts from CONNECT on [MQTT-3.2.2-21].
template <features F>
constexpr void session<F>::take_keep_alive() noexcept {
    auto const asked = options_->keep_alive_s;
    auto const given = five_.grants.keep_alive_s;
    if (given == asked) return;
    auto const since = asked != 0 ? instant{timers_.at(timer::ping).at.ms - ping_after(asked)} : now_;
    timers_.stop(timer::ping);
    if (given != 0) timers_.arm(timer::ping, since + ping_after(given));
}

// What waits and may not be sent to this Server is told, not sent [MQTT-3.2.2-11, -14, -15].
template <features F>
constexpr void session<F>::refuse_unsendable() noexcept {
    ring_.sift([this](char* packet) {
        bool const retain = (octet(packet[0]) & publish_flag::retain) != 0;
        auto const wrong  = five_.grants.check(ring_.level_of(packet), retain, ring_.size_of(packet));
        if (wrong == errc::ok) return true;
        if (auto* const slot = inflight_.find(ring_.id_of(packet))) {
            // One that was written before may have arrived.
            bool const again = slot->phase != sender_phase::queued || (octet(packet[0]) & publish_flag::dup) != 0;
            slot->phase      = sender_phase::uncertain;
            slot->cause      = again ? errc::ok : wrong;
        } else {
            ++(wrong == errc::retain_unavailable ? lasting_.retained : lasting_.too_long);
            tell_ = true;
        }
        return false;
    });
}

// A publish of QoS 0 that refuse_unsendable() has found: `rejected` without an identifier.
template <features F>
constexpr bool session<F>::tell_unsendable(event& e) noexcept {
    if (lasting_.too_long == 0 && lasting_.retained == 0) return false;
    bool const long_one = lasting_.too_long != 0;
    --(long_one ? lasting_.too_long : lasting_.retained);
    e.type  = event_type::rejected;
    e.cause = long_one ? errc::packet_too_long_for_server : errc::retain_unavailable;
    return true;
}

// Notes the reason and the properties of the packet that `e` tells of.
template <features F>
constexpr void session<F>::hear(event& e, reason_code reason, properties const& with) noexcept {
    five_.reason = reason;
    five_.with   = with;
    e.reason     = reason;
    e.with       = with;
}

// The Server leaves: nothing more is said to it.
template <features F>
constexpr errc session<F>::say_goodbye(reason_code reason) noexcept {
    five_.left = true;
    return refused(reason) ? error_of(reason) : errc::server_disconnected;
}

// A reason string or a user property that was not asked for [MQTT-3.1.2-29].
template <features F>
constexpr bool session<F>::is_chatty(properties const& with) const noexcept {
    return lasting_.more->refuse_problem_information &&
           (with.has(property_id::reason_string) || with.has(property_id::user_property));
}

template <features F>
constexpr errc session<F>::dispatch_5(event& e, bytes_in body) noexcept {
    auto const type = header_.type;
    if (type == packet_type::connack) return on_connack_5(e, body);
    if (type == packet_type::suback || type == packet_type::unsuback) return on_suback_5(e, body);
    if (type == packet_type::auth) return on_auth(e, body);
    if (type == packet_type::disconnect) {
        auto const bye = v5::decode_reason(type, body, sender::server);
        if (!bye) return bye.error;
        hear(e, bye.value.reason, bye.value.with);
        return say_goodbye(bye.value.reason);
    }
    bool const acknowledges = type >= packet_type::puback && type <= packet_type::pubcomp;
    return acknowledges ? on_ack_5(e, body) : errc::protocol_error;
}

template <features F>
constexpr errc session<F>::on_ack_5(event& e, bytes_in body) noexcept {
    auto const ack = v5::decode_ack(header_.type, body);
    if (!ack) return ack.error;
    if (is_chatty(ack.value.with)) return errc::protocol_error;
    if (header_.type == packet_type::pubrel) return on_pubrel(ack.value.id);
    auto const error = on_ack(e, header_.type, ack.value.id, ack.value.reason);
    if (e) hear(e, ack.value.reason, ack.value.with);
    return error;
}

template <features F>
constexpr errc session<F>::on_suback_5(event& e, bytes_in body) noexcept {
    bool const subscribes = header_.type == packet_type::suback;
    auto const ack        = v5::decode_suback(header_.type, body);
    if (!ack) return ack.error;
    if (ack.value.codes.size() != 1 || is_chatty(ack.value.with)) return errc::protocol_error;  // [MQTT-3.8.4-6]
    auto const error = on_granted(e, ack.value.id, subscribes, octet(ack.value.codes[0]));
    if (e) e.with = ack.value.with;
    return error;
}

// Takes the next steps of a publish that is refused, or that the Server knows nothing of, as the reason says.
template <features F>
constexpr sender_event session<F>::cause_of(packet_type type, reason_code reason) noexcept {
    return type == packet_type::puback    ? sender_event::puback
           : type == packet_type::pubcomp ? sender_event::pubcomp
           : refused(reason)              ? sender_event::refused
                                          : sender_event::pubrec;
}

template <features F>
constexpr errc session<F>::disconnect(reason_code reason, property_list with) noexcept
    requires(F.v5)
{
    if (state_ != session_state::online) return errc::not_connected;
    if (spoken() == version::v5) {
        auto const e = v5::check_reason(packet_type::disconnect, sender::client, reason, {with, {}});
        if (e != errc::ok) return e;
        bool const expires = lasting_.more->session_expiry_s == 0;
        for (auto const& p : with) {
            bool const raises = p.id == property_id::session_expiry_interval && p.number != 0;
            if (expires && raises) return errc::bad_property;  // [3.14.2.2.2]
        }
        auto const size = packet_size(properties_size(with) + 1);
        if (size > inbox_.memory().size()) return errc::request_too_long;
        if (size > five_.grants.packet_max) return errc::packet_too_long_for_server;
        five_.leave_reason = reason;
        five_.leave_with   = with;
    }
    return disconnect();
}

// DISCONNECT is built where CONNECT was: nothing is received any more.
template <features F>
constexpr bytes_in session<F>::build_farewell() noexcept {
    auto const size = v5::encode_reason(inbox_.memory(), packet_type::disconnect, five_.leave_reason,
                                        property_lists{five_.leave_with, {}});
    inbox_.clear();
    inbox_.received(size.value);
    unread_ = true;
    return inbox_.unread();
}

template <features F>
constexpr bytes_in session<F>::last_words() noexcept
    requires(F.v5)
{
    auto const code  = reason_of(fault_);
    bool const ours  = spoken() == version::v5 && fault_ != errc::ok && !five_.left;
    bool const whole = !started() && !control_.started();
    if (!ours || !whole || code == reason_code::unspecified_error || state_ < session_state::waiting ||
        state_ > session_state::closing) {
        return {};
    }
    control_.clear();
    control_.reason_packet(packet_type::disconnect, code);
    return control_.pending();
}

// Writes SUBSCRIBE or UNSUBSCRIBE; see request().
template <features F>
constexpr bool session<F>::request_5(subscription& s) noexcept {
    bool const     wanted  = s.state == subscription_state::wanted;
    auto const&    extra   = extras_[&s - subscriptions_.begin()];
    auto const     refusal = wanted ? five_.grants.check(s.filter) : reason_code::success;
    property const own{property_id::subscription_identifier, extra.identifier};
    bool const     marked = wanted && extra.identifier != 0 && five_.grants.subscription_ids;
    property_lists const with{{&own, marked ? 1U : 0U}, wanted ? extra.with : property_list{}};
    auto const body = 2 + properties_size(with) + 2 + s.filter.size() + (wanted ? 1U : 0U);
    if (refused(refusal)) return refuse_request(s, refusal);
    if (packet_size(body) > five_.grants.packet_max) return refuse_request(s, reason_code::packet_too_large);
    char* to = ring_.insert(packet_size(body), promised());
    if (to == nullptr) return false;
    s.id    = next_id();
    s.state = wanted ? subscription_state::asked : subscription_state::leaving;
    s.left  = false;
    s.code  = 0;
    *to++   = static_cast<char>(first_byte(wanted ? packet_type::subscribe : packet_type::unsubscribe, 2));
    to      = write_length(to, static_cast<std::uint32_t>(body));
    writer w{bytes_out{to, body}};
    w.u16(s.id);
    write_properties(w, with);
    w.text(s.filter);
    if (wanted) w.u8(v5::options_byte({{}, s.level, extra.no_local, extra.retain_as_published, extra.retained}));
    return true;
}

// The publish lane with aliases. What can't have one goes as it lies in the ring, up to the next that can.
template <features F>
constexpr bytes_in session<F>::shorten(char* end) noexcept {
    if constexpr (F.aliases_out) {
        auto const may = [this](char* p) {
            if (!ring_.is_publish(*p)) return false;
            return short_.takes({p, ring_.size_of(p)}, ring_.header_size(p), five_.grants.packet_max);
        };
        char* at = ring_.next();
        if (short_.empty()) {
            for (; at != end && may(at); at = ring_.behind(at)) {
                if (!short_.add({at, ring_.size_of(at)}, ring_.header_size(at))) break;
            }
        }
        if (!short_.empty()) return short_.pending();
        while (at != end && !may(at)) at = ring_.behind(at);
        return ring_.pending(false, at);
    }
    return {};
}

// True while a packet of the publish lane has to be finished before another lane may write.
template <features F>
constexpr bool session<F>::started() const noexcept {
    if constexpr (F.aliases_out) return ring_.started() || short_.started();
    return ring_.started();
}

template <features F>
constexpr unsigned session<F>::promised() const noexcept {
    if constexpr (F.aliases_out) return short_.packets();
    return 0;
}

template <features F>
constexpr std::uint16_t session<F>::keep_alive_s() const noexcept {
    if constexpr (F.v5) {
        if (is_5() && state_ >= session_state::online) return five_.grants.keep_alive_s;
    }
    return options_->keep_alive_s;
}

// Puts an answer in line; only 5.0 has reasons.
template <features F>
constexpr void session<F>::reply(packet_type type, packet_id id, reason_code reason) noexcept {
    if constexpr (F.v5) {
        if (is_5()) return control_.answer(type, id, reason);
    }
    control_.answer(type, id);
}

template <features F>
constexpr void session<F>::tell_end(event& e) const noexcept
    requires(F.v5)
{
    if (!five_.left) return;
    e.reason = five_.reason;
    e.with   = five_.with;
}

// Told as the Server would have told it.
template <features F>
constexpr bool session<F>::refuse_request(subscription& s, reason_code why) noexcept {
    bool const wanted = s.state == subscription_state::wanted;
    s.state           = wanted ? subscription_state::refused : subscription_state::left_refused;
    s.code            = static_cast<std::uint8_t>(why);
    tell_             = true;
    return true;
}

template <features F>
constexpr errc session<F>::subscribe(std::string_view filter, qos level, subscribe_options const& how) noexcept
    requires(F.v5)
{
    if (find_filter_fault(filter) != filter_fault::none) return errc::bad_filter;
    auto const wrong = v5::check_request({filter, level, how.no_local, how.retain_as_published, how.retained});
    if (wrong != errc::ok || !F.has(level)) return wrong != errc::ok ? wrong : errc::bad_qos;
    if (how.identifier > remaining_length_max) return errc::bad_option;
    auto const e = check_properties(how.with, property_place::subscribe);
    if (e != errc::ok || has(how.with, property_id::subscription_identifier)) return errc::bad_property;
    return change(filter, level, subscription_state::wanted, &how);
}

}  // namespace barelink::inline v0
