// SPDX-License-Identifier: BSL-1.0
#include <barelink/http/client.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/check_both.hpp"
#include "http/kit.hpp"

using namespace barelink;
using namespace http_tests;
using http::field;
using http::method;
using http::request;

namespace {

constexpr std::string_view good  = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
constexpr field            key[] = {{"Authorization", "secret"}};

constexpr request get(std::uint8_t redirects) {
    return {.to = {.host = "h", .path = "/a"}, .fields = key, .redirects = redirects};
}
constexpr request post{
    .what = method::post, .to = {.host = "h"}, .content_type = "t/x", .body = "a=1", .redirects = 2};

std::string leads(std::string_view status, std::string_view location, std::string_view more = "") {
    std::string answer{"HTTP/1.1 "};
    answer.append(status).append(" Moved\r\nLocation: ").append(location).append("\r\n").append(more);
    return answer + "Content-Length: 5\r\n\r\nmoved";
}

struct followed {
    errc        error = errc::ok;
    std::string seen;
    std::string kept;
    endpoint    to;
};
followed follow(request const& r, std::vector<std::string> const& answers, conditions const& c = {}) {
    std::vector<std::string_view> views(answers.begin(), answers.end());
    talk                          t{c};
    auto const                    e = t.run(r, views);
    return {e, std::string{t.seen()}, std::string{t.kept()}, t.pipe().address()};
}

constexpr bool follows_early() {
    constexpr std::string_view answers[] = {"HTTP/1.1 302 F\r\nLocation: /b?c\r\n\r\n", good};
    talk                       t{{.no_sink = true}};
    return t.run(get(1), answers) == errc::ok && t.client().answer().length == 4 &&
           t.seen().find("GET /b?c HTTP/1.1\r\nHost: h\r\n") != std::string_view::npos;
}

}  // namespace

TEST_CASE("a redirect is followed to the same host, with all fields", "[http][client][redirects][RFC9110-15.4]") {
    CHECK_BOTH(follows_early());
    for (std::string_view const status : {"301", "302", "303", "307", "308"}) {
        CAPTURE(status);
        auto const f = follow(get(1), {leads(status, "/b"), std::string{good}});
        CHECK(f.error == errc::ok);
        CHECK(f.kept == "good");
        CHECK(f.seen.find("GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: secret\r\n") !=
              std::string::npos);
    }
}

TEST_CASE("a redirect to another host leaves out what was meant for the first", "[http][client][redirects]") {
    auto const f = follow(get(1), {leads("302", "https://other:8443/b"), std::string{good}});
    CHECK(f.error == errc::ok);
    CHECK(f.to.port == 8443);
    CHECK(f.seen.ends_with("GET /b HTTP/1.1\r\nHost: other:8443\r\nConnection: close\r\n\r\n"));
}

TEST_CASE("redirects are followed as often as was allowed", "[http][client][redirects]") {
    auto const hop = [](int n) { return leads("302", "//other" + std::to_string(n) + "/b" + std::to_string(n)); };
    CHECK(follow(get(3), {hop(1), hop(2), hop(3), std::string{good}}).error == errc::ok);
    CHECK(follow(get(3), {hop(1), hop(2), "HTTP/1.1 302 F\r\nLocation: /c\r\n\r\n", std::string{good}})
              .seen.ends_with("GET /c HTTP/1.1\r\nHost: other2\r\nConnection: close\r\n\r\n"));
    CHECK(follow(get(2), {hop(1), hop(2), hop(3), std::string{good}}).error == errc::too_many_redirects);
    CHECK(follow(get(0), {hop(1), std::string{good}}).error == errc::http_refused);
}

TEST_CASE("a redirect may come split anywhere", "[http][client][redirects]") {
    auto const moved = leads("302", "https://other/b", "X-More: 0123456789\r\n");
    for (std::size_t size = 1; size <= moved.size(); ++size) {
        CAPTURE(size);
        CHECK(follow(get(1), {moved, std::string{good}}, {.read_max = size}).kept == "good");
    }
}

