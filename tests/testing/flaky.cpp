// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/flaky.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using barelink::testing::dice;
using barelink::testing::flaky_link;
using barelink::testing::flaky_rates;
using barelink::testing::manual_clock;

namespace {

using small = flaky_link<64, 2>;

static_assert(transport<small::client_end>);

bytes_in bytes(std::string_view text) {
    return text;
}

template <class End>
std::string read(End& end) {
    char       into[256] = {};
    auto const n         = end.read(into);
    return {into, n.value};
}

// A link with its clock.
struct setup {
    manual_clock clock{{0xFFFF'FF00}};  // soon wraps
    small        link;

    explicit setup(flaky_rates const& rates = {}, std::uint64_t seed = 7) : link{clock, seed, rates} {}
    bool         dial() { return link.client().connect({}).value == connect_stage::done; }
    small::lane& server(int i = 0) { return *(link.begin() + i); }
};

// Everything that one run of a bad link does, as text.
std::string run(std::uint64_t seed) {
    manual_clock     clock;
    flaky_link<4096> link{clock,
                          seed,
                          {.split      = 300,
                           .block      = 200,
                           .latency_ms = 3,
                           .delay      = 300,
                           .refuse     = 200,
                           .cut        = 300,
                           .lose       = 100,
                           .fate_bytes = 200}};
    std::string      log;
    for (int i = 0; i < 300; ++i) {
        auto const c = link.connected() ? result<connect_stage>{connect_stage::done} : link.client().connect({});
        auto const w = link.client().write(bytes("0123456789"));
        log += std::to_string(static_cast<int>(c.error)) + ',' + std::to_string(w.value) + ',';
        for (auto& lane : link) {
            char       into[32] = {};
            auto const n        = lane.open() ? lane.read(into) : result<std::size_t>{};
            log += std::to_string(n.value) + ';';
            if (!n && n.error != errc::would_block) lane.close();
        }
        if (!c || (!w && w.error != errc::would_block)) link.client().close();
        clock.advance(1);
    }
    return log;
}

constexpr bool delayed() {
    manual_clock   clock;
    flaky_link<16> link{clock, 1, {.latency_ms = 30}};
    char const     hi[]     = {'h', 'i'};
    char           into[16] = {};
    static_cast<void>(link.client().connect({}));
    static_cast<void>(link.client().write(hi));
    bool const later = link.begin()->read(into).error == errc::would_block && link.next_change().left({0}) == 30;
    clock.advance(30);
    return later && link.begin()->read(into).value == 2 && into[1] == 'i';
}

}  // namespace

TEST_CASE("the dice are fair and the same for one seed", "[testing][flaky]") {
    dice a{1};
    dice b{1};
    dice c{2};
    int  same  = 0;
    int  below = 0;
    for (int i = 0; i < 1000; ++i) {
        auto const x = a.draw();
        CHECK(x == b.draw());
        same += x == c.draw() ? 1 : 0;
        below += x < 0x8000'0000 ? 1 : 0;
    }
    CHECK(same < 3);
    CHECK(below > 400);
    CHECK(below < 600);
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) {
        auto const x = a.draw(3, 5);
        CHECK((x >= 3 && x <= 5));
        hits += a.chance(100) ? 1 : 0;
    }
    CHECK(hits > 800);
    CHECK(hits < 1200);
}

TEST_CASE("a perfect link is a pipe", "[testing][flaky]") {
    setup s;
    REQUIRE(s.dial());
    CHECK(s.link.client().write(bytes("abc")).value == 3);
    CHECK(read(s.server()) == "abc");
    CHECK(s.server().write(bytes("xyz")).value == 3);
    CHECK(s.link.client().readable());
    CHECK(read(s.link.client()) == "xyz");
    CHECK_FALSE(s.link.client().readable());
    s.link.client().close();
    CHECK(s.server().read(bytes_out{}).error == errc::closed_by_peer);
    s.server().close();
    CHECK_FALSE(s.server().open());
    CHECK_FALSE(s.link.next_change().armed);
}

TEST_CASE("bytes arrive late and tell when", "[testing][flaky]") {
    CHECK_BOTH(delayed());
    setup s{{.latency_ms = 0x200}};
    REQUIRE(s.dial());
    CHECK(s.link.client().write(bytes("abc")).value == 3);
    CHECK(s.link.next_change() == deadline{{0x100}, true});  // across the wrap
    s.clock.set({0xFF});
    CHECK(read(s.server()).empty());
    s.clock.set({0x100});
    CHECK(read(s.server()) == "abc");
}

TEST_CASE("late bytes keep their order", "[testing][flaky]") {
    setup       s{{.delay = 500, .delay_ms_max = 100}};
    std::string came;
    REQUIRE(s.dial());
    for (char c = 'a'; c <= 'z'; ++c) REQUIRE(s.link.client().write({&c, 1}).value == 1);
    s.link.client().close();
    while (s.link.next_change().armed) {
        s.clock.set(s.link.next_change().at);
        came += read(s.server());
    }
    came += read(s.server());
    CHECK(came == "abcdefghijklmnopqrstuvwxyz");
    CHECK(s.server().read(bytes_out{}).error == errc::closed_by_peer);
}

TEST_CASE("bytes that are fast wait for slow ones before them", "[testing][flaky]") {
    setup s{{.latency_ms = 100}};
    REQUIRE(s.dial());
    REQUIRE(s.link.client().write(bytes("slow")).value == 4);
    s.link.rates.latency_ms = 0;
    REQUIRE(s.link.client().write(bytes("fast")).value == 4);
    CHECK(read(s.server()).empty());
    s.clock.advance(100);
    CHECK(read(s.server()) == "slowfast");
}

TEST_CASE("a link that splits moves at least a byte, and all in the end", "[testing][flaky]") {
    setup       s{{.split = 1000}};
    std::string came;
    REQUIRE(s.dial());
    std::string_view rest   = "0123456789abcdef";
    int              writes = 0;
    for (; !rest.empty(); ++writes) rest.remove_prefix(s.link.client().write(rest).value);
    CHECK(writes > 1);
    while (s.server().read(bytes_out{}).error == errc::would_block && came.size() < 16) came += read(s.server());
    CHECK(came == "0123456789abcdef");
}

TEST_CASE("a link that blocks says when it can be tried again", "[testing][flaky]") {
    setup s{{.block = 1000, .block_ms_max = 9}};
    REQUIRE(s.dial());
    CHECK(s.link.client().write(bytes("a")).error == errc::would_block);
    CHECK_FALSE(s.link.client().writable());
    auto const again = s.link.next_change();
    REQUIRE(again.armed);
    CHECK(again.left(s.clock.now()) >= 1);
    CHECK(again.left(s.clock.now()) <= 9);
    s.link.rates.block = 0;
    CHECK(s.link.client().write(bytes("a")).error == errc::would_block);
    s.clock.set(again.at);
    CHECK(s.link.client().writable());
    CHECK(s.link.client().write(bytes("a")).value == 1);
}

TEST_CASE("a connection that is cut tells both ends", "[testing][flaky]") {
    setup s;
    REQUIRE(s.dial());
    s.link.cut();
    CHECK(s.link.client().readable());
    CHECK(s.link.client().write(bytes("a")).error == errc::connection_reset);
    CHECK(s.server().write(bytes("a")).error == errc::connection_reset);
    CHECK(s.link.client().read(bytes_out{}).error == errc::connection_reset);
    CHECK(s.server().read(bytes_out{}).error == errc::connection_reset);
    CHECK(s.link.counts().cuts == 1);
    s.link.client().close();
    s.server().close();
    CHECK(s.dial());
    CHECK(s.link.client().write(bytes("a")).value == 1);
}

TEST_CASE("a cut comes after some byte of the stream, also in the middle of a write", "[testing][flaky]") {
    bool part = false;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        setup s{{.cut = 1000, .fate_bytes = 20}, seed};
        REQUIRE(s.dial());
        CHECK(s.link.client().write(bytes("0123456789")).value == 10);
        auto const first = read(s.server());
        CHECK(std::string_view{"0123456789"}.substr(0, first.size()) == first);
        part = part || (!first.empty() && first.size() < 10);
        static_cast<void>(s.link.client().write(bytes("0123456789")));
        CHECK(s.link.client().write(bytes("!")).error == errc::connection_reset);
        CHECK(s.link.counts().cuts == 1);
    }
    CHECK(part);
}

