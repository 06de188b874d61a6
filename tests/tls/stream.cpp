// SPDX-License-Identifier: BSL-1.0
// Bytes through an open connection, and its end.
#include <barelink/tls/wolfssl.hpp>

#include <string>

#include "support/catch.hpp"
#include "tls/kit.hpp"

using namespace barelink;
using kit::pair;
using openssl::version;

namespace {

// A small generator, so that a failure can be repeated.
struct dice {
    std::uint32_t state;
    std::uint32_t roll(std::uint32_t below) {
        state = state * 1'664'525U + 1'013'904'223U;
        return (state >> 8) % below;
    }
};

std::string alphabet(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
    return text;
}

// Writes all of it, with room enough.
void write_all(pair& p, std::string_view text) {
    while (!text.empty()) {
        auto const n = p.link.write(bytes_in{text});
        REQUIRE((n || n.error == errc::would_block));
        text.remove_prefix(n.value);
        p.carry();
    }
}

}  // namespace

TEST_CASE("what was taken leaves, once and in order, whatever is offered afterwards", "[tls]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    auto const seed    = GENERATE(range(1U, 9U));
    pair       p{{.highest = highest}};
    p.settings.max_fragment = seed % 2 == 0 ? tls::fragment::b512 : tls::fragment::full;
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    dice        d{seed};
    std::string taken;
    std::size_t moves = 0;
    p.between.room    = 0;
    for (int i = 0; i < 400; ++i) {
        // Other bytes each time, other sizes too: what a client offers may change from call to call.
        std::string const offer(1 + d.roll(700), static_cast<char>('A' + d.roll(26)));
        auto const        n = p.link.write(bytes_in{offer});
        REQUIRE((n || n.error == errc::would_block));
        REQUIRE(n.value <= offer.size());
        taken.append(offer, 0, n.value);
        if (n) ++moves;
        p.between.room = d.roll(200);
        p.between.largest_write = 1 + d.roll(90);
        p.carry();
    }
    p.between.room = p.between.largest_write = kit::wire::any;
    std::string none;
    CHECK(p.read(none) == errc::would_block);  // reading alone lets the rest leave
    p.carry();
    CHECK(moves > 20);
    CHECK(p.server.received().size() == taken.size());
    CHECK(p.server.received() == taken);
    CHECK(p.server.trouble() == "");
    CHECK_FALSE(p.link.wants({}).room);
}

TEST_CASE("a record that waits asks for room, and close() lets it leave if it can", "[tls]") {
    pair p;
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    p.between.room = 3;
    CHECK(p.link.write(bytes_in{std::string_view{"last words"}}).value == 10);
    CHECK(p.link.wants({.bytes = true, .room = false}).room);
    CHECK(p.link.write(bytes_in{std::string_view{"more"}}).error == errc::would_block);
    p.between.room = kit::wire::any;
    p.link.close();
    p.carry();
    CHECK(p.server.received() == "last words");
    CHECK(p.server.saw_farewell());
}

// wolfSSL answers a key update by itself, and counts bytes of an old write as those of the next one if the answer was
// stuck.
TEST_CASE("a key update that is answered while nothing can leave costs no byte", "[tls][RFC 8446 4.6.3]") {
    pair p;
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    p.between.room = 0;
    REQUIRE(p.link.write(bytes_in{std::string_view{"0123456789"}}).value == 10);
    p.between.room = kit::wire::any;
    CHECK(p.link.read({}).error == errc::would_block);
    std::string text;
    CHECK(p.read(text) == errc::would_block);
    p.carry();
    REQUIRE(p.server.received() == "0123456789");

    p.between.room = 0;
    p.server.update_keys();
    p.server.send("under new keys");
    p.carry();
    CHECK(p.read(text) == errc::would_block);
    p.between.room = kit::wire::any;
    write_all(p, "ABCDEFGHIJKLMNO");
    CHECK(p.read(text) == errc::would_block);
    CHECK(text == "under new keys");
    CHECK(p.server.received() == "0123456789ABCDEFGHIJKLMNO");
    CHECK(p.server.trouble() == "");
}

TEST_CASE("a server that wants to negotiate anew gets no new negotiation", "[tls][RFC 5746]") {
    pair p{{.highest = version::v1_2}};
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    p.server.renegotiate();
    std::string text;
    // OpenSSL takes our no for a failure, and says so.
    CHECK(p.read(text) == errc::tls_protocol);
    CHECK(p.link.why().alert == 40);
    CHECK(p.server.trouble().find("no renegotiation") != std::string::npos);
    p.link.close();
    CHECK(kit::leaked() == 0);
}

