// SPDX-License-Identifier: BSL-1.0
#include <barelink/crypto/scram.hpp>
#include <barelink/crypto/wolfcrypt.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/check_both.hpp"
#include "crypto/scram_server.hpp"

using namespace barelink;
using namespace std::string_literals;
using scram::rfc_final;
using scram::rfc_first;
using scram::rfc_nonce;
using scram::rfc_verdict;

namespace {

// The nonce of the example.
struct rfc_random {
    errc fill(bytes_out to) noexcept {
        ++draws;
        return verdict != errc::ok ? verdict : wolfcrypt_base64::decode_base64(rfc_nonce, to).error;
    }
    errc verdict = errc::ok;
    int  draws   = 0;
};

constexpr scram_limits like_rfc{.nonce_bytes = 15};

// A dialogue as the example has it.
template <scram_limits L = like_rfc, class Engine = wolfcrypt>
struct talk {
    Engine                              engine = {};
    rfc_random                          random = {};
    std::string                         user;
    std::string                         password;
    scram_sha256<Engine, rfc_random, L> who;
    std::string_view                    out = {};

    explicit talk(std::string name = "user", std::string secret = "pencil")
        : user{std::move(name)}, password{std::move(secret)}, who{engine, random, user, password} {}
    talk& begun() {
        REQUIRE(who.start(out) == errc::ok);
        return *this;
    }
    talk& answered() {
        begun();
        REQUIRE(who.step(rfc_first, out) == errc::ok);
        return *this;
    }
    errc hears(std::string_view in) { return who.step(in, out); }
    bool holds(std::string_view secret) const {
        std::string_view const all{reinterpret_cast<char const*>(&who), sizeof(who)};
        return all.find(secret) != std::string_view::npos;
    }
};

std::string challenge(std::string const& nonce, std::string const& salt = "W22ZaJ0SNY7soEsUEjb6gQ==",
                      std::string const& count = "4096") {
    return "r=" + nonce + ",s=" + salt + ",i=" + count;
}

constexpr errc read(std::string_view in) { return detail::read_scram_challenge(in, "abc", 16'384).error; }
constexpr errc read_last(std::string_view in) { return detail::read_scram_verdict(in).error; }

// Breaks at its call number `at`, and counts.
struct breaking : wolfcrypt {
    int  at    = -1;
    int  calls = 0;
    errc next(errc e) noexcept { return calls++ == at ? errc::crypto_failed : e; }
    errc mac_end(bytes_out to) noexcept { return next(wolfcrypt::mac_end(to)); }
    errc digest_end(bytes_out to) noexcept { return next(wolfcrypt::digest_end(to)); }
};

}  // namespace

TEST_CASE("SCRAM is an authenticator", "[crypto][scram]") {
    using plain = scram_sha256<wolfcrypt, wolfcrypt_random>;
    STATIC_REQUIRE(authenticator<plain>);
    STATIC_REQUIRE(check_authenticator<plain>());
    STATIC_REQUIRE(random_source<wolfcrypt_random>);
    STATIC_REQUIRE(scram_engine<wolfcrypt>);
    STATIC_REQUIRE_FALSE(scram_engine<wolfcrypt_base64>);
    STATIC_REQUIRE(detail::check_scram_limits({}));
    STATIC_REQUIRE_FALSE(detail::check_scram_limits({.nonce_bytes = 16}));
    STATIC_REQUIRE_FALSE(detail::check_scram_limits({.nonce_bytes = 12}));
    STATIC_REQUIRE_FALSE(detail::check_scram_limits({.text_bytes = 111}));
    STATIC_REQUIRE(detail::check_scram_limits({.text_bytes = 112}));
    STATIC_REQUIRE_FALSE(detail::check_scram_limits({.iterations_max = 4095}));
}

TEST_CASE("the example of the standard", "[crypto][scram][RFC7677-3]") {
    talk t;
    CHECK(t.who.method() == "SCRAM-SHA-256");
    REQUIRE(t.who.start(t.out) == errc::ok);
    CHECK(t.out == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    REQUIRE(t.hears(rfc_first) == errc::ok);
    CHECK(t.out == rfc_final);
    CHECK(t.who.finish(rfc_verdict) == errc::ok);
    // And again, as an authentication on the connection that stands.
    REQUIRE(t.who.start(t.out) == errc::ok);
    REQUIRE(t.hears(rfc_first) == errc::ok);
    CHECK(t.out == rfc_final);
    CHECK(t.who.finish(rfc_verdict) == errc::ok);
    CHECK(t.random.draws == 2);
}

TEST_CASE("a Server that signs wrong is not believed", "[crypto][scram][RFC5802-5]") {
    auto const right = scram::decoded(rfc_verdict.substr(2));
    REQUIRE(right.size() == 32);
    for (std::size_t i = 0; i < right.size(); i += 31) {
        talk t;
        t.answered();
        auto wrong = right;
        wrong[i]   = static_cast<char>(wrong[i] ^ 1);
        CHECK(t.who.finish("v=" + scram::encoded(wrong)) == errc::auth_failed);
        CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);  // no second guess
    }
    talk other{"user", "pencil2"};
    other.answered();
    CHECK(other.out != rfc_final);
    CHECK(other.who.finish(rfc_verdict) == errc::auth_failed);
    talk refused;
    refused.answered();
    CHECK(refused.who.finish("e=invalid-proof") == errc::auth_failed);
}

TEST_CASE("secrets are compared whole", "[crypto][scram]") {
    CHECK_BOTH(same_secret("", ""));
    CHECK_BOTH(same_secret("abc", "abc"));
    CHECK_BOTH(!same_secret("abc", "abd"));
    CHECK_BOTH(!same_secret("abc", "bbc"));
    CHECK_BOTH(!same_secret("abc", "ab"));
    CHECK_BOTH(!same_secret("\x7f", "\xff"));
}

TEST_CASE("the Server's last message has its form", "[crypto][scram][RFC5802-7]") {
    CHECK_BOTH(read_last("v=abc") == errc::ok);
    CHECK_BOTH(read_last("v=abc,x=1") == errc::ok);
    CHECK_BOTH(read_last("e=other-error") == errc::auth_failed);
    CHECK_BOTH(read_last("") == errc::protocol_error);
    CHECK_BOTH(read_last("v=") == errc::protocol_error);
    CHECK_BOTH(read_last("v=abc,") == errc::protocol_error);
    CHECK_BOTH(read_last("v=abc,m=1") == errc::protocol_error);
    CHECK_BOTH(read_last("x=1,v=abc") == errc::protocol_error);
    for (std::size_t size = 0; size < rfc_verdict.size(); ++size) {
        CAPTURE(size);
        talk t;
        t.answered();
        CHECK(t.who.finish(rfc_verdict.substr(0, size)) == errc::protocol_error);
    }
    // Of the right length, and no base64; a signature that is longer, or shorter.
    auto const verdict = [](std::string_view in) {
        talk t;
        t.answered();
        return t.who.finish(in);
    };
    CHECK(verdict("v=" + std::string(44, '!')) == errc::protocol_error);
    CHECK(verdict(std::string{rfc_verdict} + "AAAA") == errc::protocol_error);
    CHECK(verdict("v=" + scram::encoded(std::string(33, 'x'))) == errc::auth_failed);
    CHECK(verdict("v=" + scram::encoded(std::string(31, 'x'))) == errc::auth_failed);
    CHECK(verdict(std::string{rfc_verdict} + ",x=later") == errc::ok);
}

TEST_CASE("the Server's first message has its form", "[crypto][scram][RFC5802-7]") {
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096") == errc::ok);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,x=1,Y=a=b") == errc::ok);
    CHECK_BOTH(read("e=unknown-user") == errc::auth_failed);
    CHECK_BOTH(read("") == errc::protocol_error);
    CHECK_BOTH(read(",") == errc::protocol_error);
    CHECK_BOTH(read("r=,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,i=4096,s=QQ==") == errc::protocol_error);
    CHECK_BOTH(read("s=QQ==,r=abcd,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==") == errc::protocol_error);
    CHECK_BOTH(read("R=abcd,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r:abcd,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read(" r=abcd,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abc d,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abc\x7f,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abc\xC3\xA4,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,x=") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,x") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,1=2") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,x=\xFF") == errc::protocol_error);
    CHECK_BOTH(read({"r=abcd,s=QQ==,i=4096,x=\0", 24}) == errc::protocol_error);
}

