// SPDX-License-Identifier: BSL-1.0
// The device link: a session on a transport, with everything between power-on and "back on line".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/client/borrowed_names.hpp>
#include <barelink/client/lease.hpp>
#include <barelink/client/limits.hpp>
#include <barelink/client/statistics.hpp>
#include <barelink/client/storage.hpp>
#include <barelink/link/backoff.hpp>
#include <barelink/link/clock.hpp>
#include <barelink/link/policy.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/session/session.hpp>

namespace barelink::inline v0 {

// One owner calls it, from one context. Nothing blocks but yield(). A turn of a device:
//
//   mqtt.poll();
//   while (auto e = mqtt.next_event()) handle(e);
//   sleep_until(mqtt.next_deadline());        or until the transport has bytes
//
// `Policies` are an entropy source, credentials, a store, a mailbox and the rules of a platform, as many as are wanted,
// in any order; one object may be several of them, as the profile of a cloud is. All types follow from the arguments of
// the constructor: `client mqtt{memory, tcp, clock, my_options, my_entropy}`.
// Lifetime: everything that the constructor takes must outlive the client.
// This class is a client without its sizes: `L` is a kind_of(), so clients that differ in sizes alone share its code.
template <class Transport, class Clock, limits L, class... Policies>
class client_core {
    static_assert(check_transport<Transport>() && check_clock<Clock>());
    static_assert((detail::check_policy<Policies>() && ...));
    static_assert(detail::count<detail::is_entropy, Policies...> <= 1 &&
                      detail::count<detail::is_credentials, Policies...> <= 1 &&
                      detail::count<detail::is_store, Policies...> <= 1 &&
                      detail::count<detail::is_mailbox, Policies...> <= 1 &&
                      detail::count<detail::is_authenticator, Policies...> <= 1 &&
                      detail::count<detail::is_platform, Policies...> <= 1,
                  "barelink: a client takes at most one entropy source, one credentials, one store, one mailbox, one "
                  "authenticator and one platform");
    static_assert(L.versions.v5 || detail::count<detail::is_authenticator, Policies...> == 0,
                  "barelink: an authenticator needs version::v5 in limits::versions");

    using entropy     = typename detail::pick<detail::is_entropy, name_entropy, Policies...>::type;
    using credentials = typename detail::pick<detail::is_credentials, fixed_credentials, Policies...>::type;
    using store       = typename detail::pick<detail::is_store, no_store, Policies...>::type;
    using mailbox     = typename detail::pick<detail::is_mailbox, no_mailbox, Policies...>::type;

    using dialogue    = typename detail::pick<detail::is_authenticator, no_authenticator, Policies...>::type;
    using platform    = typename detail::pick<detail::is_platform, any_platform, Policies...>::type;
    static_assert(L.highest_qos <= platform::highest_qos,
                  "barelink: this platform does not have limits::highest_qos: lower it to at_least_once");

    static constexpr bool persistent   = !std::is_same_v<store, no_store>;
    static constexpr bool has_mailbox  = !std::is_same_v<mailbox, no_mailbox>;
    static constexpr bool has_auth     = !std::is_same_v<dialogue, no_authenticator>;
    static constexpr bool fixed_logins = std::is_same_v<credentials, fixed_credentials>;
    static constexpr bool leased       = leasing_credentials<credentials>;
    static constexpr bool has_rules    = !std::is_same_v<platform, any_platform>;

public:
    static constexpr features enabled = features_of(L, persistent, has_auth);

    constexpr client_core() noexcept = default;

    constexpr void set_up(client_memory const& m, Transport& t, Clock& c, options const& o,
                          Policies&... policies) noexcept {
        topic_bytes_ = m.topic_bytes;
        options_     = &o;
        session_.set_up(m.session, &o);
        transport_.bind(t);
        clock_.bind(c);
        our_name_.place(m.assigned_id);
        other_server_.place(m.server_reference);
        (entropy_.bind(policies), ...);
        (credentials_.bind(policies), ...);
        (store_.bind(policies), ...);
        (mailbox_.bind(policies), ...);
        (dialogue_.bind(policies), ...);
        (platform_.bind(policies), ...);
    }

