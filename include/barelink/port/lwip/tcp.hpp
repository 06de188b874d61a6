// SPDX-License-Identifier: BSL-1.0
// TCP over lwIP's raw API, never blocking: for a system without threads (NO_SYS=1), or from lwIP's own thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lwip/err.h>
#include <lwip/ip_addr.h>
#include <lwip/pbuf.h>
#include <lwip/tcp.h>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/link/transport.hpp>
#include <barelink/port/lwip/look_up.hpp>

#if !LWIP_TCP || !LWIP_CALLBACK_API
#error "barelink: port/lwip needs LWIP_TCP and LWIP_CALLBACK_API in lwipopts.h"
#endif

namespace barelink::inline v0::lwip {

// A transport over one TCP connection of lwIP, without Nagle's delay. A host is tried over IPv4, then over IPv6, as far
// as lwIP was built with them. An address that does not answer until the client's deadline, or is not found until
// then, is passed over in the next attempt.
//
// lwIP's callbacks only note what has happened: nothing of the client runs inside of them, so no callback destroys what
// lwIP still uses. For the same reason never call the client from a callback or an interrupt of yours: ask ready().
//
// What comes is read where lwIP has put it, and only then the window opens again: a device that does not read slows
// its peer down. What leaves is copied once, into lwIP's segments, for the client uses its memory anew as soon as it is
// taken, while TCP may have to send it again.
//
// Lifetime: as long as the program; see look_up.hpp. There is no destructor, so that a static object needs none at the
// end of a program that has no end: close() gives everything back.
class tcp {
public:
    constexpr tcp() noexcept   = default;
    tcp(tcp const&)            = delete;
    tcp& operator=(tcp const&) = delete;

    // Starts a connection or goes on with it, as link/transport.hpp says.
    // Returns the stage; resolve_failed, connect_refused, unreachable, no_resources or io_error. When both families
    // failed, connect_refused wins over the others, then the error of a family that had an address.
    // Work: one question to DNS and one SYN for each family.
    result<connect_stage> connect(endpoint const& to) noexcept {
        if (phase_ == phase::open) return connect_stage::done;
        if (phase_ == phase::idle) phase_ = phase::resolving;
        while (phase_ != phase::failed) {
            errc const e = phase_ == phase::resolving ? dial(to) : answer();
            if (e == errc::ok) return connect_stage::done;
            if (e == errc::would_block) {
                return phase_ == phase::resolving ? connect_stage::resolve : connect_stage::connect;
            }
            pass_over(e);
        }
        return cause_;
    }

    // Returns 1 or more bytes; would_block; closed_by_peer; connection_reset, no_resources or io_error. What came
    // before the end is read first. Work: one copy out of lwIP's buffers.
    result<std::size_t> read(bytes_out into) noexcept {
        if (phase_ != phase::open) return errc::io_error;
        if (received_ == nullptr && pcb_ == nullptr) return ended_;
        if (received_ == nullptr && finished_) return errc::closed_by_peer;
        if (received_ == nullptr || into.empty()) return errc::would_block;
        auto const n = static_cast<u16_t>(into.size() < received_->tot_len ? into.size() : received_->tot_len);
        pbuf_copy_partial(received_, into.data(), n, 0);
        received_ = pbuf_free_header(received_, n);
        if (pcb_ != nullptr) tcp_recved(pcb_, n);
        return std::size_t{n};
    }

    // Returns how many bytes were taken, 1 or more; would_block; or an error as read(). Work: one copy into lwIP's
    // segments, and one packet if TCP lets it go.
    result<std::size_t> write(bytes_in from) noexcept {
        if (phase_ != phase::open) return errc::io_error;
        if (pcb_ == nullptr) return ended_;
        std::size_t const room = tcp_sndbuf(pcb_) < 0xFFFFU ? tcp_sndbuf(pcb_) : 0xFFFFU;
        for (auto n = from.size() < room ? from.size() : room; n != 0; n /= 2) {
            err_t const e = tcp_write(pcb_, from.data(), static_cast<u16_t>(n), TCP_WRITE_FLAG_COPY);
            if (e == ERR_OK) {
                // Whatever hinders lwIP now, it has the bytes and tries again by itself.
                static_cast<void>(tcp_output(pcb_));
                return n;
            }
            if (e != ERR_MEM) return stream_error(e);
            // lwIP takes all or nothing. While something is on its way its acknowledgement will make room; if nothing
            // is, the memory will never be enough for as much at one time, and less is offered.
            if (tcp_sndqueuelen(pcb_) != 0) break;
        }
        room_ = false;
        // Not even one byte, and no acknowledgement will come: somebody else has all the memory.
        if (!from.empty() && tcp_sndqueuelen(pcb_) == 0) tcp_poll(pcb_, ask_again, 1);
        return errc::would_block;
    }

