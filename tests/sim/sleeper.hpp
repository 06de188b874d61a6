// SPDX-License-Identifier: BSL-1.0
// A superloop that sleeps exactly until next_deadline() or until its transport moves, and counts how often it wakes up,
// and how often for nothing.
#pragma once

#include <cstdint>

#include <barelink/base/time.hpp>

namespace sim {

// Satisfies what testing::world asks of a device. Requires of Client: statistics.
template <class Client, class Link, class Handler>
class sleeper {
public:
    sleeper(Client& mqtt, Link& link, Handler& handler) : mqtt_{&mqtt}, link_{&link}, handler_{&handler} {}

    [[nodiscard]] bool due(barelink::instant now) const {
        auto const what = mqtt_->wants();
        return (what.bytes && link_->client().readable()) || (what.room && link_->client().writable()) ||
               mqtt_->next_deadline().due(now);
    }
    void wake_up() {
        ++wake_ups_;
        auto const before = mqtt_->stats();
        auto       events = 0U;
        mqtt_->poll([&](auto const& e) {
            ++events;
            (*handler_)(e);
        });
        auto const& after = mqtt_->stats();
        if (events == 0 && before.reads == after.reads && before.writes == after.writes) ++idle_wake_ups_;
    }
    [[nodiscard]] barelink::deadline next() const {
        auto first = mqtt_->next_deadline();
        first.earliest(link_->next_change());
        return first;
    }
    Link& link() const { return *link_; }

    [[nodiscard]] std::uint32_t wake_ups() const { return wake_ups_; }
    // That moved no byte and told nothing.
    [[nodiscard]] std::uint32_t idle_wake_ups() const { return idle_wake_ups_; }
    void forget() { wake_ups_ = idle_wake_ups_ = 0; }

private:
    Client*       mqtt_;
    Link*         link_;
    Handler*      handler_;
    std::uint32_t wake_ups_      = 0;
    std::uint32_t idle_wake_ups_ = 0;
};

}  // namespace sim
