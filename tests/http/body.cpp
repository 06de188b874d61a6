// SPDX-License-Identifier: BSL-1.0
#include <barelink/http/body.hpp>

#include <cstddef>
#include <array>
#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using http::body_reader;
using http::collector;
using http::response;

namespace {

struct outcome {
    errc                      error = errc::ok;
    bool                      done  = false;
    std::size_t               taken = 0;
    std::array<char, 64>      bytes = {};
    std::size_t               size  = 0;
    constexpr std::string_view text() const { return {bytes.data(), size}; }
};

// Gives the reader what a stream holds, `step` bytes more each time; what it leaves is offered again.
constexpr outcome read(response const& head, std::string_view stream, std::size_t step = 1000) {
    outcome     o;
    collector   kept{o.bytes};
    body_reader reader{head, false};
    auto const  to   = [&](std::uint64_t offset, bytes_in piece) { return kept.add(offset, piece); };
    std::size_t have = 0;
    while (!reader.done() && have < stream.size()) {
        have            = step < stream.size() - have ? have + step : stream.size();
        auto const took = reader.take(stream.substr(o.taken, have - o.taken), to);
        o.taken += took.value;
        o.error = took.error;
        if (o.error != errc::ok) break;
    }
    o.size = kept.text().size();
    o.done = reader.done();
    return o;
}

constexpr response chunked{.chunked = true};
constexpr response counted(std::uint64_t length) { return {.has_length = true, .length = length}; }

constexpr bool reads(std::string_view expected, response const& head, std::string_view stream) {
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        auto const o = read(head, stream, step);
        if (o.error != errc::ok || !o.done || o.text() != expected || o.taken != stream.size()) return false;
    }
    return true;
}

constexpr bool refuses(std::string_view stream) {
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        if (read(chunked, stream, step).error != errc::malformed_response) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("a body of known length ends by itself, at every split", "[http][body][RFC9112-6.2]") {
    CHECK_BOTH(reads("hello", counted(5), "hello"));
    auto const o = read(counted(5), "hello and more");
    CHECK(o.text() == "hello");
    CHECK(o.taken == 5);
    CHECK(o.done);
    CHECK((body_reader{counted(0), false}.done()));
}

TEST_CASE("chunks become one body, at every split", "[http][body][RFC9112-7.1]") {
    CHECK_BOTH(reads("", chunked, "0\r\n\r\n"));
    CHECK_BOTH(reads("hello", chunked, "5\r\nhello\r\n0\r\n\r\n"));
    CHECK_BOTH(reads("hello world", chunked, "5\r\nhello\r\n006;ext=\"1\"\r\n world\r\n00\r\nTrailer: x\r\n\r\n"));
    CHECK_BOTH(reads("0123456789abcdef", chunked, "A \r\n0123456789\r\n6\nabcdef\n0\n\n"));
    CHECK_BOTH(reads("\r\n", chunked, "2\r\n\r\n\r\n0\r\n\r\n"));
}

TEST_CASE("sizes of chunks that are none are refused, at every split", "[http][body][RFC9112-7.1]") {
    CHECK_BOTH(refuses("\r\n"));
    CHECK_BOTH(refuses(";ext\r\n"));
    CHECK_BOTH(refuses("x\r\n"));
    CHECK_BOTH(refuses("-1\r\n"));
    CHECK_BOTH(refuses("+1\r\n"));
    CHECK_BOTH(refuses("0x1\r\n"));
    CHECK_BOTH(refuses("1 2\r\n"));
    CHECK_BOTH(refuses("5\r\nhello!\r\n"));
    CHECK_BOTH(refuses("5\r\nhello5\r\n"));
    CHECK_BOTH(refuses("FFFFFFFFFFFFFFFFF\r\n"));
    CHECK_BOTH(refuses("10000000000000000\r\n"));
    CHECK_BOTH(refuses("99999999999999999999999999999999999999\r\n"));
}

TEST_CASE("a body without length ends with the connection", "[http][body][RFC9112-6.3]") {
    auto const o = read({}, "all that comes");
    CHECK(o.text() == "all that comes");
    CHECK_FALSE(o.done);
    CHECK_BOTH(body_reader{response{}, false}.closed() == errc::ok);
    CHECK_BOTH(body_reader{counted(1), false}.closed() == errc::closed_by_peer);
    CHECK_BOTH(body_reader{chunked, false}.closed() == errc::closed_by_peer);
    CHECK_BOTH(body_reader{chunked, true}.closed() == errc::ok);
    CHECK_BOTH(body_reader{counted(7), true}.done());
}

TEST_CASE("a chunked body that is cut off is not complete, at every byte", "[http][body]") {
    constexpr std::string_view whole = "5\r\nhello\r\n3;x\r\nabc\r\n0\r\nT: x\r\n\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        auto const o = read(chunked, whole.substr(0, size));
        CHECK(o.error == errc::ok);
        CHECK_FALSE(o.done);
    }
}

TEST_CASE("pieces come with their place in the whole", "[http][body]") {
    struct places {
        std::string seen;
        errc        add(std::uint64_t offset, bytes_in piece) {
            seen += std::to_string(offset) + "+" + std::to_string(piece.size()) + " ";
            return errc::ok;
        }
    } p;
    body_reader reader{{.chunked = true, .first = 100}, false};
    auto const  to = http::sink::to<&places::add>(p);
    CHECK(reader.take(std::string_view{"5\r\nhello\r\n3\r\nab"}, to).value == 15);
    CHECK(reader.take(std::string_view{"c\r\n0\r\n\r\n"}, to).value == 8);
    CHECK(p.seen == "100+5 105+2 107+1 ");
    CHECK(reader.done());
}

TEST_CASE("a sink that waits is asked again, and one that fails ends the body", "[http][body]") {
    struct moody {
        errc        answer = errc::would_block;
        std::size_t bytes  = 0;
        errc        add(std::uint64_t, bytes_in piece) {
            if (answer == errc::ok) bytes += piece.size();
            return answer;
        }
    } m;
    body_reader reader{counted(5), false};
    auto const  to = http::sink::to<&moody::add>(m);
    CHECK(reader.take(std::string_view{"hel"}, to) == result<std::size_t>{0, errc::would_block});
    m.answer = errc::ok;
    CHECK(reader.take(std::string_view{"hell"}, to) == result<std::size_t>{4});
    m.answer = errc::store_full;
    CHECK(reader.take(std::string_view{"o"}, to) == result<std::size_t>{0, errc::store_full});
    CHECK(m.bytes == 4);
}

TEST_CASE("what a collector cannot keep is refused", "[http][body]") {
    char      room[4] = {};
    collector c{room};
    CHECK(c.add(0, std::string_view{"abc"}) == errc::ok);
    CHECK(c.add(3, std::string_view{"de"}) == errc::body_refused);
    CHECK(c.add(3, std::string_view{"d"}) == errc::ok);
    CHECK(c.text() == "abcd");
    c.clear();
    CHECK(c.text().empty());
}
