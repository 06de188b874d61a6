// SPDX-License-Identifier: BSL-1.0
// Everything that a server, a network and a user can do wrong: each has its error, and the connection is given back.
#include <barelink/http/client.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check_both.hpp"
#include "http/kit.hpp"

using namespace barelink;
using namespace http_tests;
using http::request;

namespace {

constexpr std::string_view counted = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
constexpr std::string_view chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
constexpr request get{.to = {.host = "h"}};

constexpr errc asks(std::string_view answer, conditions const& c = {}, request const& r = get) {
    talk       t{c};
    auto const e = t.run(r, answer);
    return t.client().busy() || t.pipe().counts().closes > t.pipe().counts().connects ? errc::would_block : e;
}

}  // namespace

TEST_CASE("a response that is cut off is an error, at every byte", "[http][client][faults]") {
    for (std::string_view const answer : {counted, chunked}) {
        for (std::size_t cut = 0; cut < answer.size(); ++cut) {
            CAPTURE(cut);
            CHECK(asks(answer, {.cut = cut}) == errc::closed_by_peer);
            CHECK(asks(answer, {.read_max = 1, .cut = cut}) == errc::closed_by_peer);
            CHECK(asks(answer, {.cut = cut, .reset = true}) == errc::connection_reset);
        }
    }
    CHECK_BOTH(asks(counted, {.cut = 20, .no_sink = true}) == errc::closed_by_peer);
    CHECK_BOTH(asks(counted, {.cut = counted.size() - 1, .no_sink = true}) == errc::closed_by_peer);
}

TEST_CASE("a head that is none is refused", "[http][client][faults]") {
    CHECK_BOTH(asks("\r\n") == errc::malformed_response);
    CHECK_BOTH(asks("HTTP/2 200\r\n\r\n") == errc::malformed_response);
    CHECK_BOTH(asks("HTTP/1.1 200 OK\r\nno colon\r\n\r\n") == errc::malformed_response);
    CHECK_BOTH(asks("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n") == errc::malformed_response);
    CHECK_BOTH(asks("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") ==
               errc::malformed_response);
    CHECK_BOTH(asks("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n") == errc::malformed_response);
    CHECK_BOTH(asks("SSH-2.0-OpenSSH\r\n") == errc::malformed_response);
}

TEST_CASE("sizes of chunks that are none are refused", "[http][client][faults]") {
    constexpr std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::string_view const size : {"\r\n", "x\r\n", "-5\r\n", "0x5\r\n", "5 5\r\n", "FFFFFFFFFFFFFFFFF\r\n"}) {
        for (std::size_t read_max : {std::size_t{1}, std::size_t{7}, any}) {
            CHECK(asks(std::string{head}.append(size).append("hello\r\n0\r\n\r\n"), {.read_max = read_max}) ==
                  errc::malformed_response);
        }
    }
}

TEST_CASE("a line that is longer than the room is an error of its own", "[http][client][faults]") {
    std::string const line(100, 'x');
    CHECK(asks("HTTP/1.1 200 OK\r\nA: " + line + "\r\n\r\n", {.room = 100}) == errc::head_too_long);
    CHECK(asks("HTTP/1.1 200 " + line + "\r\n\r\n", {.room = 100, .read_max = 1}) == errc::head_too_long);
    CHECK(asks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + line + "\r\n", {.room = 100}) ==
          errc::head_too_long);
    CHECK(asks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " + line + "\r\n\r\n", {.room = 100}) ==
          errc::head_too_long);
    CHECK(asks(std::string(200, 'x'), {.room = 100}) == errc::head_too_long);
}

TEST_CASE("a head without end is an error", "[http][client][faults]") {
    std::string fields;
    while (fields.size() <= http::head_max) fields += "A: 0123456789012345678901234567890123456789\r\n";
    CHECK(asks("HTTP/1.1 200 OK\r\n" + fields + "\r\n") == errc::head_too_long);
    std::string interim;
    while (interim.size() <= http::head_max) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK(asks(interim) == errc::head_too_long);
}

TEST_CASE("a body that the sink does not take ends the exchange", "[http][client][faults]") {
    CHECK(asks(counted, {.keep = 10}) == errc::body_refused);
    CHECK(asks(counted, {.keep = 11}) == errc::ok);
    CHECK(asks(chunked, {.keep = 10, .lazy_sink = true}) == errc::body_refused);
}

TEST_CASE("a connection that cannot be made is the transport's error", "[http][client][faults]") {
    talk t{{}};
    t.pipe().knobs.refuse = errc::resolve_failed;
    CHECK(t.run(get, counted) == errc::resolve_failed);
    t.pipe().knobs.refuse = errc::tls_failed;
    CHECK(t.run(get, counted) == errc::tls_failed);
    t.pipe().knobs.refuse = errc::ok;
    CHECK(t.run(get, counted) == errc::ok);
}

