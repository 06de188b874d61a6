// SPDX-License-Identifier: BSL-1.0
// One connection of wolfSSL over any byte stream: everything about wolfssl.hpp that is no template.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/link/transport.hpp>
#include <barelink/tls/certificate.hpp>
#include <barelink/tls/wolfssl_session.hpp>
#include <barelink/tls/wolfssl_setup.hpp>

namespace barelink::inline v0::tls::detail {

// What a channel asks of the world around it. One constant table for each pair of transport and library.
struct surroundings {
    result<std::size_t> (*read)(void* transport, bytes_out into) noexcept;
    result<std::size_t> (*write)(void* transport, bytes_in from) noexcept;
    std::uint32_t (*refused)() noexcept;  // how often the pool had no room
    wall_time (*now)() noexcept;
};

class channel {
public:
    constexpr channel(void* transport, surroundings const& around, settings const& s, bool verified) noexcept
        : settings_{s}, around_{around}, transport_{transport}, verified_{verified} {}
    channel(channel const&)            = delete;
    channel& operator=(channel const&) = delete;

    // Begins an attempt: what can be refused without the network is refused here.
    errc begin(std::string_view host) noexcept;
    // Makes the objects of wolfSSL. Requires: the transport is connected.
    errc open() noexcept;
    // Goes on with the handshake. Returns ok, would_block, or the cause.
    errc shake_hands() noexcept;

    // Whether the handshake may have failed only because it tried to go on with a session that the server has
    // forgotten: wolfSSL takes a refused ticket of 1.2, and another version than before, for faults. The session is
    // gone then.
    [[nodiscard]] bool better_without_session() const noexcept {
        return offered_ && !open_ && (why_.error == errc::tls_protocol || why_.error == errc::tls_nothing_common);
    }

    result<std::size_t> read(bytes_out into) noexcept;
    result<std::size_t> write(bytes_in from) noexcept;

    // Keeps the session, says farewell if that does not block, and gives everything back.
    void close() noexcept;

    // Lets what wolfSSL could not write leave. Returns ok, would_block, or the cause.
    errc flush() noexcept;
    [[nodiscard]] bool stuck() const noexcept { return stuck_; }
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    // Whether bytes wait that were deciphered already.
    [[nodiscard]] bool pending() const noexcept { return open_ && wolfSSL_pending(ssl_) > 0; }

    [[nodiscard]] failure const& why() const noexcept { return why_; }
    [[nodiscard]] bool resumed() const noexcept { return open_ && offered_ && wolfSSL_session_reused(ssl_) != 0; }
    [[nodiscard]] std::string_view version() const noexcept {
        return ssl_ != nullptr ? std::string_view{wolfSSL_get_version(ssl_)} : std::string_view{};
    }
    [[nodiscard]] std::string_view cipher() const noexcept {
        return open_ ? std::string_view{wolfSSL_get_cipher(ssl_)} : std::string_view{};
    }
    [[nodiscard]] std::string_view alpn() const noexcept;

private:
    static int receive(WOLFSSL*, char* into, int size, void* self) noexcept;
    static int send(WOLFSSL*, char* from, int size, void* self) noexcept;
    static int certificate_seen(int good, WOLFSSL_X509_STORE_CTX* store) noexcept;

    bool               judge(bool good, WOLFSSL_X509_STORE_CTX const& store) noexcept;
    errc               judge_leaf(certificate const& c) noexcept;
    [[nodiscard]] bool proven() const noexcept;
    [[nodiscard]] bool no_memory() const noexcept { return around_.refused() != refused_before_; }
    [[nodiscard]] errc meaning(int code, failure const& f) const noexcept;
    errc               fail(int code) noexcept;
    errc               broken() noexcept;
    void               free_all() noexcept;

    settings const&     settings_;
    surroundings const& around_;
    void*               transport_;
    WOLFSSL_CTX*        context_        = nullptr;
    WOLFSSL*            ssl_            = nullptr;
    server_identity     who_            = {};
    std::string_view    host_           = {};
    failure             why_            = {};
    digest_value        bound_          = {};
    std::uint32_t       refused_before_ = 0;
    int                 blocked_        = 0;        // size of the last record that did not leave at once
    int                 record_max_     = 0;        // the most that goes into one record
    errc                io_error_       = errc::ok; // why the transport below failed
    errc                write_error_    = errc::ok; // why it does, for a write: told when all was read
    errc                verdict_        = errc::ok; // why we refused a certificate that wolfSSL liked
    bool                verified_;                  // false: any server will do
    bool                approved_ = false;          // the server's own certificate was looked at, and is good
    bool                offered_  = false;          // a session from before was
    bool                open_     = false;          // the handshake is done
    bool                stuck_    = false;          // wolfSSL holds bytes that the transport did not take
    bool                heard_    = false;          // the server has sent something
    bool                plain_    = false;          // and it was not TLS
};

}  // namespace barelink::inline v0::tls::detail

#include <barelink/tls/wolfssl_handshake.hpp>
#include <barelink/tls/wolfssl_stream.hpp>
