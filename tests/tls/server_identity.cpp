// SPDX-License-Identifier: BSL-1.0
#include <barelink/tls/server_identity.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using namespace std::string_view_literals;
using tls::server_identity;

namespace {

constexpr bool dns(std::string_view presented, std::string_view host) {
    return tls::detail::dns_name_matches(presented, host);
}
constexpr std::string_view name_of(std::string_view text) { return server_identity{text}.name(); }
constexpr bool             is_one(std::string_view text) { return static_cast<bool>(server_identity{text}); }

// GeneralNames of one certificate: DNS:broker.test, URI:uri.test, IP 127.0.0.1, e-mail mail.test.
constexpr auto names = "\x82\x0B"
                       "broker.test"
                       "\x86\x08uri.test"
                       "\x87\x04\x7F\x00\x00\x01"
                       "\x81\x09mail.test"sv;

constexpr bool has(std::string_view host) { return server_identity{host}.matches(bytes_in{names}); }

}  // namespace

TEST_CASE("an identity is a DNS name or an address", "[tls][identity]") {
    CHECK_BOTH(name_of("broker.test") == "broker.test");
    CHECK_BOTH(name_of("broker.test.") == "broker.test");
    CHECK_BOTH(name_of("localhost") == "localhost");
    CHECK_BOTH(name_of("3com.example") == "3com.example");
    CHECK_BOTH(name_of("a-b_c.example") == "a-b_c.example");
    CHECK_BOTH(name_of("192.0.2.7").empty());
    CHECK_BOTH(is_one("192.0.2.7"));
    CHECK_BOTH(is_one("2001:db8::1"));
}

TEST_CASE("what can be in no certificate is no identity", "[tls][identity]") {
    for (auto const text : {"", ".", "..", ".test", "a..b", "*.test", "a.*.b", "1.2.3", "1.2.3.4.5", "a.1", "256.1.1.1",
                            "broker.test..", "a b", "a/b", "user@host", "host:8883", "::1%lo", "[::1]"}) {
        INFO(text);
        CHECK_FALSE(is_one(text));
    }
    CHECK_FALSE(is_one("broker.test\0.evil"sv));
    CHECK(is_one(std::string(63, 'a') + ".test"));
    CHECK_FALSE(is_one(std::string(64, 'a') + ".test"));
    std::string const long_name = std::string(61, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                                  std::string(63, 'd');
    CHECK(is_one(long_name));
    CHECK_FALSE(is_one("e" + long_name));
}

TEST_CASE("DNS names compare without regard to case, and whole", "[tls][identity][RFC 9525 6.3]") {
    CHECK_BOTH(dns("broker.test", "BROKER.TEST"));
    CHECK_BOTH(!dns("broker.test", "broker.tes"));
    CHECK_BOTH(!dns("broker.tes", "broker.test"));
    CHECK_BOTH(!dns("", "broker.test"));
    CHECK_BOTH(!dns("broker.test\0"sv, "broker.test"));
    CHECK_BOTH(!dns("broker.test.", "broker.test"));
    CHECK_BOTH(!dns(".broker.test", "broker.test"));
}

TEST_CASE("a star stands for one whole label in front of two more", "[tls][identity][RFC 9525 6.3]") {
    CHECK_BOTH(dns("*.wild.test", "a.wild.test"));
    CHECK_BOTH(dns("*.WILD.test", "a.wild.TEST"));
    CHECK_BOTH(!dns("*.wild.test", "wild.test"));
    CHECK_BOTH(!dns("*.wild.test", ".wild.test"));
    CHECK_BOTH(!dns("*.wild.test", "a.b.wild.test"));
    CHECK_BOTH(!dns("*", "localhost"));
    CHECK_BOTH(!dns("*.test", "broker.test"));
    CHECK_BOTH(!dns("*.", "a."));
    CHECK_BOTH(!dns("b*.wild.test", "bb.wild.test"));
    CHECK_BOTH(!dns("*b.wild.test", "bb.wild.test"));
    CHECK_BOTH(!dns("a.*.test", "a.b.test"));
    CHECK_BOTH(!dns("*.*.test", "a.b.test"));
    CHECK_BOTH(!dns("*.0.2.7", "192.0.2.7"));
}

TEST_CASE("a name is found among the names of its kind", "[tls][identity][RFC 5280 4.2.1.6]") {
    CHECK_BOTH(has("broker.test"));
    CHECK_BOTH(has("127.0.0.1"));
    CHECK_BOTH(!has("uri.test"));
    CHECK_BOTH(!has("mail.test"));
    CHECK_BOTH(!has("127.0.0.2"));
    CHECK_BOTH(!has("::7f00:1"));
    CHECK_BOTH(!has(""));
    CHECK_BOTH(!server_identity{}.matches(bytes_in{names}));
    CHECK_BOTH(!server_identity{"broker.test"}.matches({}));
}

TEST_CASE("a list of names that is broken anywhere counts for nothing", "[tls][identity]") {
    for (std::size_t size = 0; size < names.size(); ++size) {
        bytes_in const cut{names.data(), size};
        INFO(size);
        // Whole names in front are all that a cut at their border leaves.
        bool const border = size == 13 || size == 23 || size == 29;
        CHECK(server_identity{"broker.test"}.matches(cut) == border);
    }
}
