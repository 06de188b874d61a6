// SPDX-License-Identifier: BSL-1.0
// A session that outlives its connection.
#include <barelink/tls/wolfssl.hpp>

#include <algorithm>
#include <cstdio>
#include <new>

#include "support/catch.hpp"
#include "tls/kit.hpp"

using namespace barelink;
using kit::pair;
using openssl::version;

namespace {

struct keeping : pair {
    explicit keeping(openssl::setup how = {}) : pair{std::move(how)} { settings.session = {kept.data(), kept.size()}; }
    ~keeping() { link.close(); }  // before its memory is gone

    // A whole connection, with a byte in each direction so that the tickets of 1.3 come. Returns whether it was
    // resumed.
    bool visit() {
        REQUIRE(connect() == errc::ok);
        carry();
        bytes = between.total_up + between.total_down;
        server.send("x");
        std::string text;
        REQUIRE(read(text) == errc::would_block);
        REQUIRE(text == "x");
        bool const resumed = link.resumed();
        CHECK(resumed == server.resumed());
        link.close();
        CHECK(kit::leaked() == 0);
        return resumed;
    }

    std::array<char, 1024> kept  = {};
    std::size_t            bytes = 0;
};

}  // namespace

TEST_CASE("the second connection goes on with the session of the first, with fewer bytes", "[tls][session]") {
    auto const  highest = GENERATE(version::v1_2, version::v1_3);
    auto const* key     = GENERATE("good", "rsa");
    keeping     k{{.certificate = key, .highest = highest}};
    CHECK_FALSE(k.visit());
    auto const full = k.bytes;
    for (int i = 0; i < 3; ++i) {
        CHECK(k.visit());
        CHECK(k.bytes < full);
    }
    std::printf("handshake with %s, %s: %zu bytes in full, %zu resumed\n", key,
                highest == version::v1_3 ? "TLS 1.3" : "TLS 1.2", full, k.bytes);
}

TEST_CASE("of what was digested nothing stays behind", "[tls][session]") {
    using tls::detail::digest;
    alignas(digest) unsigned char place[sizeof(digest)];
    std::string_view const        secret = "a session has keys in it";
    tls::detail::digest_value     value{};
    auto* const                   d = ::new (place) digest;
    d->raw(secret.data(), secret.size());
    REQUIRE(d->finish(value));
    d->~digest();
    CHECK(std::count(place, place + sizeof(wc_Sha256), 0) == sizeof(wc_Sha256));
}

TEST_CASE("without memory for it there is no session", "[tls][session]") {
    keeping k;
    SECTION("none") { k.settings.session = {}; }
    SECTION("too little") { k.settings.session = {k.kept.data(), 100}; }
    SECTION("less than the head") { k.settings.session = {k.kept.data(), 10}; }
    CHECK_FALSE(k.visit());
    CHECK_FALSE(k.visit());
}

TEST_CASE("a session passes through a sleep in which only its memory stays", "[tls][session]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    keeping    k{{.highest = highest}};
    CHECK_FALSE(k.visit());
    kit::client after{k.between, k.settings};  // another object: the old one is gone with the power
    k.server.accept();
    k.between = {};
    result<connect_stage> r{};
    for (int i = 0; i < 50 && r && r.value != connect_stage::done; ++i) {
        r = after.connect({k.host, 8883});
        k.carry();
    }
    REQUIRE(r == result<connect_stage>{connect_stage::done});
    CHECK(after.resumed());
    after.close();
}

TEST_CASE("a resumed session needs no clock", "[tls][session]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    keeping    k{{.highest = highest}};
    CHECK_FALSE(k.visit());
    kit::today.reading = {};
    CHECK(k.visit());
}

TEST_CASE("memory with anything else in it is no session", "[tls][session]") {
    keeping k;
    SECTION("all ones") { k.kept.fill('\xFF'); }
    SECTION("a counter") {
        for (std::size_t i = 0; i < k.kept.size(); ++i) k.kept[i] = static_cast<char>(i);
    }
    SECTION("a session of which one byte changed") {
        CHECK_FALSE(k.visit());
        auto const where = GENERATE(0U, 31U, 32U, 63U, 64U, 65U, 66U, 90U, 200U);
        k.kept[where] ^= 0x10;
    }
    CHECK_FALSE(k.visit());
    CHECK(k.visit());
}

TEST_CASE("a session counts only for what it was made under", "[tls][session]") {
    keeping k;
    CHECK_FALSE(k.visit());
    auto const both = certificates::text("other.crt") + certificates::text("trusted.crt");
    SECTION("another name") { k.host = "a.wild.test"; }
    SECTION("other authorities") {
        k.authorities    = {bytes_in{both}};
        k.settings.trust = k.authorities;
    }
    SECTION("another version") { k.settings.version = tls::versions::v1_2; }
    SECTION("a certificate of ours") { k.identify("client"); }
    CHECK_FALSE(k.visit());
}

TEST_CASE("a session of who verifies nothing is no session for who does", "[tls][session]") {
    keeping k;
    {
        tls::wolfssl<kit::wire, kit::library, tls::insecure_skip_verification> link{k.between, k.settings};
        result<connect_stage> r{};
        for (int i = 0; i < 50 && r && r.value != connect_stage::done; ++i) {
            r = link.connect({k.host, 8883});
            k.carry();
        }
        REQUIRE(r == result<connect_stage>{connect_stage::done});
        char c = 0;
        CHECK(link.read({&c, 1}).error == errc::would_block);
        link.close();
    }
    CHECK_FALSE(k.visit());
}

TEST_CASE("a pin that was added ends a session", "[tls][session]") {
    keeping k;
    CHECK_FALSE(k.visit());
    tls::key_pin const pins[] = {{1, 2, 3}};
    k.settings.pins           = pins;
    CHECK(k.connect() == errc::tls_wrong_pin);
}

TEST_CASE("a server that does not know the session is verified like a stranger", "[tls][session]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    keeping    k{{.highest = highest}};
    CHECK_FALSE(k.visit());
    SECTION("it is the right one") {
        keeping other{{.highest = highest}};
        other.kept = k.kept;
        CHECK_FALSE(other.visit());  // perhaps at the second dial
        CHECK(other.visit());
    }
    SECTION("it speaks another version") {
        keeping other{{.highest = highest == version::v1_2 ? version::v1_3 : version::v1_2}};
        other.kept = k.kept;
        CHECK_FALSE(other.visit());
        CHECK(other.visit());
    }
    SECTION("it is another one") {
        keeping other{{.certificate = "wrong", .highest = highest}};
        other.kept = k.kept;
        CHECK(other.connect() == errc::tls_wrong_name);
        other.link.close();
        CHECK_FALSE(other.link.resumed());
    }
}
