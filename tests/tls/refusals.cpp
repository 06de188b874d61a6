// SPDX-License-Identifier: BSL-1.0
// Every handshake that must fail, and what it says.
#include <barelink/tls/wolfssl.hpp>

#include "support/catch.hpp"
#include "tls/kit.hpp"

using namespace barelink;
using kit::pair;
using openssl::version;

namespace {

// What an attempt ends with, by name: a failure of the test then reads well.
std::string outcome(pair& p) {
    auto const e = p.connect();
    // In 1.3 a server says only afterwards what it thinks of us.
    std::string ignored;
    auto const  later = e == errc::ok ? p.read(ignored) : e;
    UNSCOPED_INFO("wolfSSL " << p.link.why().wolfssl << ", alert " << int{p.link.why().alert} << p.server.trouble());
    CHECK((later == errc::would_block || p.link.why().error == later));
    p.link.close();
    CHECK(kit::leaked() == 0);
    return std::string{name(later)};
}

}  // namespace

TEST_CASE("each fault of a server's certificate has its own value", "[tls][RFC 5280 6.1]") {
    struct row {
        char const* certificate;
        char const* says;
    };
    auto const row = GENERATE(values<struct row>({
        {"wrong", "tls_wrong_name"},
        {"expired", "tls_expired"},
        {"early", "tls_not_yet_valid"},
        {"client-as-server", "tls_bad_certificate"},
        {"foreign", "tls_unknown_authority"},
        {"weak-key", "tls_bad_certificate"},       // RSA 1024
        {"weak-digest", "tls_bad_certificate"},    // SHA-1
        {"strange", "tls_bad_certificate"},        // a critical extension that nobody knows
        {"old-chain", "tls_bad_certificate"},      // SHA-1 in the certificate between
        {"small-chain", "tls_bad_certificate"},    // RSA 1024 there
        {"out-of-bounds", "tls_bad_certificate"},  // a name that its issuer may not give
        {"by-server", "tls_unknown_authority"},    // the issuer is no authority, but a server
    }));
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    INFO(row.certificate);
    pair p{{.certificate = row.certificate, .highest = highest}};
    CHECK(outcome(p) == row.says);
}

// wolfSSL leaves out looks of its own when a date is overruled.
TEST_CASE("a date that may be overruled hides no other fault", "[tls][RFC 5280 6.1]") {
    struct row {
        char const* certificate;
        char const* says;
    };
    auto const row = GENERATE(values<struct row>({
        {"early", "would_block"},
        {"early-client-as-server", "tls_bad_certificate"},
        {"early-foreign", "tls_unknown_authority"},
        {"early-weak-key", "tls_bad_certificate"},
        {"early-weak-digest", "tls_bad_certificate"},
        {"early-strange", "tls_bad_certificate"},
        {"early-wrong", "tls_wrong_name"},
    }));
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    INFO(row.certificate);
    pair p{{.certificate = row.certificate, .highest = highest}};
    kit::today.reading = {time_trust::floor, kit::summer.s};
    CHECK(outcome(p) == row.says);
}

TEST_CASE("an authority that we do not know is refused, and its code is kept", "[tls]") {
    pair p;
    p.trust("other.crt");
    CHECK(p.connect() == errc::tls_unknown_authority);
    CHECK(p.link.why().wolfssl == ASN_NO_SIGNER_E);
}

// Each of these is accepted by wolfSSL's own check of the name.
TEST_CASE("a name that only looks like the server's is refused", "[tls][RFC 9525 6.3]") {
    struct row {
        char const* certificate;
        char const* host;
    };
    auto const row = GENERATE(values<struct row>({
        {"common-name", "broker.test"},   // no alternative name at all
        {"uri", "broker.test"},           // a URI
        {"email", "broker.test@broker.test"},
        {"bare-star", "localhost"},       // *
        {"bare-star", "broker.test"},
        {"short-star", "broker.test"},    // *.test
        {"part-star", "broker.wild.test"},  // b*.wild.test
        {"good", ".wild.test"},           // a name without a first label
        {"leading-dot", "broker.test"},
        {"trailing-dot", "broker.test"},
        {"address-as-name", "127.0.0.1"},  // DNS:127.0.0.1
        {"wrong-address", "127.0.0.1"},
        {"good", "a.b.wild.test"},
        {"good", "wild.test"},
        {"good", "2001:db8::2"},
        {"good", "127.0.0.2"},
    }));
    INFO(row.certificate << " for " << row.host);
    pair p{{.certificate = row.certificate}};
    p.host        = row.host;
    auto const e  = outcome(p);
    bool const no = e == "tls_wrong_name" || e == "tls_bad_name";
    // A strict build of wolfSSL says itself that this is no URI.
    bool const broken = std::string_view{row.certificate} == "uri" && e == "tls_bad_certificate";
    CHECK((no || broken));
    bool const no_name = row.host[0] == '.' || std::string_view{row.host}.find('@') != std::string_view::npos;
    CHECK(no_name == (e == "tls_bad_name"));
}

