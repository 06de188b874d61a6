// SPDX-License-Identifier: BSL-1.0
// A connected pair, and calls that are repeated until something has happened.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <barelink/base/time.hpp>
#include <barelink/port/posix/tcp.hpp>

#include "loopback.hpp"
#include "support/catch.hpp"

namespace tcp_fixture {

using namespace barelink;
namespace px = barelink::posix;

inline constexpr std::uint32_t for_ever = deadline::never;

// Gives addresses that the test has chosen: each a port of 127.0.0.1, or of ::1 where negative.
struct scripted_resolver {
    std::vector<int> ports;

    errc resolve(endpoint const&, px::address_list& out) noexcept {
        out.clear();
        for (int const p : ports) {
            if (p > 0) out.add(in_addr{htonl(INADDR_LOOPBACK)}, static_cast<std::uint16_t>(p));
            if (p < 0) out.add(in6addr_loopback, 0, static_cast<std::uint16_t>(-p));
        }
        return out.size() != 0 ? errc::ok : errc::resolve_failed;
    }
    std::size_t watch(std::span<pollfd>) noexcept { return 0; }
    std::uint32_t longest_sleep(std::uint32_t ms_max) noexcept { return ms_max; }
    void cancel() noexcept {}
};

// Until the attempt has ended.
template <class Tcp>
result<connect_stage> connect(Tcp& tcp, endpoint const& to) {
    for (;;) {
        auto const r = tcp.connect(to);
        if (!r || r.value == connect_stage::done) return r;
        tcp.wait(for_ever, {});
    }
}

inline result<std::size_t> read(px::stream_socket& tcp, std::string& into) {
    std::string buffer(4096, '\0');
    auto const  r = tcp.read(buffer);
    if (r) into.append(buffer, 0, r.value);
    return r;
}

// Until something came or the connection ended.
template <class Tcp>
errc read_next(Tcp& tcp, std::string& into) {
    for (;;) {
        auto const r = read(tcp, into);
        if (r.error != errc::would_block) return r.error;
        tcp.wait(for_ever, {});
    }
}

struct connected {
    loopback::watchdog dog;
    loopback::server   broker;
    px::tcp<>          tcp;

    connected() {
        REQUIRE(connect(tcp, {"127.0.0.1", broker.port()}) == connect_stage::done);
        broker.accept();
    }
};

}  // namespace tcp_fixture
