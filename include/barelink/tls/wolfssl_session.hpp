// SPDX-License-Identifier: BSL-1.0
// Keeps a session of wolfSSL in the user's bytes, and takes it back from there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <barelink/tls/server_identity.hpp>
#include <barelink/tls/settings.hpp>
#include <barelink/tls/wipe.hpp>
#include <barelink/tls/wolfssl_api.hpp>

namespace barelink::inline v0::tls::detail {

using digest_value = std::array<std::uint8_t, 32>;

// SHA-256 over parts, each with its length, so that no two lists of parts are the same bytes.
class digest {
public:
    digest() noexcept { good_ = wc_InitSha256(&state_) == 0; }
    // A session passes through here, and the end of it stays in the state.
    ~digest() {
        wc_Sha256Free(&state_);
        wipe(&state_, sizeof state_);
    }
    digest(digest const&)            = delete;
    digest& operator=(digest const&) = delete;

    void add(void const* data, std::size_t size) noexcept {
        auto const length = static_cast<std::uint32_t>(size);
        raw(&length, sizeof length);
        raw(data, size);
    }
    void add(bytes_in part) noexcept { add(part.data(), part.size()); }
    // Without the length: the digest of one thing, as others make it.
    void raw(void const* data, std::size_t size) noexcept {
        if (size == 0) return;
        good_ = good_ && wc_Sha256Update(&state_, static_cast<unsigned char const*>(data),
                                         static_cast<std::uint32_t>(size)) == 0;
    }
    [[nodiscard]] bool finish(digest_value& out) noexcept { return good_ && wc_Sha256Final(&state_, out.data()) == 0; }

private:
    wc_Sha256 state_;
    bool      good_;
};

// What a session was made under. It is offered again only where all of it is the same.
[[nodiscard]] inline bool bound_to(settings const& s, std::string_view host, bool verified,
                                   digest_value& out) noexcept {
    digest d;
    d.add(&verified, sizeof verified);
    d.add(bytes_in{host});
    for (auto const& authority : s.trust) d.add(authority);
    for (auto const& pin : s.pins) d.add(pin.data(), pin.size());
    d.add(s.certificate);
    d.add(bytes_in{s.alpn});
    d.add(&s.version, sizeof s.version);
    return d.finish(out);
}

// Layout of the user's bytes: digest of all that follows, digest of what it is bound to, size, session.
inline constexpr std::size_t session_head = 32 + 32 + 2;

[[nodiscard]] inline bool digest_of(bytes_in all, digest_value& out) noexcept {
    digest d;
    d.add(all);
    return d.finish(out);
}

[[nodiscard]] inline bool same(digest_value const& value, char const* kept) noexcept {
    unsigned difference = 0;
    for (std::size_t i = 0; i < value.size(); ++i) difference |= static_cast<unsigned>(value[i] ^ octet(kept[i]));
    return difference == 0;
}

// Offers the kept session to the server, if there is one and it fits. Returns whether it was offered.
inline bool offer_session(WOLFSSL* ssl, bytes_in kept, digest_value const& bound) noexcept {
#if defined(HAVE_EXT_CACHE) && !defined(NO_SESSION_CACHE)
    if (kept.size() <= session_head) return false;
    std::size_t const size = load_u16(&kept[64]);
    digest_value      check{};
    if (size == 0 || size > kept.size() - session_head || !same(bound, &kept[32]) ||
        !digest_of(kept.subspan(32, session_head - 32 + size), check) || !same(check, kept.data())) {
        return false;
    }
    auto const* from    = reinterpret_cast<unsigned char const*>(&kept[session_head]);
    auto* const session = wolfSSL_d2i_SSL_SESSION(nullptr, &from, static_cast<long>(size));
    if (session == nullptr) return false;
    bool const offered = wolfSSL_set_session(ssl, session) == WOLFSSL_SUCCESS;
    wolfSSL_SESSION_free(session);
    return offered;
#else
    static_cast<void>(ssl);
    static_cast<void>(kept);
    static_cast<void>(bound);
    return false;
#endif
}

// Keeps the session of an established connection. In 1.3 the server's ticket comes behind the handshake: without one
// there is nothing to keep, and an older session stays. Returns whether it was kept.
inline bool keep_session(WOLFSSL* ssl, bytes_out kept, digest_value const& bound) noexcept {
#if defined(HAVE_EXT_CACHE) && !defined(NO_SESSION_CACHE)
    if (kept.size() <= session_head) return false;
    auto* const session = wolfSSL_get1_session(ssl);
    if (session == nullptr) return false;
    bool const v1_3   = same_text(wolfSSL_get_version(ssl), "TLSv1.3");
    bool const usable = !v1_3 || wolfSSL_SESSION_has_ticket(session) != 0;
    int const  size   = usable ? wolfSSL_i2d_SSL_SESSION(session, nullptr) : 0;
    bool       done   = false;
    if (size > 0 && static_cast<std::size_t>(size) <= kept.size() - session_head && size <= 0xFFFF) {
        wipe(kept);
        auto* to = reinterpret_cast<unsigned char*>(&kept[session_head]);
        move_bytes(&kept[32], reinterpret_cast<char const*>(bound.data()), bound.size());
        store_u16(&kept[64], static_cast<std::uint16_t>(size));
        digest_value check{};
        done = wolfSSL_i2d_SSL_SESSION(session, &to) == size &&
               digest_of(kept.subspan(32, session_head - 32 + static_cast<std::size_t>(size)), check);
        if (done) {
            move_bytes(kept.data(), reinterpret_cast<char const*>(check.data()), check.size());
        } else {
            wipe(kept);
        }
    }
    wolfSSL_SESSION_free(session);
    return done;
#else
    static_cast<void>(ssl);
    static_cast<void>(kept);
    static_cast<void>(bound);
    return false;
#endif
}

}  // namespace barelink::inline v0::tls::detail
