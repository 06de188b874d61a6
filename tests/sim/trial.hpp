// SPDX-License-Identifier: BSL-1.0
// One seed: a device, a bad network and a strict broker, from power-on through storms to a clean reconnect.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <barelink/client/client.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>
#include <barelink/testing/world.hpp>

#include "sim/image.hpp"
#include "sim/ledger.hpp"
#include "sim/plan.hpp"
#include "sim/waits.hpp"

namespace sim {

using namespace barelink;
using barelink::testing::manual_clock;

inline constexpr testing::broker_limits cloud_limits{
    .connections = 8, .sessions = 2, .messages = 64, .message_bytes = 1000, .rx_bytes = 1200, .tx_bytes = 1200};

inline constexpr std::string_view up_topics[]   = {"up/a", "up/b"};
inline constexpr std::string_view down_topics[] = {"down/a", "down/b"};
inline constexpr std::string_view filters[]     = {"down/#", "side/+", "side/two"};

// Jitter from dice, or none while two lives are compared.
struct coin {
    dice numbers;
    bool fixed = false;

    std::uint32_t draw() noexcept { return fixed ? 0 : numbers.draw(); }
};

template <limits L>
class trial {
public:
    using link_type   = testing::flaky_link<1500, 8>;
    using client_type = client<link_type::client_end, manual_clock, L, coin>;

    trial(std::uint64_t seed, plan const& p)
        : plan_{p}, dice_{seed * 3 + 1}, coin_{dice{seed * 3 + 2}}, clock_{{0U - dice_.draw(0, 3000)}}, link_{clock_,
                                                                                                              seed * 3},
          mqtt_{memory_, link_.client(), clock_, plan_.how, coin_}, pump_{*mqtt_, link_, handler_}, world_{clock_,
                                                                                                           cloud_, seed,
                                                                                                           pump_} {
        if constexpr (L.versions.v5) mqtt_->announce(plan_.five.asks);
        cloud_.options = plan_.five.grants;
        cloud_.knobs   = manners();
    }
    trial(trial const&)            = delete;
    trial& operator=(trial const&) = delete;

    // Returns what went wrong, or nothing. `masked`: bytes of the client that count identifiers.
    std::string run(std::vector<std::size_t> const& masked) {
        start();
        auto const before = image();
        for (std::uint32_t i = 0; i < plan_.storms && fault_.empty(); ++i) {
            storm();
            settle();
            up_.judge(true, lost_sessions());
            down_.judge(plan_.kept(), 0);
            note(up_.fault());
            note(down_.fault());
            auto const after = image();
            if (!fault_.empty() || lost_unseen_) break;
            for (auto const at : differences(before, after, masked)) {
                note("the memory is not what it was before, first at byte " + std::to_string(at) + " of " +
                     std::to_string(sizeof(client_type)));
            }
        }
        return fault_;
    }
    // Where the image counts identifiers: two lives that differ in nothing else.
    std::vector<std::size_t> find_id_bytes() {
        start();
        auto const before = image();
        for (int i = 0; i < 300 && fault_.empty(); ++i) {
            publish_at_rest();
            if (i == 299) fail_a_source();
        }
        return differences(before, image());
    }
    [[nodiscard]] std::string const& fault() const { return fault_; }
    [[nodiscard]] wait_counts const& waits() const { return waits_; }
    [[nodiscard]] std::uint32_t lost_sessions() const { return sessions_lost_ + cloud_.counts().sessions; }
    [[nodiscard]] std::uint32_t rejected() const { return rejected_; }
    [[nodiscard]] std::size_t messages() const { return up_.entries().size() + down_.entries().size(); }

private:
    using cloud_type = testing::broker<cloud_limits>;

    struct handler {
        trial* owner;
        void operator()(event const& e) const { owner->on_event(e); }
    };
    enum class request : std::uint8_t { none, subscribe, unsubscribe };
    struct held {
        packet_id id;
        qos       level;
    };

    void note(std::string const& what) {
        if (fault_.empty()) fault_ = what;
    }

