// SPDX-License-Identifier: BSL-1.0
// (c), (d) and (0): whole turns of a client over a transport in memory, whose own instructions do not count. The
// limits are those of the size job's program `qos1`; with -DDEFAULT_LIMITS they are barelink's defaults.
#include <barelink/client/client.hpp>

#include <cstring>

#include "measured.hpp"

namespace {

using namespace barelink;

#ifdef DEFAULT_LIMITS
constexpr limits device{};
#else
constexpr limits device{.highest_qos        = qos::at_least_once,
                        .rx_bytes           = 1024,
                        .tx_bytes           = 1024,
                        .answers            = 4,
                        .inflight           = 8,
                        .inbound            = 8,
                        .subscriptions      = 1,
                        .subscribe_requests = 1,
                        .topic_bytes        = 64,
                        .reconnect          = false,
                        .statistics         = false};
#endif

// The broker: what it has said and not been read, and what it has seen.
struct broker {
    char        down[512] = {};
    std::size_t size      = 0;
    int         published = 0;
    int         acks      = 0;

    void say(void const* bytes, std::size_t count) {
        std::memcpy(down + size, bytes, count);
        size += count;
    }
    void hear(char const* packet, std::size_t count) {
        require(count >= 2 && octet(packet[1]) == count - 2, "not one whole packet in one write");
        switch (octet(packet[0])) {
        case 0x10: return say("\x20\x02\0", 4);
        case 0x40: ++acks; return;
        case 0x30: ++published; return;
        case 0x32: {
            char const ack[] = {0x40, 2, packet[4 + topic.size()], packet[5 + topic.size()]};
            ++published;
            return say(ack, sizeof ack);
        }
        default: require(false, "an unexpected packet");
        }
    }
    void send_message(packet_id id) {
        char head[] = {0x32, 100, 0, static_cast<char>(topic.size())}, number[2];
        store_u16(number, id);
        say(head, sizeof head);
        say(topic.data(), topic.size());
        say(number, sizeof number);
        say(payload.data(), payload.size());
    }
};

broker        peer;
std::uint32_t time_ms   = 1;
int           delivered = 0;
int           received  = 0;

}  // namespace

MEASURED std::size_t outside_read(char* into, std::size_t room) {
    auto const count = peer.size;
    require(count <= room, "no room to read");
    std::memcpy(into, peer.down, count);
    peer.size = 0;
    return count;
}

MEASURED void outside_write(char const* from, std::size_t size) { peer.hear(from, size); }

MEASURED std::uint32_t outside_now() { return ++time_ms; }

MEASURED void outside_handle(event const& e) {
    if (e.type == event_type::delivered) ++delivered;
    if (e.type != event_type::message) return;
    require(e.topic == topic && e.payload == payload, "another message than the one sent");
    ++received;
}

namespace {

struct memory_transport {
    static result<connect_stage> connect(endpoint const&) noexcept { return connect_stage::done; }
    static result<std::size_t> read(bytes_out into) noexcept {
        auto const count = outside_read(into.data(), into.size());
        return count != 0 ? result<std::size_t>{count} : result<std::size_t>{errc::would_block};
    }
    static result<std::size_t> write(bytes_in from) noexcept {
        outside_write(from.data(), from.size());
        return from.size();
    }
    static void close() noexcept {}
};

struct counting_clock {
    static instant now() noexcept { return {outside_now()}; }
};

constexpr auto handler = [](event const& e) { outside_handle(e); };

constexpr options settings{.host = "broker", .client_id = "dev-0001"};

constinit storage<device> memory{};
memory_transport          transport;
counting_clock            ticks;
client                    mqtt{memory, transport, ticks, settings};

}  // namespace

// A turn that brings nothing.
MEASURED void measured_idle() { mqtt.poll(handler); }

// A publish and the turn that sends it; at QoS 1 the same turn takes the acknowledgement.
MEASURED bool measured_publish(message const& m) {
    bool const accepted{mqtt.publish(m)};
    mqtt.poll(handler);
    return accepted;
}

// A turn that takes a message, hands it over and acknowledges it.
MEASURED void measured_inbound() { mqtt.poll(handler); }

int main(int argc, char** argv) {
    auto const job = arguments(argc, argv);
    require(mqtt.connect() == errc::ok, "cannot connect");
    for (int i = 0; i < 4 && !mqtt.online(); ++i) mqtt.poll(handler);
    require(mqtt.online(), "not on line");

    bool const    zero = job.what == "publish_0", one = job.what == "publish_1";
    message const m{.topic   = hide(topic.data()),
                    .payload = payload,
                    .level   = hide(one ? qos::at_least_once : qos::at_most_once)};
    for (int i = 0; i < job.count; ++i) {
        if (job.what == "idle") {
            measured_idle();
        } else if (zero || one) {
            require(measured_publish(*hide(&m)) && peer.published == i + 1, "nothing was published");
            require(delivered == (one ? i + 1 : 0), "the acknowledgement was not taken");
        } else {
            require(job.what == "inbound_1", "what is to be measured?");
            peer.send_message(static_cast<packet_id>(i % 65535 + 1));
            measured_inbound();
            require(received == i + 1 && peer.acks == i + 1, "the message was not taken and acknowledged");
        }
    }
}
