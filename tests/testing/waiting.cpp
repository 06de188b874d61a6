// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/waiting.hpp>

#include <string_view>

#include <barelink/testing/pipe.hpp>

#include "support/catch.hpp"

using namespace barelink;
using barelink::testing::manual_clock;
using barelink::testing::memory_pipe;
using barelink::testing::waiting_transport;

namespace {

// A server that writes one byte at an instant.
struct late_server {
    memory_pipe<>& wire;
    manual_clock&  clock;
    instant        at    = {};
    int            calls = 0;

    void live() {
        ++calls;
        if (clock.now() == at) static_cast<void>(wire.server().write(std::string_view{"x"}));
    }
};

}  // namespace

static_assert(waitable_transport<waiting_transport<memory_pipe<>::client_end>>);

TEST_CASE("waiting lets virtual time pass", "[testing][waiting]") {
    memory_pipe<>     wire;
    manual_clock      clock{{0xFFFF'FFF0}};
    late_server       server{wire, clock, {20}};
    waiting_transport end{wire.client(), clock, delegate<void()>::to<&late_server::live>(server)};
    REQUIRE(end.connect({}).value == connect_stage::done);

    end.wait(10, {});
    CHECK(clock.now() == instant{0xFFFF'FFFA});
    CHECK(server.calls == 11);
    CHECK(end.waits() == 1);
}

TEST_CASE("waiting ends when a byte has come", "[testing][waiting]") {
    memory_pipe<>     wire;
    manual_clock      clock;
    late_server       server{wire, clock, {5}};
    waiting_transport end{wire.client(), clock, delegate<void()>::to<&late_server::live>(server)};
    REQUIRE(end.connect({}).value == connect_stage::done);

    end.wait(1000, {});
    CHECK(clock.now() == instant{5});
    char into[4] = {};
    CHECK(end.read(into).value == 1);
}

TEST_CASE("waiting for room ends when there is room", "[testing][waiting]") {
    memory_pipe<>     wire;
    manual_clock      clock;
    waiting_transport end{wire.client(), clock, {}};
    REQUIRE(end.connect({}).value == connect_stage::done);

    end.wait(1000, {.room = true});
    CHECK(clock.now() == instant{0});
    end.wait(1000, {});
    CHECK(clock.now() == instant{1000});
}
