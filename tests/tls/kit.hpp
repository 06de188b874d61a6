// SPDX-License-Identifier: BSL-1.0
// A TLS transport on a wire that the test holds, with OpenSSL's server at the other end. No socket, no clock, no
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/base/text.hpp>
#include <barelink/tls/wolfssl.hpp>

#include "tls/certificates.hpp"
#include "tls/openssl_peer.hpp"

namespace kit {

using namespace barelink;

// wolfSSL's memory, which can be told to be short of it.
class probe_pool {
public:
    void* allocate(std::size_t size) noexcept { return fails() ? nullptr : pool_.allocate(size); }
    void* resize(void* piece, std::size_t size) noexcept { return fails() ? nullptr : pool_.resize(piece, size); }
    void  release(void* piece) noexcept { pool_.release(piece); }

    std::uint32_t refused() const noexcept { return pool_.refused() + refused_; }
    std::uint32_t in_use() const noexcept { return pool_.in_use(); }
    std::uint32_t high_water() const noexcept { return pool_.high_water(); }
    void          reset_high_water() noexcept { pool_.reset_high_water(); }
    std::uint32_t calls() const noexcept { return calls_; }

    // The call with this number, counted from now on, gets nothing; 0: none.
    void fail_at(std::uint32_t number) noexcept {
        calls_   = 0;
        fail_at_ = number;
    }

private:
    bool fails() noexcept {
        if (++calls_ != fail_at_) return false;
        ++refused_;
        return true;
    }

    std::uint32_t             calls_   = 0;
    std::uint32_t             fail_at_ = 0;
    std::uint32_t             refused_ = 0;
    tls::pool<8 * 1024 * 1024> pool_   = {};
};

// 2026-06-01, between the dates of most certificates.
inline constexpr wall_time summer{time_trust::trusted, 1'780'272'000};

struct calendar {
    wall_time reading = summer;
    wall_time now() const noexcept { return reading; }
};

extern probe_pool memory;
extern calendar   today;

using library = tls::wolfssl_library<memory, today>;

// What wolfSSL holds beside what it holds without a connection. To be 0 after each close().
std::uint32_t leaked();

// What lies between the two, in strings. Satisfies `transport`.
struct wire {
    static constexpr std::size_t any = static_cast<std::size_t>(-1);

    std::string up            = {};   // from the client, not taken yet
    std::string down          = {};   // for the client
    std::size_t largest_read  = any;  // of one call
    std::size_t largest_write = any;
    std::size_t room          = any;  // that write() takes in all
    bool        open          = false;
    errc        at_end        = errc::would_block;  // what read() says when nothing is left
    bool        peer_gone     = false;              // then write() fails
    errc        refuses       = errc::ok;           // what connect() says
    std::size_t total_up      = 0;
    std::size_t total_down    = 0;
    std::size_t reads         = 0;
    unsigned    dials         = 0;

    result<connect_stage> connect(endpoint const&) noexcept {
        if (refuses != errc::ok) return refuses;
        if (!open) {
            ++dials;
            up.clear();
            down.clear();
        }
        open = true;
        return connect_stage::done;
    }
    result<std::size_t> read(bytes_out into) noexcept {
        ++reads;
        if (!open) return errc::io_error;
        if (down.empty()) return at_end;
        auto const n = down.copy(into.data(), into.size() < largest_read ? into.size() : largest_read);
        down.erase(0, n);
        total_down += n;
        return n;
    }
    result<std::size_t> write(bytes_in from) noexcept {
        if (!open) return errc::io_error;
        if (peer_gone) return errc::connection_reset;
        auto n = from.size() < largest_write ? from.size() : largest_write;
        n      = n < room ? n : room;
        if (n == 0) return errc::would_block;
        up.append(from.data(), n);
        if (room != any) room -= n;
        total_up += n;
        return n;
    }
    void close() noexcept { open = false; }
};

using client = tls::wolfssl<wire, library>;

// Both ends, and the settings with which most tests begin: what `good` and `rsa` need.
struct pair {
    explicit pair(openssl::setup how = {}) : server{std::move(how)} {
        static_cast<void>(leaked());  // the first call notes what is held without a connection
        trust("trusted.crt");
    }
    ~pair() {
        link.close();
        today.reading = summer;
    }

    void trust(std::string const& file) {
        authorities = {bytes_in{certificates::text(file)}};
        settings.trust = authorities;
    }
    void identify(std::string const& name, std::string const& ending = "") {
        settings.certificate = bytes_in{certificates::text(name + ".crt" + ending)};
        settings.private_key = bytes_in{certificates::text(name + ".key" + ending)};
    }

    // Carries what waits in both directions, once. Returns whether anything moved.
    bool carry() {
        auto const up = std::move(between.up);
        between.up.clear();
        server.take(up);
        auto const down = server.give();
        between.down += down;
        return !up.empty() || !down.empty();
    }

    // From nothing to connected, or to the error. The steps are bounded: who hangs has failed (would_block).
    errc connect(int steps_max = 20'000) {
        between = wire{.largest_read = between.largest_read, .largest_write = between.largest_write};
        stages.clear();
        unsigned dials = 0;
        for (int i = 0; i < steps_max; ++i) {
            auto const r = link.connect({host, 8883});
            if (dials != between.dials) {
                server.accept();
                dials = between.dials;
            }
            if (!r) return r.error;
            if (r.value == connect_stage::done) return errc::ok;
            stages.push_back(r.value);
            carry();
        }
        return errc::would_block;
    }

    // Reads until nothing comes any more. Returns what came, and the error that ended it.
    errc read(std::string& into, std::size_t window = 512) {
        std::vector<char> bytes(window);
        for (;;) {
            auto const n = link.read({bytes.data(), bytes.size()});
            if (n) {
                into.append(bytes.data(), n.value);
            } else if (n.error != errc::would_block) {
                return n.error;
            } else if (!carry()) {
                return errc::would_block;
            }
        }
    }

    std::string                host        = "broker.test";
    std::vector<bytes_in>      authorities = {};
    tls::settings              settings    = {};
    wire                       between     = {};
    client                     link{between, settings};
    openssl::peer              server;
    std::vector<connect_stage> stages = {};
};

}  // namespace kit