    client_core(client_core const&)            = delete;
    client_core& operator=(client_core const&) = delete;

    // --- commands: they only note or queue; poll() does the work

    // What CONNECT says in 5.0 beside the options, from the next connection on. Lifetime: as the options.
    constexpr void announce(options_5 const& more) noexcept
        requires(L.versions.v5)
    {
        session_.announce(more);
    }
    // Starts to connect. Returns already_connected, bad_address, bad_version (also while publishes wait that were
    // queued for another), bad_option, connect_too_long, what check_connect() says of the options, what credentials or
    // platform say, or what the store could not restore.
    [[nodiscard]] constexpr errc connect() noexcept;
    // Leaves in order: what is queued is written first. Not on line yet: gives up. Returns not_connected.
    [[nodiscard]] constexpr errc disconnect() noexcept;
    // See session::disconnect.
    [[nodiscard]] constexpr errc disconnect(reason_code reason, property_list with = {}) noexcept
        requires(L.versions.v5);
    // Authenticates anew on the connection that stands; `authenticated` tells the end [4.12.1]. Returns not_connected,
    // ring_full, or what the authenticator says.
    [[nodiscard]] constexpr errc reauthenticate() noexcept
        requires(has_auth)
    {
        return ask_again();
    }

    // See session::publish. Also topic_too_long, and what the platform refuses. With a store: store_full or
    // store_failed. Then nothing was queued.
    constexpr result<packet_id> publish(message const& m) noexcept {
        return submit(m, [&] { return session_.publish(m); });
    }
    // The same with properties, in 5.0.
    constexpr result<packet_id> publish(message const& m, property_list with) noexcept
        requires(L.versions.v5)
    {
        return submit(m, [&] { return session_.publish(m, with); });
    }
    // See session::publish. A store does not keep it.
    constexpr result<packet_id> publish(message const& m, std::uint32_t size, payload_source const& source) noexcept
        requires(L.sources != 0)
    {
        if (auto const e = refuse(m, size); e != errc::ok) return e;
        auto const id = session_.publish(m, size, source);
        if (id) statistics_.publish();
        return id;
    }
    constexpr result<packet_id> publish(message const& m, std::uint32_t size, payload_source const& source,
                                        property_list with) noexcept
        requires(L.sources != 0 && L.versions.v5)
    {
        if (auto const e = refuse(m, size); e != errc::ok) return e;
        auto const id = session_.publish(m, size, source, with);
        if (id) statistics_.publish();
        return id;
    }
    // See session::subscribe. Also topic_too_long, and what the platform refuses.
    [[nodiscard]] constexpr errc subscribe(std::string_view filter, qos level) noexcept {
        if constexpr (has_rules) {
            if (auto const e = platform_->check_filter(filter, level); e != errc::ok) return e;
        }
        return filter.size() > topic_bytes_ ? errc::topic_too_long : session_.subscribe(filter, level);
    }
    // The same with the options of 5.0.
    [[nodiscard]] constexpr errc subscribe(std::string_view filter, qos level, subscribe_options const& how) noexcept
        requires(L.versions.v5)
    {
        if constexpr (has_rules) {
            if (auto const e = platform_->check_filter(filter, level); e != errc::ok) return e;
        }
        return filter.size() > topic_bytes_ ? errc::topic_too_long : session_.subscribe(filter, level, how);
    }
    // Declares all filters of a routing table; in 5.0 with the number of its row, from 1 on, as its subscription
    // identifier, by which dispatch() then finds it. Returns the first error.
    template <class Device, std::size_t N>
    [[nodiscard]] constexpr errc subscribe(router<Device, event, N> const& table) noexcept {
        auto          error = errc::ok;
        std::uint32_t row   = 0;
        for (auto const& r : table) {
            ++row;
            if constexpr (L.versions.v5) {
                error = subscribe(r.filter, r.level, {.identifier = row});
            } else {
                error = subscribe(r.filter, r.level);
            }
            if (error != errc::ok) break;
        }
        return error;
    }
    // Calls the handlers of a message: in 5.0 those whose numbers come with it, if the Server has subscription
    // identifiers, else those whose filters match. The numbers 1 to N are the table's then. Returns how many it called.
    template <class Device, std::size_t N>
    constexpr std::size_t dispatch(router<Device, event, N> const& table, Device& device, event const& e) const {
        if constexpr (L.versions.v5) {
            std::size_t called = 0;
            bool        marked = false;
            for (auto const& p : e.with) {
                if (p.id != property_id::subscription_identifier) continue;
                marked = true;
                if (p.number > N) continue;
                table.begin()[p.number - 1].handler(device, e);
                ++called;
            }
            if (marked) return called;
        }
        return table.dispatch(device, e);
    }
    // See session::unsubscribe.
    [[nodiscard]] constexpr errc unsubscribe(std::string_view filter) noexcept {
        return filter.size() > topic_bytes_ ? errc::topic_too_long : session_.unsubscribe(filter);
    }
    // See session::acknowledge.
    [[nodiscard]] constexpr errc acknowledge(packet_id id) noexcept
        requires(L.manual_ack)
    {
        return session_.acknowledge(id);
    }
    constexpr void manual_ack(bool on) noexcept
        requires(L.manual_ack)
    {
        session_.manual_ack(on);
    }

