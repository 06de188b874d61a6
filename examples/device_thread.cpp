// SPDX-License-Identifier: BSL-1.0
// The pump with a thread for its link. The main thread only measures: it puts its messages into a mailbox, the one door
// of a client for another thread, and rings a bell.
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <span>
#include <thread>

#include <barelink/link/mailbox.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>
#include <barelink/port/posix/tcp.hpp>

#include "device.hpp"

using namespace barelink;

namespace {

// Wakes a thread out of poll(2).
class bell {
public:
    bell() noexcept : fd_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {}
    ~bell() { ::close(fd_); }
    bell(bell const&)            = delete;
    bell& operator=(bell const&) = delete;

    void ring() noexcept { ::eventfd_write(fd_, 1); }
    void silence() noexcept {
        eventfd_t rung = 0;
        ::eventfd_read(fd_, &rung);
    }
    [[nodiscard]] pollfd watch() const noexcept { return {.fd = fd_, .events = POLLIN, .revents = 0}; }

private:
    int fd_;
};

enum class stage : int { starting, ready, over };

// All that both threads touch.
struct shared {
    mailbox<1024>      letters;
    bell               wake;
    std::atomic<stage> now = stage::starting;

    void enter(stage s) noexcept {
        now = s;
        now.notify_one();
    }
};

using link = client<posix::tcp<>, posix::clock, device::sizes, posix::entropy, mailbox<1024>>;

// The thread of the link: it owns client, transport and pump.
class link_thread {
public:
    link_thread(storage<device::sizes>& memory, options const& o, shared& common) noexcept
        : common_{common}, mqtt_{memory, tcp_, clock_, o, entropy_, common.letters} {}

    void run() noexcept {
        deadline patience{};
        patience.arm(clock_.now() + device::patience_ms);
        if (auto const e = mqtt_.connect(); e != errc::ok) pump_.fail("connect", name(e));
        if (auto const e = mqtt_.subscribe(device::routes); e != errc::ok) pump_.fail("subscribe", name(e));

        bool leaving = false;
        while (!pump_.failed()) {
            common_.wake.silence();  // before the mailbox is looked into, or a letter could lie there unnoticed
            mqtt_.poll([this](event const& e) { pump_.on_event(e); });
            if (pump_.left()) break;
            if (pump_.ready() && common_.now == stage::starting) common_.enter(stage::ready);
            if (pump_.done() && !leaving) {
                leaving = true;
                if (mqtt_.disconnect() != errc::ok) break;
            }
            if (patience.due(clock_.now())) pump_.fail("no end in time");
            auto next = mqtt_.next_deadline();
            next.earliest(patience);
            sleep(next.left(clock_.now()));
        }
        common_.enter(stage::over);
    }

    [[nodiscard]] bool failed() const noexcept { return pump_.failed(); }

private:
    // Until the bell rings, the socket moves or the time is over.
    void sleep(std::uint32_t ms) noexcept {
        if (ms == 0) return;
        std::array<pollfd, 1 + posix::tcp<>::max_watched> set{common_.wake.watch()};
        auto const count = 1 + tcp_.watch(std::span{set}.subspan(1), mqtt_.wants());
        ::poll(set.data(), static_cast<nfds_t>(count), ms < INT_MAX ? static_cast<int>(ms) : INT_MAX);
    }

    shared&        common_;
    posix::tcp<>   tcp_;
    posix::clock   clock_;
    posix::entropy entropy_;
    link           mqtt_;
    device::pump   pump_;
};

}  // namespace

int main(int argc, char** argv) {
    static constinit storage<device::sizes> memory{};

    auto const  o = device::read_options(argc, argv, "pump-thread");
    shared      common;
    link_thread owner{memory, o, common};
    std::thread thread{[&owner] { owner.run(); }};

    common.now.wait(stage::starting);
    device::schedule schedule{posix::clock::now()};
    while (common.now == stage::ready && schedule.next().armed) {
        auto const now = posix::clock::now();
        // A full mailbox is not an end: the owner will empty it, and the message is offered again.
        if (message m{}; schedule.due(now, m) && common.letters.post(m) == errc::ok) {
            schedule.sent(now);
            common.wake.ring();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    thread.join();
    return owner.failed() ? 1 : 0;
}