TEST_CASE("a lost connection takes bytes, gives none and tells nobody", "[testing][flaky]") {
    setup s;
    REQUIRE(s.dial());
    CHECK(s.link.client().write(bytes("before")).value == 6);
    s.link.lose();
    CHECK(s.link.client().write(bytes("after")).value == 5);
    CHECK(s.server().write(bytes("answer")).value == 6);
    CHECK(read(s.server()) == "before");
    CHECK(s.server().read(bytes_out{}).error == errc::would_block);
    CHECK(s.link.client().read(bytes_out{}).error == errc::would_block);
    std::string const much(100, 'x');
    CHECK(s.link.client().write(much).value == 64 - 5);
    CHECK(s.link.client().write(much).error == errc::would_block);
    s.link.client().close();
    CHECK(s.server().read(bytes_out{}).error == errc::would_block);
    CHECK(s.server().open());
    // The server still holds the dead connection; the client comes again on another lane.
    CHECK(s.dial());
    CHECK(s.server(1).open());
    CHECK(s.link.client().write(bytes("new")).value == 3);
    CHECK(read(s.server(1)) == "new");
}

TEST_CASE("when all lanes are taken a connection is refused", "[testing][flaky]") {
    setup s;
    REQUIRE(s.dial());
    s.link.client().close();
    REQUIRE(s.dial());
    s.link.client().close();
    CHECK(s.link.client().connect({}).error == errc::connect_refused);
    s.server().close();
    s.link.client().close();
    CHECK(s.dial());
}

TEST_CASE("connection attempts are late, refused or never answered", "[testing][flaky]") {
    setup s{{.connect_ms = 50}, 3};
    CHECK(s.link.client().connect({}).value == connect_stage::connect);
    auto const answer = s.link.next_change();
    REQUIRE(answer.armed);
    CHECK_FALSE(s.link.client().readable());
    s.clock.set(answer.at);
    CHECK(s.link.client().readable());
    CHECK(s.dial());

    setup refused{{.refuse = 1000}};
    CHECK(refused.link.client().connect({}).error == errc::connect_refused);
    setup ignored{{.ignore = 1000}};
    CHECK(ignored.link.client().connect({}).value == connect_stage::connect);
    CHECK_FALSE(ignored.link.next_change().armed);
}

TEST_CASE("the server's reset reaches the client at once", "[testing][flaky]") {
    setup s{{.latency_ms = 100}};
    REQUIRE(s.dial());
    static_cast<void>(s.server().write(bytes("lost")));
    s.server().reset();
    CHECK(s.link.client().read(bytes_out{}).error == errc::connection_reset);
}

TEST_CASE("one seed is one network", "[testing][flaky]") {
    CHECK(run(1) == run(1));
    CHECK(run(1) != run(2));
}
