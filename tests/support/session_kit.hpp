// SPDX-License-Identifier: BSL-1.0
// A session with memory, a clock and a server that is played by hand. Everything but what returns std::string also
// works while compiling.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <barelink/base/text.hpp>
#include <barelink/session/session.hpp>

#include "support/packet_words.hpp"

namespace kit {

using namespace barelink;

// What a 3.1.1 device of the plain kind has, and a device that has everything.
inline constexpr features plain{};
inline constexpr features everything{.v3_1 = true,
                                     .v3_1_1 = true,
                                     .highest_qos = qos::exactly_once,
                                     .chunks = true,
                                     .sources = true,
                                     .deferred_ack = true,
                                     .persistent = true};

struct sizes {
    std::size_t rx = 128, tx = 256, answers = 8, inflight = 8, subscriptions = 8, inbound = 8, sources = 2;
    std::uint8_t requests = 4;
};

// An event in words: "message a=x q1 #7 dup", "subscribed a/+ q1 #3", "dropped a [900] message_too_long".
inline std::string words(event const& e) {
    auto const number = e.id != 0 ? " #" + std::to_string(e.id) : std::string{};
    auto const level = " q" + std::to_string(barelink::number(e.level));
    auto const topic = " " + std::string{e.topic};
    auto const cause = " " + std::string{name(e.cause)};
    auto const flags = std::string{e.retain ? " retain" : ""} + (e.dup ? " dup" : "");
    switch (e.type) {
    case event_type::none: return "none";
    case event_type::connected: return e.session_present ? "connected present" : "connected";
    case event_type::disconnected: return "disconnected" + cause + " " + std::to_string(e.retry_in_ms);
    case event_type::replaced: return "replaced";
    case event_type::message:
        if (e.payload.size() != e.size)
            return "message" + topic + " [" + std::to_string(e.size) + "]" + level + number + flags;
        return "message" + topic + "=" + payload_words(e.payload) + level + number + flags;
    case event_type::chunk:
        return "chunk" + topic + " " + std::to_string(e.offset) + "+" + std::to_string(e.payload.size()) + "/" +
               std::to_string(e.size);
    case event_type::dropped: return "dropped" + topic + " [" + std::to_string(e.size) + "]" + cause;
    case event_type::subscribed: return "subscribed" + topic + level + number;
    case event_type::subscribe_failed: return "subscribe_failed" + topic + cause;
    case event_type::unsubscribed: return "unsubscribed" + topic;
    case event_type::unsubscribe_failed: return "unsubscribe_failed" + topic + cause;
    case event_type::delivered: return "delivered" + number;
    case event_type::rejected: return "rejected" + number + cause;
    case event_type::uncertain: return "uncertain" + number;
    case event_type::authenticated: return "authenticated";
    case event_type::challenged: return "challenged";
    }
    return "?";
}

template <features F = plain, sizes Z = sizes{}>
struct rig {
    std::array<char, Z.rx> rx{};
    std::array<char, Z.tx> tx{};
    std::array<char, (F.v5 ? 5 : 4) * Z.answers> control{};
    std::array<char, 16> behind_control{};  // nobody may write here
    std::array<inflight_slot, Z.inflight> inflight{};
    std::array<subscription, Z.subscriptions> subscriptions{};
    std::array<inbound_slot, Z.inbound> inbound{};
    std::array<source_slot, Z.sources> source_slots{};
    std::array<subscribe_options, Z.subscriptions> subscribing{};
    std::array<char, 4 * 36> aliases{};  // four topics of up to 32 bytes
    std::array<char, 2 * 36> aliases_out{};
    std::array<char, 96> alias_scratch{};
    options o{.host = "broker", .client_id = "dev"};
    std::uint32_t clock = 0;
    session<F> s;

    constexpr explicit rig(std::uint32_t start = 1000)
        : clock{start}, s{{.rx = rx,
                           .tx = tx,
                           .control = control,
                           .inflight = inflight,
                           .subscriptions = subscriptions,
                           .inbound = inbound,
                           .sources = source_slots,
                           .subscribing = subscribing,
                           .aliases_in = {aliases, 4},
                           .aliases_out = {aliases_out, 2},
                           .alias_scratch = alias_scratch,
                           .subscribe_requests = Z.requests}} {
        s.on_time({clock});
    }
    rig(rig const&) = delete;
    rig& operator=(rig const&) = delete;

