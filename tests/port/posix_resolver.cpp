// SPDX-License-Identifier: BSL-1.0
#include <string>

#include <barelink/port/posix/resolver.hpp>

#include "support/catch.hpp"

using namespace barelink;
using namespace std::string_literals;
namespace px = barelink::posix;

namespace {

std::string text_of(px::socket_address const& a) {
    char        text[INET6_ADDRSTRLEN] = {};
    bool const  six                    = a.family() == AF_INET6;
    void const* from = six ? static_cast<void const*>(&a.v6.sin6_addr) : static_cast<void const*>(&a.v4.sin_addr);
    REQUIRE(::inet_ntop(a.family(), from, text, sizeof text) != nullptr);
    return std::string{text} + " " + std::to_string(ntohs(six ? a.v6.sin6_port : a.v4.sin_port));
}

std::string look_up(std::string const& host) {
    px::address_list list;
    list.add(in_addr{0x01010101}, 9);  // of an earlier look-up
    px::numeric_resolver r;
    if (r.resolve({host, 1883}, list) != errc::ok) return "failed";
    std::string all;
    for (std::size_t i = 0; i < list.size(); ++i) all += (i != 0 ? ", " : "") + text_of(list[i]);
    return all;
}

}  // namespace

TEST_CASE("numeric resolver: addresses", "[port]") {
    CHECK(look_up("127.0.0.1") == "127.0.0.1 1883");
    CHECK(look_up("192.0.2.255") == "192.0.2.255 1883");
    CHECK(look_up("::1") == "::1 1883");
    CHECK(look_up("2001:DB8::1") == "2001:db8::1 1883");
    CHECK(look_up("::ffff:192.0.2.1") == "::ffff:192.0.2.1 1883");
    CHECK(look_up("2001:0db8:0000:0000:0000:0000:0000:0001") == "2001:db8::1 1883");
}

TEST_CASE("numeric resolver: localhost and what is below it", "[port][rfc6761]") {
    for (auto const* host : {"localhost", "LocalHost", "localhost.", "broker.localhost", "a.b.LOCALHOST."}) {
        CHECK(look_up(host) == "127.0.0.1 1883, ::1 1883");
    }
    for (auto const* host : {"mylocalhost", "localhost.example", "ocalhost", "localhost..", "LOCALHOS[", "."}) {
        CHECK(look_up(host) == "failed");
    }
}

TEST_CASE("numeric resolver: everything else fails", "[port]") {
    for (auto const& host : {""s, "broker"s, "broker.example"s, "127.0.0"s, "127.0.0.256"s, "127.0.0.1 "s, "1"s, ":"s,
                             "::1::"s, "[::1]"s, "127.0.0.1\0.example"s, "127.0.0.1\0"s, "\0"s, std::string(45, '1'),
                             std::string(46, '1'), std::string(300, ':'), "127.0.0.1%lo"s}) {
        INFO(host);
        CHECK(look_up(host) == "failed");
    }
}

TEST_CASE("numeric resolver: the interface of a link-local address", "[port][rfc4007]") {
    px::address_list     list;
    px::numeric_resolver r;
    REQUIRE(r.resolve({"fe80::1%7", 1883}, list) == errc::ok);
    REQUIRE(list.size() == 1);
    CHECK(list[0].v6.sin6_scope_id == 7);
    REQUIRE(r.resolve({"fe80::1", 1883}, list) == errc::ok);
    CHECK(list[0].v6.sin6_scope_id == 0);
    for (auto const* host : {"fe80::1%", "fe80::1%no-such-interface", "fe80::1%no-such", "fe80::1%0",
                             "fe80::1%12345678", "fe80::1%1%1"}) {
        CHECK(r.resolve({host, 1883}, list) == errc::resolve_failed);
    }
    char name[IF_NAMESIZE];
    REQUIRE(::if_indextoname(1, name) != nullptr);
    REQUIRE(r.resolve({"fe80::1%"s + name, 1883}, list) == errc::ok);
    CHECK(list[0].v6.sin6_scope_id == 1);
}

TEST_CASE("address list: each family has half of the places", "[port]") {
    px::address_list list;
    for (std::uint16_t i = 1; i <= 20; ++i) list.add(in6addr_loopback, 0, i);
    for (std::uint16_t i = 1; i <= 20; ++i) list.add(in_addr{htonl(INADDR_LOOPBACK)}, i);
    REQUIRE(list.size() == px::address_list::capacity);
    CHECK(text_of(list[0]) == "::1 1");
    CHECK(text_of(list[3]) == "::1 4");
    CHECK(text_of(list[4]) == "127.0.0.1 1");
    CHECK(text_of(list[7]) == "127.0.0.1 4");
}
