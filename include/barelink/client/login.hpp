// SPDX-License-Identifier: BSL-1.0
// How a client says who it is: credentials, for as long as they are good, and the dialogue of an authenticator.
#pragma once

#include <barelink/client/client.hpp>
#include <barelink/wire/connect.hpp>

namespace barelink::inline v0 {

template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::log_in() noexcept {
    auto const& o = *options_;
    // CONNECT waits in the receive buffer while the transport is being set up, so nothing has to be copied or kept.
    stage_ = connect_stage::done;
    if constexpr (fixed_logins && !has_auth && !keeps_name) {
        return session_.begin(o, o);
    } else {
        login who{o.client_id, o.user_name, o.password};
        // The session that goes on is the one of the name that the Server gave.
        if (keeps_name && o.client_id.empty() && !o.clean_session) who.client_id = our_name_.name();
        if constexpr (leased) {
            if (auto const e = take_lease(who); e != errc::ok) return e;
        } else {
            if (auto const e = credentials_->refresh(who); e != errc::ok) return e;
        }
        return begin(who);
    }
}

// Where the next attempt goes.
template <class Transport, class Clock, limits L, class... Policies>
constexpr endpoint client_core<Transport, Clock, L, Policies...>::target() const noexcept {
    if constexpr (leased) {
        if (lease_.to.port != 0) return lease_.to;
    }
    if constexpr (follows) {
        if (!other_server_.name().empty()) return parse_server_reference(other_server_.name(), options_->port);
    }
    return {options_->host, options_->port};
}

// Asks credentials that know more than a login.
template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::take_lease(login& who) noexcept {
    if constexpr (leased) {
        lease_ = {};
        lease      with{.now = now_, .to = target()};
        auto const e   = credentials_->refresh(who, with);
        lease_.ask_at  = with.ask_at;
        if (e != errc::ok) return e;
        auto const end = with.valid_until;
        if (with.to.host.empty() || with.to.port == 0) return errc::bad_address;
        if (end.due(now_)) return errc::credentials_failed;
        lease_.to = with.to;
        if (end.armed) lease_.leave.arm(detail::leave_at(now_, end.at, with.margin_ms));
    }
    return errc::ok;
}

// Leaves in order while the login is good.
template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::renew() noexcept {
    if constexpr (leased && L.reconnect) {
        if (!online() || !options_->reconnect || !lease_.leave.due(now_)) return;
        lease_.renewing = session_.disconnect() == errc::ok;
    }
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::begin(login const& who) noexcept {
    auto const&          o = *options_;
    connect_packet const c{.protocol      = o.protocol,
                           .clean_session = o.clean_session,
                           .keep_alive_s  = o.keep_alive_s,
                           .client_id     = who.client_id,
                           .will          = o.will,
                           .user_name     = who.user_name,
                           .password      = who.password};
    if constexpr (has_auth) {
        if (has_dialogue()) {
            std::string_view data{};
            if (auto const e = dialogue_->start(data); e != errc::ok) return e;
            property const auth[] = {{property_id::authentication_method, dialogue_->method()},
                                     {property_id::authentication_data, data}};
            return session_.begin(o, c, {auth, data.data() != nullptr ? 2U : 1U});
        }
    }
    return session_.begin(o, c);
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::ask_again() noexcept {
    if constexpr (has_auth) {
        std::string_view data{};
        if (!online() || !has_dialogue()) return errc::not_connected;
        if (auto const e = dialogue_->start(data); e != errc::ok) return e;
        return session_.authenticate(reason_code::re_authenticate, data);
    }
    return errc::not_connected;
}

// The authenticator's part in an event. Returns true if the event was for it alone, or if it has ended the connection.
template <class Transport, class Clock, limits L, class... Policies>
constexpr bool client_core<Transport, Clock, L, Policies...>::converse(event& e) noexcept {
    if constexpr (has_auth) {
        bool const asked = e.type == event_type::challenged;
        bool const over  = e.type == event_type::connected || e.type == event_type::authenticated;
        if ((!asked && !over) || !has_dialogue()) return false;
        auto const       in = e.with.text(property_id::authentication_data);
        std::string_view out{};
        auto             error = asked ? dialogue_->step(in, out) : dialogue_->finish(in);
        if (asked && error == errc::ok) error = session_.authenticate(reason_code::continue_authentication, out);
        if (!asked && error == errc::ok) return false;
        e = {};
        if (error != errc::ok) lose(error);
        return true;
    }
    return false;
}

}  // namespace barelink::inline v0
