// SPDX-License-Identifier: BSL-1.0
// A client that gets what it asked for: at every split, in every framing.
#include <barelink/http/client.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check_both.hpp"
#include "http/kit.hpp"

using namespace barelink;
using namespace http_tests;
using http::method;
using http::request;

namespace {

constexpr std::string_view counted =
    "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 11\r\nX-Long: 0123456789\r\n\r\nhello world";
constexpr std::string_view chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;e\r\n world\r\n0\r\nT: x\r\n\r\n";
constexpr std::string_view until_close = "HTTP/1.0 200 OK\n\nhello world";

constexpr request get{.to = {.host = "h", .path = "/f"}};
constexpr request post{.what = method::post, .to = {.host = "h"}, .content_type = "t/x", .body = "a=1&b=2"};

constexpr bool gets(std::string_view answer, conditions const& c, request const& r = get,
                    std::string_view body = "hello world") {
    talk t{c};
    return t.run(r, answer) == errc::ok && t.kept() == (c.no_sink ? "" : body) && t.client().answer().status == 200 &&
           !t.client().busy();
}
constexpr conditions early{.no_sink = true};

}  // namespace

TEST_CASE("a body comes in every framing", "[http][client]") {
    for (std::string_view const answer : {counted, chunked, until_close}) {
        CHECK(gets(answer, {}));
        CHECK(gets(answer, {}, post));
    }
    CHECK_BOTH(gets(counted, early));
    CHECK_BOTH(gets(chunked, early));
    CHECK_BOTH(gets(until_close, early));
    CHECK_BOTH(gets(counted, {.read_max = 7, .write_max = 5, .no_sink = true}, post));
}

TEST_CASE("a response may come split anywhere, and a request leave so", "[http][client]") {
    for (std::string_view const answer : {counted, chunked, until_close}) {
        for (std::size_t size = 1; size <= answer.size(); ++size) {
            CAPTURE(size);
            CHECK(gets(answer, {.read_max = size}));
            CHECK(gets(answer, {.write_max = size}, post));
            CHECK(gets(answer, {.read_max = size, .write_max = size, .lazy_sink = true}, post));
        }
    }
}

TEST_CASE("the room may be as small as the longest line", "[http][client]") {
    talk large{{}};
    REQUIRE(large.run(get, counted) == errc::ok);
    auto const request_size = large.seen().size();
    for (std::size_t room = 1; room < 120; ++room) {
        CAPTURE(room);
        talk t{{.room = room}};
        auto const e = t.run(get, counted);
        CHECK(e == (room < request_size ? errc::text_too_long : errc::ok));
        if (e == errc::ok) CHECK(t.kept() == "hello world");
    }
}

TEST_CASE("what is sent is the request, head and body", "[http][client]") {
    talk t{{}};
    REQUIRE(t.run(post, counted) == errc::ok);
    CHECK(t.seen() == "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: t/x\r\n"
                      "Content-Length: 7\r\n\r\na=1&b=2");
    CHECK(t.pipe().address().port == 443);
    CHECK(t.pipe().counts().connects == 1);
    CHECK(t.pipe().counts().closes == 1);
}

TEST_CASE("the end of a known body is the end, whether the server closes or not", "[http][client]") {
    for (std::string_view const answer : {counted, chunked}) {
        talk t{{}};
        t.closes = false;
        CHECK(t.run(get, answer) == errc::ok);
        CHECK(t.kept() == "hello world");
        CHECK(t.pipe().counts().closes == 1);
    }
}

