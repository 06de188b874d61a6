// SPDX-License-Identifier: BSL-1.0
#include <barelink/crypto/engine.hpp>

#include <cstddef>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

// The least that is an engine.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    errc mac_begin(digest, std::string_view) noexcept;
    errc mac_add(std::string_view) noexcept;
    errc mac_end(bytes_out) noexcept;
};
struct may_throw : archetype {
    errc mac_end(bytes_out);
};
struct without_key {
    errc mac_begin(digest) noexcept;
    errc mac_add(std::string_view) noexcept;
    errc mac_end(bytes_out) noexcept;
};
struct codec {
    result<std::size_t> encode_base64(std::string_view, bytes_out) noexcept;
    result<std::size_t> decode_base64(std::string_view, bytes_out) noexcept;
};
struct hasher {
    errc digest_begin(digest) noexcept;
    errc digest_add(std::string_view) noexcept;
    errc digest_end(bytes_out) noexcept;
};

// Breaks at its call number `at`, and counts.
struct breaking {
    int at    = 0;
    int calls = 0;

    constexpr errc next() noexcept { return calls++ == at ? errc::crypto_failed : errc::ok; }
    constexpr errc mac_begin(digest, std::string_view) noexcept { return next(); }
    constexpr errc mac_add(std::string_view) noexcept { return next(); }
    constexpr errc mac_end(bytes_out) noexcept { return next(); }
    constexpr errc digest_begin(digest) noexcept { return next(); }
    constexpr errc digest_add(std::string_view) noexcept { return next(); }
    constexpr errc digest_end(bytes_out) noexcept { return next(); }
};

constexpr int calls_until_error(int at, errc expected) {
    breaking   mac{at};
    breaking   plain{at};
    char       to[32] = {};
    auto const one    = make_mac(mac, digest::sha256, "key", to, "a", std::string_view{"b"});
    auto const two    = make_digest(plain, digest::sha256, to, "a", std::string_view{"b"});
    return one == expected && two == expected && mac.calls == plain.calls ? mac.calls : -1;
}

}  // namespace

TEST_CASE("an engine begins, adds and ends without throwing", "[crypto][engine]") {
    STATIC_REQUIRE(mac_engine<archetype>);
    STATIC_REQUIRE(check_mac_engine<archetype>());
    STATIC_REQUIRE_FALSE(mac_engine<may_throw>);
    STATIC_REQUIRE_FALSE(mac_engine<without_key>);
}

TEST_CASE("digests and base64 are asked for by themselves", "[crypto][engine]") {
    STATIC_REQUIRE(base64_codec<codec>);
    STATIC_REQUIRE_FALSE(base64_codec<archetype>);
    STATIC_REQUIRE(digest_engine<hasher>);
    STATIC_REQUIRE_FALSE(digest_engine<archetype>);
}

TEST_CASE("digests have the sizes of their standards", "[crypto][engine]") {
    CHECK_BOTH(digest_size(digest::md5) == 16);
    CHECK_BOTH(digest_size(digest::sha1) == 20);
    CHECK_BOTH(digest_size(digest::sha256) == digest_size_max);
}

TEST_CASE("an engine that breaks is not called again", "[crypto][engine]") {
    CHECK_BOTH(calls_until_error(0, errc::crypto_failed) == 1);
    CHECK_BOTH(calls_until_error(1, errc::crypto_failed) == 2);
    CHECK_BOTH(calls_until_error(2, errc::crypto_failed) == 3);
    CHECK_BOTH(calls_until_error(3, errc::crypto_failed) == 4);
    CHECK_BOTH(calls_until_error(4, errc::ok) == 4);
}
