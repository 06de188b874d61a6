// SPDX-License-Identifier: BSL-1.0
// A device, a perfect network and a strict broker on one virtual clock, with a list of what has happened.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <barelink/client/client.hpp>
#include <barelink/link/entropy.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>
#include <barelink/testing/pipe.hpp>
#include <barelink/testing/world.hpp>

#include "sim/sleeper.hpp"

namespace sim {

using namespace barelink;
using barelink::testing::manual_clock;

// An event with texts of its own.
struct happening {
    event_type    type;
    errc          cause;
    packet_id     id;
    std::string   topic;
    std::string   payload;
    std::uint32_t size;
    std::uint32_t retry_in_ms;
    bool          session_present;
    instant       at;
};

// How a flaky_link and a pipe are made.
inline testing::flaky_link<>* make(manual_clock& clock, testing::flaky_link<>*) {
    return new testing::flaky_link<>{clock, 1};
}
inline testing::memory_pipe<>* make(manual_clock&, testing::memory_pipe<>*) { return new testing::memory_pipe<>; }

template <limits L = limits{}, class Link = testing::flaky_link<>, class... Policies>
class desk {
public:
    using transport_type = std::remove_reference_t<decltype(std::declval<Link&>().client())>;
    using client_type    = client<transport_type, manual_clock, L, no_entropy, Policies...>;

    explicit desk(instant start, options const& o, Policies&... policies)
        : how{o}, clock{start}, link_{make(clock, static_cast<Link*>(nullptr))}, link{*link_},
          mqtt{memory, link.client(), clock, how, entropy_, policies...} {}
    explicit desk(options const& o = standard()) : desk{instant{0U - 5000U}, o} {}

    // A persistent session, so that nothing is lost; no jitter.
    static options standard() {
        options o;
        o.host          = "broker";
        o.client_id     = "pump";
        o.clean_session = false;
        return o;
    }

    // Connects and subscribes. Returns whether that has worked.
    bool go_online(std::string_view filter = {}, qos level = L.highest_qos) {
        if (mqtt.connect() != errc::ok) return false;
        if (!filter.empty() && mqtt.subscribe(filter, level) != errc::ok) return false;
        return until([&] { return mqtt.online() && (filter.empty() || count(event_type::subscribed) != 0); });
    }
    template <class Condition>
    bool until(Condition&& condition, std::uint32_t ms_max = 300'000) {
        return world.run_until(condition, ms_max);
    }
    void live(std::uint32_t ms) { world.run_for(ms); }

    [[nodiscard]] std::size_t count(event_type type) const {
        std::size_t n = 0;
        for (auto const& h : happened) n += h.type == type ? 1U : 0U;
        return n;
    }
    // The last event of this type. Requires: there was one.
    [[nodiscard]] happening const& last(event_type type) const {
        for (auto it = happened.rbegin(); it != happened.rend(); ++it) {
            if (it->type == type) return *it;
        }
        return happened.front();
    }

    void operator()(event const& e) {
        happened.push_back({e.type, e.cause, e.id, std::string{e.topic}, std::string{e.payload}, e.size, e.retry_in_ms,
                            e.session_present, clock.now()});
        if (on_event) on_event(e);
    }

    using pump_type  = sleeper<client_type, Link, desk>;
    using world_type = testing::world<testing::broker<>, pump_type>;

    options                           how;
    manual_clock                      clock;
    std::vector<happening>            happened;
    std::function<void(event const&)> on_event;

private:
    std::unique_ptr<Link> link_;
    no_entropy            entropy_;

public:
    Link&             link;
    testing::broker<> cloud;
    storage<L>        memory{};
    client_type       mqtt;
    pump_type         pump{mqtt, link, *this};
    world_type        world{clock, cloud, 1, pump};
};

template <limits L = limits{}, class... Policies>
using pipe_desk = desk<L, testing::memory_pipe<>, Policies...>;

}  // namespace sim
