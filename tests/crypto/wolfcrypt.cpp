// SPDX-License-Identifier: BSL-1.0
#include <barelink/crypto/wolfcrypt.hpp>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <wolfssl/wolfcrypt/memory.h>

#include <barelink/text/hex.hpp>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// What wolfCrypt asks the heap for.
int   heap_calls = 0;
void* counting_malloc(std::size_t size) {
    ++heap_calls;
    return std::malloc(size);
}
void counting_free(void* area) {
    ++heap_calls;
    std::free(area);
}
void* counting_realloc(void* area, std::size_t size) {
    ++heap_calls;
    return std::realloc(area, size);
}

template <class... Piece>
std::string mac(digest kind, std::string_view key, Piece... pieces) {
    wolfcrypt engine;
    char      to[digest_size_max]    = {};
    char      digits[2 * sizeof(to)] = {};
    builder   out{digits};
    if (make_mac(engine, kind, key, to, pieces...) != errc::ok) return "error";
    out << hex{bytes_in{to, digest_size(kind)}};
    return std::string{out.view()};
}

template <class... Piece>
std::string hash(digest kind, Piece... pieces) {
    wolfcrypt engine;
    char      to[digest_size_max]    = {};
    char      digits[2 * sizeof(to)] = {};
    builder   out{digits};
    if (make_digest(engine, kind, to, pieces...) != errc::ok) return "error";
    out << hex{bytes_in{to, digest_size(kind)}};
    return std::string{out.view()};
}

std::string encoded(std::string_view from) {
    std::string to(64, '?');
    auto const  size = wolfcrypt_base64::encode_base64(from, to);
    return size ? to.substr(0, size.value) : "error";
}

result<std::string> decoded(std::string_view from, std::size_t room = 64) {
    std::string to(room, '?');
    auto const  size = wolfcrypt_base64::decode_base64(from, to);
    if (!size) return size.error;
    return to.substr(0, size.value);
}

}  // namespace

TEST_CASE("wolfCrypt is an engine for everything", "[crypto][wolfcrypt]") {
    STATIC_REQUIRE(mac_engine<wolfcrypt>);
    STATIC_REQUIRE(digest_engine<wolfcrypt>);
    STATIC_REQUIRE(base64_codec<wolfcrypt>);
    STATIC_REQUIRE(base64_codec<wolfcrypt_base64>);
}

