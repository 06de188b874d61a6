// SPDX-License-Identifier: BSL-1.0
// A tour in words: connect, subscribe, publish at QoS 1, receive it back, unsubscribe, leave.
//
//   mqtt-example [--host HOST] [--port PORT]          ends by itself
//   mqtt-example [--host HOST] [--port PORT] loop     stays on line and publishes every 3 s, until Ctrl-C
//   mqtt-example --tls --ca-file CA.pem ...           over TLS; console/tls_options.hpp has all of its options
//   mqtt-example --product-key PK --device-name DN --device-secret DS --region cn-shanghai --auth direct|https
//                                                     as a device of Alibaba Cloud IoT; console/device_options.hpp
#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>

#include "console/tls.hpp"
#include "console/tour.hpp"
#if defined(EXAMPLES_WITH_WOLFSSL) && __has_include(<jsmn.h>)
#define WITH_DEVICES
#include <barelink/cloud/aliyun/root_certificate.hpp>
#include <barelink/crypto/wolfcrypt.hpp>

#include "console/device_options.hpp"
#endif

using namespace barelink;

namespace {

constexpr limits sizes{.rx_bytes = 512, .tx_bytes = 1024};

int usage() {
    std::fputs("usage: mqtt-example [--host HOST] [--port PORT] [--tls ...] [--product-key ...] [loop]\n", stderr);
    std::fprintf(stderr, "%s\n", secure::tls_options::help.data());
#ifdef WITH_DEVICES
    std::fprintf(stderr, "%s\n", example::device_options::help.data());
#endif
    return 2;
}

// Anonymous, or whoever the broker lets in.
int run(secure::network& network, options& o, bool loop) {
    static constinit storage<sizes> memory{};

    char client_id[24];  // 23 characters are what every broker takes
    char topic[48];
    std::snprintf(client_id, sizeof client_id, "example-%ld", static_cast<long>(::getpid()));
    std::snprintf(topic, sizeof topic, "barelink/example/%ld", static_cast<long>(::getpid()));
    o.client_id = client_id;
    if (o.host.empty()) o.host = "127.0.0.1";

    std::printf("Connecting to %.*s, port %u ...\n", TEXT(o.host), o.port);
    posix::clock   clock;
    posix::entropy entropy;
    client         mqtt{memory, network, clock, o, entropy};
    return example::tour{mqtt, network, topic, loop}.run();
}

#ifdef WITH_DEVICES
// A profile is credentials, place and rules: with it a client is one line.
template <class Profile>
int run(secure::network& network, options const& o, bool loop, example::device_options const& d, Profile& profile) {
    static constinit storage<limits{.highest_qos = qos::at_least_once}> memory{};

    char    room[129];
    builder topic{room};
    if (d.topic.empty()) {
        topic << '/' << d.id.product_key << '/' << d.id.device_name << "/data";
    } else {
        topic << d.topic;
    }
    posix::clock   clock;
    posix::entropy entropy;
    client         mqtt{memory, network, clock, o, entropy, profile};
    return example::tour{mqtt, network, topic.view(), loop, d}.run();
}

int run_device(secure::tls_options& tls, secure::network& network, options const& o, bool loop,
               example::device_options const& d) {
    if (!d.plain) tls.turn_on({aliyun::root_certificate.data(), aliyun::root_certificate.size()});
    auto const mode = d.plain ? aliyun::secure_mode::tcp : aliyun::secure_mode::tls;
    wolfcrypt  engine;
    if (!d.https) {
        std::puts("Connecting; the login is signed here ...");
        aliyun::direct_device profile{d.id, d.site, engine, {.mode = mode}};
        return run(network, o, loop, d, profile);
    }
    std::puts("Asking for token and broker by HTTPS ...");
    // Service and broker are reached by the same transport, one after the other.
    static constinit aliyun::https_room<> room{};
    aliyun::https_device profile{room, network, d.id, d.service, engine, {.mode = mode}};
    auto const           status = run(network, o, loop, d, profile);
    if (status != 0 && profile.error() != errc::ok) {
        std::fprintf(stderr, "The service gave no token; its code: %u.\n", static_cast<unsigned>(profile.code()));
    }
    return status;
}
#endif

}  // namespace

int main(int argc, char** argv) {
    static secure::tls_options tls;

    std::span<char* const> const words{argv, static_cast<std::size_t>(argc)};
#ifdef WITH_DEVICES
    example::device_options device;
#endif
    options o{.keep_alive_s = 30};
    bool    loop = false;
    for (int i = 1; i < argc; ++i) {
        std::string_view const word = argv[i];
        auto const             rest = words.subspan(static_cast<std::size_t>(i));
        int                    taken = tls.take(rest);
#ifdef WITH_DEVICES
        if (taken == 0) taken = device.take(rest);
#endif
        if (taken < 0) return 2;
        if (taken > 0) {
            i += taken - 1;
        } else if (word == "loop") {
            loop = true;
        } else if (word == "--host" && i + 1 < argc) {
            o.host = argv[++i];
        } else if (word == "--port" && i + 1 < argc) {
            auto const port = std::strtol(argv[++i], nullptr, 10);
            if (port < 1 || port > 65'535) return usage();
            o.port = static_cast<std::uint16_t>(port);
        } else {
            return usage();
        }
    }
    o.reconnect = loop;

    struct sigaction on_stop {};
    on_stop.sa_handler = [](int) { example::stop_asked = 1; };
    ::sigaction(SIGINT, &on_stop, nullptr);
    ::sigaction(SIGTERM, &on_stop, nullptr);

    secure::network network{tls};
#ifdef WITH_DEVICES
    if (device.given) return run_device(tls, network, o, loop, device);
#endif
    return run(network, o, loop);
}
