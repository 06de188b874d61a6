// SPDX-License-Identifier: BSL-1.0
// A tour in words: connect, subscribe, publish at QoS 1, receive it back, unsubscribe, leave.
#pragma once

#include <signal.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>

#include "tls.hpp"

namespace example {

using namespace barelink;

inline constexpr std::uint32_t pause_ms   = 3'000;  // between two messages of the loop
inline constexpr std::uint32_t patience_s = 30;     // how long the tour may take

inline volatile sig_atomic_t stop_asked = 0;

// printf's "%.*s" for a view.
#define TEXT(view) static_cast<int>((view).size()), (view).data()

// Nobody who could say more about an error than its name.
struct nobody {
    static constexpr std::string_view explain(errc) noexcept { return {}; }
};

// `Link` is a client; `Guide` says what an error means where the client goes to.
template <class Link, class Guide = nobody>
class tour {
public:
    tour(Link& mqtt, secure::network const& network, std::string_view topic, bool loop, Guide const& guide = {})
        : mqtt_{mqtt}, network_{network}, topic_{topic}, loop_{loop}, guide_{guide} {}

    // Runs to the end. Returns the exit status.
    int run() {
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
        if (auto const meaning = guide_.explain(e.cause); !meaning.empty()) std::printf("%.*s.\n", TEXT(meaning));
    }

    void publish() {
        char text[48];
        std::snprintf(text, sizeof text, "hello number %u", ++count_);
        auto const id = mqtt_.publish({.topic = topic_, .payload = text, .level = qos::at_least_once});
        next_.arm(posix::clock::now() + pause_ms);
        if (id) {
            std::printf("Sent to %.*s, QoS 1, as message %u: %s\n", TEXT(topic_), id.value, text);
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
        if (auto const meaning = guide_.explain(why); !meaning.empty()) {
            std::fprintf(stderr, "%.*s.\n", TEXT(meaning));
        }
        finish(1);
        return 1;
    }

    void finish(int status) {
        status_ = status;
        over_   = true;
    }

    Link&                  mqtt_;
    secure::network const& network_;
    std::string_view       topic_;
    bool                   loop_;
    Guide const&           guide_;
    unsigned       count_      = 0;
    instant        start_      = {};
    deadline       next_       = {};
    int            status_     = 0;
    bool           was_online_ = false;
    bool           leaving_    = false;
    bool           over_       = false;
};

}  // namespace example
