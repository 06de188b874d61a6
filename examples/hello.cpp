// SPDX-License-Identifier: BSL-1.0
// The shortest whole program: connect, subscribe, publish, print what comes back.
//
//   hello [HOST [PORT]]      HOST is an address or localhost; names need tcp<cares_resolver>
#include <cstdio>
#include <cstdlib>

#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/tcp.hpp>

using namespace barelink;

constexpr limits sizes{.rx_bytes = 256, .tx_bytes = 512};
constexpr auto   topic = topic_name("barelink/hello");

int main(int argc, char** argv) {
    options const o{.host      = argc > 1 ? argv[1] : "127.0.0.1",
                    .port      = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 1883),
                    .client_id = "barelink-hello",
                    .reconnect = false};
    static constinit storage<sizes> memory{};

    posix::tcp<> tcp;
    posix::clock clock;
    client       mqtt{memory, tcp, clock, o};

    errc e = mqtt.connect();
    if (e == errc::ok) e = mqtt.subscribe(topic, qos::at_least_once);
    bool leaving = false;
    bool running = e == errc::ok;
    while (running) {
        mqtt.yield(100, [&](event const& event) {
            switch (event.type) {
            case event_type::subscribed:
                e = mqtt.publish({.topic = topic, .payload = "hello", .level = qos::at_least_once}).error;
                break;
            case event_type::message:
                std::printf("%.*s: %.*s\n", static_cast<int>(event.topic.size()), event.topic.data(),
                            static_cast<int>(event.payload.size()), event.payload.data());
                leaving = mqtt.disconnect() == errc::ok;
                break;
            case event_type::disconnected:
                if (!leaving) e = event.cause;
                running = false;
                break;
            default: break;
            }
        });
        if (e != errc::ok) running = false;
    }
    if (e != errc::ok) std::fprintf(stderr, "hello: %s\n", name(e).data());
    return e == errc::ok ? 0 : 1;
}
