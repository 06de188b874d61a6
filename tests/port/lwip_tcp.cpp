// SPDX-License-Identifier: BSL-1.0
#include <lwip/netif.h>
#include <lwip/priv/nd6_priv.h>

#include <barelink/port/lwip/clock.hpp>
#include <barelink/port/lwip/entropy.hpp>
#include <barelink/port/lwip/initial_sequence.hpp>
#include <barelink/port/lwip/tcp.hpp>
#include <barelink/port/lwip/timers.hpp>

#include "lwip_world.hpp"

using namespace barelink;
using namespace lwip_world;

namespace {

// They must live as long as the program: a question to DNS may still be open.
lwip::tcp& fresh_tcp() {
    static lwip::tcp   all[64];
    static std::size_t used = 0;
    begin();
    return all[used++];
}

std::string pattern(std::size_t size) {
    std::string s(size, '\0');
    for (std::size_t i = 0; i < size; ++i) s[i] = static_cast<char>(i % 251);
    return s;
}

std::size_t write_all(lwip::tcp& tcp, std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        auto const r = tcp.write(bytes_in{bytes.data() + taken, bytes.size() - taken});
        if (!r) break;
        taken += r.value;
    }
    return taken;
}

constexpr interest bytes{.bytes = true, .room = false};
constexpr interest room{.bytes = false, .room = true};

}  // namespace

TEST_CASE("a connection over lwIP carries bytes both ways and ends in order", "[port]") {
    auto& tcp = fresh_tcp();
    for (auto const* host : {"127.0.0.1", "::1", "localhost"}) {
        server broker{1883};
        CHECK(tcp.connect({host, 1883}) == connect_stage::connect);
        CHECK(!tcp.ready(bytes));
        turn();
        CHECK(tcp.ready(bytes));
        REQUIRE(tcp.connect({host, 1883}) == connect_stage::done);
        CHECK(tcp.connect({host, 1883}) == connect_stage::done);
        REQUIRE(tcp.write(bytes_in{"hello", 5}) == std::size_t{5});
        turn();
        CHECK(broker.received == "hello");

        std::string text;
        CHECK(drain(tcp, text) == errc::would_block);
        CHECK(!tcp.ready(bytes));
        broker.send("good ");
        broker.send("day");
        broker.close();
        CHECK(tcp.ready(bytes));
        CHECK(drain(tcp, text, 3) == errc::closed_by_peer);
        CHECK(text == "good day");
        CHECK(tcp.write(bytes_in{"late", 4}) == std::size_t{4});  // their end is closed, ours is not
        tcp.close();
        tcp.close();
        CHECK(tcp.read(bytes_out{}).error == errc::io_error);
        CHECK(tcp.write(bytes_in{"x", 1}).error == errc::io_error);
    }
}

