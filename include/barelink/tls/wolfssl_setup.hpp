// SPDX-License-Identifier: BSL-1.0
// Turns `settings` into objects of wolfSSL. Each return code is looked at: an object that is half set up is given back.
#pragma once

#include <cstdint>

#include <barelink/tls/server_identity.hpp>
#include <barelink/tls/settings.hpp>
#include <barelink/tls/wolfssl_errors.hpp>

namespace barelink::inline v0::tls::detail {

// The functions that wolfSSL calls; they find their object in what was given to the connection.
struct callbacks {
    int (*receive)(WOLFSSL*, char*, int, void*);
    int (*send)(WOLFSSL*, char*, int, void*);
    int (*certificate)(int, WOLFSSL_X509_STORE_CTX*);
};

// Collects the first failure of a row of steps; after it no step counts.
struct steps {
    failure cause = {};

    [[nodiscard]] constexpr bool good() const noexcept { return cause.error == errc::ok; }
    // `code`: what a function of wolfSSL returned; `blame`: what it means if that is not success.
    constexpr void expect(int code, errc blame) noexcept {
        if (good() && code != WOLFSSL_SUCCESS) cause = {.error = blame, .wolfssl = code};
    }
};

[[nodiscard]] inline unsigned char const* octets(bytes_in b) noexcept {
    return reinterpret_cast<unsigned char const*>(b.data());
}

// DER is one SEQUENCE; anything else is taken for text.
[[nodiscard]] inline int encoding_of(bytes_in b) noexcept {
    return !b.empty() && b[0] == 0x30 ? WOLFSSL_FILETYPE_ASN1 : WOLFSSL_FILETYPE_PEM;
}

[[nodiscard]] inline WOLFSSL_METHOD* method_of([[maybe_unused]] versions v) noexcept {
#if defined(WOLFSSL_TLS13) && !defined(WOLFSSL_NO_TLS12)
    if (v == versions::v1_2_and_v1_3) return wolfTLS_client_method();
#endif
#ifdef WOLFSSL_TLS13
    if (v != versions::v1_2) return wolfTLSv1_3_client_method();
#endif
#ifndef WOLFSSL_NO_TLS12
    if (v != versions::v1_3) return wolfTLSv1_2_client_method();
#endif
    return nullptr;
}

inline void copy_text(std::string_view from, char* to) noexcept {
    move_bytes(to, from.data(), from.size());
    to[from.size()] = '\0';
}

[[nodiscard]] constexpr bool has_psk(settings const& s) noexcept { return !s.psk.key.empty(); }

// 127 and 64 are wolfSSL's limits, of which the second one may have been lowered.
[[nodiscard]] constexpr bool good_psk(settings const& s) noexcept {
    if (s.psk.identity.empty() || s.psk.identity.size() > 127 || s.psk.key.size() > 64) return false;
    for (char const c : s.psk.identity) {
        if (c == '\0') return false;
    }
    return true;
}

#ifndef NO_PSK
// What the two generations of TLS ask for a PSK. `context` is the settings object. Returns the key's size; 0 ends the
// handshake.
inline unsigned give_psk(WOLFSSL* ssl, char const*, char* identity, unsigned identity_max, unsigned char* key,
                         unsigned key_max) noexcept {
    auto const* const s = static_cast<settings const*>(wolfSSL_get_psk_callback_ctx(ssl));
    if (s == nullptr || s->psk.identity.size() >= identity_max || s->psk.key.size() > key_max) return 0;
    copy_text(s->psk.identity, identity);
    move_bytes(reinterpret_cast<char*>(key), s->psk.key.data(), s->psk.key.size());
    return static_cast<unsigned>(s->psk.key.size());
}
inline unsigned give_psk_1_3(WOLFSSL* ssl, char const* hint, char* identity, unsigned identity_max, unsigned char* key,
                             unsigned key_max, char const** cipher) noexcept {
    *cipher = "TLS13-AES128-GCM-SHA256";  // a PSK from outside goes with SHA-256 [RFC 8446 4.2.11]
    return give_psk(ssl, hint, identity, identity_max, key, key_max);
}
#endif

// An authority's own dates are not looked at [RFC 5280 6.1.1 d]: it is trusted because somebody put it here.
inline void load_trust(WOLFSSL_CTX* ctx, settings const& s, steps& so_far) noexcept {
#ifdef OPENSSL_COMPATIBLE_DEFAULTS
    // Such a build takes each authority for a possible server as well, and looks at the dates there unless it is told
    // to verify nothing. make_context() tells it the contrary when all are loaded.
    wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_NONE, nullptr);
#endif
    for (auto const& authority : s.trust) {
        so_far.expect(wolfSSL_CTX_load_verify_buffer_ex(ctx, octets(authority), static_cast<long>(authority.size()),
                                                        encoding_of(authority), 0, WOLFSSL_LOAD_FLAG_DATE_ERR_OKAY),
                      errc::tls_bad_trust);
        if (!so_far.good()) return;
    }
}

