// SPDX-License-Identifier: BSL-1.0
// What a connection over TLS takes of the pool and of the network, with the wolfSSL that this program is linked to. The
// other end is OpenSSL in the same process; docs/tls.md has the figures of a device.
#include <array>
#include <cstdio>
#include <string>

#include "tls/kit.hpp"

namespace {

using namespace barelink;

void connect_twice(openssl::version highest, char const* key, bool mutual) {
    std::array<char, 2048> kept{};
    kit::pair              p{{.certificate = key, .highest = highest, .wants_client = mutual}};
    p.settings.session = kept;
    if (mutual) p.identify("client");
    for (int i = 0; i < 2; ++i) {
        kit::memory.fail_at(0);
        kit::memory.reset_high_water();
        if (p.connect() != errc::ok) {
            std::printf("no connection: %d\n", p.link.why().wolfssl);
            return;
        }
        auto const top = kit::memory.high_water();
        p.carry();
        std::printf("%-8s %-5s %-7s %-8s %9u %9u %6u %6zu %6zu\n", p.link.version().data(), key, mutual ? "mutual" : "",
                    p.link.resumed() ? "resumed" : "full", top, kit::memory.in_use(), kit::memory.calls(),
                    p.between.total_down, p.between.total_up);
        p.server.send("x");
        std::string text;
        if (p.read(text) != errc::would_block) return;
        p.link.close();
    }
}

void large_message(tls::fragment f) {
    kit::pair p;
    p.settings.max_fragment = f;
    if (p.connect() != errc::ok) return;
    p.carry();
    kit::memory.reset_high_water();
    p.server.send(std::string(40'000, 'x'));
    std::string text;
    if (p.read(text) != errc::would_block || text.size() != 40'000) return;
    std::printf("40 kB in records of %5d bytes: pool %u\n", f == tls::fragment::full ? 16'384 : static_cast<int>(f),
                kit::memory.high_water());
}

}  // namespace

int main() {
    std::printf("version  key   client  handshake      pool      open allocs     in    out\n");
    for (auto const highest : {openssl::version::v1_3, openssl::version::v1_2}) {
        for (auto const* key : {"good", "rsa"}) {
            for (bool const mutual : {false, true}) connect_twice(highest, key, mutual);
        }
    }
    for (auto const f : {tls::fragment::full, tls::fragment::b2048, tls::fragment::b512}) large_message(f);
}
