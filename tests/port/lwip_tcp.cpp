// SPDX-License-Identifier: BSL-1.0
#include <barelink/port/lwip/tcp.hpp>
#include <barelink/port/lwip/timers.hpp>

#include "lwip_world.hpp"

using namespace barelink;
using namespace lwip_world;

namespace {

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

}  // namespace

TEST_CASE("a connection over lwIP carries bytes both ways and ends in order", "[port]") {
    auto& tcp = fresh_tcp();
    for (auto const* host : {"127.0.0.1", "::1", "localhost"}) {
        server broker{1883};
        CHECK(tcp.connect({host, 1883}) == connect_stage::connect);
        CHECK(!tcp.ready(for_bytes));
        turn();
        CHECK(tcp.ready(for_bytes));
        REQUIRE(tcp.connect({host, 1883}) == connect_stage::done);
        CHECK(tcp.connect({host, 1883}) == connect_stage::done);
        REQUIRE(tcp.write(bytes_in{"hello", 5}) == std::size_t{5});
        turn();
        CHECK(broker.received == "hello");

        std::string text;
        CHECK(drain(tcp, text) == errc::would_block);
        CHECK(!tcp.ready(for_bytes));
        broker.send("good ");
        broker.send("day");
        broker.close();
        CHECK(tcp.ready(for_bytes));
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
    CHECK(tcp.ready(for_bytes));
    CHECK(tcp.ready(for_room));
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
    CHECK(tcp.ready(for_bytes));
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

TEST_CASE("what lwIP has no room for is offered again when there is some", "[port]") {
    auto&  tcp = fresh_tcp();
    server broker{1883};
    REQUIRE(connect(tcp, {"127.0.0.1", 1883}) == connect_stage::done);
    auto const all   = pattern(20'000);
    auto       taken = write_all(tcp, all);
    CHECK(taken == TCP_SND_BUF);
    CHECK(!tcp.ready(for_room));
    for (int i = 0; i < 1000 && taken < all.size(); ++i) {
        pass(50);
        if (!tcp.ready(for_room)) continue;
        taken += write_all(tcp, std::string_view{all.data() + taken, all.size() - taken});
        CHECK(tcp.ready(for_room) == (taken == all.size()));
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
    CHECK(!tcp.ready(for_room));
    world().no_memory = {};
    pass(4'000);
    CHECK(tcp.ready(for_room));
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
    CHECK(!tcp.ready(for_room));
    // Nothing of ours is under way, so no acknowledgement will come.
    world().no_memory = {};
    CHECK(lwip::timers::sleep_ms(60'000) <= 500);
    pass(1'000);
    CHECK(tcp.ready(for_room));
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