    // Ends the connection or the attempt; called in any state, also twice. Bytes that write() took still leave: lwIP
    // goes on with them alone. When a new connection needs the place of such a one, it gets it.
    void close() noexcept {
        names_.cancel();
        // Given up on while it did not answer: the next attempt begins with the other family. The deadline is the
        // client's and ends the whole attempt, so a dead first address would hide the second one for ever.
        // A name server that is silent about one family does the same.
        if (phase_ == phase::connecting || phase_ == phase::resolving) begin_with_ = other(family_);
        if (pcb_ != nullptr) let_go();
        if (received_ != nullptr) pbuf_free(received_);
        received_  = nullptr;
        family_    = begin_with_;
        tried_     = 0;
        connected_ = false;
        finished_  = false;
        cause_     = errc::ok;
        phase_     = phase::idle;
    }

    // Whether the next call of the client's would find something that it waits for, as client::wants() says; for a loop
    // that sleeps otherwise.
    [[nodiscard]] bool ready(interest what) const noexcept {
        switch (phase_) {
        case phase::resolving: return names_.answered();
        case phase::connecting: return connected_ || pcb_ == nullptr;
        case phase::open: break;
        default: return false;
        }
        bool const ended = pcb_ == nullptr || finished_;
        return (what.bytes && (received_ != nullptr || ended)) || (what.room && (room_ || pcb_ == nullptr));
    }

    // Whether it waits for lwIP's DNS, and so needs lwIP's timers even if every connection is quiet.
    [[nodiscard]] bool looks_up() const noexcept { return phase_ == phase::resolving; }

private:
    enum class phase : std::uint8_t { idle, resolving, connecting, open, failed };

    static constexpr std::uint8_t farewell_max = 40;  // half seconds

    static constexpr family other(family f) noexcept { return f == first_family ? last_family : first_family; }

    // Looks the host up; then opens a connection.
    errc dial(endpoint const& to) noexcept {
        ip_addr_t  address;
        errc const e = names_.resolve(to.host, family_, address);
        if (e != errc::ok) return e;
        pcb_ = tcp_new_ip_type(IP_GET_TYPE(&address));
        if (pcb_ == nullptr) return errc::no_resources;
        tcp_arg(pcb_, this);
        tcp_err(pcb_, lost);
        tcp_recv(pcb_, arrived);
        tcp_sent(pcb_, left);
        tcp_nagle_disable(pcb_);
        err_t const started = tcp_connect(pcb_, &address, to.port, opened);
        if (started != ERR_OK) {
            let_go();
            return connect_error(started);
        }
        phase_ = phase::connecting;
        return errc::would_block;
    }

    // What has become of the SYN.
    errc answer() noexcept {
        if (!connected_) return pcb_ != nullptr ? errc::would_block : ended_;
        phase_      = phase::open;
        begin_with_ = family_;
        return errc::ok;
    }

    // This family has failed with `e`: turns to the other one, or ends the attempt.
    void pass_over(errc e) noexcept {
        // The host's own answer tells more than a missing route, and that more than a missing name.
        if (cause_ == errc::ok || (cause_ != errc::connect_refused && e != errc::resolve_failed)) cause_ = e;
        bool const another = first_family != last_family && tried_ == 0;
        ++tried_;
        family_ = other(family_);
        phase_  = another ? phase::resolving : phase::failed;
    }