TEST_CASE("a redirect out of TLS or into it is not followed", "[http][client][redirects]") {
    CHECK(follow(get(1), {leads("302", "http://h/b"), std::string{good}}).error == errc::bad_url);
    auto plain   = get(1);
    plain.to.tls = false;
    CHECK(follow(plain, {leads("302", "https://h/b"), std::string{good}}).error == errc::bad_url);
}

TEST_CASE("a location that leads nowhere is refused", "[http][client][redirects]") {
    for (std::string_view const location : {"b", "ftp://h/b", "https://", "/a b", "https://u@h/", "../b"}) {
        CAPTURE(location);
        CHECK(follow(get(1), {leads("302", location), std::string{good}}).error == errc::bad_url);
    }
    CHECK(follow(get(1), {"HTTP/1.1 302 F\r\n\r\n", std::string{good}}).error == errc::http_refused);
    CHECK(follow(get(1), {"HTTP/1.1 304 Same\r\nLocation: /b\r\n\r\n", std::string{good}}).error == errc::http_refused);
}

TEST_CASE("a body is sent again to its own host only", "[http][client][redirects]") {
    auto const again = follow(post, {leads("307", "/b"), std::string{good}});
    CHECK(again.error == errc::ok);
    CHECK(again.seen.ends_with("Content-Length: 3\r\n\r\na=1"));
    CHECK(follow(post, {leads("307", "https://other/b"), std::string{good}}).error == errc::bad_url);
    CHECK(follow(post, {leads("301", "/b"), std::string{good}}).error == errc::bad_url);
    CHECK(follow(post, {leads("302", "/b"), std::string{good}}).error == errc::bad_url);
    auto const see_other = follow(post, {leads("303", "/b"), std::string{good}});
    CHECK(see_other.error == errc::ok);
    CHECK(see_other.seen.ends_with("GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
}

TEST_CASE("a location needs memory", "[http][client][redirects]") {
    auto const moved = leads("302", "https://other/0123456789");
    CHECK(follow(get(1), {moved, std::string{good}}, {.url_room = 24}).error == errc::ok);
    CHECK(follow(get(1), {moved, std::string{good}}, {.url_room = 23}).error == errc::head_too_long);
    CHECK(follow(get(1), {moved, std::string{good}}, {.url_room = 0}).error == errc::head_too_long);
    for (std::size_t room = 70; room < 160; ++room) {
        CAPTURE(room);
        auto const e = follow(get(1), {moved, std::string{good}}, {.room = room}).error;
        CHECK((e == errc::ok || e == errc::text_too_long || e == errc::head_too_long));
    }
}

TEST_CASE("what comes behind a location does not take its memory", "[http][client][redirects]") {
    // As much as the room holds is there at once: the location stands in front of a long page about it.
    auto const moved =
        "HTTP/1.1 302 F\r\nLocation: /0123456789\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'x');
    CHECK(follow(get(1), {moved, std::string{good}}, {.room = 128}).kept == "good");
    // One that is longer than half of the room.
    auto const far = "https://other/" + std::string(90, '9');
    CHECK(follow(get(1), {leads("302", far), std::string{good}}, {.room = 180}).kept == "good");
}

TEST_CASE("a redirect wants to be gone on with at once", "[http][client][redirects]") {
    testing::memory_pipe<> pipe;
    char                   room[128]     = {};
    char                   url_room[32]  = {};
    http::client           c{pipe.client(), room, {}, url_room};
    REQUIRE(c.start(get(1), {5}) == errc::ok);
    REQUIRE(c.poll({6}) == errc::would_block);
    REQUIRE(c.poll({6}) == errc::would_block);
    CHECK(c.next_deadline().left({6}) == 10'000);
    REQUIRE(pipe.server().write(std::string_view{"HTTP/1.1 302 F\r\nLocation: /b\r\n\r\n"}));
    REQUIRE(c.poll({7}) == errc::would_block);
    CHECK(c.next_deadline().left({7}) == 0);
    c.stop();
}
