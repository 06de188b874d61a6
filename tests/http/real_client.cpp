// SPDX-License-Identifier: BSL-1.0
// Fetches over TCP and says what came. usage: http-get PORT METHOD PATH [FIRST-LAST] [BODY]
// Prints one line: error, status, offset of the first byte, number of bytes, a sum over them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <barelink/base/text.hpp>
#include <barelink/http/client.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/tcp.hpp>

using namespace barelink;

namespace {

struct summary {
    std::uint64_t first = 0;
    std::uint64_t bytes = 0;
    std::uint64_t sum   = 14'695'981'039'346'656'037U;  // FNV-1a

    errc add(std::uint64_t offset, bytes_in piece) {
        if (bytes == 0) first = offset;
        if (offset != first + bytes) return errc::io_error;
        bytes += piece.size();
        for (char const c : piece) sum = (sum ^ octet(c)) * 1'099'511'628'211U;
        return errc::ok;
    }
};

http::method method_of(std::string_view name) {
    for (auto const m : {http::method::head, http::method::post, http::method::put}) {
        if (http::name(m) == name) return m;
    }
    return http::method::get;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    http::request r{.what = method_of(argv[2]), .to = {.tls = false, .host = "127.0.0.1", .path = argv[3]}};
    r.to.port    = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
    r.redirects  = 3;
    r.any_status = true;
    r.idle_ms    = 2'000;
    r.timeout_ms = 20'000;
    if (argc > 4 && *argv[4] != '\0') {
        char* end = nullptr;
        r.range   = {.wanted = true, .first = std::strtoull(argv[4], &end, 10)};
        if (*end == '-' && end[1] != '\0') r.range.last = std::strtoull(end + 1, nullptr, 10);
    }
    if (argc > 5) r.body = argv[5];

    posix::tcp<> tcp;
    posix::clock clock;
    summary      body;
    char         room[512]      = {};
    char         url_room[128]  = {};
    http::client web{tcp, room, http::sink::to<&summary::add>(body), url_room};

    auto e = web.start(r, clock.now());
    if (e == errc::ok) {
        while ((e = web.poll(clock.now())) == errc::would_block) {
            tcp.wait(web.next_deadline().left(clock.now()), web.wants());
        }
    }
    auto const text = name(e);
    std::printf("%.*s %u %llu %llu %016llx\n", static_cast<int>(text.size()), text.data(),
                static_cast<unsigned>(web.answer().status), static_cast<unsigned long long>(body.first),
                static_cast<unsigned long long>(body.bytes), static_cast<unsigned long long>(body.sum));
}
