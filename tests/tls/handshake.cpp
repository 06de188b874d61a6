// SPDX-License-Identifier: BSL-1.0
// Every handshake that must succeed.
#include <barelink/tls/wolfssl.hpp>

#include <type_traits>

#include "support/catch.hpp"
#include "tls/kit.hpp"

using namespace barelink;
using kit::pair;
using openssl::version;

namespace {

// Bytes go both ways, and the end is in order.
void check_traffic(pair& p) {
    std::string const hello = "hello";
    REQUIRE(p.link.write(bytes_in{hello}) == result<std::size_t>{hello.size()});
    p.carry();
    CHECK(p.server.received() == hello);
    p.server.send("welcome");
    std::string came;
    CHECK(p.read(came) == errc::would_block);
    CHECK(came == "welcome");
    p.link.close();
    p.carry();
    CHECK(p.server.saw_farewell());
    CHECK(p.server.trouble() == "");
    CHECK(kit::leaked() == 0);
}

}  // namespace

TEST_CASE("a transport over TLS is a transport", "[tls]") {
    STATIC_REQUIRE(transport<kit::client>);
    STATIC_REQUIRE_FALSE(waitable_transport<kit::client>);  // the one below has no wait()
}

TEST_CASE("both versions with both kinds of key", "[tls][RFC 8446][RFC 5246]") {
    struct row {
        char const*   key;
        version       highest;
        tls::versions asked;
        char const*   spoken;
    };
    auto const row = GENERATE(values<struct row>({
        {"good", version::v1_3, tls::versions::v1_2_and_v1_3, "TLSv1.3"},
        {"good", version::v1_3, tls::versions::v1_3, "TLSv1.3"},
        {"good", version::v1_3, tls::versions::v1_2, "TLSv1.2"},
        {"good", version::v1_2, tls::versions::v1_2_and_v1_3, "TLSv1.2"},
        {"rsa", version::v1_3, tls::versions::v1_2_and_v1_3, "TLSv1.3"},
        {"rsa", version::v1_3, tls::versions::v1_2, "TLSv1.2"},
        {"rsa", version::v1_2, tls::versions::v1_2_and_v1_3, "TLSv1.2"},
    }));
    INFO(row.key << " " << row.spoken);
    pair p{{.certificate = row.key, .highest = row.highest}};
    p.settings.version = row.asked;
    REQUIRE(p.connect() == errc::ok);
    CHECK(p.link.version() == row.spoken);
    p.carry();  // in 1.3 the client is done first
    CHECK(p.server.established());
    CHECK(p.server.server_name() == "broker.test");
    CHECK_FALSE(p.link.resumed());
    CHECK(p.stages.front() == connect_stage::secure);
    check_traffic(p);
}

#ifndef WOLFSSL_USER_SETTINGS  // a device has P-256 alone
TEST_CASE("a server that wants another curve than the one we have guessed asks once more", "[tls][RFC 8446 4.1.4]") {
    pair p{{.groups = "P-384"}};
    SECTION("all at once") {}
    SECTION("byte by byte") { p.between.largest_read = p.between.largest_write = 1; }
    REQUIRE(p.connect() == errc::ok);
    CHECK(p.server.greetings() == 2);
    check_traffic(p);
}
#endif

TEST_CASE("an authority may come in PEM or DER, alone or among others", "[tls]") {
    auto const both = certificates::text("other.crt") + certificates::text("trusted.crt");
    pair       p;
    SECTION("DER") { p.trust("trusted.crt.der"); }
    SECTION("two in one PEM text") { p.authorities = {bytes_in{both}}; }
    SECTION("two texts of different kinds") {
        p.authorities = {bytes_in{certificates::text("other.crt.der")}, bytes_in{certificates::text("trusted.crt")}};
    }
    p.settings.trust = p.authorities;
    CHECK(p.connect() == errc::ok);
}

TEST_CASE("authorities are read anew at each connect", "[tls]") {
    pair p;
    CHECK(p.connect() == errc::ok);
    p.link.close();
    p.trust("other.crt");
    CHECK(p.connect() == errc::tls_unknown_authority);
    p.link.close();
    p.trust("trusted.crt");
    CHECK(p.connect() == errc::ok);
}

TEST_CASE("an intermediate certificate of the server is used", "[tls][RFC 5280 6.1]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.certificate = "chained", .highest = highest}};
    CHECK(p.connect() == errc::ok);
}

