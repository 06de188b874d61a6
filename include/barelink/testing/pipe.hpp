// SPDX-License-Identifier: BSL-1.0
// A byte stream in memory with two ends: a transport for a client, and what a server would have accepted.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/testing/byte_queue.hpp>

namespace barelink::inline v0::testing {

// What the pipe is to do differently; may be changed at any time.
struct pipe_knobs {
    static constexpr std::size_t any = static_cast<std::size_t>(-1);

    std::size_t   client_read_max  = any;   // bytes that one call moves at most; 0: would_block
    std::size_t   client_write_max = any;
    std::size_t   server_read_max  = any;
    std::size_t   server_write_max = any;
    errc          refuse           = errc::ok;  // not ok: connect() fails with it
    connect_stage wait_in          = connect_stage::done;  // not done: connect() stays in this stage
};

struct pipe_counts {
    std::uint32_t connects      = 0;  // attempts, answered or not
    std::uint32_t client_reads  = 0;  // calls, whatever they returned
    std::uint32_t client_writes = 0;
    std::uint32_t bytes_up      = 0;  // from client to server
    std::uint32_t bytes_down    = 0;
    std::uint32_t closes        = 0;  // by the client, of an open connection
};

// `Capacity`: bytes in each direction that were written and not read. One connection at a time: the next one waits, in
// stage `connect`, until the server has closed its end of the last one.
template <std::size_t Capacity = 4096>
class memory_pipe {
public:
    // Satisfies `transport`.
    class client_end {
    public:
        constexpr explicit client_end(memory_pipe& owner) noexcept : pipe_{&owner} {}
        constexpr result<connect_stage> connect(endpoint const& to) noexcept { return pipe_->connect(to); }
        constexpr result<std::size_t> read(bytes_out into) noexcept { return pipe_->client_read(into); }
        constexpr result<std::size_t> write(bytes_in from) noexcept { return pipe_->client_write(from); }
        constexpr void close() noexcept { pipe_->client_close(); }
        // Whether read() would return something other than would_block: what an epoll would say.
        [[nodiscard]] constexpr bool readable() const noexcept {
            auto const& p = *pipe_;
            if (!p.client_open_) return p.dialing_ && p.can_answer();
            return p.cut_ || !p.server_open_ || (!p.down_.empty() && p.knobs.client_read_max != 0);
        }
        [[nodiscard]] constexpr bool writable() const noexcept {
            return pipe_->client_open_ && pipe_->up_.room() != 0 && pipe_->knobs.client_write_max != 0;
        }

    private:
        memory_pipe* pipe_;
    };

    // Same verbs for the other side; open() is true from the client's connect() until close() or reset() here.
    class server_end {
    public:
        constexpr explicit server_end(memory_pipe& owner) noexcept : pipe_{&owner} {}
        [[nodiscard]] constexpr bool open() const noexcept { return pipe_->server_open_; }
        constexpr result<std::size_t> read(bytes_out into) noexcept { return pipe_->server_read(into); }
        constexpr result<std::size_t> write(bytes_in from) noexcept { return pipe_->server_write(from); }
        // The client reads what was written before, then closed_by_peer.
        constexpr void close() noexcept { pipe_->server_open_ = false; }
        // The client gets connection_reset at its next call.
        constexpr void reset() noexcept {
            pipe_->cut_         = pipe_->client_open_;
            pipe_->server_open_ = false;
        }

    private:
        memory_pipe* pipe_;
    };

    constexpr memory_pipe() noexcept : client_{*this}, server_{*this} {}
    memory_pipe(memory_pipe const&)            = delete;
    memory_pipe& operator=(memory_pipe const&) = delete;

    [[nodiscard]] constexpr client_end& client() noexcept { return client_; }
    [[nodiscard]] constexpr server_end& server() noexcept { return server_; }
    [[nodiscard]] constexpr pipe_counts const& counts() const noexcept { return counts_; }
    // What world.hpp asks of a link: its server ends, and when something arrives by itself, which is never.
    [[nodiscard]] constexpr server_end* begin() noexcept { return &server_; }
    [[nodiscard]] constexpr server_end* end() noexcept { return &server_ + 1; }
    [[nodiscard]] constexpr deadline next_change() const noexcept { return {}; }
    // Where the last connect() wanted to go. Lifetime: the caller's.
    [[nodiscard]] constexpr endpoint const& address() const noexcept { return address_; }

    pipe_knobs knobs = {};

private:
    [[nodiscard]] static constexpr std::size_t least(std::size_t a, std::size_t b) noexcept { return a < b ? a : b; }

    [[nodiscard]] constexpr bool can_answer() const noexcept {
        return knobs.refuse != errc::ok || (knobs.wait_in == connect_stage::done && !server_open_);
    }
    constexpr result<connect_stage> connect(endpoint const& to) noexcept {
        if (!dialing_) ++counts_.connects;
        dialing_ = true;
        address_ = to;
        if (knobs.refuse != errc::ok) return knobs.refuse;
        if (knobs.wait_in != connect_stage::done) return knobs.wait_in;
        if (server_open_) return connect_stage::connect;
        up_.clear();
        down_.clear();
        dialing_ = cut_ = false;
        client_open_ = server_open_ = true;
        return connect_stage::done;
    }
    constexpr result<std::size_t> client_read(bytes_out into) noexcept {
        ++counts_.client_reads;
        if (!client_open_ || cut_) return errc::connection_reset;
        auto const count = down_.pop(into.first(least(into.size(), knobs.client_read_max)));
        if (count == 0) return server_open_ || !down_.empty() ? errc::would_block : errc::closed_by_peer;
        return count;
    }
    constexpr result<std::size_t> client_write(bytes_in from) noexcept {
        ++counts_.client_writes;
        if (!client_open_ || cut_) return errc::connection_reset;
        // Like a socket: the end of the stream is told to the reader, what is written towards it vanishes.
        auto const count = least(least(from.size(), knobs.client_write_max), up_.room());
        if (server_open_) up_.push(from.first(count));
        counts_.bytes_up += static_cast<std::uint32_t>(count);
        return count != 0 ? result<std::size_t>{count} : result<std::size_t>{errc::would_block};
    }
    constexpr void client_close() noexcept {
        if (client_open_) ++counts_.closes;
        client_open_ = dialing_ = cut_ = false;
    }
    constexpr result<std::size_t> server_read(bytes_out into) noexcept {
        if (!server_open_) return errc::connection_reset;
        auto const count = up_.pop(into.first(least(into.size(), knobs.server_read_max)));
        if (count == 0) return client_open_ || !up_.empty() ? errc::would_block : errc::closed_by_peer;
        return count;
    }
    constexpr result<std::size_t> server_write(bytes_in from) noexcept {
        if (!server_open_) return errc::connection_reset;
        auto const count = least(least(from.size(), knobs.server_write_max), down_.room());
        if (client_open_) down_.push(from.first(count));
        counts_.bytes_down += static_cast<std::uint32_t>(count);
        return count != 0 ? result<std::size_t>{count} : result<std::size_t>{errc::would_block};
    }

    byte_queue<Capacity> up_          = {};
    byte_queue<Capacity> down_        = {};
    client_end           client_;
    server_end           server_;
    pipe_counts          counts_      = {};
    endpoint             address_     = {};
    bool                 client_open_ = false;
    bool                 server_open_ = false;
    bool                 dialing_     = false;
    bool                 cut_         = false;
};

static_assert(transport<memory_pipe<>::client_end>);

}  // namespace barelink::inline v0::testing
