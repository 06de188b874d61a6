// SPDX-License-Identifier: BSL-1.0
// Names and families, and what a loop around lwIP asks: how long to sleep, what time it is.
#include <lwip/netif.h>
#include <lwip/priv/nd6_priv.h>

#include <barelink/port/lwip/clock.hpp>
#include <barelink/port/lwip/entropy.hpp>
#include <barelink/port/lwip/initial_sequence.hpp>
#include <barelink/port/lwip/look_up.hpp>
#include <barelink/port/lwip/tcp.hpp>
#include <barelink/port/lwip/timers.hpp>

#include "lwip_world.hpp"

using namespace barelink;
using namespace lwip_world;

TEST_CASE("a name is looked up with lwIP's DNS", "[port]") {
    auto&       tcp = fresh_tcp();
    name_server names;
    server      broker{1883};
    names.records = {{"four.test", true, false}, {"six.test", false, true}};

    names.answers = false;
    CHECK(connect(tcp, {"four.test", 1883}, 200) == connect_stage::resolve);
    CHECK(!tcp.ready(for_bytes));
    names.answer_late();
    CHECK(tcp.ready(for_bytes));
    CHECK(connect(tcp, {"four.test", 1883}) == connect_stage::done);
    tcp.close();
    names.answers = true;
    CHECK(connect(tcp, {"six.test", 1883}) == connect_stage::done);
    tcp.close();
    CHECK(connect(tcp, {"none.test", 1883}).error == errc::resolve_failed);
    tcp.close();
    names.answers = false;
    CHECK(connect(tcp, {"mute.test", 1883}).error == errc::resolve_failed);
    tcp.close();
}

TEST_CASE("lwIP's table of questions may be full", "[port]") {
    auto&       tcp = fresh_tcp();
    name_server names;
    names.answers = false;
    for (std::string const name : {"a.test", "b.test", "c.test", "d.test"}) {
        CHECK(tcp.connect({name, 1883}) == connect_stage::resolve);
        tcp.close();
    }
    CHECK(tcp.connect({"e.test", 1883}).error == errc::no_resources);
    tcp.close();
}

TEST_CASE("an answer counts only for the question of today", "[port]") {
    auto&       tcp = fresh_tcp();
    name_server names;
    server      broker{1883};
    names.records = {{"old.test", true, true}};
    names.answers = false;
    CHECK(connect(tcp, {"old.test", 1883}, 200) == connect_stage::resolve);
    tcp.close();
    CHECK(connect(tcp, {"new.test", 1883}, 200) == connect_stage::resolve);
    names.answer_late();  // both: one address, and "no such name"
    CHECK(connect(tcp, {"new.test", 1883}).error == errc::resolve_failed);
    CHECK(broker.accepted == 0);
    tcp.close();

    // An answer that comes when nobody waits is no harm.
    names.answers = true;
    CHECK(connect(tcp, {"old.test", 1883}, 200) == connect_stage::done);
    names.answers = false;
    tcp.close();
    CHECK(connect(tcp, {"gone.test", 1883}, 200) == connect_stage::resolve);
    tcp.close();
    names.answer_late();
    CHECK(!tcp.ready(for_bytes));
}

