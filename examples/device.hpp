// SPDX-License-Identifier: BSL-1.0
// A pump: what it knows, says and obeys. How it is driven is none of its business; device_polling.cpp,
// device_epoll.cpp and device_thread.cpp drive the same one in three ways.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <barelink/barelink.hpp>

namespace device {

inline constexpr barelink::limits sizes{
    .highest_qos = barelink::qos::at_least_once,
    .rx_bytes    = 256,
    .tx_bytes    = 512,
    .inflight    = 4,
    .topic_bytes = 64,
};

inline constexpr auto telemetry = barelink::topic_name("pump/1/telemetry");
inline constexpr auto set_speed = barelink::topic_name("pump/1/speed/set");

// What comes in changes it; what it has to say is made by `schedule` below.
class pump {
public:
    static constexpr unsigned messages = 6;  // five readings and one command

    void on_event(barelink::event const& e) noexcept;

    // The demonstration has ended: all was delivered and the command came back, or something went wrong.
    [[nodiscard]] bool done() const noexcept { return failed_ || (delivered_ == messages && speed_ != 0); }
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] bool ready() const noexcept { return ready_; }  // to hear commands
    [[nodiscard]] bool left() const noexcept { return left_; }    // the connection is closed

    void fail(char const* what, std::string_view why = "") noexcept {
        std::fprintf(stderr, "failed: %s %.*s\n", what, static_cast<int>(why.size()), why.data());
        failed_ = true;
    }

    // Handlers.
    void on_speed(barelink::event const& e) noexcept {
        speed_ = 0;
        for (char const c : e.payload) {
            if (c >= '0' && c <= '9' && speed_ < 10'000) speed_ = speed_ * 10 + static_cast<unsigned>(c - '0');
        }
        std::printf("speed set to %u\n", speed_);
    }
    void on_other(barelink::event const& e) noexcept {
        std::printf("heard on %.*s\n", static_cast<int>(e.topic.size()), e.topic.data());
    }

private:
    unsigned speed_     = 0;
    unsigned delivered_ = 0;
    bool     ready_     = false;
    bool     left_      = false;
    bool     failed_    = false;
};

// One table says what the device subscribes to and which handler gets what comes.
inline constexpr barelink::router routes{std::array{
    barelink::route<pump>{set_speed, barelink::qos::at_least_once,
                          [](pump& p, barelink::event const& e) { p.on_speed(e); }},
    barelink::route<pump>{barelink::topic_filter("pump/all/#"), barelink::qos::at_most_once,
                          [](pump& p, barelink::event const& e) { p.on_other(e); }},
}};

inline void pump::on_event(barelink::event const& e) noexcept {
    using barelink::event_type;
    switch (e.type) {
    case event_type::connected: std::puts("on line"); break;
    case event_type::subscribed: ready_ = ready_ || e.topic == set_speed; break;
    case event_type::subscribe_failed: fail("subscription", barelink::name(e.cause)); break;
    case event_type::message: routes.dispatch(*this, e); break;
    case event_type::delivered: std::printf("delivered %u of %u\n", ++delivered_, messages); break;
    case event_type::dropped: fail("message", barelink::name(e.cause)); break;
    case event_type::disconnected:
        if (e.cause != barelink::errc::requested) fail("connection", barelink::name(e.cause));
        left_ = true;
        break;
    default: break;
    }
}

// What the pump says, and when: a reading every 100 ms. In the middle comes a command for itself, which a real one
// would get from somebody else.
class schedule {
public:
    static constexpr std::uint32_t pace_ms = 100;

    explicit schedule(barelink::instant start) noexcept { next_.arm(start); }

    // The message that is due. Lifetime: until the next call. Call sent() when it is on its way.
    [[nodiscard]] bool due(barelink::instant now, barelink::message& out) noexcept {
        if (!next_.due(now)) return false;
        bool const        command = count_ == 3;
        char const* const format  = command ? "%u" : "{\"celsius\":%u}";
        auto const        size    = std::snprintf(text_, sizeof text_, format, command ? 1500 : 40 + count_);
        out = {.topic   = command ? set_speed : telemetry,
               .payload = {text_, static_cast<std::size_t>(size)},
               .level   = barelink::qos::at_least_once};
        return true;
    }
    void sent(barelink::instant now) noexcept {
        if (++count_ == pump::messages) {
            next_.stop();
        } else {
            next_.arm(now + pace_ms);
        }
    }
    [[nodiscard]] barelink::deadline next() const noexcept { return next_; }

private:
    barelink::deadline next_     = {};
    unsigned           count_    = 0;
    char               text_[48] = {};
};

// The command line of all three: [HOST [PORT]].
inline barelink::options read_options(int argc, char** argv, std::string_view client_id) noexcept {
    return {.host      = argc > 1 ? argv[1] : "127.0.0.1",
            .port      = static_cast<std::uint16_t>(argc > 2 ? std::atoi(argv[2]) : 1883),
            .client_id = client_id,
            .reconnect = false};
}

// How long the demonstration may take.
inline constexpr std::uint32_t patience_ms = 20'000;

}  // namespace device
