// SPDX-License-Identifier: BSL-1.0
// TLS 1.3 and 1.2 with wolfSSL: a transport over a transport. docs/tls.md says how to set it up.
// wolfSSL is under the GPL or a commercial licence; whoever includes this header needs one of the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/link/transport.hpp>
#include <barelink/tls/settings.hpp>
#include <barelink/tls/wolfssl_channel.hpp>
#include <barelink/tls/wolfssl_library.hpp>

namespace barelink::inline v0::tls {

// The server must prove who it is. The default, and the only one for a device that leaves the house.
struct verify_server {
    static constexpr bool verified = true;
};
// Takes any server for the right one, so that whoever sits in the network reads and writes along. For a laboratory.
struct insecure_skip_verification {
    static constexpr bool verified = false;
};

// Satisfies `transport`, and `waitable_transport` where `Transport` does.
//
// `Transport`: what carries the bytes, such as posix::tcp<>. `Library`: a wolfssl_library with the memory and the
// clock. `Verification`: leave it alone.
template <class Transport, class Library, class Verification = verify_server>
class wolfssl {
    static_assert(check_transport<Transport>());

public:
    // Lifetime: both are borrowed for as long as the object lives. `s` is read at each attempt. There is no destructor,
    // so that a static object needs none at the end of a program that has no end: close() gives everything back.
    constexpr wolfssl(Transport& below, settings const& s) noexcept
        : below_{below}, channel_{&below, around, s, Verification::verified} {}
    wolfssl(wolfssl const&)            = delete;
    wolfssl& operator=(wolfssl const&) = delete;

    // Connects the transport below, then shakes hands. A server that trips over a session from before is dialled once
    // more, without it: the stage is then `connect` again.
    // Returns the stages of the transport below, `secure`, `done`; an error of the transport below or one of the tls_
    // group (docs/tls.md says what to do about each), for which why() has wolfSSL's number.
    // Work: one step of the transport below, or what wolfSSL makes of the bytes that have come: a step with a
    // public-key operation takes 0.2 s to 1 s on a Cortex-M without an accelerator.
    result<connect_stage> connect(endpoint const& to) noexcept {
        if (phase_ == phase::idle) {
            if (auto const e = channel_.begin(to.host); e != errc::ok) return e;
            phase_ = phase::connecting;
        }
        if (phase_ == phase::connecting) {
            auto const r = below_.connect(to);
            if (!r || r.value != connect_stage::done) return r;
            if (auto const e = Library::start(); e != errc::ok) return e;
            phase_ = phase::started;
            if (auto const e = channel_.open(); e != errc::ok) return e;
        }
        auto const e = channel_.shake_hands();
        if (e == errc::would_block) return connect_stage::secure;
        if (e == errc::ok) {
            Library::tidy_up();
            return connect_stage::done;
        }
        if (!channel_.better_without_session()) return e;
        close();
        return connect_stage::connect;
    }

    // Returns 1 or more bytes; would_block; closed_by_peer when the server has said farewell; tls_cut when the stream
    // ended without; an error of the transport below; tls_client_refused (in TLS 1.3 a server says only here that it
    // wants another certificate of us), tls_memory, tls_protocol.
    result<std::size_t> read(bytes_out into) noexcept { return channel_.read(into); }

    // Returns how many bytes were taken, at most one record (settings::max_fragment); would_block while an older record
    // waits; an error as read(). What was taken may wait in the pool until the next call of any kind.
    result<std::size_t> write(bytes_in from) noexcept { return channel_.write(from); }

    // Says farewell (close_notify) as far as that goes without waiting, keeps the session, and gives everything back.
    // Called in any state, also twice.
    void close() noexcept {
        channel_.close();
        if (phase_ == phase::started) Library::tidy_up();
        phase_ = phase::idle;
        below_.close();
    }

    // As wait() of the transport below; but bytes that were deciphered already end it at once.
    void wait(std::uint32_t ms_max, interest what) noexcept
        requires waitable_transport<Transport>
    {
        if (what.bytes && channel_.pending()) return;
        below_.wait(ms_max, wants(what));
        if (phase_ == phase::started) static_cast<void>(channel_.flush());
    }

    // For event loops of one's own. What to wait for at the transport below, when the client wants `what`; and whether
    // not to wait at all, because bytes are there that no socket will tell of.
    // A handshake asks for room only while something is stuck; a socket has room nearly always.
    [[nodiscard]] interest wants(interest what) const noexcept {
        bool const shaking = phase_ == phase::started && !channel_.is_open();
        return {.bytes = what.bytes || shaking, .room = (what.room && !shaking) || channel_.stuck()};
    }
    [[nodiscard]] bool pending() const noexcept { return channel_.pending(); }

    // Why the last attempt or connection ended. Until the next connect().
    [[nodiscard]] failure const& why() const noexcept { return channel_.why(); }

    // Of the open connection: whether it goes on with a session from before; "TLSv1.3"; the cipher by wolfSSL's name;
    // the protocol that the server picked, empty if it picked none. Lifetime: until close().
    [[nodiscard]] bool             resumed() const noexcept { return channel_.resumed(); }
    [[nodiscard]] std::string_view version() const noexcept { return channel_.version(); }
    [[nodiscard]] std::string_view cipher() const noexcept { return channel_.cipher(); }
    [[nodiscard]] std::string_view alpn() const noexcept { return channel_.alpn(); }

private:
    enum class phase : std::uint8_t { idle, connecting, started };

    static result<std::size_t> read_below(void* t, bytes_out into) noexcept {
        return static_cast<Transport*>(t)->read(into);
    }
    static result<std::size_t> write_below(void* t, bytes_in from) noexcept {
        return static_cast<Transport*>(t)->write(from);
    }
    static constexpr detail::surroundings around{read_below, write_below, Library::refused, Library::now};

    Transport&      below_;
    detail::channel channel_;
    phase           phase_ = phase::idle;
};

}  // namespace barelink::inline v0::tls
