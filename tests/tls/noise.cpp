// SPDX-License-Identifier: BSL-1.0
// Seeded damage to what the server sends: bits flipped, bytes lost, doubled or thrown in, in the handshake and behind
// it. Nobody may be trusted because of it, no byte may come out that the server has not sent, and nothing may be left.
#include <barelink/tls/wolfssl.hpp>

#include <string>

#include "support/catch.hpp"
#include "tls/kit.hpp"

using namespace barelink;
using kit::pair;
using openssl::version;

namespace {

struct dice {
    std::uint32_t state;
    std::uint32_t roll(std::uint32_t below) {
        state = state * 1'664'525U + 1'013'904'223U;
        return (state >> 8) % below;
    }
};

void damage(std::string& bytes, dice& d) {
    auto const at = d.roll(static_cast<std::uint32_t>(bytes.size()));
    auto const n  = 1 + d.roll(8);
    switch (d.roll(5)) {
    case 0: bytes[at] = static_cast<char>(octet(bytes[at]) ^ (1U << d.roll(8))); break;
    case 1: bytes.erase(at, n); break;
    case 2: bytes.insert(at, bytes.substr(at, n)); break;
    case 3: bytes.insert(at, std::string(n, static_cast<char>(d.roll(256)))); break;
    default: bytes.resize(at); break;
    }
}

// Connects with every `chance`-th flight of the server damaged. Returns ok or the error.
errc connect(pair& p, dice& d, std::uint32_t chance, bool& damaged) {
    for (int i = 0; i < 60; ++i) {
        auto const r = p.link.connect({p.host, 8883});
        if (!r) return r.error;
        if (r.value == connect_stage::done) return errc::ok;
        p.server.take(p.between.up);
        p.between.up.clear();
        auto flight = p.server.give();
        if (!flight.empty() && d.roll(chance) == 0) {
            damage(flight, d);
            damaged = true;
        }
        // Whoever waits for bytes that were lost learns that there are none.
        if (flight.empty()) p.between.at_end = errc::closed_by_peer;
        p.between.down += flight;
    }
    return errc::would_block;
}

}  // namespace

TEST_CASE("a damaged handshake makes nobody trusted", "[tls][noise]") {
    auto const  highest     = GENERATE(version::v1_2, version::v1_3);
    std::string certificate = GENERATE("good", "wrong");
    pair        p{{.certificate = certificate, .highest = highest}};
    unsigned    refused = 0;
    for (std::uint32_t seed = 1; seed <= 250; ++seed) {
        dice d{seed};
        bool damaged = false;
        p.server.accept();
        p.between    = {};
        auto const e = connect(p, d, 2, damaged);
        INFO("seed " << seed << ": " << name(e) << ", wolfSSL " << p.link.why().wolfssl);
        REQUIRE(e != errc::would_block);
        if (certificate == "wrong") REQUIRE(e != errc::ok);
        if (!damaged && certificate == "good") REQUIRE(e == errc::ok);
        if (e == errc::ok) {
            // The damage has met what nobody has to look at, and both have seen the same handshake.
            p.carry();
            REQUIRE(p.server.established());
        } else {
            REQUIRE(culprit_of(e) == culprit::transport);
            ++refused;
        }
        p.link.close();
        REQUIRE(kit::leaked() == 0);
    }
    CHECK(refused > 50);
}

TEST_CASE("damaged records bring no byte that the server has not sent", "[tls][noise]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest}};
    for (std::uint32_t seed = 1; seed <= 150; ++seed) {
        dice d{seed};
        p.between = {};
        REQUIRE(p.connect() == errc::ok);
        std::string came, sent;
        REQUIRE(p.read(came) == errc::would_block);
        for (int i = 0; i < 5; ++i) {
            std::string const text(1 + d.roll(300), static_cast<char>('a' + i));
            p.server.send(text);
            sent += text;
        }
        auto records = p.server.give();
        damage(records, d);
        p.between.down += records;
        p.between.at_end = errc::closed_by_peer;
        auto const e     = p.read(came);
        INFO("seed " << seed << ": " << name(e) << ", wolfSSL " << p.link.why().wolfssl);
        CHECK((e == errc::tls_protocol || e == errc::tls_cut));
        CHECK(sent.compare(0, came.size(), came) == 0);
        CHECK(came.size() < sent.size());
        p.link.close();
        REQUIRE(kit::leaked() == 0);
    }
}
