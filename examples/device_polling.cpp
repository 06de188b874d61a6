// SPDX-License-Identifier: BSL-1.0
// The pump in a superloop: one turn after the other, asleep in between for as long as nothing is due.
#include <cstdio>

#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>
#include <barelink/port/posix/tcp.hpp>

#include "device.hpp"

using namespace barelink;

int main(int argc, char** argv) {
    static constinit storage<device::sizes> memory{};

    auto const     o = device::read_options(argc, argv, "pump-polling");
    posix::tcp<>   tcp;
    posix::clock   clock;
    posix::entropy entropy;
    client         mqtt{memory, tcp, clock, o, entropy};
    device::pump   pump;

    device::schedule schedule{clock.now()};
    deadline         patience{};
    patience.arm(clock.now() + device::patience_ms);

    if (auto const e = mqtt.connect(); e != errc::ok) pump.fail("connect", name(e));
    if (auto const e = mqtt.subscribe(device::routes); e != errc::ok) pump.fail("subscribe", name(e));

    bool leaving = false;
    while (!pump.failed()) {
        mqtt.poll();
        while (auto const e = mqtt.next_event()) pump.on_event(e);
        if (pump.left()) break;

        auto const now = clock.now();
        if (message m{}; pump.ready() && schedule.due(now, m)) {
            auto const id = mqtt.publish(m);
            if (id) schedule.sent(now);
            // No room: an acknowledgement will make some, and it ends the sleep.
            if (!id && culprit_of(id.error) != culprit::capacity) pump.fail("publish", name(id.error));
        }
        if (pump.done() && !leaving) {
            leaving = true;
            if (mqtt.disconnect() != errc::ok) break;
        }
        if (patience.due(now)) pump.fail("no end in time");

        // A microcontroller would sleep here until its timer or its network interface wakes it.
        auto next = mqtt.next_deadline();
        if (pump.ready()) next.earliest(schedule.next());
        next.earliest(patience);
        if (auto const ms = next.left(clock.now()); ms != 0) tcp.wait(ms, mqtt.wants());
    }
    return pump.failed() ? 1 : 0;
}
