// SPDX-License-Identifier: BSL-1.0
// A network that splits, delays, loses and cuts, on virtual time, the same way for the same seed.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/delay_line.hpp>
#include <barelink/testing/flaky_rates.hpp>

namespace barelink::inline v0::testing {

struct flaky_counts {
    std::uint32_t attempts = 0;  // connect()
    std::uint32_t connects = 0;  // that stood
    std::uint32_t cuts     = 0;
    std::uint32_t losses   = 0;
};

// One client's way to the server: client() is a transport; each connection that it makes is one of `Lanes` server ends,
// because a server may still hold a dead connection when the client comes again. `Capacity`: bytes of each direction
// that were written and not read. Lifetime: the clock must outlive it.
template <std::size_t Capacity = 4096, std::size_t Lanes = 4>
class flaky_link {
    static_assert(Lanes > 0, "barelink: a flaky_link needs at least one lane");

public:
    constexpr flaky_link(manual_clock& clock, std::uint64_t seed, flaky_rates const& r = {}) noexcept
        : rates{r}, clock_{&clock}, dice_{seed}, client_{*this} {}
    flaky_link(flaky_link const&)            = delete;
    flaky_link& operator=(flaky_link const&) = delete;

    // Satisfies `transport`.
    class client_end {
    public:
        constexpr explicit client_end(flaky_link& owner) noexcept : link_{&owner} {}
        constexpr result<connect_stage> connect(endpoint const&) noexcept { return link_->connect(); }
        constexpr result<std::size_t> read(bytes_out into) noexcept {
            if (link_->lane_ == nullptr) return errc::connection_reset;
            return link_->lane_->down_.read(into);
        }
        constexpr result<std::size_t> write(bytes_in from) noexcept {
            if (link_->lane_ == nullptr) return errc::connection_reset;
            return link_->lane_->up_.write(from);
        }
        constexpr void close() noexcept { link_->client_close(); }
        // What an epoll would say: whether read(), or connect(), would get on.
        [[nodiscard]] constexpr bool readable() const noexcept {
            if (link_->lane_ != nullptr) return link_->lane_->down_.readable();
            return link_->dialing_ && link_->answer_.due(link_->clock_->now());
        }
        [[nodiscard]] constexpr bool writable() const noexcept {
            return link_->lane_ != nullptr && link_->lane_->up_.writable();
        }

    private:
        flaky_link* link_;
    };

    // One direction of a connection, seen from both of its ends.
    class direction {
    public:
        constexpr result<std::size_t> read(bytes_out into) noexcept {
            if (reset_seen()) return errc::connection_reset;
            auto& l = *link_;
            if (!readable()) return errc::would_block;
            auto const there = line_.arrived(l.now());
            if (there == 0) return errc::closed_by_peer;
            if (into.empty() || l.stumbles(read_again_)) return errc::would_block;
            auto const count = l.part_of(there < into.size() ? there : into.size());
            line_.pop(into.first(count));
            return count;
        }
        // What is written towards an end that is closed, or into a dead connection, vanishes, as it does in a socket.
        constexpr result<std::size_t> write(bytes_in from) noexcept {
            if (broken_) return errc::connection_reset;
            auto& l = *link_;
            if (!writable() || from.empty() || l.stumbles(write_again_)) return errc::would_block;
            auto const room  = line_.room() - swallowed_;
            auto const count = l.part_of(room < from.size() ? room : from.size());
            // All of it was taken, also what is behind the byte at which the connection broke.
            auto const through = dead_ ? 0 : l.fate(*this, count);
            if (!deaf_) line_.push(from.first(through), l.arrival());
            if (dead_) swallowed_ += count - through;
            return count;
        }
        [[nodiscard]] constexpr bool readable() const noexcept {
            auto const now = link_->now();
            bool const stumbling = read_again_.armed && !read_again_.due(now);
            return reset_seen() || (!stumbling && (line_.arrived(now) != 0 || ended()));
        }
        [[nodiscard]] constexpr bool writable() const noexcept {
            bool const stumbling = write_again_.armed && !write_again_.due(link_->now());
            return broken_ || (!stumbling && line_.room() > swallowed_);
        }

