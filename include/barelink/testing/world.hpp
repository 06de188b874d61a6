// SPDX-License-Identifier: BSL-1.0
// Devices, their networks and a broker on one clock that jumps from event to event: an hour of waiting costs nothing.
//
//   manual_clock clock;                 flaky_link<> link{clock, seed, {.cut = 300, .fate_bytes = 500}};
//   testing::broker<> cloud;            client mqtt{memory, link.client(), clock, my_options};
//   device pump{mqtt, link, on_event};  world sim{clock, cloud, seed, pump};
//   REQUIRE(sim.run_until([&] { return mqtt.online(); }, 60'000));
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include <barelink/base/time.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/fixed.hpp>

namespace barelink::inline v0::testing {

// A client and its network. `Link`: a flaky_link or a memory_pipe. `Handler`: void(event const&), called as
// client::poll(handler) does. It sleeps as an honest superloop does: until next_deadline(), or until the network moves.
// Lifetime: all three must outlive it.
template <class Client, class Link, class Handler>
class device {
public:
    constexpr device(Client& mqtt, Link& link, Handler& handler) noexcept
        : mqtt_{&mqtt}, link_{&link}, handler_{&handler} {}

    // Whether it has to be woken up.
    [[nodiscard]] constexpr bool due(instant now) const noexcept {
        auto const what = mqtt_->wants();
        return (what.bytes && link_->client().readable()) || (what.room && link_->client().writable()) ||
               mqtt_->next_deadline().due(now);
    }
    constexpr void wake_up() noexcept {
        ++wake_ups_;
        mqtt_->poll(*handler_);
    }
    [[nodiscard]] constexpr deadline next() const noexcept {
        auto first = mqtt_->next_deadline();
        first.earliest(link_->next_change());
        return first;
    }
    [[nodiscard]] constexpr std::uint32_t wake_ups() const noexcept { return wake_ups_; }
    constexpr Link& link() const noexcept { return *link_; }

private:
    Client*       mqtt_;
    Link*         link_;
    Handler*      handler_;
    std::uint32_t wake_ups_ = 0;
};

// `Broker`: a broker or a scripted_broker. Lifetime: everything given must outlive it.
template <class Broker, class... Devices>
class world {
public:
    constexpr world(manual_clock& clock, Broker& cloud, std::uint64_t seed, Devices&... devices) noexcept
        : clock_{&clock}, broker_{&cloud}, devices_{&devices...}, seed_{seed} {}

    // Lives until `condition()` is true. Returns false if that has not come within `ms_max` of virtual time; failure()
    // then says so. Requires: ms_max < 2^31.
    template <class Condition>
    constexpr bool run_until(Condition&& condition, std::uint32_t ms_max) noexcept {
        auto const until = clock_->now() + ms_max;
        for (;;) {
            if (condition()) return true;
            if (settle()) continue;
            if (clock_->now().reached(until)) break;
            jump(until);
        }
        failure_.clear();
        failure_ << "seed " << seed_ << ": not within " << ms_max << " ms, at " << clock_->now().ms << " ms";
        auto const complaint = broker_->complaint();
        if (!complaint.empty()) failure_ << "; the broker saw: " << complaint.view();
        return false;
    }
    constexpr void run_for(std::uint32_t ms) noexcept {
        auto const until = clock_->now() + ms;
        for (;;) {
            while (settle()) {
            }
            if (clock_->now().reached(until)) return;
            jump(until);
        }
    }

    // One round of everybody who has something to do now. Returns whether anybody had.
    constexpr bool settle() noexcept {
        bool any = false;
        std::apply([&](auto*... d) { ((any = this->turn(*d) || any), ...); }, devices_);
        turns_ = any ? turns_ + 1 : 0;
        // Somebody asks to be polled again and again, for example while credentials are fetched: let time pass.
        if (turns_ < turns_max) return any;
        ++spins_;
        turns_ = 0;
        clock_->advance(1);
        return true;
    }

    // The last run_until() that did not come true, with the seed. Lifetime: until the next one.
    [[nodiscard]] constexpr std::string_view failure() const noexcept { return failure_.view(); }
    [[nodiscard]] constexpr std::uint64_t seed() const noexcept { return seed_; }
    // How often time had to be pushed on because somebody did not go to sleep.
    [[nodiscard]] constexpr std::uint32_t spins() const noexcept { return spins_; }
    [[nodiscard]] constexpr std::uint32_t jumps() const noexcept { return jumps_; }

private:
    static constexpr std::uint32_t turns_max = 1000;  // rounds within one millisecond

    template <class Device>
    constexpr bool turn(Device& d) noexcept {
        auto const now = clock_->now();
        bool       any = d.due(now);
        if (any) d.wake_up();
        for (auto& end : d.link()) {
            if (end.open()) any = broker_->serve(end, now) || any;
        }
        return any;
    }
    // To the next instant at which anything can happen, `until` at the latest.
    constexpr void jump(instant until) noexcept {
        deadline next{};
        next.arm(until);
        next.earliest(broker_->next_deadline());
        std::apply([&next](auto*... d) { (next.earliest(d->next()), ...); }, devices_);
        auto const now = clock_->now();
        clock_->advance(next.due(now) ? 1 : next.left(now));
        ++jumps_;
        turns_ = 0;
        broker_->on_time(clock_->now());
    }

    manual_clock*           clock_;
    Broker*                 broker_;
    std::tuple<Devices*...> devices_;
    std::uint64_t           seed_;
    std::uint32_t           turns_   = 0;
    std::uint32_t           spins_   = 0;
    std::uint32_t           jumps_   = 0;
    fixed_text<920>         failure_ = {};
};

}  // namespace barelink::inline v0::testing
