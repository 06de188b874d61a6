// SPDX-License-Identifier: BSL-1.0
#include <barelink/tls/ip_address.hpp>

#include <initializer_list>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using tls::ip_address;

namespace {

constexpr bool reads(std::string_view text, std::initializer_list<int> bytes) {
    ip_address const a{text};
    if (a.bytes().size() != bytes.size()) return false;
    std::size_t i = 0;
    for (int const b : bytes) {
        if (octet(a.bytes()[i++]) != b) return false;
    }
    return true;
}

constexpr bool none(std::initializer_list<std::string_view> texts) {
    for (auto const text : texts) {
        if (ip_address{text}) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("an IPv4 address is four decimal numbers", "[tls][ip_address]") {
    CHECK_BOTH(reads("192.0.2.7", {192, 0, 2, 7}));
    CHECK_BOTH(reads("0.0.0.0", {0, 0, 0, 0}));
    CHECK_BOTH(reads("255.255.255.255", {255, 255, 255, 255}));
}

TEST_CASE("all forms of an IPv6 address give the same bytes", "[tls][ip_address][RFC 4291 2.2]") {
    CHECK_BOTH(reads("2001:db8::1", {0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    CHECK_BOTH(reads("2001:0DB8:0:0:0:0:0:1", {0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    CHECK_BOTH(reads("2001:db8::0.0.0.1", {0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    CHECK_BOTH(reads("::", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    CHECK_BOTH(reads("::1", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    CHECK_BOTH(reads("1::", {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    CHECK_BOTH(reads("1:2:3:4:5:6:7::", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0}));
    CHECK_BOTH(reads("1::8", {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8}));
    CHECK_BOTH(reads("::ffff:192.0.2.7", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 7}));
    CHECK_BOTH(reads("1:2:3:4:5:6:7:8", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}));
    CHECK_BOTH(reads("1:2:3:4:5:6:1.2.3.4", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 2, 3, 4}));
}

TEST_CASE("what is nearly an address is none", "[tls][ip_address]") {
    CHECK_BOTH(none({"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.0x4", "1.2.3.", ".1.2.3", "1..2.3",
                     "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1234.2.3.4"}));
    CHECK_BOTH(none({":", ":::", ":1", "1:", "1::2::3", "12345::", "g::", "::1%eth0", "[::1]", "1:2:3:4:5:6:7",
                     "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1:2:3:4::5:6:7:8", "::1.2.3", "1.2.3.4::",
                     "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5"}));
}
