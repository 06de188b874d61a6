// SPDX-License-Identifier: BSL-1.0
// One table in flash that says which filters to subscribe to, and which function gets what comes in.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <barelink/topic/match.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

namespace detail {
void barelink_two_routes_have_the_same_filter();
}

// Requires: `handler` is not null. `Device` is whatever the handlers work on, `Event` has a `topic`.
template <class Device, class Event>
struct topic_route {
    std::string_view filter  = {};
    qos              level   = qos::at_most_once;
    void (*handler)(Device&, Event const&) = nullptr;
};

// The table. Make it `constexpr`: then it lies in flash, and two routes with one filter do not compile. Write `auto`:
// g++ 12 puts a variable whose template arguments it deduces into RAM.
//   constexpr auto table = router{std::array{route<pump>{topic_filter("pump/+/set"), qos::at_least_once, on_set}}};
template <class Device, class Event, std::size_t N>
class router {
public:
    using route = topic_route<Device, Event>;

    consteval router(std::array<route, N> const& routes) : routes_{routes} {
        for (std::size_t i = 0; i < N; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (routes[i].filter == routes[j].filter) detail::barelink_two_routes_have_the_same_filter();
            }
        }
    }

    [[nodiscard]] constexpr route const* begin() const noexcept { return routes_.data(); }
    [[nodiscard]] constexpr route const* end() const noexcept { return routes_.data() + N; }

    // Calls every handler whose filter covers the event's topic, in the order of the table. Returns how many there
    // were. Work: N matches. A Server may send one copy of a message for each overlapping subscription [3.3.5].
    constexpr std::size_t dispatch(Device& device, Event const& e) const {
        std::size_t called = 0;
        for (auto const& r : routes_) {
            if (!matches(r.filter, e.topic)) continue;
            r.handler(device, e);
            ++called;
        }
        return called;
    }

private:
    std::array<route, N> routes_;
};

template <class Device, class Event, std::size_t N>
router(std::array<topic_route<Device, Event>, N>) -> router<Device, Event, N>;

}  // namespace barelink::inline v0