TEST_CASE("an extension that may not be ignored is not", "[crypto][scram][RFC5802-5.1]") {
    CHECK_BOTH(read("m=1,r=abcd,s=QQ==,i=4096") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,m=1") == errc::protocol_error);
    CHECK_BOTH(read("r=abcd,s=QQ==,i=4096,x=1,m=1") == errc::protocol_error);
}

TEST_CASE("the iteration count has bounds", "[crypto][scram][RFC7677-4]") {
    for (auto const count : {"1", "409", "4095", "16385", "4294967296", "4294971392", "99999999999999999999999999"}) {
        CAPTURE(count);
        talk t;
        CHECK(t.begun().hears(challenge(std::string{rfc_nonce} + "x", "QQ==", count)) == errc::auth_failed);
    }
    for (auto const count : {"", "0", "04096", "+4096", "-4096", "4096 ", " 4096", "0x1000", "4096.0", "4e3"}) {
        CAPTURE(count);
        talk t;
        CHECK(t.begun().hears(challenge(std::string{rfc_nonce} + "x", "QQ==", count)) == errc::protocol_error);
    }
    constexpr scram_limits few{.nonce_bytes = 15, .iterations_max = 4096};
    talk<few>              t;
    CHECK(t.begun().hears(rfc_first) == errc::ok);
    CHECK(t.begun().hears(challenge(std::string{rfc_nonce} + "x", "QQ==", "4097")) == errc::auth_failed);
}

TEST_CASE("the nonce goes on from ours", "[crypto][scram][RFC5802-5.1]") {
    std::string const ours{rfc_nonce};
    for (auto const& nonce : {ours, ours.substr(1) + "xyz", "x" + ours, ours.substr(0, ours.size() - 1),
                              ours.substr(0, ours.size() - 1) + "xyz", "s"s + ours.substr(1) + "xyz", "x"s}) {
        CAPTURE(nonce);
        talk t;
        CHECK(t.begun().hears(challenge(nonce)) == errc::auth_failed);
    }
    // That of the dialogue before.
    wolfcrypt        engine;
    wolfcrypt_random noise;
    scram_sha256     who{engine, noise, "user", "pencil"};
    std::string_view out{};
    REQUIRE(who.start(out) == errc::ok);
    auto const before = std::string{out.substr(out.find(",r=") + 3)};
    REQUIRE(who.start(out) == errc::ok);
    auto const now = std::string{out.substr(out.find(",r=") + 3)};
    CHECK(before.size() == 24);
    CHECK(now.size() == 24);
    CHECK(before != now);
    CHECK(who.step(challenge(before + "xyz"), out) == errc::auth_failed);
}

TEST_CASE("a first message that was cut off is refused", "[crypto][scram]") {
    for (std::size_t size = 0; size < rfc_first.size(); ++size) {
        CAPTURE(size);
        talk       t;
        bool const digits = size > rfc_first.rfind('=');  // a smaller number, but one
        CHECK(t.begun().hears(rfc_first.substr(0, size)) ==
              (digits && size != rfc_first.rfind('=') + 1 ? errc::auth_failed : errc::protocol_error));
        CHECK(t.hears(rfc_first) == errc::protocol_error);  // no second try
        CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);
    }
}