TEST_CASE("an answer counts whoever asked first, and however it was spelled", "[port]") {
    auto&       tcp = fresh_tcp();
    name_server names;
    server      broker{1883};
    names.records = {{"Shared.Test", true, false}};
    names.answers = false;
    ip_addr_t elsewhere{};
    auto const ignore = [](char const*, ip_addr_t const*, void*) {};
    auto const asked  = dns_gethostbyname_addrtype("Shared.Test", &elsewhere, ignore, nullptr, LWIP_DNS_ADDRTYPE_IPV4);
    REQUIRE(asked == ERR_INPROGRESS);
    CHECK(tcp.connect({"shared.test", 1883}) == connect_stage::resolve);
    turn();
    CHECK(names.questions == 1);
    names.answer_late();
    CHECK(connect(tcp, {"shared.test", 1883}, 5'000) == connect_stage::done);
    tcp.close();
}

TEST_CASE("an answer for one family is none for the other", "[port]") {
    static lwip::look_up question;
    begin();
    name_server names;
    ip_addr_t   found{};
    names.records = {{"late.test", false, true}};
    names.answers = false;
    CHECK(question.resolve("late.test", lwip::family::v4, found) == errc::would_block);
    turn();
    question.cancel();
    CHECK(question.resolve("late.test", lwip::family::v6, found) == errc::would_block);
    turn();
    names.answer_late();  // "no such name" for IPv4, an address for IPv6
    CHECK(question.resolve("late.test", lwip::family::v6, found) == errc::ok);
    CHECK(IP_IS_V6(&found));
}

TEST_CASE("a host with addresses of both families is tried with both", "[port]") {
    auto&       tcp = fresh_tcp();
    name_server names;
    names.records = {{"both.test", true, true}, {"mute.test", true, true}, {"slow.test", true, true}};
    SECTION("only IPv6 listens") {
        ip_addr_t six{};
        ipaddr_aton("::1", &six);
        server broker{1883, &six};
        CHECK(connect(tcp, {"both.test", 1883}) == connect_stage::done);
        CHECK(world().sequences.size() == 3);  // two of ours, one of the server's
        tcp.close();
        CHECK(connect(tcp, {"both.test", 1883}) == connect_stage::done);  // with the one that was good
        CHECK(world().sequences.size() == 5);
    }
    SECTION("nobody listens") { CHECK(connect(tcp, {"both.test", 1883}).error == errc::connect_refused); }
    SECTION("no answer about one of them: the next attempt begins with the other one") {
        ip_addr_t six{};
        ipaddr_aton("::1", &six);
        server broker{1883, &six};
        names.answers = false;
        CHECK(connect(tcp, {"slow.test", 1883}, 2'000) == connect_stage::resolve);  // for the address of IPv4
        tcp.close();
        names.answers = true;
        CHECK(tcp.connect({"slow.test", 1883}) == connect_stage::resolve);
        turn();
        CHECK(connect(tcp, {"slow.test", 1883}, 500) == connect_stage::done);
        CHECK(world().sequences.size() == 2);  // nothing was tried but IPv6
    }
    SECTION("no answer: the next attempt begins with the other one") {
        server broker{1883};
        CHECK(tcp.connect({"mute.test", 1883}) == connect_stage::resolve);
        turn();
        CHECK(names.questions == 1);
        world().silent = true;
        CHECK(connect(tcp, {"mute.test", 1883}, 5'000) == connect_stage::connect);
        tcp.close();
        world().silent = false;
        CHECK(tcp.connect({"mute.test", 1883}) == connect_stage::resolve);
        turn();
        CHECK(names.questions == 2);  // now for the address of IPv6
        CHECK(connect(tcp, {"mute.test", 1883}) == connect_stage::done);
    }
    tcp.close();
}

TEST_CASE("initial sequence numbers grow for one pair of ends and tell nothing of another", "[port]") {
    begin();
    std::string seen;
    auto const  secret = [&](bytes_in ends) {
        seen.assign(ends.data(), ends.size());
        std::uint32_t sum = 77;
        for (char const c : ends) sum = sum * 31 + static_cast<unsigned char>(c);
        return sum;
    };
    ip_addr_t a{}, b{}, six{};
    ipaddr_aton("10.0.0.1", &a);
    ipaddr_aton("10.0.0.2", &b);
    ipaddr_aton("2001:db8::1", &six);
    auto const first = lwip::initial_sequence(secret, a, 1000, b, 1883);
    CHECK(seen.size() == 12);
    pass(1'000);
    CHECK(lwip::initial_sequence(secret, a, 1000, b, 1883) - first == 250'000);  // 4 us each [RFC 6528]
    auto const now = lwip::initial_sequence(secret, a, 1000, b, 1883);
    CHECK(lwip::initial_sequence(secret, a, 1001, b, 1883) != now);
    CHECK(lwip::initial_sequence(secret, a, 1000, b, 1884) != now);
    CHECK(lwip::initial_sequence(secret, b, 1000, a, 1883) != now);
    CHECK(lwip::initial_sequence(secret, six, 1000, six, 1883) != now);
    CHECK(seen.size() == 36);
}

TEST_CASE("a quiet connection lets the device sleep past lwIP's timers", "[port]") {
    auto&        tcp = fresh_tcp();
    name_server  names;
    server       broker{1883};
    lwip::timers timers;
    names.records = {{"short.test", true, false, 30}};
    CHECK(timers.sleep_ms(60'000) <= 1'000);  // without a connection there may be a name that is looked up
    timers.run();
    REQUIRE(connect(tcp, {"short.test", 1883}) == connect_stage::done);
    pass(2'000);
    CHECK(lwip::tcp_is_quiet());
    CHECK(timers.sleep_ms(60'000) == 60'000);
    CHECK(timers.sleep_ms(7) == 7);

    // So does a name that a second client looks up: questions are lost, too.
    static lwip::tcp second;
    names.answers = false;
    CHECK(!second.looks_up());
    CHECK(second.connect({"lost.test", 1883}) == connect_stage::resolve);
    CHECK(second.looks_up());
    CHECK(timers.sleep_ms(60'000, second.looks_up()) <= 1'000);
    second.close();
    CHECK(!second.looks_up());
    names.answers = true;

    // What is not acknowledged needs them.
    world().silent = true;
    REQUIRE(tcp.write(bytes_in{"x", 1}));
    CHECK(timers.sleep_ms(60'000) <= TCP_TMR_INTERVAL);
    world().silent = false;
    pass(8'000);
    CHECK(broker.received == "x");
    CHECK(timers.sleep_ms(60'000) == 60'000);

    // Asleep for a minute: an address that was good for 30 s is asked for again.
    auto const asked = names.questions;
    timers.run();
    world().now += 60'000;
    timers.run();
    tcp.close();
    CHECK(connect(tcp, {"short.test", 1883}) == connect_stage::done);
    CHECK(names.questions == asked + 1);
    tcp.close();
}

TEST_CASE("a neighbour that is asked whether it is still there may answer before it is asked again", "[port]") {
    auto&        tcp = fresh_tcp();
    server       broker{1883};
    lwip::timers timers;
    REQUIRE(connect(tcp, {"::1", 1883}) == connect_stage::done);
    pass(2'000);
    timers.run();
    // Our router, to whom something was sent before the device fell asleep.
    auto& router    = neighbor_cache[0];
    router          = {};
    router.netif    = netif_list;
    router.state    = ND6_DELAY;
    router.isrouter = 1;

    router.counter.delay_time = 5;
    CHECK(timers.sleep_ms(60'000) == 60'000);
    world().now += 60'000;
    world().packets = 0;
    timers.run();
    turn();
    CHECK(router.state == ND6_PROBE);
    CHECK(world().packets == 1);
    world().now += 60'000;
    timers.run();
    turn();
    CHECK(world().packets == 2);
    router = {};
    tcp.close();
}

TEST_CASE("clock and entropy are lwIP's", "[port]") {
    auto const now = world().now;  // lwIP's timers go on from there
    world().now    = 0xFFFF'FFFF;
    CHECK(lwip::clock::now() == instant{0xFFFF'FFFF});
    world().now = 5;
    CHECK(lwip::clock::now() == instant{5});
    world().now = now;
    auto const one = lwip::entropy::draw();
    auto const two = lwip::entropy::draw();
    CHECK(one != two);
}