TEST_CASE("the end of a stream is told from a cut", "[tls][RFC 8446 6.1]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest}};
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    p.server.send("the last message");
    std::string text;
    SECTION("farewell") {
        p.server.say_farewell();
        p.carry();
        p.between.at_end = errc::closed_by_peer;
        CHECK(p.read(text) == errc::closed_by_peer);
        CHECK(text == "the last message");
    }
    SECTION("no farewell") {
        p.carry();
        p.between.at_end = errc::closed_by_peer;
        CHECK(p.read(text) == errc::tls_cut);
        CHECK(text == "the last message");
    }
    SECTION("in the middle of a record") {
        p.carry();
        p.between.down.pop_back();
        p.between.at_end = errc::closed_by_peer;
        CHECK(p.read(text) == errc::tls_cut);
        CHECK(text.empty());
    }
    SECTION("a reset is what the transport below says") {
        p.carry();
        p.between.at_end = errc::connection_reset;
        CHECK(p.read(text) == errc::connection_reset);
    }
    SECTION("a write into a broken stream") {
        p.between.peer_gone = true;
        auto const e = p.link.write(bytes_in{std::string_view{"hello"}}).error;
        CHECK(e == errc::connection_reset);
    }
    SECTION("a write into a broken stream is told when all was read") {
        p.carry();
        char c = 0;
        REQUIRE(p.link.read({&c, 1}).value == 1);
        p.between.peer_gone = true;
        CHECK(p.link.write(bytes_in{std::string_view{"hello"}}).error == errc::would_block);
        CHECK(p.read(text) == errc::connection_reset);
        CHECK(text == "he last message");
    }
    SECTION("a write into a broken stream is told at the second one when nobody reads") {
        p.carry();
        char c = 0;
        REQUIRE(p.link.read({&c, 1}).value == 1);
        p.between.peer_gone = true;
        CHECK(p.link.write(bytes_in{std::string_view{"hello"}}).error == errc::would_block);
        CHECK(p.link.write(bytes_in{std::string_view{"hello"}}).error == errc::connection_reset);
    }
    // Once ended, it stays ended, for the same reason.
    if (p.link.why().error != errc::ok) {
        auto const e = p.link.why().error;
        CHECK(p.link.read({text.data(), text.size() + 1}).error == e);
        CHECK(p.link.write(bytes_in{std::string_view{"x"}}).error == e);
    }
}

TEST_CASE("a record of which one bit changed on the way is refused", "[tls][RFC 8446 5.2]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest}};
    REQUIRE(p.connect() == errc::ok);
    std::string text;
    CHECK(p.read(text) == errc::would_block);
    p.server.send("hello");
    p.carry();
    auto const where = p.between.down.size() - 3;
    p.between.down[where] ^= 1;
    CHECK(p.read(text) == errc::tls_protocol);
    CHECK(text.empty());
}

TEST_CASE("large messages pass in records of the size that was agreed on", "[tls][RFC 6066 4]") {
    auto const highest  = GENERATE(version::v1_2, version::v1_3);
    auto const fragment = GENERATE(tls::fragment::full, tls::fragment::b2048, tls::fragment::b512);
    auto const text     = alphabet(40'000);
    pair       p{{.highest = highest}};
    p.settings.max_fragment = fragment;
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    kit::memory.reset_high_water();
    auto const before = kit::memory.in_use();
    p.server.send(text);
    std::string came;
    CHECK(p.read(came) == errc::would_block);
    CHECK(came == text);
    write_all(p, text);
    CHECK(p.server.received() == text);
    auto const limit = static_cast<int>(fragment);
    CHECK(p.server.longest_record() <= (limit != 0 ? limit : 16'384) + 64);
    CHECK(p.server.longest_record() > (limit != 0 ? limit : 16'384) - 64);
    auto const needed = kit::memory.high_water() - before;
    INFO("fragment " << limit << " needs " << needed << " bytes of the pool");
    // One record comes and one goes at a time, each with some air.
    CHECK(needed < (limit != 0 ? 8'000U : 50'000U));
}

TEST_CASE("bytes that were deciphered already are told of", "[tls]") {
    pair p;
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    p.server.send("hello");
    p.carry();
    char one = 0;
    REQUIRE(p.link.read({&one, 1}).value == 1);
    CHECK(one == 'h');
    CHECK(p.link.pending());
    std::string rest;
    CHECK(p.read(rest) == errc::would_block);
    CHECK(rest == "ello");
    CHECK_FALSE(p.link.pending());
}

TEST_CASE("before and after a connection nothing can be read or written", "[tls]") {
    pair p;
    char c = 0;
    CHECK(p.link.read({&c, 1}).error == errc::io_error);
    CHECK(p.link.write({&c, 1}).error == errc::io_error);
    p.link.close();
    p.link.close();
    REQUIRE(p.connect() == errc::ok);
    p.link.close();
    CHECK(p.link.read({&c, 1}).error == errc::io_error);
    CHECK(p.link.write({&c, 1}).error == errc::io_error);
}
