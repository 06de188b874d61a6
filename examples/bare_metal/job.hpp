// SPDX-License-Identifier: BSL-1.0
// What the device does: publishes at each QoS what it has subscribed to, and takes it back.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/base/text.hpp>

#include "settings.hpp"

// How a run ended; the exit status of the emulator.
enum class ending : std::uint8_t { good = 0, bad_settings = 1, wrong_message = 2, lost = 3, too_late = 4 };

inline constexpr barelink::limits sizes{
    .rx_bytes           = 512,
    .tx_bytes           = 768,
    .inflight           = 4,
    .inbound            = 4,
    .subscriptions      = 2,
    .subscribe_requests = 2,
    .topic_bytes        = 64,
    .chunks             = true,
};

class job {
public:
    static constexpr auto small = barelink::topic_filter("metal/small/#");
    static constexpr auto large = barelink::topic_filter("metal/large");

    // Declares what the client is to subscribe to, now and at each reconnect. Lifetime: `s` is borrowed.
    template <class Client>
    void prepare(Client& mqtt, settings const& s) noexcept {
        settings_ = &s;
        if (mqtt.subscribe(small, barelink::qos::exactly_once) != barelink::errc::ok) end(ending::bad_settings);
        if (settings_->large != 0 && mqtt.subscribe(large, barelink::qos::at_least_once) != barelink::errc::ok) {
            end(ending::bad_settings);
        }
    }

    // What happened; what follows from it is published at once.
    template <class Client>
    void on_event(Client& mqtt, barelink::event const& e) noexcept {
        using barelink::event_type;
        switch (e.type) {
        case event_type::connected: say("connected"); break;
        case event_type::subscribed:
            if (e.topic == small) publish_all(mqtt);
            break;
        case event_type::chunk: on_large(e); break;
        case event_type::message: e.topic == large ? on_large(e) : on_small(e); break;
        case event_type::delivered: ++delivered_; break;
        case event_type::disconnected: on_end(e); break;
        case event_type::rejected:
        case event_type::dropped:
        case event_type::subscribe_failed:
            say("failed", barelink::name(e.cause));
            end(ending::wrong_message);
            break;
        default: break;
        }
        step(mqtt);
    }

    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] ending how_it_ended() const noexcept { return ending_; }
    // All was said and heard: what is left is to stay for a while, if at all.
    [[nodiscard]] bool settled() const noexcept { return settled_; }
    // All but the large message has come.
    [[nodiscard]] bool listens() const noexcept { return small_done() && settings_->large != 0 && !large_done_; }
    void end(ending how) noexcept {
        if (!ended_) ending_ = how;
        ended_ = true;
    }

    static void say(std::string_view what, std::string_view why = {}) noexcept {
        settings::print(what);
        if (!why.empty()) settings::print(": ");
        settings::print(why);
        settings::print("\n");
    }

private:
    static constexpr std::string_view topics[]   = {"metal/small/0", "metal/small/1", "metal/small/2"};
    static constexpr std::string_view payloads[] = {"at most once", "at least once", "exactly once"};

    template <class Client>
    void publish_all(Client& mqtt) noexcept {
        for (std::uint8_t q = 0; q < 3; ++q) {
            barelink::message const m{.topic = topics[q], .payload = payloads[q], .level = barelink::qos{q}};
            if (auto const id = mqtt.publish(m); !id) {
                say("not published", barelink::name(id.error));
                end(ending::wrong_message);
            }
        }
    }

    void on_small(barelink::event const& e) noexcept {
        for (std::uint8_t q = 0; q < 3; ++q) {
            if (e.topic != topics[q]) continue;
            if (e.payload != payloads[q] || e.level != barelink::qos{q}) end(ending::wrong_message);
            received_ |= static_cast<std::uint8_t>(1U << q);
            return;
        }
        end(ending::wrong_message);
    }

    // Byte n of the large message is n modulo 251, so that a piece too much or too few is seen.
    void on_large(barelink::event const& e) noexcept {
        // The message that ends a series of chunks has no payload of its own.
        auto at = e.type == barelink::event_type::chunk ? e.offset : large_bytes_;
        if (e.size != settings_->large || at != large_bytes_) end(ending::wrong_message);
        for (char const c : e.payload) {
            if (static_cast<unsigned char>(c) != at++ % 251) end(ending::wrong_message);
        }
        large_bytes_ += static_cast<std::uint32_t>(e.payload.size());
        if (e.type == barelink::event_type::message) large_done_ = large_bytes_ == settings_->large;
    }

    void on_end(barelink::event const& e) noexcept {
        say("disconnected", barelink::name(e.cause));
        if (e.cause == barelink::errc::requested) {
            end(ending::good);
        } else if (round_ == 0 || round_ == settings_->rounds) {
            end(ending::lost);
        }
    }

    template <class Client>
    void step(Client& mqtt) noexcept {
        if (!small_done() || (settings_->large != 0 && !large_done_) || settled_) return;
        ++round_;
        delivered_ = received_ = 0;
        if (round_ < settings_->rounds) {
            say("round done");
            return;
        }
        settled_ = true;
        say("all done");
        if (settings_->idle_ms == 0 && mqtt.disconnect() != barelink::errc::ok) end(ending::lost);
    }

    // Two of three are acknowledged. A lost connection may bring some twice, and QoS 0 may be lost with it.
    // Two of three are acknowledged. A lost connection may bring some twice; all are sent again on the next one.
    [[nodiscard]] bool small_done() const noexcept { return delivered_ >= 2 && received_ == 7; }

    settings const* settings_    = nullptr;
    std::uint32_t   large_bytes_ = 0;
    std::uint32_t   round_       = 0;
    std::uint8_t    delivered_   = 0;
    std::uint8_t    received_    = 0;  // a bit for each QoS
    bool            large_done_  = false;
    bool            settled_     = false;
    bool            ended_       = false;
    ending          ending_      = ending::good;
};
