// SPDX-License-Identifier: BSL-1.0
#include <barelink/http/response.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using http::response;

namespace {

constexpr std::uint16_t status(std::string_view line) {
    response r;
    return read_status_line(line, r) == errc::ok ? r.status : std::uint16_t{0};
}

// What the fields say, or a status of 1 if one of them is refused.
template <class... Line>
constexpr response reads(Line... lines) {
    response         r;
    std::string_view location;
    auto             error = errc::ok;
    auto const       one   = [&](std::string_view text) {
        if (error == errc::ok) error = read_field(text, r, location);
    };
    (one(lines), ...);
    if (error != errc::ok) r.status = error == errc::malformed_response ? 1 : 2;
    return r;
}
template <class... Line>
constexpr bool refuses(Line... lines) {
    return reads(lines...).status == 1;
}

constexpr std::string_view location_of(std::string_view line) {
    response         r;
    std::string_view location;
    return read_field(line, r, location) == errc::ok ? location : "refused";
}

}  // namespace

TEST_CASE("a status line has a version and three digits", "[http][response][RFC9112-4]") {
    CHECK_BOTH(status("HTTP/1.1 200 OK") == 200);
    CHECK_BOTH(status("HTTP/1.0 404 Not Found") == 404);
    CHECK_BOTH(status("HTTP/1.1 999 ") == 999);
    CHECK_BOTH(status("HTTP/1.1 204") == 204);
    for (std::string_view const line : {"", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000 x", "HTTP/1.1 2x0 x",
                                        "HTTP/1.1  200 x", "HTTP/2 200 OK", "HTTP/1.2 200 OK", "http/1.1 200 OK",
                                        "HTTP/1.1 099 x", "HTTP/1.1 -20 x", "ICY 200 OK", "<html>"}) {
        CAPTURE(line);
        CHECK(status(line) == 0);
    }
}

TEST_CASE("lengths and codings are read in any case", "[http][response][RFC9112-6]") {
    CHECK_BOTH(reads("Content-Length: 12") == response{.has_length = true, .length = 12});
    CHECK_BOTH(reads("CONTENT-LENGTH:\t12 \t") == response{.has_length = true, .length = 12});
    CHECK_BOTH(reads("content-length:12", "content-length: 12") == response{.has_length = true, .length = 12});
    CHECK_BOTH(reads("Content-Length: 4611686018427387904").length == std::uint64_t{1} << 62);
    CHECK_BOTH(reads("Transfer-Encoding: Chunked") == response{.chunked = true});
    CHECK_BOTH(reads("X-Other: anything at all; \xC3\xA4", "Empty:") == response{});
}

TEST_CASE("lengths and codings that are none are refused", "[http][response][RFC9112-6]") {
    CHECK_BOTH(refuses("Content-Length:"));
    CHECK_BOTH(refuses("Content-Length: -1"));
    CHECK_BOTH(refuses("Content-Length: +1"));
    CHECK_BOTH(refuses("Content-Length: 1x"));
    CHECK_BOTH(refuses("Content-Length: 1, 1"));
    CHECK_BOTH(refuses("Content-Length: 0x10"));
    CHECK_BOTH(refuses("Content-Length: 99999999999999999999999999"));
    CHECK_BOTH(refuses("Content-Length: 1", "Content-Length: 2"));
    CHECK_BOTH(refuses("Transfer-Encoding: gzip"));
    CHECK_BOTH(refuses("Transfer-Encoding: gzip, chunked"));
    CHECK_BOTH(refuses("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"));
    CHECK_BOTH(check(reads("Transfer-Encoding: chunked", "Content-Length: 1")) == errc::malformed_response);
}

TEST_CASE("a line that is no field is refused", "[http][response][RFC9112-5]") {
    CHECK_BOTH(refuses("no colon"));
    CHECK_BOTH(refuses(": no name"));
    CHECK_BOTH(refuses("Name : value"));
    CHECK_BOTH(refuses(" folded: line"));
    CHECK_BOTH(refuses("\tfolded"));
    CHECK_BOTH(refuses(std::string_view{"Name: a\0b", 9}));
    CHECK_BOTH(refuses("Name: a\rb"));
}

TEST_CASE("a part says where it belongs", "[http][response][RFC9110-14.4]") {
    CHECK_BOTH(reads("Content-Range: bytes 5-9/10") ==
               response{.has_range = true, .first = 5, .last = 9, .total = 10});
    CHECK_BOTH(reads("Content-Range: Bytes 0-0/*") == response{.has_range = true});
    CHECK_BOTH(reads("Content-Range: bytes */10") == response{.total = 10});
    for (std::string_view const value : {"", "5-9/10", "bytes 5-9", "bytes 9-5/10", "bytes 5-10/10", "bytes 5-/10",
                                         "bytes -9/10", "bytes 5-9/10x", "bytes 5-9/", "lines 5-9/10", "bytes a-b/c"}) {
        CAPTURE(value);
        CHECK(refuses(std::string{"Content-Range: "}.append(value)));
    }
}

TEST_CASE("the length of a part is that of its range", "[http][response][RFC9110-15.3.7]") {
    CHECK_BOTH(check(response{.status = 206, .has_range = true, .first = 5, .last = 9}) == errc::ok);
    CHECK_BOTH(check(response{.status = 206, .has_length = true, .has_range = true, .length = 5, .first = 5,
                              .last = 9}) == errc::ok);
    CHECK_BOTH(check(response{.status = 206, .has_length = true, .has_range = true, .length = 4, .first = 5,
                              .last = 9}) == errc::malformed_response);
    CHECK_BOTH(check(response{.status = 206}) == errc::malformed_response);
}

TEST_CASE("a location is handed over", "[http][response]") {
    CHECK_BOTH(location_of("Location:  https://h/x ") == "https://h/x");
    CHECK_BOTH(location_of("X-Location: y").empty());
}