    // The broker as it is when it has no moods.
    testing::broker_knobs manners() {
        testing::broker_knobs k{};
        k.seen = decltype(k.seen)::template to<&trial::on_seen>(*this);
        // With a silent network the device can't be blamed for its silence, nor if bytes come too late.
        auto const& r   = plan_.rates;
        k.judge_silence = !plan_.silent && r.block_ms_max + r.delay_ms_max + r.latency_ms < plan_.keep_alive_s() * 400U;
        k.inflight      = L.inbound;
        if (!plan_.is_5()) return k;
        k.inflight       = 1000;  // only the receive maximum counts
        k.tell_of_nobody = plan_.five.tells;
        k.use_aliases    = plan_.five.aliases;
        k.judge          = decltype(k.judge)::template to<&trial::judge>(*this);
        k.seen_with      = decltype(k.seen_with)::template to<&trial::on_seen_with>(*this);
        return k;
    }

    // --- the story

    void live(std::uint32_t ms) {
        static_cast<void>(world_.run_until([&] { return watch(); }, ms));
    }
    // Lives until `condition` holds, which must not take more than two minutes.
    template <class Condition>
    void wait(Condition condition) {
        bool const came = world_.run_until([&] { return watch() || condition(); }, 120'000);
        if (!came) note(std::string{world_.failure()} + ", " + std::to_string(up_.open()) + " publishes open");
    }
    // Runs between all steps. Returns true to give up.
    bool watch() {
        waits_.look(clock_.now(), current_wait());
        if (world_.spins() != 0) note("somebody does not go to sleep");
        if (cloud_.violations() != 0) note("the broker saw " + std::string{cloud_.complaint().view()});
        return !fault_.empty();
    }
    waiting current_wait() {
        if (!link_.connected())
            return mqtt_->wants().room ? waiting::dial : idle_ ? waiting::nothing : waiting::backoff;
        if (!mqtt_->online()) return waiting::connack;
        if (mqtt_->wants().room) return waiting::room;
        for (auto const r : requests_) {
            if (r != request::none) return waiting::suback;
        }
        return up_.open() != 0 ? waiting::acknowledgement : waiting::ping;
    }

    void start() {
        note_connect(mqtt_->connect());
        subscribe(0);
        wait([&] { return requests_[0] == request::none; });
    }
    void note_connect(errc e) {
        idle_ = false;
        if (e != errc::ok) note("connect() returned " + std::to_string(static_cast<int>(e)));
    }
    void storm() {
        link_.rates = plan_.rates;
        link_.cut();
        for (std::uint32_t i = 0; i < plan_.steps && fault_.empty(); ++i) {
            step();
            live(dice_.draw(0, plan_.pause));
        }
    }
    // The network heals; everything that is owed has to come.
    void settle() {
        link_.rates    = {};
        cloud_.knobs   = manners();
        cloud_.options = plan_.five.grants;
        calm_          = true;
        // What was asked again by itself may wait for an answer that the broker has kept back: ask once more.
        link_.cut();
        wait([&] { return quiet(); });
        for (std::size_t i = 1; i < 3; ++i) {
            if (!known_[i]) continue;
            // Others may be asked for again just now.
            for (int n = 0; n < 20 && requests_[i] == request::none; ++n) {
                unsubscribe(i);
                live(100);
                if (!known_[i]) break;
            }
            if (requests_[i] == request::none && known_[i]) note("a device at rest can't unsubscribe");
            wait([&] { return requests_[i] == request::none && quiet(); });
        }
        calm_ = false;
    }
    bool quiet() {
        if (idle_) note_connect(mqtt_->connect());
        acknowledge_all();
        if (!mqtt_->online()) return false;
        for (std::size_t i = 0; i < 3; ++i) {
            if (requests_[i] != request::none || lapsed_[i]) return false;
        }
        if (!known_[0]) subscribe(0);
        return known_[0] && up_.open() == 0 && cloud_.waiting("pump") == 0 && cloud_.connected("pump");
    }
    // A clean reconnect, always at the same time of day, and after it some life that leaves the same traces.
    std::string image() {
        coin_.fixed = true;
        static_cast<void>(mqtt_->disconnect());
        wait([&] { return idle_; });
        live(6000);
        clear_stack();
        clock_.set({0U - 20'000U - plan_.wrap});
        waits_.restart();
        note_connect(mqtt_->connect());
        wait([&] { return mqtt_->online(); });
        live(plan_.how.stable_after_ms + 1000);
        cloud_.kick("pump");
        wait([&] { return !mqtt_->online(); });
        wait([&] { return mqtt_->online(); });
        live(1000);
        clear_stack();
        heard_ = false;
        static_cast<void>(cloud_.publish({.topic = "down/rest", .payload = "?"}));
        // A CONNECT of old that comes late makes a session of which the device can't know.
        wait([&] { return heard_ || lost_unseen_; });
        publish_at_rest();
        auto const now = clock_.now().since({0U - 20'000U - plan_.wrap});
        if (now > 12'000) note("a clean reconnect took " + std::to_string(now) + " ms");
        live(20'000 - now);
        coin_.fixed = false;
        if (cloud_.messages_held() != 0) note("the broker still holds messages");
        return mqtt_.image() + image_of(memory_);
    }

    void publish_at_rest() {
        auto const id = mqtt_->publish({.topic = "up/rest", .level = qos::at_least_once});
        if (!id) return note("the device at rest can't publish");
        rest_id_ = id.value;
        wait([&] { return rest_id_ == 0; });
    }

    // Its identifier is remembered too.
    void fail_a_source() {
        if constexpr (L.sources != 0) {
            auto& e = up_.add({0, qos::at_least_once}, 2 * L.tx_bytes);
            e.fails = true;
            auto const id = mqtt_->publish({.topic = up_topics[0], .level = e.in.level}, e.size, {&trial::pull, &e});
            if (!id) return note("a payload source is refused");
            up_.accept(e, id.value);
            wait([&] { return up_.open() == 0 && mqtt_->online(); });
        }
    }

    // --- steps of a storm
    void step();
    lane draw_lane();
    void publish();
    static std::size_t pull(void* context, std::uint32_t offset, bytes_out into);
    void publish_down();
    void request_something();
    void subscribe(std::size_t i);
    void unsubscribe(std::size_t i);
    void lose_session();
    void turn_a_knob();
    void acknowledge(std::size_t i);
    void acknowledge_all();

    // --- what happens
    void on_event(event const& e);
    void on_connected(event const& e);
    static lane lane_of(event const& e);
    static lane up_lane(message const& m) {
        return {static_cast<std::uint8_t>(m.topic == up_topics[0] ? 0 : 1), m.level};
    }
    void on_message(event const& e);
    void on_request(event const& e);
    void finish(event const& e, outcome how);
    void on_seen(std::string_view, message const& m) noexcept;

    // --- what only 5.0 has: trial_five.hpp
    [[nodiscard]] bool is_5() const { return plan_.is_5(); }
    void part();
    void grant();
    void look_at(event const& e);
    bool may_be_too_large(entry const& e) const;
    [[nodiscard]] bool refuses(lane in, std::uint32_t number) const;
    result<packet_id> send(message const& m, entry& e, bool pulled);
    bool send_down(message const& m, entry const& e);
    void look_at_answer(event const& e);
    void count_expired();
    reason_code judge(std::string_view, message const& m) noexcept;
    void on_seen_with(std::string_view, message const& m, properties const& with) noexcept;

    static constexpr std::uint32_t large_size = 160;

    using pump_type  = testing::device<client_type, link_type, handler>;
    using world_type = testing::world<cloud_type, pump_type>;

    plan                plan_;
    dice                dice_;
    coin                coin_;
    manual_clock        clock_;
    link_type           link_;
    cloud_type          cloud_;
    storage<L>          memory_{};
    zeroed<client_type> mqtt_;
    handler             handler_{this};
    pump_type           pump_;
    world_type          world_;
    ledger              up_{"up"};
    ledger              down_{"down"};
    wait_counts         waits_;
    std::string         fault_;
    std::string         partial_;  // the chunks of a message so far
    std::vector<held>   held_;     // messages to be acknowledged
    request             requests_[3]   = {};
    bool                known_[3]      = {};  // filters that are declared
    bool                lapsed_[3]     = {};  // those that the broker did not answer
    bool                idle_          = true;
    bool                connected_     = false;  // at least once
    bool                calm_          = false;
    bool                heard_         = false;
    bool                just_lost_     = false;  // the broker has just lost the session
    bool                lost_unseen_   = false;  // and could not say so
    packet_id           rest_id_       = 0;      // of the publish that ends an image
    std::uint32_t       sessions_lost_ = 0;
    std::uint32_t       rejected_      = 0;
    std::uint32_t       expired_       = 0;  // sessions that were over at the last connection
    std::size_t         unanswered_    = 0;  // messages of this connection that the user holds
};

}  // namespace sim

#include "sim/trial_five.hpp"
#include "sim/trial_steps.hpp"
