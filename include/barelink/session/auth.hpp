// SPDX-License-Identifier: BSL-1.0
// AUTH, the dialogue of 5.0 between CONNECT and CONNACK, and again on a connection that stands [4.12].
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/wire/v5/disconnect.hpp>

namespace barelink::inline v0 {

template <features F>
constexpr errc session<F>::on_auth(event& e, bytes_in body) noexcept {
    auto const ask = v5::decode_reason(packet_type::auth, body, sender::server);
    if (!ask) return ask.error;
    // Uninvited, or in another method [MQTT-4.12.0-5, -6].
    bool const due  = state_ == session_state::waiting || five_.asking;
    bool const mine = same_text(ask.value.with.text(property_id::authentication_method), five_.method);
    bool const over = ask.value.reason == reason_code::success;
    bool const early = over && state_ == session_state::waiting;
    if (five_.method.empty() || !due || !mine || early) return errc::protocol_error;
    hear(e, ask.value.reason, ask.value.with);
    e.type = over ? event_type::authenticated : event_type::challenged;
    if (over) five_.asking = false;
    return errc::ok;
}

template <features F>
constexpr errc session<F>::authenticate(reason_code reason, std::string_view data) noexcept
    requires(F.auth)
{
    if (state_ != session_state::waiting && state_ != session_state::online) return errc::not_connected;
    if (five_.method.empty()) return errc::not_connected;
    property const own[] = {{property_id::authentication_method, five_.method},
                            {property_id::authentication_data, data}};
    property_list const with{own, data.data() != nullptr ? 2U : 1U};
    if (state_ == session_state::online) {
        // Before the publishes that wait: the Server may want it soon.
        auto const size = packet_size(1 + properties_size(with));
        if (size > five_.grants.packet_max) return errc::packet_too_long_for_server;  // [MQTT-3.2.2-15]
        char*      to   = ring_.insert(size, promised());
        if (to == nullptr) return errc::ring_full;
        static_cast<void>(v5::encode_reason({to, size}, packet_type::auth, reason, with));
        five_.asking   = true;
        five_.asked_at = now_;
        return errc::ok;
    }
    // As CONNECT, in the receive buffer: the Server waits for us, so nothing may lie there.
    if (inbox_.size() != 0) return errc::protocol_error;
    auto const size = v5::encode_reason(inbox_.memory(), packet_type::auth, reason, with);
    if (!size) return errc::connect_too_long;
    inbox_.clear();
    inbox_.received(size.value);
    five_.in_dialogue = true;
    state_            = session_state::connecting;
    timers_.stop(timer::answer);
    return errc::ok;
}

// What CONNACK says of the method: the same as CONNECT, or nothing at all [MQTT-4.12.0-5, 3.2.2.3.17].
template <features F>
constexpr bool session<F>::is_same_method(properties const& with) const noexcept {
    bool const named = with.has(property_id::authentication_method);
    if (five_.method.empty()) return !named && !with.has(property_id::authentication_data);
    return named && same_text(with.text(property_id::authentication_method), five_.method);
}

}  // namespace barelink::inline v0
