// SPDX-License-Identifier: BSL-1.0
// TCP, and TLS over it when the command line says so. A program that is built with wolfSSL may be given away only under
// the GPL, or with a licence of wolfSSL's.
#pragma once

#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>

#include <barelink/port/posix/cares_resolver.hpp>
#include <barelink/port/posix/tcp.hpp>
#include <barelink/port/posix/wall_clock.hpp>
#ifdef EXAMPLES_WITH_WOLFSSL
#include <barelink/tls/wolfssl.hpp>
#endif

#include "tls_options.hpp"

namespace secure {

using tcp = barelink::posix::tcp<barelink::posix::cares_resolver>;

#ifdef EXAMPLES_WITH_WOLFSSL

// Debian's wolfSSL makes tables of curve points: up to 5 MB in a handshake. One that is built for a device needs 20 KB.
inline constinit barelink::tls::pool<8 * 1024 * 1024> memory{};
inline constinit barelink::posix::wall_clock          calendar{};

using library = barelink::tls::wolfssl_library<memory, calendar>;

class network {
public:
    static constexpr std::size_t max_watched = tcp::max_watched;

    // Lifetime: `o` is read at each connection.
    explicit network(tls_options const& o) noexcept : options_{o}, channel_{tcp_, o.settings()} {}
    ~network() { close(); }
    network(network const&)            = delete;
    network& operator=(network const&) = delete;

    barelink::result<barelink::connect_stage> connect(barelink::endpoint const& to) noexcept {
        return options_.on() ? channel_.connect(to) : tcp_.connect(to);
    }
    barelink::result<std::size_t> read(barelink::bytes_out into) noexcept {
        return options_.on() ? channel_.read(into) : tcp_.read(into);
    }
    barelink::result<std::size_t> write(barelink::bytes_in from) noexcept {
        return options_.on() ? channel_.write(from) : tcp_.write(from);
    }
    void close() noexcept {
        if (options_.on()) channel_.close();
        tcp_.close();
    }
    void wait(std::uint32_t ms_max, barelink::interest what) noexcept {
        options_.on() ? channel_.wait(ms_max, what) : tcp_.wait(ms_max, what);
    }

    // For event loops: see posix::tcp. Bytes that were deciphered already are seen by no poll(2).
    std::size_t watch(std::span<pollfd> into, barelink::interest what) noexcept {
        return tcp_.watch(into, options_.on() ? channel_.wants(what) : what);
    }
    [[nodiscard]] std::uint32_t longest_sleep(std::uint32_t ms_max) noexcept {
        return channel_.pending() ? 0 : tcp_.longest_sleep(ms_max);
    }

    // In words, how the open connection is secured, or why there is none.
    void describe(std::FILE* to) const noexcept {
        if (!options_.on()) return;
        auto const& why = channel_.why();
        if (why.error != barelink::errc::ok && why.wolfssl != 0) {
            std::fprintf(to, "TLS: wolfSSL's error %d", why.wolfssl);
            if (why.alert != barelink::tls::failure::no_alert) std::fprintf(to, ", alert %u of the server", why.alert);
            std::fputs(".\n", to);
        } else if (auto const cipher = channel_.cipher(); !cipher.empty()) {
            auto const version = channel_.version();
            std::fprintf(to, "Secured by %.*s, %.*s, %s.\n", static_cast<int>(version.size()), version.data(),
                         static_cast<int>(cipher.size()), cipher.data(),
                         channel_.resumed() ? "with the session from before" : "with a new session");
        }
    }

private:
    tls_options const&                   options_;
    tcp                                  tcp_;
    barelink::tls::wolfssl<tcp, library> channel_;
};

#else

class network : public tcp {
public:
    explicit network(tls_options const&) noexcept {}
    void describe(std::FILE*) const noexcept {}
};

#endif

}  // namespace secure
