// SPDX-License-Identifier: BSL-1.0
// Every public call of a client that has `device` as its limits, as a function of its own: their stack is bounded from
// the call graph, and target/states.c runs them through all states of a connection.
#pragma once

#include <barelink/client/client.hpp>

#include "hal.h"

extern "C" {
int call_connect(void);
int call_disconnect(void);
int call_publish(char const* topic, void const* payload, size_t size, int level);
int call_subscribe(char const* filter, int level);
int call_unsubscribe(char const* filter);
int call_acknowledge(int id);
int call_poll(void);
int call_next_event(void);      // the event's type
int call_next_deadline(void);   // the instant in ms, or -1
void call_allow_chunks(int on);
}

namespace {

struct hal_transport {
    static barelink::result<barelink::connect_stage> connect(barelink::endpoint const&) noexcept {
        return hal_dial() != 0 ? barelink::connect_stage::done : barelink::connect_stage::connect;
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
        if (count > 0) return static_cast<std::size_t>(count);
        return count == 0 ? barelink::errc::would_block : barelink::errc::closed_by_peer;
    }
};

struct hal_clock {
    static barelink::instant now() noexcept { return {hal_ms()}; }
};

constinit barelink::options how{.host          = "broker",
                                .protocol      = spoken,
                                .client_id     = JOB_CLIENT_ID,
                                .user_name     = JOB_USER,
                                .password      = JOB_PASS,
                                .clean_session = false,
                                .keep_alive_s  = JOB_KEEPALIVE};

constinit barelink::storage<device> memory{};
hal_transport                       transport;
hal_clock                           clock;
constinit barelink::client          mqtt{memory, transport, clock, how};

}  // namespace

JOB_NI int call_connect() { return static_cast<int>(mqtt.connect()); }
JOB_NI int call_disconnect() { return static_cast<int>(mqtt.disconnect()); }
JOB_NI int call_publish(char const* topic, void const* payload, size_t size, int level) {
    return static_cast<int>(mqtt.publish({.topic   = topic,
                                          .payload = {static_cast<char const*>(payload), size},
                                          .level   = static_cast<barelink::qos>(level)})
                                .error);
}
JOB_NI int call_subscribe(char const* filter, int level) {
    return static_cast<int>(mqtt.subscribe(filter, static_cast<barelink::qos>(level)));
}
JOB_NI int call_unsubscribe(char const* filter) { return static_cast<int>(mqtt.unsubscribe(filter)); }
JOB_NI int call_acknowledge(int id) { return static_cast<int>(mqtt.acknowledge(static_cast<barelink::packet_id>(id))); }
JOB_NI int call_poll() {
    mqtt.poll();
    return 0;
}
JOB_NI int call_next_event() { return static_cast<int>(mqtt.next_event().type); }
JOB_NI int call_next_deadline() {
    auto const d = mqtt.next_deadline();
    return d.armed ? static_cast<int>(d.at.ms) : -1;
}
JOB_NI void call_allow_chunks(int on) { how.chunks = on != 0; }

// The size job's program calls them all, so that all are linked.
JOB_NI int job_init() { return 0; }
JOB_NI int job_connect() { return call_connect(); }
JOB_NI int job_subscribe(char const* filter, int level) {
    call_allow_chunks(level);
    return call_subscribe(filter, level);
}
JOB_NI int job_publish(char const* topic, void const* payload, size_t size, int level) {
    return call_publish(topic, payload, size, level);
}
JOB_NI int job_process() { return call_poll() + call_next_event() + call_next_deadline() + call_acknowledge(1); }
JOB_NI int job_ping() { return call_unsubscribe(JOB_SUB); }
JOB_NI int job_disconnect() { return call_disconnect(); }
