// SPDX-License-Identifier: BSL-1.0
// Inside a call of the transport, nobody may ask the C library for memory: malloc aborts there. A thousand connections,
// full and resumed, leave the pool as it was. A program of its own: it brings its own malloc (glibc).
#include <time.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "tls/kit.hpp"

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
}

namespace {

bool          inside = false;
unsigned long asked  = 0;  // outside: proof that the functions below are the ones that are called

void check() {
    if (inside) std::abort();
    ++asked;
}

// What the transport stands on: the wire's strings belong to the test and may grow.
struct outside {
    kit::wire& w;
    template <class F>
    static auto step_out(F f) {
        bool const before = inside;
        inside            = false;
        auto const r      = f();
        inside            = before;
        return r;
    }
    barelink::result<barelink::connect_stage> connect(barelink::endpoint const& to) noexcept {
        return step_out([&] { return w.connect(to); });
    }
    barelink::result<std::size_t> read(barelink::bytes_out into) noexcept {
        return step_out([&] { return w.read(into); });
    }
    barelink::result<std::size_t> write(barelink::bytes_in from) noexcept {
        return step_out([&] { return w.write(from); });
    }
    void close() noexcept { w.close(); }
};

using link = barelink::tls::wolfssl<outside, kit::library>;

int fail(char const* what, int round) {
    std::printf("round %d: %s\n", round, what);
    return 1;
}

int run(openssl::version highest, char const* key, int rounds) {
    using barelink::connect_stage;
    using barelink::errc;
    kit::pair              p{{.certificate = key, .highest = highest}};
    std::array<char, 1024> kept{};
    outside                below{p.between};
    link                   secure{below, p.settings};
    unsigned               resumed = 0;
    std::uint32_t          top     = 0;
    for (int i = 0; i < rounds; ++i) {
        // Every second one makes a full handshake.
        p.settings.session = i % 2 == 0 ? barelink::bytes_out{} : barelink::bytes_out{kept};
        if (i == 1) kept.fill(0);
        p.server.accept();
        p.between = {};
        kit::memory.reset_high_water();
        barelink::result<connect_stage> r{};
        for (int step = 0; step < 50 && r && r.value != connect_stage::done; ++step) {
            inside = true;
            r      = secure.connect({p.host, 8883});
            inside = false;
            p.carry();
        }
        if (!r || r.value != connect_stage::done) return fail("no connection", i);
        p.server.send("hello");
        p.carry();
        char text[64];
        inside       = true;
        auto const w = secure.write(barelink::bytes_in{"welcome", 7});
        auto const n = secure.read(text);
        inside       = false;
        p.carry();
        if (w.value != 7 || n.value != 5 || p.server.received() != "welcome") return fail("no traffic", i);
        inside = true;
        if (secure.resumed()) ++resumed;
        secure.close();
        inside = false;
        if (kit::leaked() != 0) return fail("the pool is not empty", i);
        if (i == 3) top = kit::memory.high_water();
        if (i == rounds - 1 && kit::memory.high_water() > top + 4096) return fail("the pool fills up", i);
    }
    std::printf("%d connections, %u resumed\n", rounds, resumed);
    return resumed >= static_cast<unsigned>(rounds / 2 - 1) ? 0 : fail("not resumed", rounds);
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) {
    check();
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    check();
    return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
    check();
    return __libc_realloc(old, size);
}
}

int main() {
    // wolfSSL asks gmtime_r, and glibc reads the time zone at the first call, with malloc. docs/tls.md says so.
    ::tzset();
    using openssl::version;
    int const bad = run(version::v1_2, "good", 300) + run(version::v1_3, "good", 300) + run(version::v1_2, "rsa", 200) +
                    run(version::v1_3, "rsa", 200);
    if (asked == 0) return fail("nobody has called our malloc", 0);
    return bad;
}
