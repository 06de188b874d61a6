// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/credentials.hpp>

#include <string_view>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// The least that provides credentials.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    errc refresh(login&) noexcept;
};

// The least that provides a lease.
struct landlord {
    landlord() = delete;
    landlord(landlord const&) = delete;
    landlord& operator=(landlord const&) = delete;
    errc refresh(login&, lease&) noexcept;
};
struct lease_may_throw {
    errc refresh(login&, lease&);
};
struct can_be_stopped : landlord {
    void stop() noexcept;
};

struct no_refresh {};
struct may_throw {
    errc refresh(login&);
};
struct says_nothing {
    void refresh(login&) noexcept;
};
struct cannot_write {
    errc refresh(login&&) noexcept;
};

// Fetches its token at the second call, as a device does that has to ask a server for it.
struct slow_token {
    int calls = 0;
    errc refresh(login& out) noexcept {
        if (++calls < 2) return errc::would_block;
        out.password = "token";
        return errc::ok;
    }
};

}  // namespace

TEST_CASE("credentials are whatever refreshes a login without throwing", "[link][credentials]") {
    STATIC_REQUIRE(credentials_provider<archetype>);
    STATIC_REQUIRE(credentials_provider<fixed_credentials>);
    STATIC_REQUIRE(credentials_provider<slow_token>);
    STATIC_REQUIRE(check_credentials<archetype>());
}

TEST_CASE("credentials may know more than a login", "[link][credentials]") {
    STATIC_REQUIRE(credentials_provider<landlord>);
    STATIC_REQUIRE(check_credentials<landlord>());
    STATIC_REQUIRE(leasing_credentials<landlord>);
    STATIC_REQUIRE_FALSE(leasing_credentials<archetype>);
    STATIC_REQUIRE_FALSE(credentials_provider<lease_may_throw>);
    STATIC_REQUIRE(stoppable_credentials<can_be_stopped>);
    STATIC_REQUIRE_FALSE(stoppable_credentials<landlord>);
    constexpr lease nothing{};
    STATIC_REQUIRE_FALSE(nothing.valid_until.armed);
    STATIC_REQUIRE_FALSE(nothing.ask_at.armed);
}

TEST_CASE("what does not refresh, may throw or gives no reason provides no credentials", "[link][credentials]") {
    STATIC_REQUIRE_FALSE(credentials_provider<no_refresh>);
    STATIC_REQUIRE_FALSE(credentials_provider<may_throw>);
    STATIC_REQUIRE_FALSE(credentials_provider<says_nothing>);
    STATIC_REQUIRE_FALSE(credentials_provider<cannot_write>);
}

TEST_CASE("fixed credentials leave the values of the options alone", "[link][credentials]") {
    login who{.client_id = "device", .user_name = "user", .password = "secret"};
    CHECK(fixed_credentials{}.refresh(who) == errc::ok);
    CHECK(who.client_id == "device");
    CHECK(who.user_name == "user");
    CHECK(who.password == "secret");
}

TEST_CASE("a login has no field until it is given one, and an empty one is not a missing one", "[link][credentials]") {
    constexpr login nobody{};
    STATIC_REQUIRE(nobody.client_id.data() == nullptr);
    STATIC_REQUIRE(nobody.user_name.data() == nullptr);
    STATIC_REQUIRE(nobody.password.data() == nullptr);
    constexpr login empty{.user_name = ""};
    STATIC_REQUIRE(empty.user_name.data() != nullptr);
    STATIC_REQUIRE(empty.user_name.empty());
}

TEST_CASE("a provider may ask to be asked again", "[link][credentials]") {
    login who{.client_id = "device"};
    slow_token token;
    CHECK(token.refresh(who) == errc::would_block);
    CHECK(who.password.data() == nullptr);
    CHECK(token.refresh(who) == errc::ok);
    CHECK(who.password == "token");
}