TEST_CASE("MACs are those of the standards", "[crypto][wolfcrypt][RFC2202-2][RFC2202-3][RFC4231-4.3]") {
    constexpr std::string_view text = "what do ya want for nothing?";
    CHECK(mac(digest::md5, "Jefe", text) == "750c783e6ab0b503eaa86e310a5db738");
    CHECK(mac(digest::sha1, "Jefe", text) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(mac(digest::sha256, "Jefe", text) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("a key longer than a block is hashed first", "[crypto][wolfcrypt][RFC4231-4.7]") {
    std::string const key(131, '\xaa');
    CHECK(mac(digest::sha256, key, "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("a text in pieces has the MAC of the whole", "[crypto][wolfcrypt]") {
    CHECK(mac(digest::sha256, "Jefe", "what do ya ", "", "want for", " nothing?") ==
          mac(digest::sha256, "Jefe", "what do ya want for nothing?"));
    CHECK(hash(digest::sha256, "a", "", "bc") == hash(digest::sha256, "abc"));
}

TEST_CASE("empty keys and texts have a MAC", "[crypto][wolfcrypt]") {
    CHECK(mac(digest::sha256, "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(mac(digest::sha256, std::string_view{}, std::string_view{}) == mac(digest::sha256, ""));
}

TEST_CASE("vector H: two secrets are one key, or stand around the text", "[crypto][wolfcrypt][vector-H]") {
    constexpr std::string_view text = "deviceNamedeviceproductKeypksdkVersion1.0.0signMethod";
    CHECK(mac(digest::md5, "prodsecretdevsecret", text, "HmacMD5") == "c3046c1565a1250b20c6fbdb14f724ff");
    CHECK(mac(digest::sha1, "prodsecretdevsecret", text, "HmacSHA1") == "c32cc01cb6ffc9d80b3266baeb889749fb4a81f2");
    CHECK(hash(digest::md5, "prodsecret", text, "MD5", "devsecret") == "521783fc7c6e72eab8349d4c0fd6ad21");
}

TEST_CASE("digests are those of the standards", "[crypto][wolfcrypt][RFC1321-A.5][FIPS180-4]") {
    CHECK(hash(digest::md5, "abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hash(digest::sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hash(digest::sha256, "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash(digest::sha256) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("one engine may be used again, also after it was left in the middle", "[crypto][wolfcrypt]") {
    wolfcrypt engine;
    char      one[digest_size_max] = {};
    char      two[digest_size_max] = {};
    REQUIRE(make_mac(engine, digest::sha256, "k", one, "text") == errc::ok);
    REQUIRE(engine.mac_begin(digest::md5, "other") == errc::ok);
    REQUIRE(engine.mac_add("half") == errc::ok);
    REQUIRE(make_digest(engine, digest::sha1, two, "text") == errc::ok);
    REQUIRE(make_mac(engine, digest::sha256, "k", two, "text") == errc::ok);
    CHECK(std::string_view{one, sizeof(one)} == std::string_view{two, sizeof(two)});
}

TEST_CASE("nothing of a key is left in the engine", "[crypto][wolfcrypt]") {
    constexpr std::string_view key = "0123456789abcdefghijklmnopqrstuv";
    wolfcrypt                  engine;
    char                       to[digest_size_max] = {};
    // As it was, and as HMAC mixes it into its two blocks [RFC 2104, 2].
    auto const holds = [&](char with) {
        std::string mixed{key};
        for (auto& c : mixed) c = static_cast<char>(c ^ with);
        return std::string_view{reinterpret_cast<char const*>(&engine), sizeof(engine)}.find(mixed) !=
               std::string_view::npos;
    };
    REQUIRE(engine.mac_begin(digest::sha256, key) == errc::ok);
    CHECK((holds(0x36) || holds(0x5C)));
    REQUIRE(engine.mac_end(to) == errc::ok);
    CHECK_FALSE((holds(0) || holds(0x36) || holds(0x5C)));
}

TEST_CASE("base64 is that of the standard, both ways", "[crypto][wolfcrypt][RFC4648-10]") {
    for (auto const& [plain, code] : {std::pair{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"},
                                      {"\xfb\xff", "+/8="}}) {
        CAPTURE(code);
        CHECK(encoded(plain) == code);
        CHECK(decoded(code).value == plain);
        CHECK(decoded(code).error == errc::ok);
    }
}

TEST_CASE("base64 that is none is refused and never cut off", "[crypto][wolfcrypt][RFC4648-3]") {
    for (std::string_view const code : {"A", "AA", "AAA", "AAAAA", "A===", "====", "AA=A", "A=AA", "AA==AAAA",
                                        "AA-_", "AAAA\n", " AAAA", "AA\nA", "AAA ", "AA==\n\n\n\n", "AA\n=", "AAA\n",
                                        "AAAAAAA\n"}) {
        CAPTURE(code);
        CHECK(decoded(code).error == errc::malformed_text);
    }
}

TEST_CASE("base64 that does not fit is an error", "[crypto][wolfcrypt]") {
    CHECK(decoded("Zm9vYg==", 6).value == "foob");
    CHECK(decoded("Zm9vYg==", 5).error == errc::text_too_long);
    std::string seven(7, '?');
    CHECK(wolfcrypt_base64::encode_base64("foob", seven).error == errc::text_too_long);
    std::string eight(8, '?');
    CHECK(wolfcrypt_base64::encode_base64("foob", eight) == result<std::size_t>{8});
}

TEST_CASE("nothing is taken from the heap", "[crypto][wolfcrypt]") {
    heap_calls = 0;
    REQUIRE(wolfSSL_SetAllocators(counting_malloc, counting_free, counting_realloc) == 0);
    wolfcrypt  engine;
    char       to[33]    = {};
    char       code[44]  = {};
    auto const mac_done  = make_mac(engine, digest::sha256, "key", to, "text");
    auto const hash_done = make_digest(engine, digest::sha256, to, "text");
    auto const size      = engine.encode_base64({to, 32}, code);
    auto const back      = engine.decode_base64({code, size.value}, to);
    REQUIRE(wolfSSL_SetAllocators(nullptr, nullptr, nullptr) == 0);
    CHECK((mac_done == errc::ok && hash_done == errc::ok && size.value == 44 && back.value == 32));
    CHECK(heap_calls == 0);
}
