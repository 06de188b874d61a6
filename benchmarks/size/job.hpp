// SPDX-License-Identifier: BSL-1.0
// The job's seven functions over the client's public API; JOB_MAXQOS comes from the build, and
// each program says whether the client comes back by itself (`reconnects`) before it includes this.
#pragma once

#include <barelink/client/client.hpp>

#include "hal.h"
#ifdef JOB_TLS
#include <barelink/tls/wolfssl.hpp>
#endif

namespace {

#ifdef JOB_V5
constexpr auto spoken = barelink::version::v5;
#else
constexpr auto spoken = barelink::version::v3_1_1;
#endif

constexpr barelink::limits device = [] {
    barelink::limits l{.versions = spoken, .highest_qos = static_cast<barelink::qos>(JOB_MAXQOS)};
    l.rx_bytes           = JOB_BUF;
    l.tx_bytes           = JOB_BUF;
    l.answers            = 4;
    l.inflight           = JOB_INFLIGHT;
    l.inbound            = JOB_INFLIGHT;
    l.subscriptions      = 1;
    l.subscribe_requests = 1;
    l.topic_bytes        = 64;
    l.reconnect          = reconnects;
    l.statistics         = false;
#ifdef JOB_CHANGE
    JOB_CHANGE;
#endif
    return l;
}();

#ifdef JOB_OTHER
constexpr barelink::limits other_device = [] {
    auto l          = device;
    l.rx_bytes      = 512;
    l.tx_bytes      = 256;
    l.answers       = 8;
    l.inflight      = 4;
    l.subscriptions = 3;
    l.topic_bytes   = 100;
    return l;
}();
#endif

using barelink::errc;
using barelink::event;
using barelink::event_type;

struct hal_transport {
    static barelink::result<barelink::connect_stage> connect(barelink::endpoint const&) noexcept {
        return barelink::connect_stage::done;
    }
    static barelink::result<std::size_t> read(barelink::bytes_out into) noexcept {
        return moved(hal_recv(into.data(), into.size()));
    }
    static barelink::result<std::size_t> write(barelink::bytes_in from) noexcept {
        return moved(hal_send(from.data(), from.size()));
    }
    static void close() noexcept {}

private:
    static barelink::result<std::size_t> moved(int count) noexcept {
        auto const error = count > 0 ? errc::ok : count == 0 ? errc::would_block : errc::closed_by_peer;
        return {count > 0 ? static_cast<std::size_t>(count) : 0, error};
    }
};

struct hal_clock {
    static barelink::instant now() noexcept { return {hal_ms()}; }
};

#ifndef JOB_HOST
#define JOB_HOST "broker"
#endif
constexpr barelink::options job_options{.host         = JOB_HOST,
                                        .protocol     = spoken,
                                        .client_id    = JOB_CLIENT_ID,
                                        .user_name    = JOB_USER,
                                        .password     = JOB_PASS,
                                        .keep_alive_s = JOB_KEEPALIVE,
#ifdef JOB_OPTIONS
                                        JOB_OPTIONS,
#endif
};

#ifdef JOB_CREDENTIALS
#define JOB_POLICY credentials
#endif

#if defined JOB_CREDENTIALS && !defined JOB_PROFILE
// A token of its own for every connection, as clouds want it.
struct fresh_login {
    static errc refresh(barelink::login& out) noexcept {
        out.password = JOB_PASS;
        return errc::ok;
    }
};
fresh_login credentials;
#endif

constinit barelink::storage<device> memory{};
hal_clock                           clock;
#ifndef JOB_TLS
hal_transport transport;
#else
struct hal_calendar {
    static barelink::wall_time now() noexcept { return {barelink::time_trust::trusted, hal_ms()}; }
};
constinit barelink::tls::pool<24 * 1024> tls_memory{};
constinit hal_calendar                   calendar{};
using tls_library = barelink::tls::wolfssl_library<tls_memory, calendar>;

constexpr char                     job_authority[] = "an authority's certificate";
constexpr barelink::bytes_in       authorities[] = {{job_authority, sizeof job_authority - 1}};
constexpr barelink::tls::settings  security{.trust = authorities};
hal_transport                      below;
constinit barelink::tls::wolfssl<hal_transport, tls_library> transport{below, security};
#endif

#ifdef JOB_PROFILE
#include JOB_PROFILE  // `credentials` of somebody else
#endif

// The client is all zero until job_init(), so that it lies in .bss.
#ifdef JOB_POLICY
constinit barelink::client<decltype(transport), hal_clock, device, decltype(JOB_POLICY)> mqtt{};

void set_up() { mqtt.set_up(memory, transport, clock, job_options, JOB_POLICY); }
#else
constinit barelink::client<decltype(transport), hal_clock, device> mqtt{};

void set_up() { mqtt.set_up(memory, transport, clock, job_options); }
#endif

#ifdef JOB_OTHER
// A second client with other sizes. They take turns, a connection each.
constinit barelink::storage<other_device>                                 other_memory{};
constinit barelink::client<decltype(transport), hal_clock, other_device> other{};

constinit decltype(other)::core* current = nullptr;

void  set_up_other() { other.set_up(other_memory, transport, clock, job_options); }
auto& turn_of() { return *current; }
void  take_turns() { current = current == &mqtt ? &other : static_cast<decltype(current)>(&mqtt); }
#else
void  set_up_other() {}
auto& turn_of() { return mqtt; }
void  take_turns() {}
#endif

// The job has C strings, the client wants views. The C library's strlen is large because it is fast, so the compiler is
// not to see one here.
__attribute__((optimize("no-tree-loop-distribute-patterns")))
JOB_NI std::string_view view_of(char const* text) {
    std::size_t size = 0;
    while (text[size] != 0) ++size;
    return {text, size};
}

// One turn. Returns what it brought, after telling the application about messages and deliveries.
JOB_NI event turn() {
    auto& mqtt = turn_of();
    mqtt.poll();
    auto const e = mqtt.next_event();
    if (e.type == event_type::message) {
#ifdef JOB_DISPATCH
        JOB_DISPATCH;
#endif
        hal_message(e.topic.data(), e.topic.size(), e.payload.data(), e.payload.size(), barelink::number(e.level));
    } else if (e.type == event_type::delivered) {
        hal_acked(e.id);
    }
    return e;
}

JOB_NI int wait_for(event_type wanted) {
    for (;;) {
        auto const e = turn();
        if (e.type == wanted) return 0;
        bool const failed = e.type == event_type::disconnected || e.type == event_type::subscribe_failed;
        if (failed) return static_cast<int>(e.cause);
    }
}

// By itself, so that its stack does not lie below that of the waiting.
JOB_NI errc ask_for(char const* filter, int level) {
    return turn_of().subscribe(view_of(filter), static_cast<barelink::qos>(level));
}

}  // namespace

