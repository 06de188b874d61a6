// SPDX-License-Identifier: BSL-1.0
// What a network, a stranger or a lack of memory can do to a handshake: it fails, under the right name, and leaves
// nothing.
#include <barelink/tls/wolfssl.hpp>

#include <algorithm>
#include <cstdio>

#include "support/catch.hpp"
#include "tls/kit.hpp"

using namespace barelink;
using kit::pair;
using openssl::version;

namespace {

// The server's half of a handshake arrives up to `limit` bytes; then the stream ends.
struct short_pair : pair {
    using pair::pair;
    errc connect_up_to(std::size_t limit) {
        server.accept();
        between             = {};
        std::size_t arrived = 0;
        for (int i = 0; i < 50; ++i) {
            auto const r = link.connect({host, 8883});
            if (!r) return r.error;
            if (r.value == connect_stage::done) return errc::ok;
            carry();
            auto const room = limit - arrived;
            if (between.down.size() >= room) {
                between.down.resize(room);
                between.at_end = errc::closed_by_peer;
            }
            arrived += between.down.size();
        }
        return errc::would_block;
    }
};

std::size_t bytes_of_handshake(pair& p) {
    REQUIRE(p.connect() == errc::ok);
    auto const all = p.between.total_down;
    p.link.close();
    return all;
}

}  // namespace

TEST_CASE("a handshake that is cut at any byte has failed", "[tls][faults]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    short_pair p{{.highest = highest}};
    auto const all = bytes_of_handshake(p);
    REQUIRE(all > 500);
    for (std::size_t limit = 0; limit < all - 80; ++limit) {  // signatures differ in length
        INFO(limit);
        auto const e = p.connect_up_to(limit);
        if (limit == 0) {
            REQUIRE(e == errc::tls_plain_peer);
        } else {
            REQUIRE(e == errc::tls_cut);
        }
        p.link.close();
        REQUIRE(kit::leaked() == 0);
    }
}

TEST_CASE("a handshake of which one byte changed has failed", "[tls][faults]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest}};
    auto const all = bytes_of_handshake(p);
    for (std::size_t where = 0; where < all; ++where) {
        p.server.accept();
        p.between           = {};
        std::size_t arrived = 0;
        bool        changed = false;
        errc        e       = errc::would_block;
        for (int i = 0; i < 50 && e == errc::would_block; ++i) {
            auto const r = p.link.connect({p.host, 8883});
            if (!r) {
                e = r.error;
            } else if (r.value == connect_stage::done) {
                e = errc::ok;
            } else {
                bool const moved = p.carry();
                if (where >= arrived && where < arrived + p.between.down.size()) {
                    p.between.down[where - arrived] ^= static_cast<char>(1U << where % 8);
                    changed = true;
                }
                arrived += p.between.down.size();
                // A length that grew: somebody waits for bytes that do not come.
                if (!moved) p.between.at_end = errc::closed_by_peer;
            }
        }
        INFO("byte " << where << " of " << all << ": " << name(e) << ", wolfSSL " << p.link.why().wolfssl);
        // Nobody looks at the version in the head of a record, and the end of the handshake differs in length.
        if (e == errc::ok) {
            p.carry();
            bool const harmless = p.server.established();
            REQUIRE((!changed || harmless));
        }
        REQUIRE(e != errc::would_block);
        p.link.close();
        REQUIRE(kit::leaked() == 0);
    }
}

TEST_CASE("whoever does not speak TLS is told from who speaks it badly", "[tls][faults]") {
    pair p;
    SECTION("it hangs up at our greeting") {
        p.between.at_end = errc::closed_by_peer;
        p.server.accept();
        REQUIRE(p.link.connect({p.host, 1883}) == result<connect_stage>{errc::tls_plain_peer});
    }
    SECTION("it is cut off at our greeting") {
        p.between.at_end = errc::connection_reset;
        REQUIRE(p.link.connect({p.host, 1883}) == result<connect_stage>{errc::tls_plain_peer});
    }
    SECTION("it answers in its own words") {
        auto const words = GENERATE(std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, std::string{"\x20\x02\x00\x01", 4},
                                    std::string{"SSH-2.0-OpenSSH_9.2\r\n"});
        REQUIRE(p.link.connect({p.host, 1883}) == result<connect_stage>{connect_stage::secure});
        p.between.down = words;
        p.between.at_end = errc::closed_by_peer;
        REQUIRE(p.link.connect({p.host, 1883}) == result<connect_stage>{errc::tls_plain_peer});
    }
    p.link.close();
    CHECK(kit::leaked() == 0);
}