TEST_CASE("a name that is the server's in another spelling is accepted", "[tls][RFC 9525 6.3]") {
    auto const host = GENERATE("broker.test", "BROKER.Test", "broker.test.", "a.wild.test", "127.0.0.1", "2001:db8::1",
                               "2001:0DB8:0:0:0::0001", "2001:db8::0.0.0.1");
    INFO(host);
    pair p;
    p.host = host;
    CHECK(outcome(p) == "would_block");
}

TEST_CASE("SNI is a name and never an address", "[tls][RFC 6066 3]") {
    pair p;
    SECTION("the dot of an absolute name is not sent") {
        p.host = "broker.test.";
        CHECK(p.connect() == errc::ok);
        CHECK(p.server.server_name() == "broker.test");
    }
    SECTION("an address is not sent") {
        p.host = "127.0.0.1";
        CHECK(p.connect() == errc::ok);
        CHECK(p.server.server_name().empty());
    }
}

TEST_CASE("a clock that nobody has set is said to be the trouble", "[tls]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    SECTION("when it is the only trouble") {
        auto const certificate = GENERATE("good", "chained", "early", "expired");
        auto const now         = GENERATE(wall_time{}, wall_time{time_trust::unknown, kit::summer.s});
        pair       p{{.certificate = certificate, .highest = highest}};
        kit::today.reading = now;
        CHECK(outcome(p) == "tls_clock_unknown");
    }
    SECTION("but not when the name is wrong as well") {
        pair p{{.certificate = "early-wrong", .highest = highest}};
        kit::today.reading = {};
        CHECK(outcome(p) == "tls_wrong_name");
    }
    SECTION("nor when nobody we trust has signed") {
        pair p{{.highest = highest}};
        kit::today.reading = {};
        p.trust("other.crt");
        CHECK(outcome(p) == "tls_unknown_authority");
    }
}

TEST_CASE("with a floor, what is over is over, but what begins later may have begun", "[tls]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    kit::today.reading = {time_trust::floor, kit::summer.s};
    SECTION("expired before the floor") {
        pair p{{.certificate = "expired", .highest = highest}};
        kit::today.reading = {time_trust::floor, kit::summer.s};
        CHECK(outcome(p) == "tls_expired");
    }
    SECTION("valid from a later day on") {
        pair p{{.certificate = "early", .highest = highest}};
        kit::today.reading = {time_trust::floor, kit::summer.s};
        CHECK(outcome(p) == "would_block");
    }
    SECTION("valid from a later day on, for another server") {
        pair p{{.certificate = "early-wrong", .highest = highest}};
        kit::today.reading = {time_trust::floor, kit::summer.s};
        CHECK(outcome(p) == "tls_wrong_name");
    }
    SECTION("a chain whose beginning is later than the floor") {
        pair p{{.certificate = "chained", .highest = highest}};
        kit::today.reading = {time_trust::floor, 1'600'000'000};
        CHECK(outcome(p) == "tls_clock_unknown");
    }
}

TEST_CASE("a server that wants a certificate of us and gets none says so", "[tls]") {
    // 1.2: the handshake fails. 1.3: it is done for us, and the first read fails.
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest, .wants_client = true}};
    SECTION("none") { CHECK(outcome(p) == "tls_client_refused"); }
    SECTION("of an authority that it does not know") {
        p.identify("stranger");
        CHECK(outcome(p) == "tls_client_refused");
    }
}

TEST_CASE("a server that refuses us and hangs up is heard, although our next write fails", "[tls]") {
    pair p{{.highest = version::v1_3, .wants_client = true}};
    REQUIRE(p.connect() == errc::ok);
    p.carry();
    p.between.peer_gone = true;
    // A client that waits to send CONNECT does not read.
    CHECK(p.link.write(bytes_in{std::string_view{"CONNECT"}}).error == errc::tls_client_refused);
    CHECK(p.link.why().alert == 116);  // certificate_required
}

TEST_CASE("a shared key that the server does not have is refused", "[tls]") {
    auto const        highest = GENERATE(version::v1_2, version::v1_3);
    std::string const key = "0123456789abcdef", other = "fedcba9876543210";
    pair              p{{.certificate = "", .highest = highest, .psk_identity = "device-1", .psk = key}};
    p.settings.trust   = {};
    p.settings.version = highest == version::v1_3 ? tls::versions::v1_3 : tls::versions::v1_2;
    SECTION("unknown identity") {
        p.settings.psk = {"device-2", bytes_in{key}};
        CHECK(outcome(p) == "tls_client_refused");
    }
    SECTION("another key") {
        p.settings.psk = {"device-1", bytes_in{other}};
        CHECK(outcome(p) == "tls_client_refused");
    }
}

TEST_CASE("a server that answers a shared key with a certificate is refused", "[tls]") {
    auto const        highest = GENERATE(version::v1_2, version::v1_3);
    std::string const key     = "0123456789abcdef";
    pair              p{{.highest = highest}};
    p.settings.trust   = {};
    p.settings.psk     = {"device-1", bytes_in{key}};
    p.settings.version = highest == version::v1_3 ? tls::versions::v1_3 : tls::versions::v1_2;
    auto const e       = outcome(p);
    CHECK((e == "tls_client_refused" || e == "tls_nothing_common"));
}