    constexpr bool intact() const {
        for (char const c : behind_control) {
            if (c != 0) return false;
        }
        return true;
    }

    constexpr errc begin() {
        return s.begin(o, {.protocol = o.protocol,
                           .clean_session = o.clean_session,
                           .keep_alive_s = o.keep_alive_s,
                           .client_id = o.client_id,
                           .will = o.will,
                           .user_name = o.user_name,
                           .password = o.password});
    }
    // On line, with CONNECT written and the event taken.
    constexpr bool online(bool present = false) {
        if (begin() != errc::ok) return false;
        drop_output();
        if (!give(connack(present))) return false;
        auto const e = s.next_event();
        return e.type == event_type::connected && e.session_present == present;
    }
    // The connection breaks and a new one stands.
    constexpr bool again(bool present) {
        s.end();
        return online(present);
    }
    constexpr void later(std::uint32_t ms) {
        clock += ms;
        s.on_time({clock});
    }

    // Gives bytes to the session, as many as its window takes at once. Returns whether it took all.
    constexpr bool give(std::string_view bytes) { return give_some(bytes) == bytes.size(); }
    constexpr std::size_t give_some(std::string_view bytes) {
        auto const window = s.receive_window();
        auto const count = bytes.size() < window.size() ? bytes.size() : window.size();
        for (std::size_t i = 0; i < count; ++i) window[i] = bytes[i];
        s.received(count);
        return count;
    }
    // Lets the transport take everything.
    constexpr void drop_output() {
        for (auto out = s.pending_output(); !out.empty(); out = s.pending_output()) s.sent(out.size());
    }
    // Whether exactly these bytes wait; they are taken, `step` bytes at a time.
    constexpr bool writes(std::string_view expected, std::size_t step = blob::room) {
        std::size_t at = 0;
        for (auto out = s.pending_output(); !out.empty(); out = s.pending_output()) {
            auto const count = out.size() < step ? out.size() : step;
            for (std::size_t i = 0; i < count; ++i) {
                if (at == expected.size() || out[i] != expected[at++]) return false;
            }
            s.sent(count);
        }
        return at == expected.size();
    }
    constexpr result<packet_id> publish(std::string_view topic, std::string_view payload, unsigned level,
                                        bool keep = false) {
        return s.publish({.topic = topic, .payload = payload, .level = static_cast<qos>(level), .retain = keep});
    }
    constexpr errc subscribe(std::string_view filter, unsigned level) {
        return s.subscribe(filter, static_cast<qos>(level));
    }

    // --- in words

    // All that waits to be written; the transport takes `step` bytes at a time.
    std::string output(std::size_t step = 100'000) {
        std::string all;
        for (auto out = s.pending_output(); !out.empty(); out = s.pending_output()) {
            auto const count = out.size() < step ? out.size() : step;
            all.append(out.data(), count);
            s.sent(count);
        }
        return all;
    }
    std::string said(std::size_t step = 100'000) { return words(output(step)); }
    // All events, joined by ", ".
    std::string told() {
        std::string all;
        while (auto const e = s.next_event()) {
            if (!all.empty()) all += ", ";
            all += words(e);
        }
        return all;
    }
    // Feeds a stream of any length, at most `step` bytes at a time, and takes events and answers in between.
    std::string hears(std::string_view bytes, std::size_t step = 100'000, std::string* answers = nullptr) {
        std::string all;
        for (;;) {
            for (bool moved = true; moved;) {
                auto const more = told();
                if (!all.empty() && !more.empty()) all += ", ";
                all += more;
                auto const out = output();
                if (answers != nullptr) *answers += out;
                moved = !more.empty() || !out.empty();
            }
            if (bytes.empty() || s.fault() != errc::ok) return all;
            auto const count = give_some(bytes.substr(0, step));
            if (count == 0) return all + " STUCK";
            bytes.remove_prefix(count);
        }
    }
};

}  // namespace kit
