// SPDX-License-Identifier: BSL-1.0
// barelink in the comparison: a polling loop that sleeps in the transport's wait() when there is nothing to do.
#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/tcp.hpp>

#include <new>

#include "peer.h"

namespace {

using namespace barelink;

constexpr limits bench{.rx_bytes           = 65535,
                       .tx_bytes           = 65535,
                       .answers            = 255,
                       .inflight           = PEER_WINDOW,
                       .inbound            = 255,
                       .subscriptions      = 1,
                       .subscribe_requests = 1,
                       .topic_bytes        = 64};
// A device of the fleet: two buffers of `Bytes`.
template <std::uint16_t Bytes>
constexpr limits idle{.rx_bytes = Bytes, .tx_bytes = Bytes, .subscriptions = 1, .subscribe_requests = 1};

constinit storage<bench> memory{};
posix::tcp<>             net;
posix::clock             now;

// Turns until `done` is true; waits in the kernel when nothing else is left to do.
template <class Client, class Handler, class Done>
void run(Client& mqtt, posix::tcp<>& transport, Handler const& handler, Done const& done) {
    while (!done()) {
        mqtt.poll(handler);
        if (done()) break;
        if (auto const pause = mqtt.next_deadline().left(now.now()); pause != 0) {
            transport.wait(pause, mqtt.wants());
        }
    }
}

template <class Client>
void go_online(Client& mqtt, posix::tcp<>& transport) {
    if (mqtt.connect() != errc::ok) peer_fail("barelink: connect");
    auto const watch = [](event const& e) {
        if (e.type == event_type::disconnected) peer_fail(name(e.cause).data());
    };
    run(mqtt, transport, watch, [&] { return mqtt.online(); });
}

struct counters {
    unsigned arrived   = 0;
    unsigned delivered = 0;
    bool     granted   = false;

    void operator()(event const& e) {
        if (e.type == event_type::message) ++arrived;
        if (e.type == event_type::delivered) ++delivered;
        if (e.type == event_type::subscribed) granted = true;
        if (e.type == event_type::disconnected || e.type == event_type::dropped) peer_fail(name(e.cause).data());
    }
};

template <class Client>
void publish(Client& mqtt, peer_job const& job) {
    counters   seen;
    auto const count   = [&](event const& e) { seen(e); };
    auto const message = barelink::message{
        .topic = PEER_TOPIC, .payload = {job.payload, job.size}, .level = static_cast<qos>(job.qos)};
    for (unsigned made = 0; made < job.count;) {
        auto const r = mqtt.publish(message);
        if (r) {
            ++made;
        } else if (r.error == errc::ring_full || r.error == errc::inflight_full) {
            auto const before = mqtt.stats();
            run(mqtt, net, count, [&] {
                auto const& s = mqtt.stats();
                return job.qos == 0 ? s.writes != before.writes : s.delivered != before.delivered;
            });
        } else {
            peer_fail(name(r.error).data());
        }
    }
    unsigned expected = job.qos == 0 ? 1 : job.count;
    if (job.qos == 0) {
        auto last  = message;
        last.level = qos::at_least_once;
        for (auto r = mqtt.publish(last); !r; r = mqtt.publish(last)) {
            if (r.error != errc::ring_full) peer_fail(name(r.error).data());
            mqtt.poll(count);
        }
    }
    run(mqtt, net, count, [&] { return seen.delivered == expected; });
}

template <class Client, class Handler>
void subscribe(Client& mqtt, peer_job const& job, counters const& seen, Handler const& count) {
    if (mqtt.subscribe(PEER_TOPIC, static_cast<qos>(job.qos)) != errc::ok) peer_fail("barelink: subscribe");
    run(mqtt, net, count, [&] { return seen.granted; });
}

template <class Client>
void receive(Client& mqtt, peer_job const& job) {
    counters   seen;
    char       text[64];
    auto const count = [&](event const& e) { seen(e); };
    subscribe(mqtt, job, seen, count);
    auto const size = static_cast<std::size_t>(peer_request(&job, text, sizeof text));
    if (!mqtt.publish({.topic = PEER_ASK_TOPIC, .payload = {text, size}})) peer_fail("barelink: publish");
    run(mqtt, net, count, [&] { return seen.arrived == job.count; });
}

template <class Client>
void round_trips(Client& mqtt, peer_job& job) {
    counters   seen;
    auto const count = [&](event const& e) { seen(e); };
    subscribe(mqtt, job, seen, count);
    auto const message = barelink::message{
        .topic = PEER_TOPIC, .payload = {job.payload, job.size}, .level = qos::at_least_once};
    for (unsigned i = 1; i <= job.count; ++i) {
        peer_lap_begins(&job);
        if (!mqtt.publish(message)) peer_fail("barelink: publish");
        run(mqtt, net, count, [&] { return seen.arrived == i; });
        peer_lap_ends(&job);
        run(mqtt, net, count, [&] { return seen.delivered == i; });
    }
}

// One device of the fleet with all that it needs.
template <limits L>
struct device {
    storage<L>                             memory{};
    posix::tcp<>                           net;
    char                                   id[16]   = {};
    options                                settings = {};
    client<posix::tcp<>, posix::clock, L> mqtt{memory, net, now, settings};
};

template <limits L>
void fleet(peer_job const& job) {
    using one = device<L>;
    peer_many_files();
    auto const before = peer_private_kib();
    auto*      at     = static_cast<one*>(malloc(job.count * sizeof(one)));
    if (at == nullptr) peer_fail("barelink: no memory");
    for (unsigned i = 0; i < job.count; ++i, ++at) {
        auto&      d = *new (at) one;
        auto const n = snprintf(d.id, sizeof d.id, "fleet-%u", i);
        d.settings   = {.host         = job.host,
                        .port         = static_cast<std::uint16_t>(job.port),
                        .client_id    = {d.id, static_cast<std::size_t>(n)},
                        .keep_alive_s = PEER_KEEP_ALIVE};
        go_online(d.mqtt, d.net);
    }
    peer_fleet_result(job.count, before, peer_private_kib());
}

}  // namespace

int main(int argc, char** argv) {
    auto job = peer_arguments(argc, argv);
    if (strcmp(job.mode, "fleet") == 0) {
        if (job.size != 512 && job.size != 1024) peer_fail("barelink: fleets have buffers of 512 or 1024 bytes");
        job.size == 512 ? fleet<idle<512>>(job) : fleet<idle<1024>>(job);
        return 0;
    }
    options const settings{.host         = job.host,
                           .port         = static_cast<std::uint16_t>(job.port),
                           .client_id    = "barelink",
                           .keep_alive_s = PEER_KEEP_ALIVE};
    client mqtt{memory, net, now, settings};
    go_online(mqtt, net);
    peer_started(&job);
    if (job.receives) {
        receive(mqtt, job);
    } else if (job.round_trips) {
        round_trips(mqtt, job);
    } else {
        publish(mqtt, job);
    }
    peer_finished(&job);
}