TEST_CASE("one byte a call in both directions is enough", "[tls]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest}};
    p.between.largest_read = p.between.largest_write = 1;
    REQUIRE(p.connect() == errc::ok);
    check_traffic(p);
}

TEST_CASE("the server's key may be pinned", "[tls]") {
    auto const  name = std::string{GENERATE("good", "rsa")};
    tls::key_pin right{}, wrong{};
    auto const& digest = certificates::text(name + ".pin");
    REQUIRE(digest.size() == right.size());
    for (std::size_t i = 0; i < right.size(); ++i) right[i] = static_cast<std::uint8_t>(digest[i]);
    wrong.fill(7);
    pair p{{.certificate = name}};
    SECTION("the key is one of two") {
        tls::key_pin const pins[] = {wrong, right};
        p.settings.pins           = pins;
        CHECK(p.connect() == errc::ok);
    }
    SECTION("the key is another one") {
        tls::key_pin const pins[] = {wrong};
        p.settings.pins           = pins;
        CHECK(p.connect() == errc::tls_wrong_pin);
    }
}

TEST_CASE("a server name of the settings counts, not the host that is dialled", "[tls]") {
    pair p;
    p.host            = "127.0.0.1";
    p.settings.server = "broker.test";
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    CHECK(p.server.server_name() == "broker.test");
}

TEST_CASE("the ciphers are those of the settings", "[tls]") {
    struct row {
        char const* list;
        char const* spoken;
    };
    auto const row = GENERATE(values<struct row>({
        {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
        {"TLS13-AES256-GCM-SHA384", "TLS_AES_256_GCM_SHA384"},
    }));
    pair p;
    p.settings.ciphers = {row.list};
    if (row.list[0] == 'E') p.settings.version = tls::versions::v1_2;
    REQUIRE(p.connect() == errc::ok);
    INFO(p.link.cipher());
    CHECK((p.link.cipher() == row.list || p.link.cipher() == row.spoken));
}

TEST_CASE("an ALPN protocol is agreed on", "[tls][RFC 7301]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest, .alpn = "x-amzn-mqtt-ca"}};
    p.settings.alpn = "mqtt,x-amzn-mqtt-ca";
    REQUIRE(p.connect() == errc::ok);
    CHECK(p.link.alpn() == "x-amzn-mqtt-ca");
    check_traffic(p);
}

TEST_CASE("a server that knows nothing of ALPN is taken all the same", "[tls][RFC 7301]") {
    pair p;
    p.settings.alpn = "mqtt";
    REQUIRE(p.connect() == errc::ok);
    CHECK(p.link.alpn().empty());
}

TEST_CASE("a server may ask for a certificate of ours", "[tls]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest, .wants_client = true}};
    SECTION("PEM") { p.identify("client"); }
    SECTION("DER") { p.identify("client", ".der"); }
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    CHECK(p.server.saw_client_certificate());
    check_traffic(p);
}

TEST_CASE("a shared key needs no certificate and no clock", "[tls][RFC 4279][RFC 8446 4.2.11]") {
    auto const        highest = GENERATE(version::v1_2, version::v1_3);
    std::string const key     = "0123456789abcdef";
    pair p{{.certificate = "", .highest = highest, .psk_identity = "device-1", .psk = key}};
    kit::today.reading   = {};
    p.settings.trust     = {};
    p.settings.psk       = {"device-1", bytes_in{key}};
    if (highest == version::v1_2) p.settings.version = tls::versions::v1_2;
    REQUIRE(p.connect() == errc::ok);
    INFO(p.link.cipher());
    CHECK(p.link.version() == (highest == version::v1_3 ? "TLSv1.3" : "TLSv1.2"));
    check_traffic(p);
}

TEST_CASE("whoever skips the verification has to say so in the type", "[tls]") {
    pair                                                                               p{{.certificate = "wrong"}};
    tls::wolfssl<kit::wire, kit::library, tls::insecure_skip_verification> link{p.between, p.settings};
    p.settings.trust = {};
    result<connect_stage> r{};
    for (int i = 0; i < 50 && r && r.value != connect_stage::done; ++i) {
        r = link.connect({"anything.test", 8883});
        p.carry();
    }
    CHECK(r == result<connect_stage>{connect_stage::done});
    link.close();
}

TEST_CASE("a static transport needs nothing at the end of the program", "[tls]") {
    STATIC_REQUIRE(std::is_trivially_destructible_v<kit::client>);
}
