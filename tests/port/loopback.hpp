// SPDX-License-Identifier: BSL-1.0
// The other end of a connection, on the loopback interface and in this thread: raw sockets, nothing of barelink.
#pragma once

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"

namespace loopback {

// The process ends with SIGALRM if a test hangs: a sleep that nothing ends is the failure that is looked for.
struct watchdog {
    watchdog() { ::alarm(30); }
    ~watchdog() { ::alarm(0); }
};

// A descriptor that closes itself.
class descriptor {
public:
    explicit descriptor(int fd = -1) : fd_{fd} {}
    descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor() { reset(); }
    operator int() const { return fd_; }
    void reset() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_;
};

inline std::uint16_t port_of(int fd) {
    sockaddr_storage s{};
    socklen_t        size = sizeof s;
    REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&s), &size) == 0);
    std::uint16_t port = 0;  // at the same place in both families
    std::memcpy(&port, reinterpret_cast<char const*>(&s) + 2, sizeof port);
    return ntohs(port);
}

// Bound to a free port of 127.0.0.1; nobody listens yet, so a connection is refused and the port can't be taken.
inline descriptor bound_v4(int type = SOCK_STREAM) {
    descriptor  fd{::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    sockaddr_in a{};
    a.sin_family      = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(fd >= 0);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0);
    return fd;
}

// The same on ::1; no descriptor where the machine has no IPv6.
inline descriptor bound_v6() {
    descriptor   fd{::socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    sockaddr_in6 a{};
    a.sin6_family = AF_INET6;
    a.sin6_addr   = in6addr_loopback;
    if (fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) fd.reset();
    return fd;
}

inline void until_readable(int fd) {
    pollfd p{fd, POLLIN, 0};
    REQUIRE(::poll(&p, 1, 20'000) == 1);
}

// Listens, and takes one connection.
class server {
public:
    explicit server(descriptor bound = bound_v4()) : listener_{std::move(bound)} {
        REQUIRE(::listen(listener_, 4) == 0);
    }

    std::uint16_t port() const { return port_of(listener_); }
    int peer() const { return peer_; }

    void accept() {
        until_readable(listener_);
        peer_ = descriptor{::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        REQUIRE(peer_ >= 0);
    }
    void send(std::string_view text) {
        REQUIRE(::send(peer_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
    }
    // What is there now; empty at the end of the stream and when nothing is there.
    std::string take() {
        std::string text(65'536, '\0');
        auto const  n = ::recv(peer_, text.data(), text.size(), 0);
        if (n < 0) REQUIRE((errno == EAGAIN || errno == EINTR));
        text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return text;
    }
    // All up to `size` bytes, fewer if the stream ends.
    std::string take(std::size_t size) {
        std::string all;
        while (all.size() < size) {
            until_readable(peer_);
            auto const part = take();
            if (part.empty()) break;
            all += part;
        }
        return all;
    }
    bool at_end() {
        until_readable(peer_);
        char c = 0;
        return ::recv(peer_, &c, 1, 0) == 0;
    }
    void close_peer() { peer_.reset(); }
    void reset_peer() {
        linger const now{1, 0};
        REQUIRE(::setsockopt(peer_, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
        peer_.reset();
    }

private:
    descriptor listener_;
    descriptor peer_;
};

inline int open_descriptors() {
    DIR* const all = ::opendir("/proc/self/fd");
    REQUIRE(all != nullptr);
    int count = 0;
    while (::readdir(all) != nullptr) ++count;
    ::closedir(all);
    return count;
}

}  // namespace loopback