TEST_CASE("TLS 1.1 is refused", "[tls][RFC 8996]") {
    pair p{{.lowest = version::v1_1, .highest = version::v1_1}};
    CHECK(outcome(p) == "tls_nothing_common");
}

// The beginning of a ServerHello, from a server that has not looked at what we offer.
TEST_CASE("a server that picks an older version is refused, whatever it was offered", "[tls][RFC 8996]") {
    auto const  asked = GENERATE(tls::versions::v1_2_and_v1_3, tls::versions::v1_2, tls::versions::v1_3);
    char const  minor = GENERATE(as<char>{}, 0, 1, 2);  // SSL 3.0, TLS 1.0, TLS 1.1
    std::string hello{"\x16\x03\0\0\x2A\x02\0\0\x26\x03\0", 11};
    hello[2] = hello[10] = minor;
    hello += std::string(32, 'r') + std::string{"\0\xC0\x2B\0", 4};
    pair p;
    p.settings.version = asked;
    REQUIRE(p.link.connect({p.host, 8883}) == result<connect_stage>{connect_stage::secure});
    p.between.down = hello;
    CHECK(p.link.connect({p.host, 8883}) == result<connect_stage>{errc::tls_nothing_common});
}

TEST_CASE("somebody between who hides that we speak 1.3 is found out", "[tls][RFC 8446 4.1.3]") {
    pair p;
    REQUIRE(p.link.connect({p.host, 8883}) == result<connect_stage>{connect_stage::secure});
    auto const offer = p.between.up.find(std::string_view{"\0\x2B\0\x05\x04\x03\x04\x03\x03", 9});
    REQUIRE(offer != std::string::npos);
    p.between.up[offer] = '\x7A';  // an extension that nobody knows
    result<connect_stage> r{connect_stage::secure};
    for (int i = 0; i < 10 && r == result<connect_stage>{connect_stage::secure}; ++i) {
        p.carry();
        r = p.link.connect({p.host, 8883});
    }
    CHECK(r == result<connect_stage>{errc::tls_nothing_common});
    CHECK_FALSE(p.server.established());
}

TEST_CASE("a version that the server does not have is refused", "[tls]") {
    pair p{{.highest = version::v1_2}};
    p.settings.version = tls::versions::v1_3;
    CHECK(outcome(p) == "tls_nothing_common");
}

TEST_CASE("an ALPN protocol that the server does not have is refused", "[tls][RFC 7301]") {
    auto const highest = GENERATE(version::v1_2, version::v1_3);
    pair       p{{.highest = highest, .alpn = "h2"}};
    p.settings.alpn = "mqtt";
    CHECK(outcome(p) == "tls_nothing_common");
}

TEST_CASE("ciphers that are not on the list are refused", "[tls]") {
    pair p{{.highest = version::v1_2, .ciphers = "AES128-SHA256:AES128-GCM-SHA256"}};  // no forward secrecy
    p.server.accept();
    CHECK(outcome(p) == "tls_nothing_common");
}

TEST_CASE("settings that cannot work are refused before a byte is sent", "[tls]") {
    pair p;
    SECTION("no authority") {
        p.settings.trust = {};
        CHECK(outcome(p) == "tls_bad_trust");
    }
    SECTION("an authority that is none") {
        std::string const junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        p.authorities          = {bytes_in{junk}};
        p.settings.trust       = p.authorities;
        CHECK(outcome(p) == "tls_bad_trust");
    }
    SECTION("an empty authority behind a good one") {
        p.authorities.push_back({});
        p.settings.trust = p.authorities;
        CHECK(outcome(p) == "tls_bad_trust");
    }
    SECTION("a certificate of ours without its key") {
        p.settings.certificate = bytes_in{certificates::text("client.crt")};
        CHECK(outcome(p) == "tls_bad_key");
    }
    SECTION("a key of another certificate") {
        p.identify("client");
        p.settings.private_key = bytes_in{certificates::text("rsa.key")};
        CHECK(outcome(p) == "tls_bad_key");
    }
    SECTION("a key and authorities") {
        p.settings.psk = {"device", bytes_in{certificates::text("client.key")}};
        CHECK(outcome(p) == "tls_bad_key");
    }
    SECTION("a key without an identity") {
        p.settings.trust = {};
        p.settings.psk   = {"", bytes_in{std::string_view{"key"}}};
        CHECK(outcome(p) == "tls_bad_key");
    }
    SECTION("a key that is too long") {
        static std::string const long_key(65, 'k');
        p.settings.trust = {};
        p.settings.psk   = {"device", bytes_in{long_key}};
        CHECK(outcome(p) == "tls_bad_key");
    }
    SECTION("no name") {
        p.host = "";
        CHECK(outcome(p) == "tls_bad_name");
    }
    SECTION("a number that is no address") {
        p.host = "1.2.3";
        CHECK(outcome(p) == "tls_bad_name");
    }
    SECTION("ciphers that nobody knows") {
        p.settings.ciphers = {"ROT13"};
        CHECK(outcome(p) == "tls_nothing_common");
    }
    CHECK(p.between.total_up == 0);
}
