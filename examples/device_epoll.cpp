// SPDX-License-Identifier: BSL-1.0
// The pump in an event loop: epoll says when the socket can move, and its timeout is the next deadline.
#include <limits.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>
#include <barelink/port/posix/tcp.hpp>

#include "device.hpp"

using namespace barelink;

namespace {

// Keeps epoll's idea of the socket in line with the transport's.
class watcher {
public:
    watcher() noexcept : epoll_{::epoll_create1(EPOLL_CLOEXEC)} {}
    ~watcher() { ::close(epoll_); }
    watcher(watcher const&)            = delete;
    watcher& operator=(watcher const&) = delete;

    void follow(posix::tcp<> const& tcp, interest what) noexcept {
        int const fd = tcp.native_handle();
        if (fd < 0) return;
        auto const  bytes = what.bytes ? std::uint32_t{EPOLLIN} : 0U;
        auto const  room  = what.room ? std::uint32_t{EPOLLOUT} : 0U;
        epoll_event wish{.events = bytes | room, .data = {.fd = fd}};
        if (tcp.generation() != generation_) {
            generation_ = tcp.generation();
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wish);
        } else if (wish.events != events_) {
            ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &wish);
        }
        events_ = wish.events;
    }

    // Returns the events of the socket, 0 when the time is over.
    std::uint32_t wait(std::uint32_t ms) noexcept {
        epoll_event happened{};
        int const   timeout = ms == deadline::never ? -1 : ms < INT_MAX ? static_cast<int>(ms) : INT_MAX;
        return ::epoll_wait(epoll_, &happened, 1, timeout) == 1 ? happened.events : 0;
    }

private:
    int           epoll_;
    std::uint32_t generation_ = 0;
    std::uint32_t events_     = 0;
};

}  // namespace

int main(int argc, char** argv) {
    static constinit storage<device::sizes> memory{};

    auto const     o = device::read_options(argc, argv, "pump-epoll");
    posix::tcp<>   tcp;
    posix::clock   clock;
    posix::entropy entropy;
    client         mqtt{memory, tcp, clock, o, entropy};
    watcher        socket;
    device::pump   pump;

    device::schedule schedule{clock.now()};
    deadline         patience{};
    patience.arm(clock.now() + device::patience_ms);

    if (auto const e = mqtt.connect(); e != errc::ok) pump.fail("connect", name(e));
    if (auto const e = mqtt.subscribe(device::routes); e != errc::ok) pump.fail("subscribe", name(e));

    bool leaving = false;
    while (!pump.left() && !pump.failed()) {
        socket.follow(tcp, mqtt.wants());
        auto next = mqtt.next_deadline();
        if (pump.ready()) next.earliest(schedule.next());
        next.earliest(patience);
        auto const moved = socket.wait(next.left(clock.now()));
        if ((moved & EPOLLOUT) != 0) mqtt.writable();
        if ((moved & ~std::uint32_t{EPOLLOUT}) != 0) mqtt.readable();
        if (moved == 0) mqtt.poll();
        while (auto const e = mqtt.next_event()) pump.on_event(e);

        auto const now = clock.now();
        if (message m{}; pump.ready() && schedule.due(now, m)) {
            auto const id = mqtt.publish(m);
            if (id) schedule.sent(now);
            // No room: an acknowledgement will make some, and it is an event of the socket.
            if (!id && culprit_of(id.error) != culprit::capacity) pump.fail("publish", name(id.error));
        }
        if (pump.done() && !leaving) {
            leaving = true;
            if (mqtt.disconnect() != errc::ok) break;
        }
        if (patience.due(now)) pump.fail("no end in time");
    }
    return pump.failed() ? 1 : 0;
}