    private:
        friend flaky_link;

        [[nodiscard]] constexpr bool ended() const noexcept { return line_.empty() && end_.due(link_->now()); }
        // What was on its way when the connection was cut is lost, or comes first.
        [[nodiscard]] constexpr bool reset_seen() const noexcept { return broken_ && (abrupt_ || line_.empty()); }
        constexpr void ignore() noexcept {
            deaf_ = true;
            line_.clear();
        }
        constexpr void open(flaky_link& l) noexcept {
            line_.clear();
            link_      = &l;
            swallowed_ = 0;
            broken_ = abrupt_ = dead_ = deaf_ = false;
            end_.stop();
            read_again_.stop();
            write_again_.stop();
        }
        // The writer has closed: the reader learns it behind the last byte.
        constexpr void finish() noexcept {
            if (!dead_) end_.arm(link_->arrival());
        }
        constexpr deadline next() const noexcept {
            auto const now   = link_->now();
            auto       first = deaf_ ? deadline{} : line_.next(now);
            for (auto const& d : {end_, read_again_, write_again_}) {
                if (d.armed && !d.due(now)) first.earliest(d);
            }
            return first;
        }

        delay_line<Capacity> line_        = {};
        flaky_link*          link_        = nullptr;
        std::size_t          swallowed_   = 0;      // written into the dead connection
        deadline             end_         = {};     // when the reader learns that the writer has closed
        deadline             read_again_  = {};     // would_block until then
        deadline             write_again_ = {};
        bool                 broken_      = false;  // reset: both ends are told
        bool                 abrupt_      = false;  // before they have read the rest
        bool                 dead_        = false;  // nothing arrives any more, and nobody is told
        bool                 deaf_        = false;  // the reader has closed
    };

    // The server's end of one connection; open() is true from connect() until close() or reset() here.
    class lane {
    public:
        [[nodiscard]] constexpr bool open() const noexcept { return server_open_; }
        constexpr result<std::size_t> read(bytes_out into) noexcept { return up_.read(into); }
        constexpr result<std::size_t> write(bytes_in from) noexcept { return down_.write(from); }
        constexpr void close() noexcept {
            if (server_open_ && client_open_) down_.finish();
            server_open_ = false;
            up_.ignore();
        }
        // The client gets connection_reset at its next call, unless the network lost the connection before.
        constexpr void reset() noexcept {
            if (client_open_ && !down_.dead_) up_.broken_ = down_.broken_ = down_.abrupt_ = true;
            close();
        }

    private:
        friend flaky_link;

        direction   up_          = {};
        direction   down_        = {};
        bool        client_open_ = false;
        bool        server_open_ = false;
    };

    [[nodiscard]] constexpr client_end& client() noexcept { return client_; }
    [[nodiscard]] constexpr lane* begin() noexcept { return lanes_; }
    [[nodiscard]] constexpr lane* end() noexcept { return lanes_ + Lanes; }
    [[nodiscard]] constexpr flaky_counts const& counts() const noexcept { return counts_; }
    // Whether the client has a connection, dead or alive.
    [[nodiscard]] constexpr bool connected() const noexcept { return lane_ != nullptr; }

    // By hand: resets the client's connection, or makes it die in silence. Nothing happens if there is none.
    constexpr void cut() noexcept {
        if (lane_ != nullptr) cut(*lane_);
    }
    constexpr void lose() noexcept {
        if (lane_ != nullptr) lose(*lane_);
    }

    // The first instant after now at which something arrives, or can be tried again. Work: the pieces under way.
    [[nodiscard]] constexpr deadline next_change() const noexcept {
        deadline first{};
        if (dialing_ && answer_.armed && !answer_.due(now())) first.earliest(answer_);
        for (auto const& l : lanes_) {
            if (l.client_open_ || l.server_open_) first.earliest(l.up_.next());
            if (l.client_open_ || l.server_open_) first.earliest(l.down_.next());
        }
        return first;
    }

