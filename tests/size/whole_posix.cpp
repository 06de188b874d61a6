// SPDX-License-Identifier: BSL-1.0
// The same for a POSIX system: TCP to a numeric address, the clock, the noise and the store of port/posix, and the
// public test bench, which firmware may carry for its own self-test.
#include <cstdint>

#include <barelink/barelink.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>
#include <barelink/port/posix/file_store.hpp>
#include <barelink/port/posix/tcp.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>
#include <barelink/testing/pipe.hpp>
#include <barelink/testing/scripted_broker.hpp>
#include <barelink/testing/tracer.hpp>
#include <barelink/testing/waiting.hpp>
#include <barelink/testing/world.hpp>

using namespace barelink;

extern "C" void device_handle(void const* event);

namespace {

constexpr limits on_linux{.sources = 1, .chunks = true, .manual_ack = true};

constinit storage<on_linux>   whole_memory{};
constinit testing::broker<>   whole_cloud{};
constinit storage<limits{}>   whole_bench{};

}  // namespace

extern "C" int whole_posix(options const& o, char const* folder) {
    posix::tcp<>      wire;
    posix::clock      clock;
    posix::entropy    noise;
    posix::file_store flash{folder};
    client mqtt{whole_memory, wire, clock, o, noise, flash};
    if (mqtt.connect() != errc::ok) return 2;
    if (!mqtt.publish({.topic = "t", .payload = "x", .level = qos::exactly_once})) return 3;
    for (int i = 0; i < 10; ++i) mqtt.yield(100, [](event const& e) { device_handle(&e); });
    return mqtt.disconnect() == errc::ok ? 0 : 4;
}

extern "C" int whole_bench_run(options const& o) {
    testing::manual_clock clock;
    testing::flaky_link<> link{clock, 7, {.split = 500, .cut = 300}};
    client                mqtt{whole_bench, link.client(), clock, o};
    auto                  handler = [](event const& e) { device_handle(&e); };
    testing::device       pump{mqtt, link, handler};
    testing::world        sim{clock, whole_cloud, 7, pump};
    if (mqtt.connect() != errc::ok) return 1;
    if (!sim.run_until([&] { return mqtt.online(); }, 60'000)) device_handle(sim.failure().data());
    return static_cast<int>(whole_cloud.violations());
}
