// SPDX-License-Identifier: BSL-1.0
#include <barelink/link/transport.hpp>

#include <cstddef>
#include <cstdint>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// The least that is a transport.
struct archetype {
    archetype() = delete;
    archetype(archetype const&) = delete;
    archetype& operator=(archetype const&) = delete;
    result<connect_stage> connect(endpoint const&) noexcept;
    result<std::size_t> read(bytes_out) noexcept;
    result<std::size_t> write(bytes_in) noexcept;
    void close() noexcept;
};
struct waiting : archetype {
    void wait(std::uint32_t ms_max, interest what) noexcept;
};

struct without_connect {
    result<std::size_t> read(bytes_out) noexcept;
    result<std::size_t> write(bytes_in) noexcept;
    void close() noexcept;
};
struct without_read {
    result<connect_stage> connect(endpoint const&) noexcept;
    result<std::size_t> write(bytes_in) noexcept;
    void close() noexcept;
};
struct without_write {
    result<connect_stage> connect(endpoint const&) noexcept;
    result<std::size_t> read(bytes_out) noexcept;
    void close() noexcept;
};
struct without_close {
    result<connect_stage> connect(endpoint const&) noexcept;
    result<std::size_t> read(bytes_out) noexcept;
    result<std::size_t> write(bytes_in) noexcept;
};
struct close_may_throw : without_close {
    void close();
};
struct connects_to_a_mutable_endpoint : without_connect {
    result<connect_stage> connect(endpoint&) noexcept;
};
struct writes_into_its_input : without_write {
    result<std::size_t> write(bytes_out) noexcept;
};
struct wait_may_throw : archetype {
    void wait(std::uint32_t ms_max, interest what);
};

}  // namespace

TEST_CASE("a transport connects, reads, writes and closes without throwing", "[link][transport]") {
    STATIC_REQUIRE(transport<archetype>);
    STATIC_REQUIRE(check_transport<archetype>());
}

TEST_CASE("what lacks a function of a transport is none", "[link][transport]") {
    STATIC_REQUIRE_FALSE(transport<without_connect>);
    STATIC_REQUIRE_FALSE(transport<without_read>);
    STATIC_REQUIRE_FALSE(transport<without_write>);
    STATIC_REQUIRE_FALSE(transport<without_close>);
    STATIC_REQUIRE_FALSE(transport<close_may_throw>);
    STATIC_REQUIRE_FALSE(transport<connects_to_a_mutable_endpoint>);
    STATIC_REQUIRE_FALSE(transport<writes_into_its_input>);
}

TEST_CASE("each part of a transport is checked by itself", "[link][transport]") {
    STATIC_REQUIRE_FALSE(connectable_transport<without_connect>);
    STATIC_REQUIRE(readable_transport<without_connect>);
    STATIC_REQUIRE_FALSE(readable_transport<without_read>);
    STATIC_REQUIRE(writable_transport<without_read>);
    STATIC_REQUIRE_FALSE(writable_transport<without_write>);
    STATIC_REQUIRE(connectable_transport<without_write>);
}

TEST_CASE("waiting is optional, and may not throw either", "[link][transport]") {
    STATIC_REQUIRE_FALSE(waitable_transport<archetype>);
    STATIC_REQUIRE(waitable_transport<waiting>);
    STATIC_REQUIRE(transport<wait_may_throw>);
    STATIC_REQUIRE_FALSE(waitable_transport<wait_may_throw>);
}

TEST_CASE("an endpoint has the registered port until it is given another", "[link][transport]") {
    STATIC_REQUIRE(endpoint{}.port == 1883);
    STATIC_REQUIRE(endpoint{.host = "broker", .port = 8883}.port == 8883);
}
