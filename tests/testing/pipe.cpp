// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/pipe.hpp>

#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using barelink::testing::memory_pipe;

namespace {

using small = memory_pipe<8>;

constexpr bytes_in bytes(std::string_view text) {
    return text;
}

template <class End>
constexpr std::string_view read(End& end, char (&into)[16]) {
    auto const n = end.read(into);
    return {into, n.value};
}

constexpr bool both_directions() {
    small      p;
    char       up[16]   = {};
    char       down[16] = {};
    bool const open     = p.client().connect({}).value == connect_stage::done && p.server().open();
    bool const sent     = p.client().write(bytes("abc")).value == 3 && p.server().write(bytes("xy")).value == 2;
    return open && sent && read(p.server(), up) == "abc" && read(p.client(), down) == "xy" &&
           p.client().read(down).error == errc::would_block && p.server().read(up).error == errc::would_block;
}

constexpr bool capacity_is_kept() {
    small p;
    char  into[16] = {};
    static_cast<void>(p.client().connect({}));
    bool const part = p.client().write(bytes("0123456789")).value == 8 && !p.client().writable();
    bool const full = p.client().write(bytes("89")).error == errc::would_block;
    return part && full && read(p.server(), into) == "01234567" && p.client().write(bytes("89")).value == 2;
}

constexpr bool server_closes_in_order() {
    small p;
    char  into[16] = {};
    static_cast<void>(p.client().connect({}));
    static_cast<void>(p.server().write(bytes("bye")));
    p.server().close();
    return read(p.client(), into) == "bye" && p.client().read(into).error == errc::closed_by_peer &&
           p.client().write(bytes("x")).value == 1 && p.server().write(bytes("x")).error == errc::connection_reset;
}

constexpr bool server_resets() {
    small p;
    char  into[16] = {};
    static_cast<void>(p.client().connect({}));
    static_cast<void>(p.server().write(bytes("lost")));
    p.server().reset();
    return p.client().readable() && p.client().read(into).error == errc::connection_reset &&
           p.client().write(bytes("x")).error == errc::connection_reset;
}

constexpr bool client_closes() {
    small p;
    char  into[16] = {};
    static_cast<void>(p.client().connect({}));
    static_cast<void>(p.client().write(bytes("bye")));
    p.client().close();
    return p.server().open() && read(p.server(), into) == "bye" &&
           p.server().read(into).error == errc::closed_by_peer && p.counts().closes == 1;
}

// The next connection begins when the server is done with the last one, and without a byte of it.
constexpr bool one_at_a_time() {
    small p;
    char  into[16] = {};
    static_cast<void>(p.client().connect({}));
    static_cast<void>(p.client().write(bytes("old")));
    p.client().close();
    bool const waits = p.client().connect({}).value == connect_stage::connect && !p.client().readable();
    p.server().close();
    bool const stands = p.client().readable() && p.client().connect({}).value == connect_stage::done;
    return waits && stands && p.server().read(into).error == errc::would_block && p.counts().connects == 2;
}

constexpr bool knobs_hold() {
    small p;
    char  into[16]           = {};
    p.knobs.refuse           = errc::connect_refused;
    bool const refused       = p.client().connect({}).error == errc::connect_refused;
    p.knobs.refuse           = errc::ok;
    p.knobs.wait_in          = connect_stage::resolve;
    bool const resolving     = p.client().connect({}).value == connect_stage::resolve && !p.client().readable();
    p.knobs.wait_in          = connect_stage::done;
    bool const stands        = p.client().connect({}).value == connect_stage::done;
    p.knobs.client_write_max = 2;
    bool const part          = p.client().write(bytes("abcd")).value == 2;
    p.knobs.client_write_max = 0;
    bool const blocked       = p.client().write(bytes("cd")).error == errc::would_block;
    p.knobs.server_read_max  = 1;
    return refused && resolving && stands && part && blocked && read(p.server(), into) == "a" &&
           read(p.server(), into) == "b";
}

constexpr bool calls_are_counted() {
    small p;
    char  into[16] = {};
    static_cast<void>(p.client().connect({.host = "cloud", .port = 8883}));
    static_cast<void>(p.client().write(bytes("abc")));
    static_cast<void>(p.client().read(into));
    static_cast<void>(p.server().write(bytes("de")));
    auto const& c = p.counts();
    return c.connects == 1 && c.client_writes == 1 && c.client_reads == 1 && c.bytes_up == 3 && c.bytes_down == 2 &&
           p.address().host == "cloud" && p.address().port == 8883;
}

}  // namespace

TEST_CASE("a pipe carries bytes both ways", "[testing][pipe]") {
    CHECK_BOTH(both_directions());
}
TEST_CASE("a pipe takes no more than its capacity", "[testing][pipe]") {
    CHECK_BOTH(capacity_is_kept());
}
TEST_CASE("what the server wrote is read before the end of the stream", "[testing][pipe]") {
    CHECK_BOTH(server_closes_in_order());
}
TEST_CASE("a reset loses what was on its way", "[testing][pipe]") {
    CHECK_BOTH(server_resets());
}
TEST_CASE("what the client wrote is read before the end of the stream", "[testing][pipe]") {
    CHECK_BOTH(client_closes());
}
TEST_CASE("a pipe is one connection at a time", "[testing][pipe]") {
    CHECK_BOTH(one_at_a_time());
}
TEST_CASE("the knobs of a pipe refuse, keep waiting and split", "[testing][pipe]") {
    CHECK_BOTH(knobs_hold());
}
TEST_CASE("a pipe counts calls and bytes", "[testing][pipe]") {
    CHECK_BOTH(calls_are_counted());
}

TEST_CASE("a client end that is closed reads and writes nothing", "[testing][pipe]") {
    small p;
    char  into[16] = {};
    CHECK(p.client().read(into).error == errc::connection_reset);
    CHECK(p.client().write(bytes("x")).error == errc::connection_reset);
    p.client().close();
    CHECK(p.counts().closes == 0);
}
