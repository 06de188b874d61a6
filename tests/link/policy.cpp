// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/policy.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
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

// The least that is a platform.
struct my_platform {
    my_platform()                              = delete;
    my_platform(my_platform const&)            = delete;
    my_platform& operator=(my_platform const&) = delete;

    static constexpr qos highest_qos = qos::at_least_once;

    errc check_message(message const&, std::size_t) const noexcept;
    errc check_filter(std::string_view, qos) const noexcept;
    errc check_connect(std::uint16_t, message const&) const noexcept;
};
struct without_qos {
    errc check_message(message const&, std::size_t) const noexcept;
    errc check_filter(std::string_view, qos) const noexcept;
    errc check_connect(std::uint16_t, message const&) const noexcept;
};
// Credentials and platform at once, as a profile is.
struct my_profile : any_platform {
    errc refresh(login&, lease&) noexcept;
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
    STATIC_REQUIRE(check_policy<my_platform>());
    STATIC_REQUIRE_FALSE(platform_policy<without_qos>);
    STATIC_REQUIRE_FALSE(platform_policy<my_store>);
}

TEST_CASE("one object may be two policies", "[link][policy]") {
    STATIC_REQUIRE(std::is_same_v<pick<is_credentials, fixed_credentials, my_store, my_profile>::type, my_profile>);
    STATIC_REQUIRE(std::is_same_v<pick<is_platform, any_platform, my_store, my_profile>::type, my_profile>);
    STATIC_REQUIRE(any_platform::check_message({}, 1'000'000'000) == errc::ok);
    STATIC_REQUIRE(any_platform::check_filter({}, qos::exactly_once) == errc::ok);
    STATIC_REQUIRE(any_platform::check_connect(0, {}) == errc::ok);
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