    // --- work

    // One turn: at most one write and one read of the transport, then the timers. Ends the last event. It reads only
    // when all events were taken.
    constexpr void poll() noexcept;
    // poll(), then all events to `handler(event const&)`, then one write of what they caused.
    template <class Handler>
    constexpr void poll(Handler&& handler) noexcept {
        poll();
        while (auto const e = next_event()) handler(e);
        write();
    }
    // Polls until `ms` milliseconds are over, asleep in the transport's wait() if it has one.
    template <class Handler>
    constexpr void yield(std::uint32_t ms, Handler&& handler) noexcept;

    // The next event, or one that is false. Lifetime of its views: see events.hpp.
    [[nodiscard]] constexpr event next_event() noexcept;

    // When poll() has to be called next, if the transport does not move before: `now` if something waits.
    [[nodiscard]] constexpr deadline next_deadline() noexcept;
    // What the transport is waited for: not for bytes while those that came wait for acknowledge() or for room.
    [[nodiscard]] constexpr interest wants() const noexcept {
        bool const dialing = phase_ == phase::dial;
        bool const reading = session_.hungry() && session_.state() != session_state::connecting;
        return {.bytes = dialing || reading, .room = dialing || blocked_};
    }

    // For epoll, an lwIP callback, a flag set by an interrupt: the transport has bytes, or room. From the owner's
    // context.
    constexpr void readable() noexcept { poll(); }
    constexpr void writable() noexcept { poll(); }

    // On line: CONNACK has come, DISCONNECT has not been asked for.
    [[nodiscard]] constexpr bool online() const noexcept { return session_.state() == session_state::online; }
    [[nodiscard]] constexpr auto const& stats() const noexcept { return statistics_; }

private:
    enum class phase : std::uint8_t { idle, login, dial, linked, backoff };
    enum class mail_state : std::uint8_t { none, refused, told };
    using counters = std::conditional_t<L.statistics, statistics, no_statistics>;

    static constexpr bool keeps_name = L.assigned_id_bytes != 0;
    static constexpr bool follows    = L.server_reference_bytes != 0;

    // What our own limits and the platform have against it.
    [[nodiscard]] constexpr errc refuse(message const& m, std::size_t payload) const noexcept {
        if (m.topic.size() > topic_bytes_) return errc::topic_too_long;
        if constexpr (has_rules) return platform_->check_message(m, payload);
        return errc::ok;
    }

