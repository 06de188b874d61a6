// SPDX-License-Identifier: BSL-1.0
// The engine alone on a core without network: a client and the broker of barelink/testing in one program, in virtual
// time. It counts the instructions of each turn of the client, and those of an hour of silence.
// Run it with -icount, or the figures are those of the host.
#include <cstdint>
#include <new>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/pipe.hpp>

#include "board/board.h"

using namespace barelink;

namespace {

constexpr limits sizes{.rx_bytes = 512, .tx_bytes = 768, .topic_bytes = 64, .chunks = true};
constexpr auto   filter = topic_filter("metal/#");
constexpr auto   topic  = topic_name("metal/message");

constexpr std::uint32_t hour_ms = 3'600'000;

constinit storage<sizes> memory{};
constinit char           payload[2000]{};

constexpr testing::broker_limits room{.connections   = 1,
                                      .sessions      = 1,
                                      .subscriptions = 2,
                                      .queue         = 8,
                                      .history       = 8,
                                      .messages      = 4,
                                      .retained      = 1,
                                      .message_bytes = 2200,
                                      .rx_bytes      = 1024,
                                      .tx_bytes      = 2400,
                                      .aliases       = 1};

// The world around the client, built by main(): it is not zero at first, and would lie in .data.
struct surroundings {
    testing::memory_pipe<> pipe{};
    testing::manual_clock  hands{instant{0xFFFF'0000U}};  // it wraps in the first minute
    testing::broker<room>  cloud{};
};
alignas(surroundings) constinit char place[sizeof(surroundings)]{};

void line(char const* kind, char const* what, std::uint32_t figure) noexcept {
    board_print(kind);
    board_print(" ");
    board_print(what);
    board_print(" ");
    board_print_number(figure);
    board_print("\n");
}

// A client, and what its turns have cost.
class subject {
public:
    explicit subject(surroundings& all) noexcept : world_{all} {}

    bool connect() noexcept {
        return counted([this] { return mqtt_.connect() == errc::ok; });
    }
    bool subscribe() noexcept {
        return counted([this] { return mqtt_.subscribe(filter, qos::exactly_once) == errc::ok; });
    }
    bool publish(qos level, std::size_t size) noexcept {
        message const m{.topic = topic, .payload = {payload, size}, .level = level};
        return counted([&] { return mqtt_.publish(m).error == errc::ok; });
    }

    // Until neither side has anything to say at this moment.
    void settle() noexcept {
        bool moved = true;
        for (int turns = 0; moved && turns < 100; ++turns) {
            moved = due();
            if (moved) counted([this] { return turn(); });
            auto& end = world_.pipe.server();
            moved     = (end.open() && world_.cloud.serve(end, world_.hands.now())) || moved;
        }
    }
    // Sleeps from deadline to deadline.
    void live(std::uint32_t ms) noexcept {
        auto const until = world_.hands.now() + ms;
        while (!world_.hands.now().reached(until)) {
            deadline next = mqtt_.next_deadline();
            next.earliest(until);
            world_.hands.advance(next.left(world_.hands.now()));
            settle();
        }
    }
    // What the calls since the last report have cost.
    void report(char const* what) noexcept {
        line("worst", what, worst_);
        begin();
    }
    void begin() noexcept { worst_ = spent_ = turns_ = 0; }

    [[nodiscard]] bool          online() const noexcept { return mqtt_.online(); }
    [[nodiscard]] std::uint32_t spent() const noexcept { return spent_; }
    [[nodiscard]] std::uint32_t turns() const noexcept { return turns_; }
    [[nodiscard]] std::uint32_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::uint32_t delivered() const noexcept { return delivered_; }

private:
    [[nodiscard]] bool due() noexcept {
        auto const what = mqtt_.wants();
        return (what.bytes && world_.pipe.client().readable()) || mqtt_.next_deadline().due(world_.hands.now());
    }
    bool turn() noexcept {
        mqtt_.poll([this](event const& e) {
            if (e.type == event_type::message || e.type == event_type::chunk) bytes_ += e.payload.size();
            if (e.type == event_type::delivered) ++delivered_;
        });
        return true;
    }
    template <class Call>
    bool counted(Call const& call) noexcept {
        board_count_begin();
        auto const result = call();
        auto const cost   = board_count_end();
        if (cost > worst_) worst_ = cost;
        spent_ += cost;
        ++turns_;
        return result;
    }

    surroundings& world_;
    options const options_{.host = "broker", .client_id = "metal", .keep_alive_s = 60, .chunks = true};
    client<testing::memory_pipe<>::client_end, testing::manual_clock, sizes> mqtt_{
        memory, world_.pipe.client(), world_.hands, options_};

    std::uint32_t worst_     = 0;
    std::uint32_t spent_     = 0;
    std::uint32_t turns_     = 0;
    std::uint32_t bytes_     = 0;
    std::uint32_t delivered_ = 0;
};

// Returns how many bytes should have come back.
std::uint32_t exchange(subject& it, surroundings& all) noexcept {
    struct {
        char const* name;
        qos         level;
        std::size_t size;
    } constexpr kinds[] = {{"publish_0", qos::at_most_once, 64},
                           {"publish_1", qos::at_least_once, 64},
                           {"publish_2", qos::exactly_once, 64},
                           {"publish_400_bytes", qos::at_most_once, 400}};
    std::uint32_t sent = 0;
    for (auto const& k : kinds) {
        if (it.publish(k.level, k.size)) sent += static_cast<std::uint32_t>(k.size);
        it.settle();
        it.report(k.name);
    }
    if (all.cloud.publish({.topic = topic, .payload = {payload, sizeof payload}, .level = qos::at_least_once})) {
        sent += sizeof payload;
    }
    it.settle();
    it.report("chunks_of_2000_bytes");
    return sent;
}

}  // namespace

int main() {
    board_start();
    auto&   all = *new (place) surroundings;
    subject it{all};
    bool    good = it.connect() && it.subscribe();
    it.settle();
    it.report("connect");
    good            = good && it.online();
    auto const sent = exchange(it, all);
    good            = good && it.bytes() == sent && it.delivered() == 2;

    it.live(hour_ms);  // until nothing of the exchange is left
    it.begin();
    it.live(hour_ms);
    line("hour", "wake-ups", it.turns());
    line("hour", "instructions", it.spent());
    it.report("idle");
    good = good && it.online() && all.cloud.violations() == 0;
    board_print(good ? "good\n" : "bad\n");
    return good ? 0 : 1;
}
