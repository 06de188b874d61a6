// SPDX-License-Identifier: BSL-1.0
// What one side has promised to deliver, and what came of it. Every message says in its payload which one it is, so
// that loss, repetition, mixing and damage are all seen.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/base/bytes.hpp>
#include <barelink/wire/types.hpp>

namespace sim {

using barelink::packet_id;
using barelink::qos;

// Topic and QoS: within a lane the order has to be kept.
struct lane {
    static constexpr std::size_t topics = 2;
    static constexpr std::size_t count  = topics * 3;

    std::uint8_t topic = 0;
    qos          level = {};

    [[nodiscard]] std::size_t index() const { return topic * 3U + barelink::number(level); }
};

enum class outcome : std::uint8_t { open, delivered, rejected, uncertain };

struct entry {
    lane          in       = {};
    std::uint32_t number   = 0;
    std::uint32_t size     = 0;  // of the payload
    packet_id     id       = 0;
    outcome       end      = outcome::open;
    std::uint32_t arrivals = 0;
    bool          fails    = false;  // its payload source fails
    bool          optional = false;  // nobody promised that it arrives
};

inline constexpr std::uint32_t size_min = 7;

// Byte `at` of a payload: the lane, six digits of the number, then a pattern of both.
inline char payload_byte(entry const& e, std::uint32_t at) {
    if (at == 0) return static_cast<char>('A' + e.in.index());
    if (at < size_min) {
        std::uint32_t rest = e.number;
        for (std::uint32_t i = at + 1; i < size_min; ++i) rest /= 10;
        return static_cast<char>('0' + rest % 10);
    }
    return static_cast<char>((e.in.index() * 7 + e.number * 13 + at * 31) & 0xFFU);
}

// The number that a payload, or the front of one, says.
inline std::uint32_t number_in(std::string_view payload) {
    std::uint32_t number = 0;
    for (std::uint32_t i = 1; i < size_min && i < payload.size(); ++i) {
        number = number * 10 + static_cast<std::uint32_t>(payload[i] - '0');
    }
    return number;
}

inline std::string payload_of(entry const& e) {
    std::string text(e.size, '\0');
    for (std::uint32_t i = 0; i < e.size; ++i) text[i] = payload_byte(e, i);
    return text;
}

class ledger {
public:
    explicit ledger(std::string who) : who_{std::move(who)} {}

    // The next message of a lane; it counts only once it is accepted, else forget_last().
    entry& add(lane in, std::uint32_t size) {
        auto& all = lanes_[in.index()];
        entries_.push_back({.in = in, .number = static_cast<std::uint32_t>(all.size()), .size = size});
        all.push_back(&entries_.back());
        return entries_.back();
    }
    void forget_last() {
        lanes_[entries_.back().in.index()].pop_back();
        entries_.pop_back();
    }
    // It was accepted under this identifier, which nobody else may have.
    void accept(entry& e, packet_id id) {
        for (auto const* other : open_) {
            if (other->id == id) fail("packet id " + std::to_string(id) + " is given twice");
        }
        if ((id != 0) != (e.in.level != qos::at_most_once)) fail("packet id " + std::to_string(id), e);
        e.id = id;
        if (id != 0) open_.push_back(&e);
    }
    void finish(packet_id id, outcome how) {
        for (auto it = open_.begin(); it != open_.end(); ++it) {
            if ((*it)->id != id) continue;
            (*it)->end = how;
            open_.erase(it);
            return;
        }
        fail("an end for packet id " + std::to_string(id) + ", which is not open");
    }
    // One that is accepted and open, or nullptr.
    [[nodiscard]] entry* find_open(packet_id id) {
        for (auto* e : open_) {
            if (e->id == id) return e;
        }
        return nullptr;
    }
    // Accepted, above QoS 0, and not heard of since.
    [[nodiscard]] std::size_t open() const { return open_.size(); }

    // It has arrived on the other side: whole.
    void arrived(lane in, std::string_view payload) {
        auto const        number = number_in(payload);
        auto const* const e      = find(in, number);
        if (e == nullptr || payload != payload_of(*e)) return fail("a payload that was not sent, in lane " + name(in));
        arrived(in, number);
    }
    // The same for one that is known only by its number.
    void arrived(lane in, std::uint32_t number) {
        auto* const e = find(in, number);
        if (e == nullptr) return fail("a message that was not sent, in lane " + name(in));
        if (++e->arrivals != 1) return;
        auto& next = next_[in.index()];
        if (number < next) fail("out of order", *e);
        next = number + 1;
    }

    // Looks at all entries. `complete`: whether everything above QoS 0 must have come. `again`: how often one of QoS
    // 2 may
    // come again, because the other side has lost the session.
    void judge(bool complete, std::uint32_t again) {
        for (auto const& e : entries_) {
            bool const spared = e.optional || e.end == outcome::rejected;
            bool const must   = complete && e.in.level != qos::at_most_once && !spared;
            if (e.end == outcome::rejected && !e.optional && e.arrivals != 0) {
                fail("rejected, and has come all the same", e);
            }
            if (must && e.arrivals == 0) fail("lost", e);
            if (e.in.level != qos::at_least_once && e.arrivals > 1 + (e.in.level == qos::exactly_once ? again : 0)) {
                fail(std::to_string(e.arrivals) + " times", e);
            }
        }
    }

    [[nodiscard]] std::string const&       fault() const { return fault_; }
    [[nodiscard]] std::deque<entry> const& entries() const { return entries_; }

private:
    static std::string name(lane in) {
        return std::to_string(in.topic) + " of QoS " + std::to_string(barelink::number(in.level));
    }
    void fail(std::string const& what) {
        if (fault_.empty()) fault_ = who_ + ": " + what;
    }
    void fail(std::string const& what, entry const& e) {
        fail(what + ": message " + std::to_string(e.number) + " in lane " + name(e.in) + ", id " +
             std::to_string(e.id) + ", " + std::to_string(e.size) + " bytes");
    }
    entry* find(lane in, std::uint32_t number) {
        auto const& all = lanes_[in.index()];
        return number < all.size() ? all[number] : nullptr;
    }

    std::string                                  who_;
    std::string                                  fault_;
    std::deque<entry>                            entries_;  // addresses stay: payload sources refer to them
    std::vector<entry*>                          open_;
    std::array<std::vector<entry*>, lane::count> lanes_ = {};
    std::array<std::uint32_t, lane::count>       next_  = {};
};

}  // namespace sim
