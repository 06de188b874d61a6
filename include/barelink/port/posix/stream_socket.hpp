// SPDX-License-Identifier: BSL-1.0
// The part of tcp.hpp that knows no resolver: one TCP connection out of a list of addresses, never blocking.
// Needs SOCK_NONBLOCK, SOCK_CLOEXEC and MSG_NOSIGNAL (POSIX.1-2024; Linux and the BSDs).
#pragma once

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/port/posix/resolver.hpp>

namespace barelink::inline v0::posix {

namespace detail {

// What an errno of connect(2) or SO_ERROR means. A firewall of our own answers EACCES or EPERM.
[[nodiscard]] inline errc connect_error(int error) noexcept {
    switch (error) {
    case ECONNREFUSED:
    case ECONNRESET: return errc::connect_refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ETIMEDOUT:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EACCES:
    case EPERM: return errc::unreachable;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return errc::no_resources;
    default: return errc::io_error;
    }
}

// What an errno of recv(2) or send(2) means.
[[nodiscard]] inline errc stream_error(int error) noexcept {
    if (error == EAGAIN || error == EWOULDBLOCK) return errc::would_block;
    switch (error) {
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
    case ETIMEDOUT: return errc::connection_reset;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN: return errc::unreachable;
    case ENOBUFS:
    case ENOMEM: return errc::no_resources;
    default: return errc::io_error;
    }
}

// How the connect(2) of a non-blocking socket ended. Returns ok, would_block while it goes on, or what it failed with.
[[nodiscard]] inline errc connect_outcome(int fd) noexcept {
    pollfd p{.fd = fd, .events = POLLOUT, .revents = 0};
    if (::poll(&p, 1, 0) <= 0) return errc::would_block;  // EINTR as well: the next call looks again
    int       error = 0;
    socklen_t size  = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    return error == 0 ? errc::ok : connect_error(error);
}

// True if both ends are one socket: a connect to a local port on which nobody listens can choose that very port as
// its own, and TCP then connects it to itself (simultaneous open). A device that reconnects to a broker on its
// own machine would sooner or later talk to itself, and keep the broker from listening again.
[[nodiscard]] inline bool connected_to_itself(int fd) noexcept {
    socket_address own;
    socket_address peer;
    socklen_t      own_size  = sizeof own;
    socklen_t      peer_size = sizeof peer;
    if (::getsockname(fd, &own.any, &own_size) != 0 || ::getpeername(fd, &peer.any, &peer_size) != 0) return false;
    if (own.family() != peer.family()) return false;
    if (own.family() == AF_INET) {
        return own.v4.sin_port == peer.v4.sin_port && own.v4.sin_addr.s_addr == peer.v4.sin_addr.s_addr;
    }
    return own.v6.sin6_port == peer.v6.sin6_port &&
           std::memcmp(&own.v6.sin6_addr, &peer.v6.sin6_addr, sizeof own.v6.sin6_addr) == 0;
}

// Sleeps until a descriptor moves, a signal comes or the time is over. More than INT_MAX milliseconds count as
// INT_MAX, 24.8 days.
inline void sleep_on(std::span<pollfd> set, std::uint32_t ms_max) noexcept {
    constexpr auto longest = static_cast<std::uint32_t>(INT_MAX);
    ::poll(set.data(), static_cast<nfds_t>(set.size()), static_cast<int>(ms_max < longest ? ms_max : longest));
}

}  // namespace detail

// Base of tcp<>: tries one address after the other, then carries bytes. One owner; not copyable, not movable.
class stream_socket {
public:
    stream_socket(stream_socket const&)            = delete;
    stream_socket& operator=(stream_socket const&) = delete;

    // Returns 1 or more bytes; would_block; closed_by_peer; connection_reset, unreachable, no_resources or io_error.
    // Work: one system call.
    result<std::size_t> read(bytes_out into) noexcept {
        if (phase_ != phase::open) return errc::io_error;
        if (into.empty()) return errc::would_block;  // recv would give 0, which means the end of the stream
        for (;;) {
            auto const n = ::recv(fd_, into.data(), into.size(), 0);
            if (n > 0) return static_cast<std::size_t>(n);
            if (n == 0) return errc::closed_by_peer;
            if (errno != EINTR) return detail::stream_error(errno);
        }
    }

    // Returns how many bytes were taken, 1 or more; would_block; or an error as read(). Work: one system call.
    result<std::size_t> write(bytes_in from) noexcept {
        if (phase_ != phase::open) return errc::io_error;
        if (from.empty()) return errc::would_block;
        for (;;) {
            auto const n = ::send(fd_, from.data(), from.size(), MSG_NOSIGNAL);
            if (n > 0) return static_cast<std::size_t>(n);
            if (n == 0) return errc::would_block;
            if (errno != EINTR) return detail::stream_error(errno);
        }
    }

