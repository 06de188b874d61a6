// SPDX-License-Identifier: BSL-1.0
// The port to lwIP compiles with an lwIP that lacks a part: the build of this file, with other options, is the test.
#include <barelink/barelink.hpp>
#include <barelink/port/lwip/clock.hpp>
#include <barelink/port/lwip/initial_sequence.hpp>
#include <barelink/port/lwip/tcp.hpp>
#include <barelink/port/lwip/timers.hpp>

using namespace barelink;

static_assert((lwip::first_family == lwip::family::v4) == (LWIP_IPV4 != 0));
static_assert((lwip::last_family == lwip::family::v6) == (LWIP_IPV6 != 0));

std::uint32_t turn(storage<limits{}>& memory, lwip::tcp& tcp, lwip::timers& timers, options const& o) noexcept {
    lwip::clock clock;
    client      mqtt{memory, tcp, clock, o};
    if (mqtt.connect() == errc::ok && tcp.ready(mqtt.wants())) mqtt.poll();
    timers.run();
    return timers.sleep_ms(mqtt.next_deadline().left(clock.now()));
}

std::uint32_t number(ip_addr_t const& own, ip_addr_t const& peer) noexcept {
    auto const secret = [](bytes_in ends) { return static_cast<std::uint32_t>(ends.size()); };
    return lwip::initial_sequence(secret, own, 1, peer, 2);
}
