// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/policy.hpp>

#include <cstdint>
#include <type_traits>

#include "support/catch.hpp"

using namespace barelink;
using namespace barelink::detail;

namespace {

struct counter_entropy {
    std::uint32_t next = 0;
    std::uint32_t draw() noexcept { return ++next; }
};
struct my_credentials {
    errc refresh(login&) noexcept;
};
struct my_store {
    errc put(store_key, bytes_in) noexcept;
    errc erase(store_key) noexcept;
    result<stored_record> restore(bytes_out) noexcept;
};

template <class... Given>
using entropy_of = typename pick<is_entropy, no_entropy, Given...>::type;

}  // namespace

TEST_CASE("a policy is found at any place, and the default where there is none", "[link][policy]") {
    STATIC_REQUIRE(std::is_same_v<entropy_of<>, no_entropy>);
    STATIC_REQUIRE(std::is_same_v<entropy_of<my_store, my_credentials>, no_entropy>);
    STATIC_REQUIRE(std::is_same_v<entropy_of<counter_entropy, my_store>, counter_entropy>);
    STATIC_REQUIRE(std::is_same_v<entropy_of<my_store, counter_entropy>, counter_entropy>);
    STATIC_REQUIRE(std::is_same_v<entropy_of<seeded_entropy, counter_entropy>, seeded_entropy>);
    STATIC_REQUIRE(std::is_same_v<pick<is_store, no_store, counter_entropy, my_store>::type, my_store>);
    STATIC_REQUIRE(std::is_same_v<pick<is_credentials, fixed_credentials, my_credentials>::type, my_credentials>);
    STATIC_REQUIRE(std::is_same_v<pick<is_mailbox, no_mailbox, my_store, mailbox<64>>::type, mailbox<64>>);
}

TEST_CASE("each kind of policy is one", "[link][policy]") {
    STATIC_REQUIRE(check_policy<counter_entropy>());
    STATIC_REQUIRE(check_policy<my_credentials>());
    STATIC_REQUIRE(check_policy<my_store>());
    STATIC_REQUIRE(check_policy<mailbox<64>>());
}

TEST_CASE("a bound policy is the user's own object", "[link][policy]") {
    counter_entropy mine{41};
    my_store other;
    policy<counter_entropy, no_entropy> p;
    p.bind(other);
    p.bind(mine);
    p.bind(other);
    CHECK(p->draw() == 42);
    CHECK((*p).draw() == 43);
    CHECK(mine.next == 43);
}

TEST_CASE("a default policy needs no object and no memory", "[link][policy]") {
    counter_entropy other;
    policy<no_entropy, no_entropy> p;
    p.bind(other);
    CHECK(p->draw() == no_entropy::draw());
    CHECK((*p).draw() == no_entropy::draw());
    STATIC_REQUIRE(std::is_empty_v<policy<no_entropy, no_entropy>>);
}
