// SPDX-License-Identifier: BSL-1.0
// What a client does in a turn: log in, dial, write, read, lose, wait, and again.
#pragma once

#include <barelink/client/client.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/header.hpp>

namespace barelink::inline v0 {

template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::connect() noexcept {
    auto const& o = *options_;
    if (phase_ != phase::idle) return errc::already_connected;
    if (!leased && (o.host.empty() || o.port == 0)) return errc::bad_address;
    if ((o.chunks && !L.chunks) || (o.manual_ack && !L.manual_ack)) return errc::bad_option;
    if (o.backoff_ms_min == 0 || o.backoff_ms_min > o.backoff_ms_max) return errc::bad_option;
    if constexpr (has_rules) {
        if (auto const e = platform_->check_connect(o.keep_alive_s, o.will); e != errc::ok) return e;
    }
    now_ = clock_->now();
    session_.on_time(now_);
    if (auto const e = restore(); e != errc::ok) return e;
    if constexpr (L.manual_ack) session_.manual_ack(o.manual_ack);
    at_          = now_ + o.credentials_timeout_ms;
    auto const e = log_in();
    phase_       = e == errc::ok ? phase::dial : phase::login;
    if (e == errc::ok || e == errc::would_block) return errc::ok;
    stop_login();
    phase_ = phase::idle;
    return e;
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::disconnect() noexcept {
    if (phase_ == phase::idle) return errc::not_connected;
    if constexpr (leased) lease_.renewing = false;
    if (session_.state() >= session_state::closing) return errc::ok;  // already on its way out
    if (session_.disconnect() != errc::ok) lose(errc::requested);
    return errc::ok;
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::disconnect(reason_code reason,
                                                                        property_list with) noexcept
    requires(L.versions.v5)
{
    if (phase_ != phase::idle && session_.state() == session_state::online) return session_.disconnect(reason, with);
    return disconnect();
}

template <class Transport, class Clock, limits L, class... Policies>
template <class Publish>
constexpr result<packet_id> client_core<Transport, Clock, L, Policies...>::submit(message const& m,
                                                                             Publish const& publish) noexcept {
    if (auto const e = refuse(m, m.payload.size()); e != errc::ok) return e;
    // A new message must not take the identifier of one that the store still holds.
    if (auto const e = restore(); e != errc::ok) return e;
    auto const id = publish();
    if (!id) return id;
    if constexpr (persistent) {
        if (id.value != 0) {
            auto const e = store_->put({store_key::side::outbound, id.value}, session_.kept(id.value));
            if (e != errc::ok) {
                session_.withdraw(id.value);
                return e;
            }
        }
    }
    statistics_.publish();
    return id;
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::poll() noexcept {
    now_ = clock_->now();
    session_.end_event();
    session_.on_time(now_);
    // Noted while it is true: on a link of months the clock may wrap before the end.
    if (was_online_ && now_.since(at_) >= options_->stable_after_ms) stable_ = true;
    switch (phase_) {
    case phase::idle: return;
    case phase::backoff:
        // The end of the last connection is told before the next one begins.
        if (lost_ || !now_.reached(at_)) return;
        phase_ = phase::login;
        at_    = now_ + options_->credentials_timeout_ms;
        [[fallthrough]];
    case phase::login:
        if (auto const e = log_in(); e == errc::ok) {
            phase_ = phase::dial;
        } else if (e != errc::would_block) {
            return lose(e);
        } else {
            if (now_.reached(at_)) lose(errc::credentials_timeout);
            return;
        }
        [[fallthrough]];
    case phase::dial: dial(); break;
    case phase::linked: break;
    }
    if constexpr (has_mailbox) drain_mailbox();
    if constexpr (leased) renew();
    write();
    read();
    if (phase_ != phase::linked) return;
    if (auto const e = session_.expire(); e != errc::ok) lose(e);
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::dial() noexcept {
    auto const& o = *options_;
    auto const r = transport_->connect(target());
    if (!r) return lose(r.error);
    if (r.value == connect_stage::done) {
        phase_   = phase::linked;
        blocked_ = false;
        broken_  = errc::ok;
        return;
    }
    bool const resolving = r.value == connect_stage::resolve;
    bool const securing  = r.value == connect_stage::secure;
    if (r.value != stage_) {
        stage_ = r.value;
        at_    = now_ + (resolving ? o.resolve_timeout_ms : securing ? o.tls_timeout_ms : o.connect_timeout_ms);
    } else if (now_.reached(at_)) {
        lose(resolving ? errc::resolve_timeout : securing ? errc::tls_timeout : errc::connect_timeout);
    }
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::write() noexcept {
    if (phase_ != phase::linked || broken_ != errc::ok) return;
    if constexpr (persistent) {
        if (!store_answers()) return lose(errc::store_failed);
    }
    blocked_       = false;
    auto const out = session_.pending_output();
    if (!out.empty()) {
        auto const n = transport_->write(out);
        if (n.error != errc::ok && n.error != errc::would_block) {
            broken_ = n.error;
            return;
        }
        blocked_ = n.value != out.size();
        if (n.value != 0) statistics_.write(n.value);
        session_.sent(n.value);
    }
    if (session_.state() == session_state::closed) lose(errc::requested);
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::read() noexcept {
    if (phase_ != phase::linked) return;
    auto const window = session_.hungry() ? session_.receive_window() : bytes_out{};
    if (window.empty()) {
        // What waits for a transport that takes nothing more waits in vain.
        if (broken_ != errc::ok && !session_.ready()) lose(broken_);
        return;
    }
    auto const n = transport_->read(window);
    if (n.error == errc::ok) {
        statistics_.read(n.value);
        session_.received(n.value);
    } else if (broken_ != errc::ok || n.error != errc::would_block) {
        lose(broken_ != errc::ok ? broken_ : n.error);
    }
}

// A connection, or the attempt at one, is over.
template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::lose(errc why) noexcept {
    auto const& o = *options_;
    if (session_.state() >= session_state::closing) why = errc::requested;
    if constexpr (leased) {
        if (lease_.renewing && why == errc::requested) why = errc::renewal;
    }
    if (phase_ == phase::login) stop_login();
    if constexpr (follows) {
        if (phase_ != phase::login) follow();  // nobody was asked yet
    }
    if constexpr (L.versions.v5) {
        bool const hung_up = why == errc::closed_by_peer || why == errc::connection_reset;
        bool const unheard = session_.state() == session_state::waiting && o.protocol == version::v5;
        if (hung_up && unheard) why = errc::closed_before_connack;
        auto const last = session_.last_words();
        if (broken_ == errc::ok && phase_ == phase::linked && !last.empty()) static_cast<void>(transport_->write(last));
    }
    // There are 5.0 brokers that do not say so either.
    replaced_ = takeover_.ended(was_online_, why, stable_) || (L.versions.v5 && why == errc::replaced);
    transport_->close();
    session_.end();
    was_online_  = false;
    blocked_     = false;
    lost_        = true;
    cause_       = why;
    retry_in_ms_ = 0;
    phase_       = phase::idle;
    if (stable_) backoff_.reset();
    if constexpr (leased) {
        // No failure; but logins that are over at once would have us turn in a circle.
        lease_.renewing = lease_.renewing && stable_;
        if (detail::is_refusal(why)) why = errc::not_authorized;
    }
    stable_ = false;
    if constexpr (L.reconnect) {
        if (why == errc::requested || !o.reconnect) return;
        backoff_limits const bounds{o.backoff_ms_min, o.backoff_ms_max, o.jitter};
        retry_in_ms_ = leased && lease_.renewing ? 1 : backoff_.next(why, bounds, draw());
        at_          = now_ + retry_in_ms_;
        phase_       = phase::backoff;
    }
}

// Another Server that this one has named is the next to be tried; one that does not take us is forgotten [4.11].
template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::follow() noexcept {
    event last{};
    session_.tell_end(last);
    auto const name = last.with.text(property_id::server_reference);
    if (!parse_server_reference(name, options_->port).host.empty()) {
        other_server_.keep(name);
    } else if (!was_online_) {
        other_server_.forget();
    }
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr std::uint32_t client_core<Transport, Clock, L, Policies...>::draw() noexcept {
    if constexpr (std::is_same_v<entropy, name_entropy>) {
        return name_entropy::draw(options_->client_id, now_);
    } else {
        return entropy_->draw();
    }
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::farewell(event& e) noexcept {
    e.type = event_type::replaced;
    if (!replaced_) {
        lost_         = false;
        e.type        = event_type::disconnected;
        e.cause       = cause_;
        e.retry_in_ms = retry_in_ms_;
        if constexpr (L.versions.v5) {
            // Not for an attempt that ended before CONNECT: what was heard was on the connection before.
            if (cause_ == session_.fault()) session_.tell_end(e);
        }
    }
    replaced_ = false;
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr event client_core<Transport, Clock, L, Policies...>::next_event() noexcept {
    event e{};
    do {
        if (lost_) {
            farewell(e);
        } else {
            session_.next_event(e);
        }
    } while (converse(e));
    if constexpr (has_mailbox) {
        if (!e) refused_mail(e);
    }
    if (e) observe(e);
    return e;
}

// What the client itself learns from an event before the user gets it.
template <class Transport, class Clock, limits L, class... Policies>
constexpr void client_core<Transport, Clock, L, Policies...>::observe(event const& e) noexcept {
    statistics_.count(e);
    if (e.type == event_type::connected) {
        was_online_ = true;
        at_         = now_;
        if constexpr (keeps_name) {
            auto const given = e.with.text(property_id::assigned_client_identifier);
            if (!given.empty()) our_name_.keep(given);
        }
    }
    if constexpr (persistent) {
        bool const over = e.type == event_type::delivered || e.type == event_type::rejected ||
                          e.type == event_type::uncertain;
        if (over) static_cast<void>(store_->erase({store_key::side::outbound, e.id}));
        if (e.type == event_type::connected) {
            while (auto const id = session_.take_lost_inbound()) {
                static_cast<void>(store_->erase({store_key::side::inbound, id}));
            }
        }
    }
}

template <class Transport, class Clock, limits L, class... Policies>
constexpr deadline client_core<Transport, Clock, L, Policies...>::next_deadline() noexcept {
    deadline first{};
    if (phase_ == phase::linked) {
        first.earliest(session_.next_deadline());
        bool const output = !blocked_ && !session_.pending_output().empty();
        bool const ending = broken_ != errc::ok || session_.fault() != errc::ok;
        if constexpr (leased) {
            if (L.reconnect && online() && options_->reconnect) first.earliest(lease_.leave);
        }
        if (output || session_.ready() || ending) first.arm(now_);
    } else if (phase_ != phase::idle) {
        // Credentials that are being fetched are asked for again at once, unless they say when: only their owner knows.
        bool const at_once = phase_ == phase::login || (phase_ == phase::dial && stage_ == connect_stage::done);
        first.arm(at_once ? now_ : at_);
        if constexpr (leased) {
            if (phase_ == phase::login && lease_.ask_at.armed) {
                first = lease_.ask_at;
                first.earliest(at_);
            }
        }
    }
    if constexpr (has_mailbox) {
        message m{};
        bool const served = phase_ == phase::linked && mail_ == mail_state::none;
        if ((served && mailbox_->front(m) && !blocked_) || mail_ == mail_state::refused) first.arm(now_);
    }
    if (lost_ || session_.ready()) first.arm(now_);
    return first;
}

template <class Transport, class Clock, limits L, class... Policies>
template <class Handler>
constexpr void client_core<Transport, Clock, L, Policies...>::yield(std::uint32_t ms, Handler&& handler) noexcept {
    auto const until = clock_->now() + ms;
    for (;;) {
        poll(handler);
        auto const now = clock_->now();
        if (now.reached(until)) return;
        if constexpr (waitable_transport<Transport>) {
            auto next = next_deadline();
            next.earliest(until);
            if (auto const pause = next.left(now); pause != 0) transport_->wait(pause, wants());
        }
    }
}

// Puts back what the store kept before this program was started.
template <class Transport, class Clock, limits L, class... Policies>
constexpr errc client_core<Transport, Clock, L, Policies...>::restore() noexcept {
    if constexpr (persistent) {
        while (!restored_) {
            auto const r = store_->restore(session_.restore_space());
            if (!r) return r.error;
            auto const& key = r.value.key;
            restored_       = key.from == store_key::side::none;
            if (restored_) break;
            auto const e = session_.restore(key.from == store_key::side::outbound, key.id, r.value.size);
            if (e != errc::ok) return e;
        }
    }
    return errc::ok;
}

// PUBREC, PUBREL and PUBCOMP say that the other side may forget something: the store has to know it first.
template <class Transport, class Clock, limits L, class... Policies>
constexpr bool client_core<Transport, Clock, L, Policies...>::store_answers() noexcept {
    if constexpr (persistent) {
        auto answers = session_.take_answers();
        while (!answers.empty()) {
            auto const type = static_cast<packet_type>(octet(answers[0]) >> 4);
            auto const size = 2U + octet(answers[1]);
            // Pings are shorter. A longer one has a reason of 5.0: what is refused, nobody has to remember.
            auto const id = size >= ack_size ? load_u16(&answers[2]) : packet_id{0};
            bool const no = L.versions.v5 && size > ack_size && refused(static_cast<reason_code>(octet(answers[4])));
            auto       e  = errc::ok;
            if (type == packet_type::pubrec && no) e = store_->erase({store_key::side::inbound, id});
            if (type == packet_type::pubrec && !no) e = store_->put({store_key::side::inbound, id}, {});
            if (type == packet_type::pubrel && !no && session_.keeps(id)) {
                e = store_->put({store_key::side::outbound, id}, answers.first(size));
            }
            if (type == packet_type::pubcomp) e = store_->erase({store_key::side::inbound, id});
            if (e != errc::ok) return false;
            answers = answers.subspan(size);
        }
    }
    return true;
}

}  // namespace barelink::inline v0