    template <class Publish>
    constexpr result<packet_id> submit(message const& m, Publish const& publish) noexcept;
    constexpr errc log_in() noexcept;
    constexpr errc take_lease(login& who) noexcept;
    constexpr void stop_login() noexcept {
        if constexpr (stoppable_credentials<credentials>) credentials_->stop();
    }
    constexpr void renew() noexcept;
    [[nodiscard]] constexpr endpoint target() const noexcept;
    constexpr void dial() noexcept;
    constexpr void read() noexcept;
    constexpr void write() noexcept;
    constexpr void lose(errc why) noexcept;
    constexpr void observe(event const& e) noexcept;
    constexpr std::uint32_t draw() noexcept;
    constexpr void farewell(event& e) noexcept;
    constexpr errc restore() noexcept;
    constexpr bool store_answers() noexcept;
    constexpr void drain_mailbox() noexcept;
    constexpr void refused_mail(event& e) noexcept;
    constexpr errc begin(login const& who) noexcept;
    constexpr bool converse(event& e) noexcept;
    constexpr errc ask_again() noexcept;
    [[nodiscard]] constexpr bool has_dialogue() const noexcept {
        return options_->protocol == version::v5 && !dialogue_->method().empty();
    }
    constexpr void follow() noexcept;

    // Small members first, see session.hpp.
    phase             phase_      = phase::idle;
    connect_stage     stage_      = {};
    errc              cause_      = errc::ok;  // why the last connection ended
    errc              broken_     = errc::ok;  // why the transport takes nothing more; what came before is still read
    bool              was_online_ = false;
    bool              stable_     = false;  // it has lived for options::stable_after_ms
    bool              lost_       = false;  // the end of a connection is to be told
    bool              replaced_   = false;  // and that somebody else is the reason
    bool              blocked_    = false;  // the transport had no room
    bool              restored_   = false;
    mail_state        mail_       = mail_state::none;
    errc              mail_cause_ = errc::ok;
    std::uint16_t     topic_bytes_ = 0;
    backoff           backoff_    = {};
    takeover_detector takeover_   = {};
    instant           now_        = {};
    instant           at_ = {};  // login, dial: when to give up; backoff: when to try again; linked: since when
    std::uint32_t     retry_in_ms_ = 0;
    options const*    options_     = nullptr;
    session<enabled>  session_     = {};

    [[no_unique_address]] detail::borrowed<Transport>                        transport_   = {};
    [[no_unique_address]] detail::borrowed<Clock>                            clock_       = {};
    [[no_unique_address]] std::conditional_t<keeps_name, detail::kept_name, detail::no_name<1>> our_name_ = {};
    [[no_unique_address]] std::conditional_t<follows, detail::kept_name, detail::no_name<2>> other_server_ = {};
    [[no_unique_address]] counters                                           statistics_  = {};
    [[no_unique_address]] detail::policy<entropy, name_entropy>              entropy_     = {};
    [[no_unique_address]] detail::policy<credentials, fixed_credentials>     credentials_ = {};
    [[no_unique_address]] detail::policy<store, no_store>                    store_       = {};
    [[no_unique_address]] detail::policy<mailbox, no_mailbox>                mailbox_     = {};
    [[no_unique_address]] detail::policy<dialogue, no_authenticator>         dialogue_    = {};
    [[no_unique_address]] detail::policy<platform, any_platform>             platform_    = {};
    [[no_unique_address]] std::conditional_t<leased, detail::kept_lease, detail::no_lease> lease_ = {};
};

// The client, with its sizes.
template <class Transport, class Clock, limits L = limits{}, class... Policies>
class client : public client_core<Transport, Clock, kind_of(L), Policies...> {
    static_assert(check_limits<L>());

public:
    using core = client_core<Transport, Clock, kind_of(L), Policies...>;

    constexpr client(storage<L>& s, Transport& t, Clock& c, options const& o, Policies&... policies) noexcept {
        set_up(s, t, c, o, policies...);
    }

    // Without arguments all bytes are zero, so that a static client lies in .bss; then set_up() comes first, once.
    constexpr client() noexcept = default;
    constexpr void set_up(storage<L>& s, Transport& t, Clock& c, options const& o, Policies&... policies) noexcept {
        core::set_up(s.memory(), t, c, o, policies...);
    }
};

template <class Transport, class Clock, limits L, class... Policies>
client(storage<L>&, Transport&, Clock&, options const&, Policies&...) -> client<Transport, Clock, L, Policies...>;

}  // namespace barelink::inline v0

#include <barelink/client/login.hpp>
#include <barelink/client/mail.hpp>
#include <barelink/client/turn.hpp>
