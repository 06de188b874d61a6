// SPDX-License-Identifier: BSL-1.0
// How a host becomes socket addresses: the contract of a resolver, and the one that needs no name server.
#pragma once

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/link/transport.hpp>

namespace barelink::inline v0::posix {

// An IPv4 or IPv6 address with its port, as connect(2) wants it.
union socket_address {
    sockaddr_in6 v6 = {};
    sockaddr_in  v4;
    sockaddr     any;

    [[nodiscard]] sa_family_t family() const noexcept { return any.sa_family; }
    [[nodiscard]] socklen_t size() const noexcept {
        return family() == AF_INET6 ? socklen_t{sizeof v6} : socklen_t{sizeof v4};
    }
};

// The addresses of one host in the order in which they are to be tried. Each family has half of the places, so that
// a host with many IPv6 addresses still shows its IPv4 ones; what is more than that is not tried.
class address_list {
public:
    static constexpr std::size_t capacity = 8;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] socket_address const& operator[](std::size_t i) const noexcept { return items_[i]; }
    void clear() noexcept { size_ = 0; }

    void add(in_addr const& address, std::uint16_t port) noexcept {
        if (taken(AF_INET) == capacity / 2) return;
        auto& to         = items_[size_++];
        to.v4            = sockaddr_in{};
        to.v4.sin_family = AF_INET;
        to.v4.sin_port   = htons(port);
        to.v4.sin_addr   = address;
    }
    // `scope` is the index of the interface of a link-local address, else 0.
    void add(in6_addr const& address, std::uint32_t scope, std::uint16_t port) noexcept {
        if (taken(AF_INET6) == capacity / 2) return;
        auto& to            = items_[size_++];
        to.v6               = sockaddr_in6{};
        to.v6.sin6_family   = AF_INET6;
        to.v6.sin6_port     = htons(port);
        to.v6.sin6_addr     = address;
        to.v6.sin6_scope_id = scope;
    }

private:
    [[nodiscard]] std::size_t taken(sa_family_t family) const noexcept {
        std::size_t n = 0;
        for (std::size_t i = 0; i < size_; ++i) n += items_[i].family() == family ? 1U : 0U;
        return n;
    }

    std::array<socket_address, capacity> items_ = {};
    std::size_t                          size_  = 0;
};

// A resolver looks up one host at a time and never blocks:
//
//   errc resolve(endpoint const& to, address_list& out)
//       The first call after construction or cancel() starts a look-up, each further call goes on with it. Returns ok
//       with at least one address in `out`; would_block; resolve_failed; or no_resources. After anything but
//       would_block the next call starts anew. It knows no deadline: the caller has one, and calls cancel().
//   size_t watch(std::span<pollfd> into)
//       Writes the descriptors that the look-up waits for, at most into.size(), and returns how many.
//   uint32_t longest_sleep(uint32_t ms_max)
//       Returns the milliseconds after which resolve() has to be called although no descriptor moved, at most ms_max.
//   void cancel()
//       Ends the look-up and gives everything back; called in any state, also twice. The destructor
//       does the same.
template <class R>
concept resolver = requires(R& r, endpoint const& to, address_list& out, std::span<pollfd> into, std::uint32_t ms_max) {
    { r.resolve(to, out) } noexcept -> std::same_as<errc>;
    { r.watch(into) } noexcept -> std::same_as<std::size_t>;
    { r.longest_sleep(ms_max) } noexcept -> std::same_as<std::uint32_t>;
    { r.cancel() } noexcept -> std::same_as<void>;
};

template <class R>
consteval bool check_resolver() {
    static_assert(resolver<R>,
                  "barelink: a resolver needs `errc resolve(endpoint const&, address_list&)`, `size_t "
                  "watch(std::span<pollfd>)`, `uint32_t longest_sleep(uint32_t)` and `void cancel()`, all noexcept");
    return true;
}

namespace detail {

// Copies text behind which the C library needs a NUL. Returns false if it does not fit or has a NUL of its own,
// which would make the C library see another, shorter name.
[[nodiscard]] inline bool copy_c_string(std::span<char> to, std::string_view text) noexcept {
    if (text.size() >= to.size() || text.find('\0') != std::string_view::npos) return false;
    move_bytes(to.data(), text.data(), text.size());
    to[text.size()] = '\0';
    return true;
}

// True for "localhost" and all names below it, in any case and with or without the dot of the root [RFC 6761, 6.3].
[[nodiscard]] inline bool is_localhost(std::string_view host) noexcept {
    constexpr std::string_view name = "localhost";
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() < name.size()) return false;
    auto const before = host.size() - name.size();
    for (std::size_t i = 0; i < name.size(); ++i) {
        char const c = host[before + i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != name[i]) return false;
    }
    return before == 0 || host[before - 1] == '.';
}

// Reads "fe80::1%eth0" or "fe80::1%2": what is behind the percent sign names the interface [RFC 4007, 11].
// Returns 0 without a name, and if there is no such interface.
[[nodiscard]] inline std::uint32_t scope_of(std::string_view name) noexcept {
    std::array<char, IF_NAMESIZE> text;
    if (name.empty() || !copy_c_string(text, name)) return 0;
    if (unsigned const index = ::if_nametoindex(text.data()); index != 0) return index;
    std::uint32_t index = 0;
    for (char const c : name) {
        if (c < '0' || c > '9' || index > 99'999) return 0;
        index = index * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return index;
}

}  // namespace detail

// Takes addresses, not names: "192.0.2.1", "2001:db8::1", "fe80::1%eth0". The one name it knows is "localhost" with
// what is below it, which by RFC 6761, 6.3 always means the loopback addresses: 127.0.0.1 is tried first, then ::1.
// Any other name is resolve_failed.
struct numeric_resolver {
    static errc resolve(endpoint const& to, address_list& out) noexcept {
        out.clear();
        if (detail::is_localhost(to.host)) {
            out.add(in_addr{htonl(INADDR_LOOPBACK)}, to.port);
            out.add(in6addr_loopback, 0, to.port);
            return errc::ok;
        }
        // Not with substr(): it brings a function that throws into the program.
        auto const       percent = to.host.find('%');
        bool const       scoped  = percent != std::string_view::npos;
        std::string_view host    = to.host;
        std::string_view zone    = {};
        if (scoped) {
            zone = {host.data() + percent + 1, host.size() - percent - 1};
            host.remove_suffix(host.size() - percent);
        }
        std::array<char, INET6_ADDRSTRLEN> text;
        if (!detail::copy_c_string(text, host)) return errc::resolve_failed;
        if (in_addr v4{}; !scoped && ::inet_pton(AF_INET, text.data(), &v4) == 1) {
            out.add(v4, to.port);
            return errc::ok;
        }
        in6_addr v6{};
        if (::inet_pton(AF_INET6, text.data(), &v6) != 1) return errc::resolve_failed;
        auto const scope = detail::scope_of(zone);
        if (scoped && scope == 0) return errc::resolve_failed;
        out.add(v6, scope, to.port);
        return errc::ok;
    }
    static std::size_t watch(std::span<pollfd>) noexcept { return 0; }
    static std::uint32_t longest_sleep(std::uint32_t ms_max) noexcept { return ms_max; }
    static void cancel() noexcept {}
};

static_assert(check_resolver<numeric_resolver>());

}  // namespace barelink::inline v0::posix
