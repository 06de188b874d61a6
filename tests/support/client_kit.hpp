// SPDX-License-Identifier: BSL-1.0
// A client with a clock that is turned by hand and a transport whose other end is the test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <barelink/client/client.hpp>

#include "support/session_kit.hpp"

namespace kit {

struct hand_clock {
    std::uint32_t ms = 1000;
    instant now() const noexcept { return {ms}; }
};

// The far end: what the device has written, what it will read, how far a connect gets, and what goes wrong.
struct far_end {
    std::string written = {};
    std::string incoming = {};
    std::vector<result<connect_stage>> stages = {};  // one for each call of connect(); then done
    std::size_t room = 100'000;                      // bytes that write() takes in all
    std::size_t largest_read = 100'000;
    errc read_error = errc::would_block;  // when there is nothing to read
    errc write_error = errc::ok;
    bool open = false;
    unsigned connects = 0, reads = 0, writes = 0, closes = 0;

    std::string host = {};  // and port, of the last connect()

    result<connect_stage> connect(endpoint const& to) noexcept {
        ++connects;
        host = std::string{to.host} + ":" + std::to_string(to.port);
        if (!stages.empty()) {
            auto const r = stages.front();
            stages.erase(stages.begin());
            if (!r || r.value != connect_stage::done) return r;
        }
        open = true;
        return connect_stage::done;
    }
    result<std::size_t> read(bytes_out into) noexcept {
        ++reads;
        if (incoming.empty()) return read_error;
        auto const count = incoming.copy(into.data(), into.size() < largest_read ? into.size() : largest_read);
        incoming.erase(0, count);
        return count;
    }
    result<std::size_t> write(bytes_in from) noexcept {
        ++writes;
        if (write_error != errc::ok) return write_error;
        auto const count = from.size() < room ? from.size() : room;
        if (count == 0) return errc::would_block;
        written.append(from.data(), count);
        room -= count;
        return count;
    }
    void close() noexcept {
        ++closes;
        open = false;
        incoming.clear();
        read_error = errc::would_block;
    }
    unsigned calls() const { return connects + reads + writes + closes; }
    std::string said() { return words(std::exchange(written, {})); }
};

// A client with all around it. `Policies` are given to power_on().
template <limits L = limits{}, class... Policies>
struct bench {
    using device = client<far_end, hand_clock, L, Policies...>;

    far_end net = {};
    hand_clock clock = {};
    options o{.host = "broker", .client_id = "dev", .clean_session = false, .jitter = false};
    storage<L> memory = {};
    std::unique_ptr<device> c = {};

    void power_on(Policies&... policies) {
        memory = {};
        net.close();
        c = std::make_unique<device>(memory, net, clock, o, policies...);
    }

    // One turn. Returns the events in words.
    std::string turn() {
        std::string told;
        c->poll([&told](event const& e) { told += (told.empty() ? "" : ", ") + words(e); });
        return told;
    }
    // Turns until nothing moves any more; bounded.
    std::string settle() {
        std::string told;
        for (int i = 0; i < 100; ++i) {
            auto const before = net.written.size() + net.incoming.size();
            auto const more = turn();
            told += (told.empty() || more.empty() ? "" : ", ") + more;
            if (more.empty() && before == net.written.size() + net.incoming.size()) break;
        }
        return told;
    }
    std::string after(std::uint32_t ms) {
        clock.ms += ms;
        return settle();
    }
    std::string hears(std::string_view bytes) {
        net.incoming += bytes;
        return settle();
    }
    // From connect() or a finished backoff to the event `connected`.
    bool online(bool present = false) {
        settle();
        auto const said = net.said();
        if (said.substr(0, 7) != "CONNECT") return false;
        auto const told = hears(connack(present));
        return told.substr(0, 9) == "connected" && c->online();
    }
    bool start() {
        power_on();
        return c->connect() == errc::ok && online();
    }
    std::uint32_t sleep() { return c->next_deadline().left({clock.ms}); }
};

}  // namespace kit