    // May be changed at any time; `cut`, `lose` and `fate_bytes` hold for the next connections.
    flaky_rates rates;

private:
    enum class doom : std::uint8_t { none, cut, lose };

    [[nodiscard]] constexpr instant now() const noexcept { return clock_->now(); }
    [[nodiscard]] constexpr instant arrival() noexcept {
        auto const extra = dice_.chance(rates.delay) ? dice_.draw(0, rates.delay_ms_max) : 0;
        return now() + rates.latency_ms + extra;
    }
    constexpr bool stumbles(deadline& again) noexcept {
        again.stop();
        if (!dice_.chance(rates.block)) return false;
        again.arm(now() + dice_.draw(1, rates.block_ms_max == 0 ? 1 : rates.block_ms_max));
        return true;
    }
    constexpr std::size_t part_of(std::size_t all) noexcept {
        if (all < 2 || !dice_.chance(rates.split)) return all;
        return dice_.draw(1, static_cast<std::uint32_t>(all - 1));
    }

    constexpr result<connect_stage> connect() noexcept {
        if (!dialing_) {
            ++counts_.attempts;
            dialing_ = true;
            if (dice_.chance(rates.refuse)) return errc::connect_refused;
            answer_.stop();
            if (!dice_.chance(rates.ignore)) answer_.arm(now() + dice_.draw(0, rates.connect_ms));
        }
        if (!answer_.due(now())) return connect_stage::connect;
        dialing_ = false;
        for (auto& l : lanes_) {
            if (l.client_open_ || l.server_open_) continue;
            l.up_.open(*this);
            l.down_.open(*this);
            l.client_open_ = l.server_open_ = true;
            lane_                           = &l;
            ++counts_.connects;
            doom_      = dice_.chance(rates.cut) ? doom::cut : dice_.chance(rates.lose) ? doom::lose : doom::none;
            fate_left_ = doom_ == doom::none ? 0 : dice_.draw(0, rates.fate_bytes);
            return connect_stage::done;
        }
        return errc::connect_refused;
    }
    constexpr void client_close() noexcept {
        dialing_ = false;
        if (lane_ == nullptr) return;
        if (lane_->server_open_) lane_->up_.finish();
        lane_->client_open_ = false;
        lane_->down_.ignore();
        lane_               = nullptr;
    }
    // `count` bytes are written to the connection: how many of them get through.
    constexpr std::size_t fate(direction const& d, std::size_t count) noexcept {
        bool const doomed = lane_ != nullptr && doom_ != doom::none && (&d == &lane_->up_ || &d == &lane_->down_);
        if (!doomed) return count;
        if (count < fate_left_) {
            fate_left_ -= static_cast<std::uint32_t>(count);
            return count;
        }
        auto const through = static_cast<std::size_t>(fate_left_);
        if (doom_ == doom::cut) {
            cut(*lane_);
        } else {
            lose(*lane_);
        }
        return through;
    }
    constexpr void cut(lane& l) noexcept {
        ++counts_.cuts;
        doom_ = doom::none;
        l.up_.broken_ = l.down_.broken_ = true;
        l.up_.abrupt_ = l.down_.abrupt_ = dice_.chance(500);
    }
    constexpr void lose(lane& l) noexcept {
        ++counts_.losses;
        doom_         = doom::none;
        l.up_.dead_   = true;
        l.down_.dead_ = true;
    }

    manual_clock* clock_;
    dice          dice_;
    client_end    client_;
    lane          lanes_[Lanes] = {};
    lane*         lane_         = nullptr;  // the client's
    flaky_counts  counts_       = {};
    deadline      answer_       = {};  // when the attempt is answered; not armed: never
    std::uint32_t fate_left_    = 0;   // bytes until the client's connection breaks
    doom          doom_         = doom::none;
    bool          dialing_      = false;
};

}  // namespace barelink::inline v0::testing
