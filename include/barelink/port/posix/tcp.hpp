// SPDX-License-Identifier: BSL-1.0
// TCP on a POSIX system, never blocking.
#pragma once

#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <barelink/link/transport.hpp>
#include <barelink/port/posix/resolver.hpp>
#include <barelink/port/posix/stream_socket.hpp>

namespace barelink::inline v0::posix {

// A transport over one TCP socket with TCP_NODELAY. All addresses of the host are tried in turn, IPv4 and IPv6, and
// the attempt fails when the last one has failed. An address that does not answer at all until the client's deadline
// is passed over in the next attempt.
//
// `Resolver` turns the host into addresses; numeric_resolver takes no names but localhost, cares_resolver takes all.
template <class Resolver = numeric_resolver>
class tcp : public stream_socket {
    static_assert(check_resolver<Resolver>());

public:
    // The most descriptors that watch() writes.
    static constexpr std::size_t max_watched = 16;

    // The arguments go to the resolver.
    template <class... Args>
    constexpr explicit tcp(Args&&... for_resolver) noexcept : resolver_{static_cast<Args&&>(for_resolver)...} {}

    // Starts a connection or goes on with it, as link/transport.hpp says.
    // Returns the stage; resolve_failed, connect_refused, unreachable, no_resources or io_error. When the addresses
    // failed in different ways, connect_refused wins over the others, then the last one.
    // Work: one step of the resolver, and at most one socket for each address.
    result<connect_stage> connect(endpoint const& to) noexcept {
        if (phase_ == phase::idle || phase_ == phase::resolving) {
            phase_       = phase::resolving;
            errc const e = resolver_.resolve(to, addresses_);
            if (e == errc::would_block) return connect_stage::resolve;
            if (e != errc::ok) return fail(e);
        }
        return advance();
    }

    // Ends the connection or the attempt; called in any state, also twice. Bytes that write() took still leave.
    void close() noexcept {
        resolver_.cancel();
        release();
    }

    // Sleeps until bytes have come, there is room (as far as `what` asks), an attempt to connect can go on, or `ms_max`
    // milliseconds are over. A signal ends it early, so that a program can leave its loop.
    void wait(std::uint32_t ms_max, interest what) noexcept {
        std::array<pollfd, max_watched> set;
        auto const                      count = watch(set, what);
        detail::sleep_on(std::span{set}.first(count), longest_sleep(ms_max));
    }

    // For event loops of one's own: writes the descriptors to wait for with their poll(2) events, and returns how many.
    // While a name is looked up these are the resolver's, later native_handle(). Ask again after each step.
    std::size_t watch(std::span<pollfd> into, interest what) noexcept {
        return phase_ == phase::resolving ? resolver_.watch(into) : watch_socket(into, what);
    }

    // Returns after how many milliseconds connect() has to go on although no descriptor moved, at most `ms_max`.
    [[nodiscard]] std::uint32_t longest_sleep(std::uint32_t ms_max) noexcept {
        return phase_ == phase::resolving ? resolver_.longest_sleep(ms_max) : ms_max;
    }

private:
    Resolver resolver_;
};

}  // namespace barelink::inline v0::posix