TEST_CASE("whoever is silent too long is given up, in every stage", "[http][client][deadlines]") {
    auto impatient    = get;
    impatient.idle_ms = 500;
    struct row {
        connect_stage stage;
        errc          why;
    };
    for (auto const& [stage, why] :
         {row{connect_stage::resolve, errc::resolve_timeout}, row{connect_stage::connect, errc::connect_timeout},
          row{connect_stage::secure, errc::tls_timeout}}) {
        talk t{{}};
        t.pipe().knobs.wait_in = stage;
        auto const began       = t.now;
        CHECK(t.run(impatient, counted) == why);
        CHECK(t.now.since(began) <= 501);
    }
    talk silent{{}};
    silent.closes = false;
    CHECK(silent.run(impatient, "") == errc::response_timeout);
    talk stuck{{.write_max = 0}};
    CHECK(stuck.run(impatient, counted) == errc::response_timeout);
    talk halfway{{}};
    halfway.closes = false;
    CHECK(halfway.run(impatient, counted.substr(0, 30)) == errc::response_timeout);
}

TEST_CASE("progress moves the one deadline, and not the other", "[http][client][deadlines]") {
    auto slow    = get;
    slow.idle_ms = 5;
    talk one{{.read_max = 1}};
    CHECK(one.run(slow, counted) == errc::ok);
    slow.timeout_ms = 40;
    talk two{{.read_max = 1}};
    auto const began = two.now;
    CHECK(two.run(slow, counted) == errc::response_timeout);
    CHECK(two.now.since(began) == 40);
    slow.idle_ms = slow.timeout_ms = 0;
    talk three{{.read_max = 1}};
    CHECK(three.run(slow, counted) == errc::ok);
}

TEST_CASE("a sink that waits is not the server's fault", "[http][client][deadlines]") {
    struct busy_sink {
        int  calls = 0;
        errc add(std::uint64_t, bytes_in) { return ++calls < 100 ? errc::would_block : errc::ok; }
    } s;
    testing::memory_pipe<> pipe;
    char                   room[128] = {};
    http::client           c{pipe.client(), room, http::sink::to<&busy_sink::add>(s)};
    auto                   impatient = get;
    impatient.idle_ms                = 5;
    instant now                      = {};
    REQUIRE(c.start(impatient, now) == errc::ok);
    REQUIRE(c.poll(now) == errc::would_block);
    REQUIRE(c.poll(now) == errc::would_block);
    REQUIRE(pipe.server().write(counted).value == counted.size());
    auto e = errc::would_block;
    for (int i = 0; i < 200 && e == errc::would_block; ++i) e = c.poll(now = now + 1);
    CHECK(e == errc::ok);
    CHECK(s.calls == 100);
}

TEST_CASE("the next deadline is the earlier of both", "[http][client][deadlines]") {
    testing::memory_pipe<> pipe;
    char                   room[128] = {};
    http::client           c{pipe.client(), room, {}};
    auto                   r = get;
    CHECK_FALSE(c.next_deadline().armed);
    CHECK(c.poll({0}) == errc::not_connected);
    r.idle_ms = 100;
    REQUIRE(c.start(r, {7}) == errc::ok);
    CHECK(c.next_deadline() == deadline{{7}, true});  // at once: nothing has been begun
    pipe.knobs.wait_in = connect_stage::connect;
    REQUIRE(c.poll({8}) == errc::would_block);
    CHECK(c.next_deadline() == deadline{{108}, true});
    r.timeout_ms = 50;
    REQUIRE(c.start(r, {7}) == errc::ok);
    REQUIRE(c.poll({8}) == errc::would_block);
    CHECK(c.next_deadline() == deadline{{57}, true});
    pipe.knobs.wait_in = connect_stage::done;
    CHECK_FALSE(c.wants().bytes);
    CHECK_FALSE(c.wants().room);
    REQUIRE(c.poll({8}) == errc::would_block);
    CHECK(c.wants().room);
    REQUIRE(c.poll({8}) == errc::would_block);
    CHECK(c.wants().bytes);
    c.stop();
    CHECK_FALSE(c.busy());
    CHECK_FALSE(c.next_deadline().armed);
}

TEST_CASE("a request that cannot be sent is refused at once", "[http][client][faults]") {
    talk t{{.room = 40}};
    CHECK(t.run({.to = {.host = ""}}, counted) == errc::bad_address);
    CHECK(t.run({.to = {.host = "h", .path = "x"}}, counted) == errc::bad_url);
    CHECK(t.run(get, counted) == errc::text_too_long);
    CHECK(t.pipe().counts().connects == 0);
    CHECK(t.client().poll(t.now) == errc::text_too_long);
}
