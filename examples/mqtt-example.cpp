// SPDX-License-Identifier: BSL-1.0
// A tour in words: connect, subscribe, publish at QoS 1, receive it back, unsubscribe, leave.
//
//   mqtt-example [--host HOST] [--port PORT]          ends by itself
//   mqtt-example [--host HOST] [--port PORT] loop     stays on line and publishes every 3 s, until Ctrl-C
//   mqtt-example --tls --ca-file CA.pem ...           over TLS; console/tls_options.hpp has all of its options
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

using namespace barelink;

namespace {

constexpr limits        sizes{.rx_bytes = 512, .tx_bytes = 1024};
constexpr std::uint32_t pause_ms   = 3'000;  // between two messages of the loop
constexpr std::uint32_t patience_s = 30;     // how long the tour may take

volatile sig_atomic_t stop_asked = 0;

// printf's "%.*s" for a view.
#define TEXT(view) static_cast<int>((view).size()), (view).data()

class tour {
public:
    using link = client<secure::network, posix::clock, sizes, posix::entropy>;

    tour(link& mqtt, secure::network const& network, options const& o, bool loop)
        : mqtt_{mqtt}, network_{network}, options_{o}, loop_{loop} {
        std::snprintf(topic_, sizeof topic_, "barelink/example/%ld", static_cast<long>(::getpid()));
    }

    // Runs to the end. Returns the exit status.
    int run() {
        std::printf("Connecting to %.*s, port %u ...\n", TEXT(options_.host), options_.port);
        start_ = posix::clock::now();
        if (auto const e = mqtt_.connect(); e != errc::ok) return give_up("could not start to connect", e);
        if (auto const e = mqtt_.subscribe(topic_, qos::at_least_once); e != errc::ok) {
            return give_up("could not subscribe", e);
        }
        while (!over_) {
            mqtt_.yield(100, [this](event const& e) { on_event(e); });
            std::fflush(stdout);
            if (!over_) on_time(posix::clock::now());
        }
        return status_;
    }

private:
    // Only once has everything to be done in time; the loop waits for as long as it takes.
    void on_time(instant now) {
        if (!leaving_ && stop_asked != 0) {
            std::puts("Asked to stop.");
            leave();
        }
        if (!loop_ && now.since(start_) > patience_s * 1000) {
            std::fprintf(stderr, "Giving up: no end after %u s.\n", patience_s);
            finish(1);
        }
        if (loop_ && !leaving_ && mqtt_.online() && next_.due(now)) publish();
    }

    void on_event(event const& e) {
        switch (e.type) {
        case event_type::connected:
            std::puts("Connected.");
            network_.describe(stdout);
            was_online_ = true;
            break;
        case event_type::subscribed:
            std::printf("Subscribed to %.*s, QoS %u.\n", TEXT(e.topic), number(e.level));
            publish();
            break;
        case event_type::subscribe_failed: give_up("the broker refused the subscription", e.cause); break;
        case event_type::delivered: std::printf("The broker has message %u.\n", e.id); break;
        case event_type::message:
            std::printf("Received on %.*s, QoS %u: %.*s\n", TEXT(e.topic), number(e.level), TEXT(e.payload));
            if (!loop_) unsubscribe();
            break;
        case event_type::unsubscribed:
            std::printf("Unsubscribed from %.*s.\n", TEXT(e.topic));
            leave();
            break;
        case event_type::unsubscribe_failed: give_up("could not unsubscribe", e.cause); break;
        case event_type::disconnected: on_disconnected(e); break;
        case event_type::replaced: std::puts("Another client uses our client id."); break;
        default: break;
        }
    }

    void on_disconnected(event const& e) {
        if (leaving_) {
            std::puts("Disconnected. Good bye.");
            return finish(status_);
        }
        if (!loop_ || !was_online_) {
            network_.describe(stderr);
            give_up(was_online_ ? "the connection is lost" : "could not connect", e.cause);
            return;
        }
        auto const why = name(e.cause);
        std::printf("The connection is lost (%.*s), next attempt in %.1f s.\n", TEXT(why), e.retry_in_ms / 1000.0);
    }

    void publish() {
        char text[48];
        std::snprintf(text, sizeof text, "hello number %u", ++count_);
        auto const id = mqtt_.publish({.topic = topic_, .payload = text, .level = qos::at_least_once});
        next_.arm(posix::clock::now() + pause_ms);
        if (id) {
            std::printf("Sent to %s, QoS 1, as message %u: %s\n", topic_, id.value, text);
        } else if (!loop_) {
            give_up("could not publish", id.error);
        } else {
            auto const why = name(id.error);
            std::printf("Not sent (%.*s): %s\n", TEXT(why), text);
        }
    }

    void unsubscribe() {
        if (auto const e = mqtt_.unsubscribe(topic_); e != errc::ok) give_up("could not unsubscribe", e);
    }

    void leave() {
        leaving_ = true;
        if (mqtt_.disconnect() != errc::ok) finish(status_);
    }

    int give_up(char const* what, errc why) {
        auto const text = name(why);
        std::fprintf(stderr, "Giving up: %s (%.*s).\n", what, TEXT(text));
        finish(1);
        return 1;
    }

    void finish(int status) {
        status_ = status;
        over_   = true;
    }

    link&                  mqtt_;
    secure::network const& network_;
    options const&         options_;
    bool                   loop_;
    char           topic_[48]  = {};
    unsigned       count_      = 0;
    instant        start_      = {};
    deadline       next_       = {};
    int            status_     = 0;
    bool           was_online_ = false;
    bool           leaving_    = false;
    bool           over_       = false;
};

int usage() {
    std::fputs("usage: mqtt-example [--host HOST] [--port PORT] [--tls ...] [loop]\n", stderr);
    std::fprintf(stderr, "%s\n", secure::tls_options::help.data());
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    static secure::tls_options tls;

    std::span<char* const> const words{argv, static_cast<std::size_t>(argc)};

    options o{.host = "127.0.0.1", .keep_alive_s = 30};
    bool    loop = false;
    for (int i = 1; i < argc; ++i) {
        std::string_view const word = argv[i];
        if (int const taken = tls.take(words.subspan(static_cast<std::size_t>(i))); taken != 0) {
            if (taken < 0) return 2;
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
    char client_id[24];  // 23 characters are what every broker takes
    std::snprintf(client_id, sizeof client_id, "example-%ld", static_cast<long>(::getpid()));
    o.client_id = client_id;
    o.reconnect = loop;

    struct sigaction on_stop {};
    on_stop.sa_handler = [](int) { stop_asked = 1; };
    ::sigaction(SIGINT, &on_stop, nullptr);
    ::sigaction(SIGTERM, &on_stop, nullptr);

    static constinit storage<sizes> memory{};
    secure::network network{tls};
    posix::clock    clock;
    posix::entropy  entropy;
    tour::link      mqtt{memory, network, clock, o, entropy};
    return tour{mqtt, network, o, loop}.run();
}