TEST_CASE("a salt is base64", "[crypto][scram]") {
    for (auto const salt : {"A", "QQ", "QQ=", "!!!!", "====", "QQ==QQ=="}) {
        CAPTURE(salt);
        talk t;
        CHECK(t.begun().hears(challenge(std::string{rfc_nonce} + "x", salt)) == errc::protocol_error);
    }
}

TEST_CASE("what comes out of turn is refused", "[crypto][scram]") {
    talk t;
    CHECK(t.hears(rfc_first) == errc::protocol_error);     // before start()
    CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);
    t.begun();
    CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);  // before the proof
    CHECK(t.hears(rfc_first) == errc::protocol_error);
    t.begun();
    CHECK(t.who.finish("") == errc::auth_failed);
    t.answered();
    CHECK(t.hears(rfc_first) == errc::protocol_error);      // twice
    CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);
    t.answered();
    CHECK(t.hears(rfc_verdict) == errc::protocol_error);    // the verdict comes with the end, not before it
    t.answered();
    REQUIRE(t.who.finish(rfc_verdict) == errc::ok);
    CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);
    CHECK(t.hears(rfc_first) == errc::protocol_error);
    t.answered().begun();
    CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);  // the proof was that of the dialogue before
}

TEST_CASE("a user name may have any character but one", "[crypto][scram][RFC5802-5.1]") {
    talk t{"a=b,c==,", "x"};
    REQUIRE(t.who.start(t.out) == errc::ok);
    CHECK(t.out == "n,,n=a=3Db=2Cc=3D=3D=2C,r=rOprNGfwEbeRWgbNEkqO");
    talk letters{"J\xC3\xBCrgen", "x"};
    REQUIRE(letters.who.start(letters.out) == errc::ok);
    CHECK(letters.out == "n,,n=J\xC3\xBCrgen,r=rOprNGfwEbeRWgbNEkqO");
    for (auto const& name : {"a\0b"s, "\xFF"s, ""s}) {
        talk bad{name};
        CHECK(bad.who.start(bad.out) == errc::bad_user_name);
        CHECK(bad.random.draws == 0);
    }
    CHECK(talk{""}.who.method().empty());
}

