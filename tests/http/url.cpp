// SPDX-License-Identifier: BSL-1.0
#include <barelink/http/url.hpp>

#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using http::read_url;
using http::url;

namespace {

constexpr bool is(std::string_view text, url const& expected) { return read_url(text) == result<url>{expected}; }

constexpr bool leads(std::string_view location, std::string_view expected, url const& base = {true, "h", 443, "/a"}) {
    char    room[40] = {};
    builder out{room};
    http::resolve(out, base, location);
    return out.take() == result<std::string_view>{expected};
}

constexpr errc refuses(std::string_view location) {
    char    room[40] = {};
    builder out{room};
    http::resolve(out, {}, location);
    return out.error();
}

}  // namespace

TEST_CASE("a URL has scheme, host, port and path", "[http][url][RFC3986-3]") {
    CHECK_BOTH(is("https://h", {true, "h", 443, "/"}));
    CHECK_BOTH(is("http://h", {false, "h", 80, "/"}));
    CHECK_BOTH(is("HTTPS://Host.example:8443/a/b?c=d", {true, "Host.example", 8443, "/a/b?c=d"}));
    CHECK_BOTH(is("http://h/a#part", {false, "h", 80, "/a"}));
    CHECK_BOTH(is("http://h#part", {false, "h", 80, "/"}));
    CHECK_BOTH(is("https://h:65535/", {true, "h", 65'535, "/"}));
}

TEST_CASE("what a device does not follow is no URL", "[http][url]") {
    for (std::string_view const text :
         {"", "h", "/a", "ftp://h/", "https:/h", "https://", "https:///a", "https://h:/", "https://h:0/",
          "https://h:65536/", "https://h:99999999999999999999/", "https://h:8a/", "https://u@h/", "https://u:p@h/",
          "https://[::1]/", "https://h\\a/", "https://h?x", "https://h /", "https://h/a b", "https://h/a\r\nX: y",
          "https://h/\xC3\xA4", "https://h:1:2/"}) {
        CAPTURE(text);
        CHECK(read_url(text).error == errc::bad_url);
    }
}

TEST_CASE("a location leads on from where it was found", "[http][url][RFC3986-5.2]") {
    CHECK_BOTH(leads("https://other/x", "https://other/x"));
    CHECK_BOTH(leads("//other/x", "https://other/x"));
    CHECK_BOTH(leads("//other/x", "http://other/x", {false, "h", 80, "/"}));
    CHECK_BOTH(leads("/x?y", "https://h:443/x?y"));
    CHECK_BOTH(leads("/x", "http://h:8080/x", {false, "h", 8080, "/"}));
    CHECK_BOTH(refuses("") == errc::bad_url);
    CHECK_BOTH(refuses("/a b") == errc::bad_url);
    CHECK_BOTH(refuses("/0123456789012345678901234567890123456789") == errc::text_too_long);
}