JOB_NI int job_init() {
    set_up();
    set_up_other();
    return 0;
}

JOB_NI int job_connect() {
    take_turns();
    auto const e = turn_of().connect();
    return e != errc::ok ? static_cast<int>(e) : wait_for(event_type::connected);
}

JOB_NI int job_subscribe(char const* filter, int level) {
    auto const e = ask_for(filter, level);
    return e != errc::ok ? static_cast<int>(e) : wait_for(event_type::subscribed);
}

JOB_NI int job_publish(char const* topic, void const* payload, size_t size, int level) {
    return static_cast<int>(turn_of().publish({.topic   = view_of(topic),
                                          .payload = {static_cast<char const*>(payload), size},
                                          .level   = static_cast<barelink::qos>(level)})
                                .error);
}

JOB_NI int job_process() {
    auto const e = turn();
    return e.type == event_type::disconnected && e.retry_in_ms == 0 ? static_cast<int>(e.cause) : 0;
}

// The client pings by itself.
#ifdef JOB_USE
JOB_NI int job_ping() { return JOB_USE; }
#else
JOB_NI int job_ping() { return 0; }
#endif

JOB_NI int job_disconnect() {
    auto const e = turn_of().disconnect();
    return e != errc::ok ? static_cast<int>(e) : wait_for(event_type::disconnected);
}
