// SPDX-License-Identifier: BSL-1.0
#include <barelink/http/request.hpp>

#include <span>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using http::field;
using http::method;
using http::request;

namespace {

constexpr bool writes(std::string_view expected, request const& r) {
    char    room[256] = {};
    builder out{room};
    http::add_head(out, r);
    return check(r) == errc::ok && out.take() == result<std::string_view>{expected};
}

constexpr field one_field[]   = {{"X-Id", "7\t8"}};
constexpr field bad_name[]    = {{"X Id", "7"}};
constexpr field no_name[]     = {{"", "7"}};
constexpr field bad_value[]   = {{"X-Id", "7\r\nX-Evil: 1"}};
constexpr field second_length[] = {{"Content-LENGTH", "7"}};
constexpr field second_host[]   = {{"host", "other"}};
constexpr field own_type[]      = {{"content-type", "t/y"}};
constexpr field own_range[]     = {{"Range", "bytes=0-1"}};
constexpr field ends_itself[] = {{"X-Id", {"7\0", 2}}};

constexpr errc refuses(http::url const& to, std::span<field const> fields = {}, std::string_view type = {}) {
    return check(request{.to = to, .fields = fields, .content_type = type});
}

}  // namespace

TEST_CASE("a request has the lines that its values ask for", "[http][request][RFC9112-3]") {
    CHECK_BOTH(writes("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", {.to = {.host = "h"}}));
    CHECK_BOTH(writes("HEAD /a?b HTTP/1.1\r\nHost: h:8443\r\nConnection: close\r\n\r\n",
                      {.what = method::head, .to = {true, "h", 8443, "/a?b"}}));
    CHECK_BOTH(writes("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", {.to = {false, "h", 80, "/"}}));
    CHECK_BOTH(writes("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: t/x\r\nContent-Length: 3\r\n"
                      "X-Id: 7\t8\r\n\r\n",
                      {.what         = method::post,
                       .to           = {.host = "h"},
                       .fields       = one_field,
                       .content_type = "t/x",
                       .body         = "abc"}));
    CHECK_BOTH(writes("PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                      {.what = method::put, .to = {.host = "h"}}));
}

TEST_CASE("a range is open or closed", "[http][request][RFC9110-14.2]") {
    CHECK_BOTH(writes("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nRange: bytes=5-\r\n\r\n",
                      {.to = {.host = "h"}, .range = {.wanted = true, .first = 5}}));
    CHECK_BOTH(writes("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nRange: bytes=0-0\r\n\r\n",
                      {.to = {.host = "h"}, .range = {true, 0, 0}}));
    CHECK_BOTH(check(request{.to = {.host = "h"}, .range = {true, 5, 4}}) == errc::bad_option);
}

TEST_CASE("what would end a line early is refused before anything is sent", "[http][request]") {
    CHECK_BOTH(refuses({.host = "h"}) == errc::ok);
    CHECK_BOTH(refuses({.host = ""}) == errc::bad_address);
    CHECK_BOTH(refuses({.host = "h\r\nX: y"}) == errc::bad_address);
    CHECK_BOTH(refuses({.host = "h:80"}) == errc::bad_address);
    CHECK_BOTH(refuses({.host = "h/a"}) == errc::bad_address);
    CHECK_BOTH(refuses({true, "h", 0, "/"}) == errc::bad_address);
    CHECK_BOTH(refuses({true, "h", 1, ""}) == errc::bad_url);
    CHECK_BOTH(refuses({true, "h", 1, "a"}) == errc::bad_url);
    CHECK_BOTH(refuses({true, "h", 1, "/a b"}) == errc::bad_url);
    CHECK_BOTH(refuses({true, "h", 1, "/\r\n"}) == errc::bad_url);
    CHECK_BOTH(refuses({.host = "h"}, bad_name) == errc::bad_header);
    CHECK_BOTH(refuses({.host = "h"}, no_name) == errc::bad_header);
    CHECK_BOTH(refuses({.host = "h"}, bad_value) == errc::bad_header);
    CHECK_BOTH(refuses({.host = "h"}, ends_itself) == errc::bad_header);
    CHECK_BOTH(refuses({.host = "h"}, second_length) == errc::bad_header);
    CHECK_BOTH(refuses({.host = "h"}, second_host) == errc::bad_header);
    // Those two are written if they are wanted.
    CHECK_BOTH(refuses({.host = "h"}, own_type) == errc::ok);
    CHECK_BOTH(refuses({.host = "h"}, own_type, "t/x") == errc::bad_header);
    CHECK_BOTH(check(request{.to = {.host = "h"}, .fields = own_range, .range = {true, 5, 6}}) == errc::bad_header);
    CHECK_BOTH(refuses({.host = "h"}, {}, "a\nb") == errc::bad_header);
}