    // Gives the connection to lwIP, which throws away what comes until the peer has ended, too. A connection that is
    // closed for reading is reset by the next byte that comes, and the peer may then never see our last ones (for MQTT:
    // DISCONNECT, and the broker publishes the will). What is unread is counted as read, or the peer may have to wait.
    void let_go() noexcept {
        tcp_arg(pcb_, nullptr);
        tcp_err(pcb_, nullptr);
        tcp_recv(pcb_, nullptr);
        tcp_sent(pcb_, nullptr);
        tcp_poll(pcb_, waited, farewell_max);
        if (received_ != nullptr) tcp_recved(pcb_, received_->tot_len);
        // lwIP sends what is left for many minutes if nobody acknowledges it. With the lowest priority it ends that
        // when the next attempt finds no free place among MEMP_NUM_TCP_PCB.
        tcp_setprio(pcb_, TCP_PRIO_MIN);
        if (tcp_shutdown(pcb_, 0, 1) != ERR_OK && tcp_close(pcb_) != ERR_OK) tcp_abort(pcb_);
        pcb_ = nullptr;
    }

    static errc connect_error(err_t e) noexcept {
        switch (e) {
        case ERR_RST: return errc::connect_refused;
        case ERR_RTE:
        case ERR_ABRT: return errc::unreachable;  // the last SYN was not answered
        case ERR_MEM:
        case ERR_BUF:
        case ERR_USE: return errc::no_resources;
        default: return errc::io_error;
        }
    }
    static errc stream_error(err_t e) noexcept {
        switch (e) {
        case ERR_CLSD: return errc::closed_by_peer;
        case ERR_RST:
        case ERR_ABRT:
        case ERR_CONN: return errc::connection_reset;
        case ERR_MEM: return errc::no_resources;
        default: return errc::io_error;
        }
    }

    // --- lwIP's callbacks; `self` is tcp_arg()

    static err_t opened(void* self, tcp_pcb*, err_t) noexcept {
        static_cast<tcp*>(self)->connected_ = true;
        return ERR_OK;
    }

    // A null pointer is the end of the stream.
    static err_t arrived(void* self, tcp_pcb*, pbuf* p, err_t) noexcept {
        auto& me = *static_cast<tcp*>(self);
        if (p == nullptr) {
            me.finished_ = true;
        } else if (me.received_ == nullptr) {
            me.received_ = p;
        } else if (me.received_->tot_len > 0xFFFF - p->tot_len) {
            return ERR_MEM;  // a chain counts its bytes in 16 bits; lwIP keeps this one and comes again
        } else {
            pbuf_cat(me.received_, p);
        }
        return ERR_OK;
    }

    static err_t left(void* self, tcp_pcb*, u16_t) noexcept {
        static_cast<tcp*>(self)->room_ = true;
        return ERR_OK;
    }

    // Half a second is over since there was no memory.
    static err_t ask_again(void* self, tcp_pcb* pcb) noexcept {
        tcp_poll(pcb, nullptr, 0);
        static_cast<tcp*>(self)->room_ = true;
        return ERR_OK;
    }

    // Our end of the stream has been seen, the other one does not come. A loss of ours is left to lwIP.
    static err_t waited(void*, tcp_pcb* pcb) noexcept {
        if (pcb->state != FIN_WAIT_2) return ERR_OK;
        tcp_abort(pcb);
        return ERR_ABRT;
    }

    // When lwIP calls this, the connection's block is no longer ours: it is freed already.
    static void lost(void* self, err_t e) noexcept {
        auto& me  = *static_cast<tcp*>(self);
        me.pcb_   = nullptr;
        me.ended_ = me.connected_ ? stream_error(e) : connect_error(e);
    }

    tcp_pcb*     pcb_         = nullptr;  // null: there is none, or lwIP has ended it
    pbuf*        received_    = nullptr;  // what came and was not read, first bytes first
    phase        phase_       = phase::idle;
    family       family_      = first_family;
    family       begin_with_  = first_family;  // at the next attempt
    std::uint8_t tried_       = 0;             // families of this attempt that have failed
    errc         cause_       = errc::ok;      // why the attempt has failed
    errc         ended_       = errc::ok;      // why lwIP has ended the connection
    bool         connected_   = false;
    bool         finished_    = false;  // the peer has said its last byte
    bool         room_        = false;  // some was made since write() found none
    look_up      names_       = {};
};

static_assert(check_transport<tcp>());

}  // namespace barelink::inline v0::lwip
