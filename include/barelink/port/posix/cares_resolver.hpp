// SPDX-License-Identifier: BSL-1.0
// Names looked up with c-ares (link with -lcares): /etc/hosts and DNS, without a thread.
#pragma once

#include <ares.h>
#include <poll.h>
#include <sys/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <barelink/base/errc.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/port/posix/resolver.hpp>

namespace barelink::inline v0::posix {

struct cares_options {
    char const*   servers = nullptr;  // "192.0.2.53:53,[2001:db8::53]:53"; without it the system's. Lifetime: borrowed
    std::uint16_t try_ms  = 2000;     // how long the first try waits for an answer; later ones wait longer
    std::uint8_t  tries   = 3;        // for each server; after that resolve_failed, if no deadline came first
};

// A resolver that takes what numeric_resolver takes, without c-ares, and all other names. c-ares is a C library with
// a heap of its own: it allocates while a name is looked up and gives everything back at the end of the look-up, so
// nothing is held while connected. A look-up begins with reading the system's configuration, so that it knows the name
// servers of the network of today; that and /etc/hosts are small local files, everything else is non-blocking.
//
// Addresses come in the order of RFC 6724. A and AAAA are asked for together, and both have to be answered.
// Requires: constructed before the program starts threads (ares_library_init asks for that).
class cares_resolver {
public:
    explicit cares_resolver(cares_options const& options = {}) noexcept
        : options_{options}, library_{::ares_library_init(ARES_LIB_INIT_ALL)} {}
    cares_resolver(cares_resolver const&)            = delete;
    cares_resolver& operator=(cares_resolver const&) = delete;
    ~cares_resolver() {
        cancel();
        if (library_ == ARES_SUCCESS) ::ares_library_cleanup();
    }

    // As resolver.hpp says. Work: one pass over at most ARES_GETSOCK_MAXNUM sockets.
    errc resolve(endpoint const& to, address_list& out) noexcept {
        if (channel_ == nullptr) {
            if (numeric_resolver::resolve(to, out) == errc::ok) return errc::ok;
            out_ = &out;
            start(to);
        } else {
            out_ = &out;
            step();
        }
        errc const e = outcome_;
        if (e != errc::would_block) cancel();
        out_ = nullptr;
        return e;
    }

    std::size_t watch(std::span<pollfd> into) noexcept {
        if (channel_ == nullptr) return 0;
        std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets;
        auto const  moves = static_cast<unsigned>(::ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM));
        std::size_t count = 0;
        for (unsigned i = 0; i < sockets.size() && count < into.size(); ++i) {
            int const events = (ARES_GETSOCK_READABLE(moves, i) ? POLLIN : 0) |
                               (ARES_GETSOCK_WRITABLE(moves, i) ? POLLOUT : 0);
            if (events == 0) continue;
            into[count++] = {.fd = sockets[i], .events = static_cast<short>(events), .revents = 0};
        }
        return count;
    }

    // c-ares sends a question again when its own time is over.
    std::uint32_t longest_sleep(std::uint32_t ms_max) noexcept {
        if (channel_ == nullptr) return ms_max;
        timeval left{};
        if (::ares_timeout(channel_, nullptr, &left) == nullptr) return ms_max;
        // Rounded up: a sleep that ends before the time does would be followed by another one of 0 ms.
        auto const ms = static_cast<std::uint64_t>(left.tv_sec) * 1000U +
                        (static_cast<std::uint64_t>(left.tv_usec) + 999U) / 1000U;
        return ms < ms_max ? static_cast<std::uint32_t>(ms) : ms_max;
    }

    void cancel() noexcept {
        if (channel_ == nullptr) return;
        auto* const channel = channel_;
        channel_            = nullptr;
        out_                = nullptr;  // ares_destroy tells finished() that it is over
        ::ares_destroy(channel);
    }

private:
    static errc outcome_of(int status) noexcept {
        return status == ARES_ENOMEM ? errc::no_resources : errc::resolve_failed;
    }

    // c-ares calls this from within start() (for a name in /etc/hosts), step() or cancel().
    static void finished(void* self, int status, int, ares_addrinfo* found) noexcept {
        static_cast<cares_resolver*>(self)->finish(status, found);
        if (found != nullptr) ::ares_freeaddrinfo(found);
    }

    void finish(int status, ares_addrinfo const* found) noexcept {
        if (out_ == nullptr) return;
        if (status == ARES_SUCCESS && found != nullptr) {
            for (auto const* node = found->nodes; node != nullptr; node = node->ai_next) add(*node);
        }
        outcome_ = out_->size() != 0 ? errc::ok : outcome_of(status);
    }

    void add(ares_addrinfo_node const& node) noexcept {
        if (node.ai_family == AF_INET) {
            sockaddr_in a{};
            std::memcpy(&a, node.ai_addr, sizeof a);
            out_->add(a.sin_addr, port_);
        } else if (node.ai_family == AF_INET6) {
            sockaddr_in6 a{};
            std::memcpy(&a, node.ai_addr, sizeof a);
            out_->add(a.sin6_addr, a.sin6_scope_id, port_);
        }
    }

    // Sets outcome_. The channel exists afterwards, unless there was no way to make one.
    void start(endpoint const& to) noexcept {
        std::array<char, 256> name;  // 253 characters and the dot of the root are the most [RFC 1035, 2.3.4]
        outcome_ = errc::resolve_failed;
        if (to.host.empty() || !detail::copy_c_string(name, to.host)) return;
        port_ = to.port;
        ares_options wishes{};
        wishes.timeout   = options_.try_ms;
        wishes.tries     = options_.tries;
        int const status = ::ares_init_options(&channel_, &wishes, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
        if (status != ARES_SUCCESS) {
            channel_ = nullptr;
            outcome_ = outcome_of(status);
            return;
        }
        if (options_.servers != nullptr && ::ares_set_servers_ports_csv(channel_, options_.servers) != ARES_SUCCESS) {
            return;
        }
        ares_addrinfo_hints hints{};
        hints.ai_family   = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        outcome_          = errc::would_block;
        ::ares_getaddrinfo(channel_, name.data(), nullptr, &hints, &finished, this);
    }

    void step() noexcept {
        std::array<pollfd, ARES_GETSOCK_MAXNUM> set;
        auto const                              count = watch(set);
        if (count != 0) ::poll(set.data(), static_cast<nfds_t>(count), 0);
        ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what its own time demands
        for (std::size_t i = 0; i < count && outcome_ == errc::would_block; ++i) {
            // An error is told to both directions: c-ares finds out what it is by trying.
            auto const moved = set[i].revents;
            bool const in    = (moved & (POLLIN | POLLERR | POLLHUP)) != 0;
            bool const room  = (moved & (POLLOUT | POLLERR | POLLHUP)) != 0;
            if (!in && !room) continue;
            ::ares_process_fd(channel_, in ? set[i].fd : ARES_SOCKET_BAD, room ? set[i].fd : ARES_SOCKET_BAD);
        }
    }

    cares_options options_;
    int           library_;
    ares_channel  channel_ = nullptr;
    address_list* out_     = nullptr;  // during resolve()
    std::uint16_t port_    = 0;
    errc          outcome_ = errc::would_block;
};

static_assert(check_resolver<cares_resolver>());

}  // namespace barelink::inline v0::posix