    // The socket, for epoll and the like; -1 while there is none.
    [[nodiscard]] int native_handle() const noexcept { return fd_; }

    // How many sockets there have been. When it changes, register native_handle() anew, even if the number is the same:
    // each address gets its own socket, the system reuses numbers, and epoll forgets a socket that was closed.
    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }

protected:
    enum class phase : std::uint8_t { idle, resolving, connecting, open, failed };

    constexpr stream_socket() noexcept = default;
    ~stream_socket() { release(); }

    // Goes on with connecting to `addresses_`, each tried once. Work: at most one socket for each address.
    result<connect_stage> advance() noexcept {
        if (phase_ == phase::open) return connect_stage::done;
        if (phase_ == phase::failed) return cause_;
        errc e = real(phase_ == phase::connecting ? detail::connect_outcome(fd_) : open_next());
        while (e != errc::ok && e != errc::would_block) {
            drop_socket();
            if (cause_ != errc::connect_refused) cause_ = e;  // the host's own answer tells more than a missing route
            if (++tried_ >= addresses_.size()) return fail(e);
            e = real(open_next());
        }
        if (e == errc::would_block) {
            phase_ = phase::connecting;
            return connect_stage::connect;
        }
        phase_ = phase::open;
        first_ = current();
        tried_ = 0;
        return connect_stage::done;
    }

    result<connect_stage> fail(errc e) noexcept {
        drop_socket();
        phase_ = phase::failed;
        if (cause_ == errc::ok || e == errc::no_resources) cause_ = e;
        return cause_;
    }

    // Gives the socket back. Bytes that write() took still leave; unread ones are thrown away first, for close(2) with
    // unread bytes resets the connection and the peer may then never see our last ones (for MQTT: DISCONNECT, and the
    // broker publishes the will). What comes in after that can still do so. Work: bounded by 32 reads of 512 bytes.
    void release() noexcept {
        if (phase_ == phase::open && ::shutdown(fd_, SHUT_WR) == 0) {
            std::array<char, 512> waste;
            for (int i = 0; i < 32 && ::recv(fd_, waste.data(), waste.size(), 0) > 0; ++i) {}
        }
        // Given up on while it did not answer: the next attempt begins with the address behind it. The deadline is the
        // client's and ends the whole attempt, so a dead first address would hide all others for ever.
        if (phase_ == phase::connecting) first_ = current() + 1;
        drop_socket();
        addresses_.clear();
        tried_ = 0;
        cause_ = errc::ok;
        phase_ = phase::idle;
    }

    // Writes what the connection waits for.
    std::size_t watch_socket(std::span<pollfd> into, interest what) const noexcept {
        if (fd_ < 0 || into.empty()) return 0;
        int const wish   = (what.bytes ? POLLIN : 0) | (what.room ? POLLOUT : 0);
        int const events = phase_ == phase::connecting ? POLLOUT : wish;
        into[0]          = {.fd = fd_, .events = static_cast<short>(events), .revents = 0};
        return 1;
    }

    address_list addresses_ = {};
    phase        phase_     = phase::idle;

private:
    // Requires: at least one address.
    [[nodiscard]] std::size_t current() const noexcept { return (first_ + tried_) % addresses_.size(); }

    // A connection to ourselves is none.
    [[nodiscard]] errc real(errc e) const noexcept {
        return e == errc::ok && detail::connected_to_itself(fd_) ? errc::connect_refused : e;
    }

    // Starts connecting to the current address. Returns as connect_outcome().
    errc open_next() noexcept {
        auto const& to = addresses_[current()];
        fd_            = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
        if (fd_ < 0) return detail::connect_error(errno);
        ++generation_;
        int const on = 1;
        if (::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) return detail::connect_error(errno);
        if (::connect(fd_, &to.any, to.size()) == 0) return errc::ok;
        // After EINTR the connection goes on being made, as after EINPROGRESS.
        return errno == EINPROGRESS || errno == EINTR ? errc::would_block : detail::connect_error(errno);
    }

    void drop_socket() noexcept {
        if (fd_ >= 0) ::close(fd_);  // also after EINTR the descriptor is gone on Linux: never close it again
        fd_ = -1;
    }

    int           fd_         = -1;
    std::uint32_t generation_ = 0;
    std::size_t   first_      = 0;  // where in the list an attempt begins
    std::size_t   tried_      = 0;  // how many addresses of this attempt have failed
    errc          cause_      = errc::ok;
};

}  // namespace barelink::inline v0::posix