TEST_CASE("what hinders a connection over lwIP has a value of its own", "[port]") {
    auto& tcp = fresh_tcp();
    SECTION("nobody listens") { CHECK(connect(tcp, {"127.0.0.1", 1}).error == errc::connect_refused); }
    SECTION("no route") { CHECK(connect(tcp, {"192.0.2.1", 1}).error == errc::unreachable); }
    SECTION("no route, IPv6") { CHECK(connect(tcp, {"2001:db8::1", 1}).error == errc::unreachable); }
    SECTION("no name server") { CHECK(connect(tcp, {"broker.test", 1}).error == errc::resolve_failed); }
    SECTION("no name") {
        std::string const cut{"127.0.0.1\0x", 11};
        std::string const long_name(300, 'a');
        for (std::string_view const bad : {std::string_view{}, std::string_view{cut}, std::string_view{long_name}}) {
            CHECK(connect(tcp, {bad, 1}).error == errc::resolve_failed);
            tcp.close();
        }
    }
    SECTION("no memory for a connection") {
        world().no_memory = [](std::size_t size) { return size >= sizeof(tcp_pcb); };
        CHECK(connect(tcp, {"127.0.0.1", 1}).error == errc::no_resources);
    }
    SECTION("no memory for the first packet") {
        world().no_memory = [](std::size_t size) { return size < sizeof(tcp_pcb); };
        CHECK(connect(tcp, {"127.0.0.1", 1}).error == errc::no_resources);
    }
    SECTION("no answer until lwIP gives up") {
        world().silent = true;
        CHECK(connect(tcp, {"127.0.0.1", 1}, 5'000) == connect_stage::connect);
        CHECK(connect(tcp, {"127.0.0.1", 1}, 600'000).error == errc::unreachable);
    }
    // It says so again, and begins anew after close().
    world().no_memory = {};
    world().silent    = false;
    tcp.close();
    server broker{1883};
    CHECK(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    tcp.close();
}

TEST_CASE("an open connection over lwIP tells what came before it broke", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    turn();
    std::string text;
    SECTION("reset") {
        broker.send("last words");
        turn();
        broker.reset();
    }
    SECTION("lwIP's own retries have failed") {
        broker.send("last words");
        turn();
        world().silent = true;
        CHECK(tcp.write(bytes_in{"x", 1}) == std::size_t{1});
        pass(3'600'000);
    }
    CHECK(tcp.ready(bytes));
    CHECK(tcp.ready(room));
    CHECK(tcp.write(bytes_in{"x", 1}).error == errc::connection_reset);
    CHECK(drain(tcp, text) == errc::connection_reset);
    CHECK(text == "last words");
    tcp.close();
}

TEST_CASE("a reset before the client has looked is told after the connection", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    CHECK(tcp.connect({"127.0.0.1", 1883}) == connect_stage::connect);
    turn();
    broker.send("bye");
    turn();
    broker.reset();
    CHECK(tcp.ready(bytes));
    REQUIRE(tcp.connect({"127.0.0.1", 1883}) == connect_stage::done);
    std::string text;
    CHECK(drain(tcp, text) == errc::connection_reset);
    CHECK(text == "bye");
    tcp.close();
}

TEST_CASE("who does not read slows the peer down", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    auto const all = pattern(200'000);
    broker.send(all);
    pass(5'000);
    auto const  held = world().allocations;
    std::string text;
    pass(2'000);
    CHECK(world().allocations - held < 40);  // probes of the closed window, no data

    // The window has let so much in, and no more.
    char first[0x10000];
    auto n = tcp.read(first);
    REQUIRE(n);
    CHECK(n.value <= TCP_WND);
    CHECK(n.value > TCP_WND / 2);
    text.assign(first, n.value);
    for (int i = 0; i < 100'000 && text.size() < all.size(); ++i) {
        if (auto const e = drain(tcp, text, 512); e != errc::would_block) break;
        pass(50);
    }
    CHECK(text == all);
    tcp.close();
}

TEST_CASE("who does not read small packets still hears what is acknowledged", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    tcp_pcb* ours   = nullptr;
    tcp_pcb* theirs = nullptr;
    for (auto* p = tcp_active_pcbs; p != nullptr; p = p->next) (p->callback_arg == &tcp ? ours : theirs) = p;
    REQUIRE((ours != nullptr && theirs != nullptr));
    tcp_nagle_disable(theirs);
    std::string all;
    for (int i = 0; i < 3 * PBUF_POOL_SIZE; ++i) {
        auto const piece = std::string(3, static_cast<char>('a' + i % 26));
        all += piece;
        broker.send(piece);
        pass(50);
    }
    // Each of them would hold a buffer of the driver's; the window, which counts bytes, is open.
    CHECK(theirs->unacked != nullptr);
    REQUIRE(tcp.write(bytes_in{"ack", 3}) == std::size_t{3});
    pass(4'000);
    CHECK(broker.received == "ack");
    CHECK(ours->unacked == nullptr);

    std::string text;
    CHECK(drain(tcp, text) == errc::would_block);
    CHECK(text.size() > 3 * PBUF_POOL_SIZE / 2);
    CHECK(text.size() < 3 * PBUF_POOL_SIZE);
    for (int i = 0; i < 100 && text.size() < all.size(); ++i) {
        pass(1'000);
        CHECK(drain(tcp, text) == errc::would_block);
    }
    CHECK(text == all);
    tcp.close();
}

TEST_CASE("what lwIP has no room for is offered again when there is some", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    auto const all   = pattern(20'000);
    auto       taken = write_all(tcp, all);
    CHECK(taken == TCP_SND_BUF);
    CHECK(!tcp.ready(room));
    for (int i = 0; i < 1000 && taken < all.size(); ++i) {
        pass(50);
        if (!tcp.ready(room)) continue;
        taken += write_all(tcp, std::string_view{all.data() + taken, all.size() - taken});
        CHECK(tcp.ready(room) == (taken == all.size()));
    }
    pass(1'000);
    CHECK(broker.received == all);
    CHECK(tcp.write(bytes_in{}).error == errc::would_block);
    tcp.close();
}

TEST_CASE("when lwIP will never have memory for all, less is offered", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    turn();
    world().no_memory = [](std::size_t size) { return size > 300; };
    auto const all    = pattern(1000);
    auto const taken  = tcp.write(bytes_in{all.data(), all.size()});
    REQUIRE(taken);
    CHECK(taken.value < 300);
    CHECK(taken.value > 50);

    // Now something is under way, and its acknowledgement makes room: nothing is cut up.
    CHECK(tcp.write(bytes_in{all.data(), all.size()}).error == errc::would_block);
    CHECK(!tcp.ready(room));
    world().no_memory = {};
    pass(4'000);
    CHECK(tcp.ready(room));
    CHECK(broker.received == all.substr(0, taken.value));
    tcp.close();
}

TEST_CASE("memory that somebody else has given back is asked for again", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    auto const packets = [](std::size_t size) { return size > 60; };
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    pass(1'000);
    world().no_memory = packets;
    CHECK(tcp.write(bytes_in{"x", 1}).error == errc::would_block);
    CHECK(!tcp.ready(room));
    // Nothing of ours is under way, so no acknowledgement will come.
    world().no_memory = {};
    CHECK(lwip::timers::sleep_ms(60'000) <= 500);
    pass(1'000);
    CHECK(tcp.ready(room));
    CHECK(tcp.write(bytes_in{"x", 1}) == std::size_t{1});
    pass(1'000);
    CHECK(broker.received == "x");
    CHECK(lwip::timers::sleep_ms(60'000) == 60'000);

    // Closed meanwhile: the end of the stream waits for memory, too, and nobody is asked to write.
    world().no_memory = packets;
    CHECK(tcp.write(bytes_in{"x", 1}).error == errc::would_block);
    tcp.close();
    pass(1'000);
    CHECK(!broker.ended);
    world().no_memory = {};
    pass(1'000);
    CHECK(broker.ended);
    CHECK(broker.broken == errc::ok);
}

TEST_CASE("close lets our last bytes leave, whatever was not read", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    broker.send(pattern(TCP_MSS));
    turn();
    REQUIRE(tcp.write(bytes_in{"goodbye", 7}));
    tcp.close();
    pass(1'000);
    CHECK(broker.received == "goodbye");
    CHECK(broker.ended);
    CHECK(broker.broken == errc::ok);
    broker.close();  // nobody is there any more to be told
    pass(1'000);
}

TEST_CASE("close lets our last bytes leave while the peer still talks", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    broker.send(pattern(50'000));
    pass(1'000);
    REQUIRE(tcp.write(bytes_in{"goodbye", 7}));
    tcp.close();
    pass(1'000);
    CHECK(broker.received == "goodbye");
    CHECK(broker.ended);
    CHECK(broker.broken == errc::ok);  // a reset would take from its queue what it has not read yet

    SECTION("and then ends, too") { broker.close(); }
    SECTION("and never ends: we have waited long enough") {
        pass(15'000);
        CHECK(broker.broken == errc::ok);
    }
    pass(10'000);
    CHECK(tcp_active_pcbs == nullptr);
}

TEST_CASE("a packet does not wait for the one before to be acknowledged", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    pass(1'000);
    world().silent  = true;
    world().packets = 0;
    REQUIRE(tcp.write(bytes_in{"one", 3}));
    REQUIRE(tcp.write(bytes_in{"two", 3}));
    turn();
    CHECK(world().packets == 2);
    world().silent = false;
    tcp.close();
}

TEST_CASE("a peer that has vanished does not keep the place of the next connection", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    for (int i = 0; i < 8; ++i) {
        REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
        world().silent = true;
        REQUIRE(tcp.write(bytes_in{"into the dark", 13}));
        tcp.close();
        // The place of one that is still being said farewell to is given up when there is no other one.
        std::size_t refused = 0;
        world().no_memory   = [&](std::size_t size) {
            std::size_t connections = 0;
            for (auto const* p = tcp_active_pcbs; p != nullptr; p = p->next) connections += p->local_port != 1883;
            bool const full = size == sizeof(tcp_pcb) && connections > 0;
            refused += full ? 1 : 0;
            return full;
        };
        CHECK(tcp.connect({"127.0.0.1", 1883}) == connect_stage::connect);
        CHECK(refused != 0);
        tcp.close();
        world().no_memory = {};
        begin();
    }
}

TEST_CASE("a name is looked up with lwIP's DNS", "[port]") {
    auto&       tcp = fresh_tcp();
    name_server names;
    server      broker{1883};
    names.records = {{"four.test", true, false}, {"six.test", false, true}};

    names.answers = false;
    CHECK(connect(tcp, {"four.test", 1883}, 200) == connect_stage::resolve);
    CHECK(!tcp.ready(bytes));
    names.answer_late();
    CHECK(tcp.ready(bytes));
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
    CHECK(!tcp.ready(bytes));
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

TEST_CASE("each connection begins where the hook says", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    for (int i = 0; i < 3; ++i) {
        REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
        REQUIRE(tcp.write(bytes_in{"x", 1}));
        turn();
        tcp.close();
        turn();
    }
    CHECK(broker.received == "xxx");
    CHECK(world().sequences.size() == 6);  // ours and the server's
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
    world().now = 0xFFFF'FFFF;
    CHECK(lwip::clock::now() == instant{0xFFFF'FFFF});
    world().now = 5;
    CHECK(lwip::clock::now() == instant{5});
    auto const one = lwip::entropy::draw();
    auto const two = lwip::entropy::draw();
    CHECK(one != two);
}
