// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/store.hpp>

#include <array>
#include <type_traits>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// The least that is a store.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    errc put(store_key, bytes_in) noexcept;
    errc erase(store_key) noexcept;
    result<stored_record> restore(bytes_out) noexcept;
};

struct without_put {
    errc erase(store_key) noexcept;
    result<stored_record> restore(bytes_out) noexcept;
};
struct without_erase {
    errc put(store_key, bytes_in) noexcept;
    result<stored_record> restore(bytes_out) noexcept;
};
struct without_restore {
    errc put(store_key, bytes_in) noexcept;
    errc erase(store_key) noexcept;
};
struct may_throw {
    errc put(store_key, bytes_in) noexcept;
    errc erase(store_key);
    result<stored_record> restore(bytes_out) noexcept;
};
struct no_reason {
    bool put(store_key, bytes_in) noexcept;
    errc erase(store_key) noexcept;
    result<stored_record> restore(bytes_out) noexcept;
};

}  // namespace

TEST_CASE("a store puts, erases and restores without throwing", "[link][store]") {
    STATIC_REQUIRE(session_store<archetype>);
    STATIC_REQUIRE(session_store<no_store>);
    STATIC_REQUIRE(check_store<archetype>());
}

TEST_CASE("what lacks a function, may throw or gives no reason is no store", "[link][store]") {
    STATIC_REQUIRE_FALSE(session_store<without_put>);
    STATIC_REQUIRE_FALSE(session_store<without_erase>);
    STATIC_REQUIRE_FALSE(session_store<without_restore>);
    STATIC_REQUIRE_FALSE(session_store<may_throw>);
    STATIC_REQUIRE_FALSE(session_store<no_reason>);
}

TEST_CASE("no store takes everything and has nothing", "[link][store]") {
    constexpr store_key key{store_key::side::outbound, 7};
    STATIC_REQUIRE(no_store::put(key, {}) == errc::ok);
    STATIC_REQUIRE(no_store::erase(key) == errc::ok);
    std::array<char, 16> room = {};
    auto const first = no_store::restore(room);
    CHECK(first.error == errc::ok);
    CHECK(first.value.key.from == store_key::side::none);
    CHECK(first.value.size == 0);
    STATIC_REQUIRE(std::is_empty_v<no_store>);
}

TEST_CASE("one packet identifier in two directions names two records", "[link][store]") {
    using side = store_key::side;
    STATIC_REQUIRE(store_key{side::outbound, 7} == store_key{side::outbound, 7});
    STATIC_REQUIRE(store_key{side::outbound, 7} != store_key{side::inbound, 7});
    STATIC_REQUIRE(store_key{side::outbound, 7} != store_key{side::outbound, 8});
    STATIC_REQUIRE(store_key{}.from == side::none);
}
