// SPDX-License-Identifier: BSL-1.0
// Feeds bytes to the HTTP client as a response: it never reads beyond them, comes to the same end however they are
// split, and what it gives the sink has no gap. See decoder.cpp on how to run it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <barelink/http/exchange.hpp>

#include "fuzz/driver.hpp"

namespace {

using namespace barelink;

[[noreturn]] void fail(char const* what, std::string_view input) {
    std::fprintf(stderr, "http: %s, input", what);
    for (char const c : input) std::fprintf(stderr, " %02x", static_cast<unsigned>(octet(c)));
    std::fputc('\n', stderr);
    std::abort();
}

struct ending {
    errc           error = errc::ok;
    http::outcome  last  = http::outcome::open;
    std::string    body;
    http::response answer;
    std::uint64_t  begin = 0;
    bool           gap   = false;

    errc add(std::uint64_t offset, bytes_in piece) {
        if (body.empty()) begin = offset;
        gap = gap || offset != begin + body.size() || piece.empty();
        body.append(piece.data(), piece.size());
        return errc::ok;
    }
};

// Reads the input with at most `step` bytes a time into a room of `size` bytes, which ends where it says.
void read(ending& to, std::string_view input, std::size_t step, std::size_t size, bool part) {
    std::unique_ptr<char[]> const room(new char[size]);
    http::exchange                e{{room.get(), size}, http::sink::to<&ending::add>(to)};
    http::request const r{.to = {.host = "h"}, .range = {part, 5, 1'000}, .redirects = 1, .any_status = true};
    to.error = e.start(r);
    if (to.error != errc::ok) return;
    while (!e.pending_output().empty()) e.sent(1);
    for (;;) {
        auto const window = e.receive_window();
        if (window.empty()) fail("no room to read, and no error", input);
        auto count = step < input.size() ? step : input.size();
        if (count > window.size()) count = window.size();
        move_bytes(window.data(), input.data(), count);
        e.received(count);
        auto const came = e.advance();
        to.error        = came.error;
        to.last         = came.value;
        if (!came || came.value != http::outcome::open) break;
        input.remove_prefix(count);
        if (input.empty()) {
            to.error = e.closed();
            break;
        }
    }
    to.answer = e.answer();
}

bool known(errc e) {
    return e == errc::ok || e == errc::closed_by_peer || e == errc::malformed_response || e == errc::head_too_long ||
           e == errc::http_refused;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const input = size == 0 ? std::string{} : std::string{reinterpret_cast<char const*>(data), size};
    for (bool const part : {false, true}) {
        ending whole;
        read(whole, input, size, size + 512, part);
        if (!known(whole.error)) fail("an unknown error", input);
        if (whole.gap) fail("a gap in the body", input);
        if (whole.answer.has_length && whole.last == http::outcome::complete && !whole.body.empty() &&
            whole.body.size() != whole.answer.length) {
            fail("a body of another length", input);
        }
        for (std::size_t const step : {1U, 2U, 7U}) {
            ending split;
            read(split, input, step, size + 512, part);
            bool const same = split.error == whole.error && split.last == whole.last && split.body == whole.body &&
                              split.answer == whole.answer && !split.gap;
            if (!same) fail("another end when split", input);
        }
        ending narrow;
        read(narrow, input, 64, 96, part);
        if (!known(narrow.error) || narrow.gap) fail("an unknown error or a gap in a small room", input);
    }
    return 0;
}

#ifndef BARELINK_LIBFUZZER
int main(int argc, char** argv) {
    constexpr std::string_view samples[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nServer: x\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;e\r\n world\r\n0\r\nT: x\r\n\r\n",
        "HTTP/1.0 200 OK\n\nhello world",
        "HTTP/1.1 206 Partial\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nworld",
        "HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/10\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nworld!\r\n0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: https://other/b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
    };
    fuzz::feed_samples(samples, "\r\n:;0123456789afx \t/-*");
    return fuzz::finish("http", argc, argv);
}
#endif