inline void load_own(WOLFSSL_CTX* ctx, settings const& s, steps& so_far) noexcept {
    if (s.certificate.empty() && s.private_key.empty()) return;
    auto const size = static_cast<long>(s.certificate.size());
    auto const kind = encoding_of(s.certificate);
    so_far.expect(kind == WOLFSSL_FILETYPE_PEM
                      ? wolfSSL_CTX_use_certificate_chain_buffer(ctx, octets(s.certificate), size)
                      : wolfSSL_CTX_use_certificate_buffer(ctx, octets(s.certificate), size, kind),
                  errc::tls_bad_key);
    if (!so_far.good()) return;
    so_far.expect(wolfSSL_CTX_use_PrivateKey_buffer(ctx, octets(s.private_key), static_cast<long>(s.private_key.size()),
                                                    encoding_of(s.private_key)),
                  errc::tls_bad_key);
#ifndef NO_CHECK_PRIVATE_KEY
    if (so_far.good()) so_far.expect(wolfSSL_CTX_check_private_key(ctx), errc::tls_bad_key);
#endif
}

// Returns a context that verifies, or nullptr and the cause.
inline WOLFSSL_CTX* make_context(settings const& s, callbacks const& calls, steps& so_far) noexcept {
    // wolfSSL offers a PSK for one version only: with both, a server that picks 1.2 would be refused.
    auto const  version = has_psk(s) && s.version == versions::v1_2_and_v1_3 ? versions::v1_3 : s.version;
    auto* const method  = method_of(version);
    auto* const ctx     = method != nullptr ? wolfSSL_CTX_new(method) : nullptr;
    if (ctx == nullptr) {
        so_far.cause.error = errc::tls_failed;  // no memory, or a version that this build does not speak
        return nullptr;
    }
#ifndef NO_SESSION_CACHE
    // The user keeps the session. A table of wolfSSL's would keep keys in memory that nobody wipes.
    so_far.expect(static_cast<int>(wolfSSL_CTX_set_session_cache_mode(
                      ctx, WOLFSSL_SESS_CACHE_NO_INTERNAL | WOLFSSL_SESS_CACHE_NO_AUTO_CLEAR)),
                  errc::tls_failed);
#endif
    wolfSSL_SetIORecv(ctx, calls.receive);
    wolfSSL_SetIOSend(ctx, calls.send);
    if (version == versions::v1_2_and_v1_3) {
        so_far.expect(wolfSSL_CTX_SetMinVersion(ctx, WOLFSSL_TLSV1_2), errc::tls_failed);
    }
    auto const* const wish = s.ciphers.list;
    auto const* const list = wish != nullptr ? wish : has_psk(s) ? psk_ciphers.list : modern_ciphers.list;
    so_far.expect(wolfSSL_CTX_set_cipher_list(ctx, list), errc::tls_nothing_common);
    if (so_far.good()) load_trust(ctx, s, so_far);
    wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, calls.certificate);
    if (so_far.good()) load_own(ctx, s, so_far);
    if (so_far.good() && has_psk(s)) {
#ifndef NO_PSK
        wolfSSL_CTX_set_psk_client_callback(ctx, give_psk);
#ifdef WOLFSSL_TLS13
        wolfSSL_CTX_set_psk_client_tls13_callback(ctx, give_psk_1_3);
#endif
#else
        so_far.cause.error = errc::tls_bad_key;
#endif
    }
    if (so_far.good()) return ctx;
    wolfSSL_CTX_free(ctx);
    return nullptr;
}

[[nodiscard]] constexpr std::uint8_t fragment_code([[maybe_unused]] fragment f) noexcept {
#ifdef HAVE_MAX_FRAGMENT
    switch (f) {
    case fragment::b512: return WOLFSSL_MFL_2_9;
    case fragment::b1024: return WOLFSSL_MFL_2_10;
    case fragment::b2048: return WOLFSSL_MFL_2_11;
    case fragment::b4096: return WOLFSSL_MFL_2_12;
    case fragment::full: break;
    }
#endif
    return 0;
}

// Sets up a connection. `self` is what the callbacks get.
inline void prepare(WOLFSSL* ssl, settings const& s, server_identity const& who, void* self, steps& so_far) noexcept {
    wolfSSL_SetIOReadCtx(ssl, self);
    wolfSSL_SetIOWriteCtx(ssl, self);
    wolfSSL_SetCertCbCtx(ssl, self);
    if (auto const name = who.name(); !name.empty()) {
        so_far.expect(wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, name.data(), static_cast<unsigned short>(name.size())),
                      errc::tls_failed);
    }
#ifdef HAVE_ALPN
    if (!s.alpn.empty()) {
        // It is not const in wolfSSL, but only read.
        so_far.expect(wolfSSL_UseALPN(ssl, const_cast<char*>(s.alpn.data()), static_cast<unsigned>(s.alpn.size()),
                                      WOLFSSL_ALPN_FAILED_ON_MISMATCH),
                      errc::bad_option);
    }
#else
    if (!s.alpn.empty()) so_far.expect(NOT_COMPILED_IN, errc::bad_option);
#endif
#ifdef HAVE_MAX_FRAGMENT
    if (auto const code = fragment_code(s.max_fragment); code != 0) {
        so_far.expect(wolfSSL_UseMaxFragment(ssl, code), errc::tls_failed);
    }
#endif
#ifdef HAVE_SESSION_TICKET
    if (!s.session.empty()) so_far.expect(wolfSSL_UseSessionTicket(ssl), errc::tls_failed);
#endif
#ifndef NO_PSK
    if (has_psk(s)) {
        so_far.expect(wolfSSL_set_psk_callback_ctx(ssl, const_cast<settings*>(&s)), errc::tls_failed);
    }
#endif
}

}  // namespace barelink::inline v0::tls::detail
