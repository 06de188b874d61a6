// SPDX-License-Identifier: BSL-1.0
#include <barelink/tls/certificate.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"
#include "tls/certificates.hpp"

using namespace barelink;
using namespace std::string_view_literals;

namespace {

constexpr bool element(std::string_view bytes, int tag, std::size_t size) {
    tls::der_reader r{bytes_in{bytes}};
    auto const      e = r.next();
    return e.tag == tag && e.content.size() == size && r.failed() == (tag == 0);
}

// From PEM to DER, by hand.
std::string der(std::string const& name) {
    constexpr auto digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"sv;
    auto const&    pem    = certificates::text(name + ".crt");
    auto const     begin = pem.find('\n') + 1, end = pem.find("-----END");
    std::string    out;
    unsigned       bits = 0, count = 0;
    for (auto i = begin; i < end; ++i) {
        auto const d = digits.find(pem[i]);
        if (d == digits.npos) continue;
        bits = bits << 6 | static_cast<unsigned>(d);
        if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xFF);
    }
    return out;
}

}  // namespace

TEST_CASE("an element has a tag, a length in its shortest form, and no more than there is", "[tls][X.690 8.1.3]") {
    CHECK_BOTH(element("\x04\x01x"sv, 4, 1));
    CHECK_BOTH(element("\x04\x00"sv, 4, 0));
    CHECK_BOTH(element(""sv, 0, 0));
    CHECK_BOTH(element("\x04"sv, 0, 0));
    CHECK_BOTH(element("\x04\x02x"sv, 0, 0));
    CHECK_BOTH(element("\x04\x80"sv, 0, 0));              // indefinite
    CHECK_BOTH(element("\x04\x81\x01x"sv, 0, 0));         // not the shortest
    CHECK_BOTH(element("\x04\x82\x00\x01x"sv, 0, 0));
    CHECK_BOTH(element("\x04\x83\x00\x00\x01x"sv, 0, 0));
    CHECK_BOTH(element("\x1F\x01x"sv, 0, 0));             // a tag of several bytes
    std::string const half(0x80, 'x');
    CHECK(element("\x04\x81\x80" + half, 4, 0x80));
    CHECK(element("\x04\x82\x01\x00"sv.data() + std::string(1, '\0') + half + half, 0, 0) == false);
    CHECK(element(std::string{"\x04\x82\x01\x00"sv} + half + half, 4, 0x100));
}

TEST_CASE("a certificate gives its names and its key", "[tls][RFC 5280 4.1]") {
    auto const file = der("good");
    auto const c    = tls::read_certificate(bytes_in{file});
    REQUIRE(c.readable);
    CHECK(text_of(c.alt_names).find("broker.test") != std::string_view::npos);
    CHECK(text_of(c.alt_names).find("*.wild.test") != std::string_view::npos);
    CHECK(c.public_key.size() == 91);  // P-256
    CHECK(tls::strong_key(c.public_key));
    auto const rsa = der("rsa");
    CHECK(tls::strong_key(tls::read_certificate(bytes_in{rsa}).public_key));
    auto const plain = der("common-name");
    CHECK(tls::read_certificate(bytes_in{plain}).readable);
    CHECK(tls::read_certificate(bytes_in{plain}).alt_names.empty());
}

TEST_CASE("a certificate that is cut or longer than itself is not readable", "[tls][RFC 5280 4.1]") {
    auto const file = der("good");
    for (std::size_t size = 0; size < file.size(); ++size) {
        INFO(size);
        REQUIRE_FALSE(tls::read_certificate({file.data(), size}).readable);
    }
    CHECK_FALSE(tls::read_certificate(bytes_in{file + "x"}).readable);
}

TEST_CASE("a certificate with any byte changed is read without harm", "[tls]") {
    auto const file = der("good");
    for (std::size_t i = 0; i < file.size(); ++i) {
        for (int const bit : {0x01, 0x80, 0xFF}) {
            // Its own memory, so that a sanitizer sees each byte that is too far.
            std::string changed = file;
            changed[i]          = static_cast<char>(changed[i] ^ bit);
            auto const c        = tls::read_certificate(bytes_in{changed});
            if (!c.readable) REQUIRE(c.alt_names.empty());
            static_cast<void>(tls::strong_key(c.public_key));
        }
    }
}

TEST_CASE("a key that is too short is weak", "[tls]") {
    CHECK_BOTH(!tls::strong_key({}));
    // A key of 28 bytes on some curve.
    CHECK_BOTH(!tls::strong_key(bytes_in{"\x30\x0C\x30\x03\x06\x01\x01\x03\x05\x00\x04\x01\x02\x03"sv}));
}

#define ECDSA "\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03"
#define RSA "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01"
#define SHA2 "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02"

TEST_CASE("a signature is strong with SHA-2 alone", "[tls]") {
    CHECK_BOTH(tls::strong_signature(bytes_in{ECDSA "\x02"sv}));       // SHA-256
    CHECK_BOTH(!tls::strong_signature(bytes_in{ECDSA "\x01"sv}));      // SHA-224
    CHECK_BOTH(tls::strong_signature(bytes_in{RSA "\x0B\x05\0"sv}));   // SHA-256
    CHECK_BOTH(!tls::strong_signature(bytes_in{RSA "\x05\x05\0"sv}));  // SHA-1
    CHECK_BOTH(!tls::strong_signature(bytes_in{RSA "\x04\x05\0"sv}));  // MD5
    CHECK_BOTH(!tls::strong_signature(bytes_in{RSA "\x01\x05\0"sv}));  // not a signature
    CHECK_BOTH(tls::strong_signature(bytes_in{RSA "\x0A\x30\x11\xA0\x0F\x30\x0D" SHA2 "\x01\x05\0"sv}));  // PSS
    CHECK_BOTH(!tls::strong_signature(bytes_in{RSA "\x0A\x30\0"sv}));   // PSS, which means SHA-1
    CHECK_BOTH(tls::strong_signature(bytes_in{"\x06\x03\x2B\x65\x70"sv}));   // Ed25519
    CHECK_BOTH(!tls::strong_signature(bytes_in{"\x06\x03\x2B\x65\x6E"sv}));  // X25519
    CHECK_BOTH(!tls::strong_signature(bytes_in{"\x06\x07\x2A\x86\x48\xCE\x3D\x04\x01"sv}));  // ECDSA with SHA-1
    CHECK_BOTH(!tls::strong_signature(bytes_in{"\x06\x00"sv}));
    CHECK_BOTH(!tls::strong_signature({}));
}
