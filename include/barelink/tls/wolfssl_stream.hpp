// SPDX-License-Identifier: BSL-1.0
// The second half of a channel: bytes in both directions, and the end.
#pragma once

#include <barelink/tls/wolfssl_channel.hpp>

namespace barelink::inline v0::tls::detail {

inline int channel::receive(WOLFSSL*, char* into, int size, void* context) noexcept {
    auto& self = *static_cast<channel*>(context);
    if (size <= 0) return WOLFSSL_CBIO_ERR_GENERAL;
    auto const n = self.around_.read(self.transport_, {into, static_cast<std::size_t>(size)});
    if (n) {
        // Each record begins with its kind, 20 to 23 [RFC 8446 5.1].
        if (!self.heard_) self.plain_ = octet(into[0]) < 20 || octet(into[0]) > 23;
        self.heard_ = true;
        return static_cast<int>(n.value);
    }
    if (n.error == errc::would_block) return WOLFSSL_CBIO_ERR_WANT_READ;
    self.io_error_ = n.error;
    return n.error == errc::connection_reset ? WOLFSSL_CBIO_ERR_CONN_RST : WOLFSSL_CBIO_ERR_CONN_CLOSE;
}

// Whoever hangs up on us may have said why, and that still waits to be read: so does a server refuse our certificate.
// After an error wolfSSL would read no more, so it is not told of one. A handshake goes on as if all left, as long as
// there is something to read: shake_hands() does not let it come to a good end.
inline int channel::send(WOLFSSL*, char* from, int size, void* context) noexcept {
    auto& self = *static_cast<channel*>(context);
    if (size <= 0) return WOLFSSL_CBIO_ERR_GENERAL;
    if (self.write_error_ == errc::ok) {
        auto const n = self.around_.write(self.transport_, {from, static_cast<std::size_t>(size)});
        self.stuck_  = !n || n.value != static_cast<std::size_t>(size);
        if (n) return static_cast<int>(n.value);
        if (n.error == errc::would_block) return WOLFSSL_CBIO_ERR_WANT_WRITE;
        self.write_error_ = n.error;
    }
    if (self.open_) return WOLFSSL_CBIO_ERR_WANT_WRITE;
    self.stuck_ = false;
    return size;
}

inline errc channel::broken() noexcept {
    char      first = 0;
    int const n     = wolfSSL_peek(ssl_, &first, 1);
    int const code  = n > 0 ? SOCKET_ERROR_E : wolfSSL_get_error(ssl_, n);
    if (n <= 0 && code != WOLFSSL_ERROR_WANT_READ && code != WOLFSSL_ERROR_WANT_WRITE) return fail(code);
    io_error_ = write_error_;
    return fail(SOCKET_ERROR_E);
}

// wolfSSL has no call to flush. A write of what the last blocked write had is one: wolfSSL lets leave what it holds,
// finds that the whole size has left, and looks at no byte (internal.c, SendData). With another size it would send
// again or skip bytes, so this is called before each write, and only while it holds something.
inline errc channel::flush() noexcept {
    if (!stuck_) return errc::ok;
    if (write_error_ != errc::ok) return broken();
    int const n = wolfSSL_write(ssl_, "", blocked_);
    if (n == blocked_ && !stuck_) return errc::ok;
    int const code = wolfSSL_get_error(ssl_, n);
    if (code == WOLFSSL_ERROR_WANT_WRITE && !no_memory()) return errc::would_block;
    return fail(code);
}

inline result<std::size_t> channel::read(bytes_out into) noexcept {
    if (!open_) return errc::io_error;
    if (why_.error != errc::ok) return why_.error;
    if (into.empty()) return errc::would_block;
    // Who only listens has nobody else to let the rest of a record leave.
    if (write_error_ == errc::ok) {
        if (auto const e = flush(); e != errc::ok && e != errc::would_block) return e;
    }
    auto const size = into.size() < 0x4000 ? static_cast<int>(into.size()) : 0x4000;
    int const  n    = wolfSSL_read(ssl_, into.data(), size);
    if (n > 0) return static_cast<std::size_t>(n);
    int const code = wolfSSL_get_error(ssl_, n);
    if ((code == WOLFSSL_ERROR_WANT_READ || code == WOLFSSL_ERROR_WANT_WRITE) && !no_memory()) {
        return write_error_ == errc::ok ? errc::would_block : broken();
    }
    if (code == WOLFSSL_ERROR_ZERO_RETURN) {
        why_ = {.error = errc::closed_by_peer, .wolfssl = code};
        return why_.error;
    }
    return fail(code);
}

// What is offered after a write that took less may have other bytes in front, while wolfSSL has a finished record of
// the old ones. So a record is never offered twice: once wolfSSL has made it, its bytes are reported as taken, and the
// rest of the record, which lies in the pool, leaves before anything else does.
inline result<std::size_t> channel::write(bytes_in from) noexcept {
    if (!open_) return errc::io_error;
    if (why_.error != errc::ok) return why_.error;
    if (from.empty()) return errc::would_block;
    if (auto const e = flush(); e != errc::ok) return e;
    auto const most = static_cast<std::size_t>(record_max_);
    auto const size = static_cast<int>(from.size() < most ? from.size() : most);  // one record
    int const  n    = wolfSSL_write(ssl_, from.data(), size);
    if (n > 0) return static_cast<std::size_t>(n);
    int const code = wolfSSL_get_error(ssl_, n);
    if (code == WOLFSSL_ERROR_WANT_WRITE && stuck_) {
        // Bytes that came before the end may still be read; the next call says what it is.
        char first = 0;
        if (write_error_ != errc::ok) return wolfSSL_peek(ssl_, &first, 1) > 0 ? errc::would_block : broken();
        blocked_ = size;
        return static_cast<std::size_t>(size);
    }
    if (code == WOLFSSL_ERROR_WANT_READ && !no_memory()) return errc::would_block;
    return fail(code);
}

inline std::string_view channel::alpn() const noexcept {
#ifdef HAVE_ALPN
    char*          name = nullptr;
    unsigned short size = 0;
    if (open_ && wolfSSL_ALPN_GetProtocol(ssl_, &name, &size) == WOLFSSL_SUCCESS) return {name, size};
#endif
    return {};
}

inline void channel::close() noexcept {
    if (open_ && write_error_ == errc::ok && (why_.error == errc::ok || why_.error == errc::closed_by_peer)) {
        auto const left = flush();
        if (!settings_.session.empty() && !has_psk(settings_)) {
            static_cast<void>(keep_session(ssl_, settings_.session, bound_));
        }
        if (left == errc::ok) static_cast<void>(wolfSSL_shutdown(ssl_));  // once: nobody waits for the answer
    }
    free_all();
}

inline void channel::free_all() noexcept {
    if (ssl_ != nullptr) wolfSSL_free(ssl_);
    if (context_ != nullptr) wolfSSL_CTX_free(context_);
    ssl_     = nullptr;
    context_ = nullptr;
    open_ = stuck_ = false;
    host_          = {};
    who_           = {};
}

}  // namespace barelink::inline v0::tls::detail
