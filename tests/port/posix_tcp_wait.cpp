// SPDX-License-Identifier: BSL-1.0
#include <signal.h>
#include <time.h>

#include <string>

#include <barelink/port/posix/tcp.hpp>

#include "support/catch.hpp"
#include "tcp_fixture.hpp"

using namespace tcp_fixture;

TEST_CASE("tcp: wait ends when bytes come", "[port]") {
    connected c;
    c.broker.send("x");
    c.tcp.wait(for_ever, {});
    std::string got;
    CHECK(read(c.tcp, got).value == 1);
    c.tcp.wait(0, {});
    CHECK(read(c.tcp, got).error == errc::would_block);
    c.tcp.wait(1, {});
    c.broker.close_peer();
    c.tcp.wait(for_ever, {});
    CHECK(read(c.tcp, got).error == errc::closed_by_peer);
}

TEST_CASE("tcp: wait ends when there is room, if that is asked for", "[port]") {
    connected c;
    c.tcp.wait(for_ever, {.room = true});
    std::string const text(1U << 20U, 'x');
    while (c.tcp.write(bytes_in{text})) {}
    pollfd set{};
    REQUIRE(c.tcp.watch({&set, 1}, {}) == 1);
    CHECK(set.fd == c.tcp.native_handle());
    CHECK(set.events == POLLIN);
    REQUIRE(c.tcp.watch({&set, 1}, {.room = true}) == 1);
    CHECK(set.events == (POLLIN | POLLOUT));
    REQUIRE(c.tcp.watch({&set, 1}, {.bytes = false, .room = true}) == 1);
    CHECK(set.events == POLLOUT);
    CHECK(c.tcp.watch({}, {.room = true}) == 0);
    CHECK(::poll(&set, 1, 0) == 0);
    while (!c.broker.take().empty()) {}
    c.tcp.wait(for_ever, {.room = true});
    CHECK(c.tcp.write(bytes_in{"x", 1}));
}

namespace {
volatile sig_atomic_t alarms = 0;
}

TEST_CASE("tcp: signals end a sleep and do no harm", "[port]") {
    connected        c;
    struct sigaction count {};
    struct sigaction was {};
    count.sa_handler = [](int) { alarms = alarms + 1; };
    REQUIRE(::sigaction(SIGUSR1, &count, &was) == 0);
    // Pending when the sleep begins would be too early: the timer hits it once it has begun, and until then again.
    sigevent by_signal{};
    by_signal.sigev_notify = SIGEV_SIGNAL;
    by_signal.sigev_signo  = SIGUSR1;
    timer_t timer{};
    REQUIRE(::timer_create(CLOCK_MONOTONIC, &by_signal, &timer) == 0);
    itimerspec const often{{0, 2'000'000}, {0, 2'000'000}};
    REQUIRE(::timer_settime(timer, 0, &often, nullptr) == 0);

    c.tcp.wait(for_ever, {});
    CHECK(alarms > 0);

    std::string const text(1U << 20U, 'x');
    std::size_t       sent = 0;
    std::size_t       got  = 0;
    while (got < text.size() || alarms < 20) {
        auto const w = c.tcp.write(bytes_in{text}.subspan(sent));
        if (w.error != errc::would_block) REQUIRE(w);
        sent += w.value;
        got += c.broker.take().size();
        if (got == text.size()) c.tcp.wait(for_ever, {});
    }
    CHECK(got == text.size());

    px::tcp<> other;
    CHECK(connect(other, {"127.0.0.1", c.broker.port()}) == connect_stage::done);
    ::timer_delete(timer);
    ::sigaction(SIGUSR1, &was, nullptr);
}