TEST_CASE("passwords are bytes of any length", "[crypto][scram]") {
    for (auto const& password : {""s, "p,=\0\xC3\xA4"s, std::string(65, 'k'), std::string(300, 'l')}) {
        CAPTURE(password.size());
        talk          t{"user", password};
        scram::server far{.password = password, .more = ",x=y"};
        auto const    first = far.hear_first(t.begun().out);
        REQUIRE(t.hears(first) == errc::ok);
        auto const verdict = far.hear_final(t.out);
        CHECK(verdict != "");
        CHECK(t.who.finish(verdict) == errc::ok);
    }
}

TEST_CASE("iterations and salts of other sizes", "[crypto][scram]") {
    for (std::size_t const salt : {1U, 2U, 3U, 64U, 100U}) {
        talk          t;
        scram::server far{.salt = std::string(salt, '\xF0'), .iterations = 5001};
        REQUIRE(t.hears(far.hear_first(t.begun().out)) == errc::ok);
        CHECK(t.who.finish(far.hear_final(t.out)) == errc::ok);
    }
}

TEST_CASE("what does not fit is refused, and not cut off", "[crypto][scram]") {
    constexpr scram_limits small{.text_bytes = 104, .nonce_bytes = 15};
    // "n,,n=", ",r=" and 20 for the nonce.
    talk<small> fits{std::string(76, 'u')};
    CHECK(fits.who.start(fits.out) == errc::ok);
    CHECK(fits.out.size() == 104);
    talk<small> over{std::string(77, 'u')};
    CHECK(over.who.start(over.out) == errc::text_too_long);
    talk<small> escaped{std::string(25, ',') + "xx"};
    CHECK(escaped.who.start(escaped.out) == errc::text_too_long);
    // Salt: behind a first message of 32 bytes.
    std::string const ours{rfc_nonce};
    talk<small>       t;
    CHECK(t.begun().hears(challenge(ours + "x", std::string(96, 'A'))) == errc::ok);
    CHECK(t.begun().hears(challenge(ours + "x", std::string(100, 'A'))) == errc::text_too_long);
    // Nonce: "c=biws,r=", ",p=" and 44 for the proof.
    CHECK(t.begun().hears(challenge(ours + std::string(28, 'x'))) == errc::ok);
    CHECK(t.out.size() == 104);
    CHECK(t.begun().hears(challenge(ours + std::string(29, 'x'))) == errc::text_too_long);
    CHECK(t.who.finish(rfc_verdict) == errc::auth_failed);
}

TEST_CASE("a source or an engine that breaks ends the dialogue", "[crypto][scram]") {
    talk t;
    t.random.verdict = errc::crypto_failed;
    CHECK(t.who.start(t.out) == errc::crypto_failed);
    CHECK(t.hears(rfc_first) == errc::protocol_error);
    talk<like_rfc, breaking> whole;
    whole.answered();
    auto const last = whole.engine.calls - 1;
    CHECK(last == 4096 + 5 - 1);
    for (int const at : {0, 1, 4095, 4096, 4097, 4098, 4099, last}) {
        CAPTURE(at);
        talk<like_rfc, breaking> b;
        b.engine.at = at;
        CHECK(b.begun().hears(rfc_first) == errc::crypto_failed);
        CHECK(b.engine.calls == at + 1);
        CHECK(b.who.finish(rfc_verdict) == errc::auth_failed);
    }
}

TEST_CASE("no secret is left in it", "[crypto][scram]") {
    talk          t;
    scram::server far{};
    auto const    signature = scram::decoded(rfc_verdict.substr(2));
    t.answered();
    CHECK(t.holds(signature));  // what it waits for
    CHECK_FALSE(t.holds(far.stretched()));
    CHECK_FALSE(t.holds(scram::mac(far.stretched(), "Client Key")));
    CHECK_FALSE(t.holds("pencil"));
    CHECK(t.who.finish(rfc_verdict) == errc::ok);
    CHECK_FALSE(t.holds(signature));
    t.answered();
    CHECK(t.hears("") == errc::protocol_error);
    CHECK_FALSE(t.holds(signature));
    t.answered().begun();
    CHECK_FALSE(t.holds(signature));
}

TEST_CASE("random bytes are not those of the call before", "[crypto][wolfcrypt]") {
    std::string a(48, '\0');
    std::string b(48, '\0');
    REQUIRE(wolfcrypt_random::fill(a) == errc::ok);
    REQUIRE(wolfcrypt_random::fill(b) == errc::ok);
    CHECK(a != b);
    CHECK(a.substr(0, 24) != a.substr(24));
    CHECK(a.substr(32) != std::string(16, '\0'));
}