TEST_CASE("answers that have no body have none", "[http][client][RFC9112-6.3]") {
    for (std::string_view const answer :
         {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
        talk t{{}};
        t.closes = false;
        CHECK(t.run(get, answer) == errc::ok);
        CHECK(t.kept().empty());
    }
    talk t{{}};
    t.closes = false;
    CHECK(t.run({.what = method::head, .to = {.host = "h"}}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") ==
          errc::ok);
    CHECK(t.client().answer().length == 5);
}

TEST_CASE("interim answers are passed over", "[http][client][RFC9110-15.2]") {
    CHECK(gets("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
               "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
               {}, get, "ok"));
    talk t{{}};
    CHECK(t.run(get, "HTTP/1.1 101 Switching Protocols\r\n\r\n") == errc::malformed_response);
}

TEST_CASE("a refusal is told by its status, its body only on demand", "[http][client]") {
    constexpr std::string_view answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone";
    talk                       t{{}};
    CHECK(t.run(get, answer) == errc::http_refused);
    CHECK(t.client().answer().status == 404);
    CHECK(t.kept().empty());
    auto wanted       = get;
    wanted.any_status = true;
    CHECK(t.run(wanted, answer) == errc::ok);
    CHECK(t.client().answer().status == 404);
    CHECK(t.kept() == "gone");
}

TEST_CASE("a part of a resource comes with its place", "[http][client][RFC9110-14]") {
    auto part  = get;
    part.range = {true, 6, 10};
    talk t{{}};
    CHECK(t.run(part, "HTTP/1.1 206 Partial\r\nContent-Range: bytes 6-10/11\r\nContent-Length: 5\r\n\r\nworld") ==
          errc::ok);
    CHECK(t.kept() == "world");
    CHECK(t.first_offset() == 6);
    CHECK(t.client().answer().total == 11);
    CHECK(t.seen().find("Range: bytes=6-10\r\n") != std::string_view::npos);
}

TEST_CASE("a server that does not know ranges sends all, from the beginning", "[http][client][RFC9110-14.2]") {
    auto part  = get;
    part.range = {true, 6, 10};
    talk t{{}};
    CHECK(t.run(part, counted) == errc::ok);
    CHECK(t.first_offset() == 0);
    CHECK(t.kept() == "hello world");
    // Where it says nothing, it counts for nothing [RFC9110-14.4].
    CHECK(t.run(part, "HTTP/1.1 200 OK\r\nContent-Range: bytes 6-10/11\r\nContent-Length: 11\r\n\r\nhello world") ==
          errc::ok);
    CHECK(t.first_offset() == 0);
    CHECK_FALSE(t.client().answer().has_range);
}

TEST_CASE("a part that was not asked for is refused", "[http][client]") {
    auto part  = get;
    part.range = {true, 6, 10};
    talk t{{}};
    CHECK(t.run(part, "HTTP/1.1 206 P\r\nContent-Range: bytes 5-10/11\r\n\r\n worl") == errc::malformed_response);
    CHECK(t.run(part, "HTTP/1.1 206 P\r\nContent-Range: bytes 6-11/12\r\n\r\n worl") == errc::malformed_response);
    CHECK(t.run(part, "HTTP/1.1 206 P\r\n\r\nworld") == errc::malformed_response);
    // Nor may more come than the part has, however it comes.
    CHECK(t.run(part, "HTTP/1.1 206 P\r\nContent-Range: bytes 6-10/11\r\n\r\nworldly") == errc::malformed_response);
    CHECK(t.kept() == "world");
    CHECK(t.run(get, "HTTP/1.1 206 P\r\nContent-Range: bytes 0-4/11\r\n\r\nhello") == errc::malformed_response);
    CHECK(t.run(part, "HTTP/1.1 416 Range\r\nContent-Range: bytes */5\r\n\r\n") == errc::http_refused);
    CHECK(t.client().answer().total == 5);
    CHECK(t.kept().empty());
}

TEST_CASE("a client is used again and again", "[http][client]") {
    talk t{{}};
    for (int i = 0; i < 5; ++i) {
        CHECK(t.run(get, counted) == errc::ok);
        CHECK(t.kept() == "hello world");
        CHECK(t.run(post, chunked) == errc::ok);
        CHECK(t.run(get, "nonsense\r\n") == errc::malformed_response);
    }
}