TEST_CASE("whoever stays silent is waited for without harm", "[tls][faults]") {
    pair p;
    for (int i = 0; i < 1'000; ++i) {
        REQUIRE(p.link.connect({p.host, 8883}) == result<connect_stage>{connect_stage::secure});
    }
    CHECK(p.between.total_up < 1'000);  // one greeting
    p.link.close();
    CHECK(kit::leaked() == 0);
}

TEST_CASE("a server that is not reached is told by the names of the transport below", "[tls][faults]") {
    pair p;
    p.between.refuses = GENERATE(errc::resolve_failed, errc::connect_refused, errc::unreachable);
    CHECK(p.link.connect({p.host, 8883}) == result<connect_stage>{p.between.refuses});
    p.link.close();
    CHECK(p.connect() == errc::ok);
}

TEST_CASE("the transport's own failures keep their names", "[tls][faults]") {
    pair p;
    REQUIRE(p.link.connect({p.host, 8883}) == result<connect_stage>{connect_stage::secure});
    p.carry();
    p.between.down.resize(40);
    p.between.at_end = GENERATE(errc::connection_reset, errc::unreachable, errc::no_resources, errc::io_error);
    CHECK(p.link.connect({p.host, 8883}) == result<connect_stage>{p.between.at_end});
}

// On a device the server has refused us and hung up long before our last message of the handshake is made.
TEST_CASE("a server that refuses us in the middle of our answer is heard", "[tls][faults]") {
    pair p{{.highest = version::v1_2, .wants_client = true}};
    static_cast<void>(p.connect());
    auto const most = p.between.total_up;
    p.link.close();
    unsigned heard = 0;
    for (std::size_t limit = most - 120; limit < most; limit += 13) {
        p.server.accept();
        p.between = {.room = limit};
        result<connect_stage> r{};
        for (int i = 0; i < 10 && r; ++i) {
            p.between.peer_gone = i == 5;
            r                   = p.link.connect({p.host, 8883});
            REQUIRE(r.value != connect_stage::done);
            p.carry();
        }
        INFO(limit << " of " << most << ": " << name(r.error) << ", wolfSSL " << p.link.why().wolfssl);
        REQUIRE((r.error == errc::connection_reset || r.error == errc::tls_client_refused));
        heard += r.error == errc::tls_client_refused ? 1 : 0;
        p.link.close();
        REQUIRE(kit::leaked() == 0);
    }
    CHECK(heard > 2);
}

// wolfSSL 5.5.4 then gives back what is no piece of the pool.
TEST_CASE("a handshake may be given up wherever its answer is stuck", "[tls][faults]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest, .wants_client = true}};
    p.identify("client");
    REQUIRE(p.connect() == errc::ok);
    auto const most = p.between.total_up;
    p.link.close();
    for (std::size_t limit = 250; limit < most; limit += 29) {
        for (bool const goes_on : {false, true}) {
            p.server.accept();
            p.between = {.room = limit};
            result<connect_stage> r{};
            for (int i = 0; i < 20 && r && r.value != connect_stage::done; ++i) {
                if (i == 10 && goes_on) p.between.room = kit::wire::any;
                r = p.link.connect({p.host, 8883});
                p.carry();
            }
            INFO(limit << " of " << most << ": " << name(r.error) << ", wolfSSL " << p.link.why().wolfssl);
            CHECK(r == result<connect_stage>{goes_on ? connect_stage::done : connect_stage::secure});
            p.link.close();
            REQUIRE(kit::leaked() == 0);
        }
    }
}

TEST_CASE("each allocation that fails is told as a lack of memory, and nobody is trusted because of it",
          "[tls][faults]") {
    auto const        highest     = GENERATE(version::v1_2, version::v1_3);
    std::string const certificate = GENERATE("rsa", "good", "wrong", "expired", "foreign");
    std::array<char, 1024> kept{};
    pair                   p{{.certificate = certificate, .highest = highest}};
    p.settings.session = kept;
    kit::memory.fail_at(0);
    auto const without = p.connect();
    auto const calls   = kit::memory.calls();
    p.link.close();
    CHECK((without == errc::ok) == (certificate == "rsa" || certificate == "good"));
    // With curves Debian's wolfSSL allocates thousands of pieces of a table, and a coarser step passes each kind of
    // call. That of a device, which the sanitizers watch, allocates some hundred: there each one fails.
    std::uint32_t const step = calls > 400 ? 13 : 1;
    std::uint32_t       tried = 0;
    for (std::uint32_t n = 1; n <= calls; n += step) {
        kept.fill(0);
        kit::memory.fail_at(n);
        auto const before = kit::memory.refused();
        auto const e      = p.connect();
        bool const failed = kit::memory.refused() != before;
        p.link.close();
        INFO("allocation " << n << " of " << calls << " for " << certificate << ": " << name(e));
        REQUIRE(kit::leaked() == 0);
        if (failed) REQUIRE(e == errc::tls_memory);
        if (!failed) REQUIRE(e == without);
        tried += failed ? 1 : 0;
    }
    kit::memory.fail_at(0);
    CHECK(tried > 20);
    CHECK(p.connect() == without);
}

TEST_CASE("an allocation that fails in an open connection ends it under its name", "[tls][faults]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest}};
    REQUIRE(p.connect() == errc::ok);
    std::string text;
    CHECK(p.read(text) == errc::would_block);
    p.server.send("hello");
    p.carry();
    kit::memory.fail_at(1);
    CHECK(p.read(text) == errc::tls_memory);
    CHECK(p.link.write(bytes_in{std::string_view{"x"}}).error == errc::tls_memory);
    kit::memory.fail_at(0);
    p.link.close();
    CHECK(kit::leaked() == 0);
}
