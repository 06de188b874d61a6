// SPDX-License-Identifier: BSL-1.0
// The first half of a channel: from nothing to a server that is known, and why not.
#pragma once

#include <barelink/tls/wolfssl_channel.hpp>

namespace barelink::inline v0::tls::detail {

inline errc channel::begin(std::string_view host) noexcept {
    auto const& s   = settings_;
    why_            = {};
    refused_before_ = around_.refused();
    host_           = s.server.empty() ? host : s.server;
    who_            = server_identity{host_};
    blocked_        = 0;
    io_error_ = write_error_ = verdict_ = errc::ok;
    approved_ = offered_ = open_ = stuck_ = heard_ = plain_ = false;

    bool const own   = !s.certificate.empty() || !s.private_key.empty();
    auto&      error = why_.error;
    if (!who_) error = errc::tls_bad_name;
    if (own && (s.certificate.empty() || s.private_key.empty())) error = errc::tls_bad_key;
    if (has_psk(s) ? !good_psk(s) || !s.trust.empty() || own : !s.psk.identity.empty()) error = errc::tls_bad_key;
    if (s.trust.empty() && verified_ && !has_psk(s)) error = errc::tls_bad_trust;
    return error;
}

inline errc channel::open() noexcept {
    static constexpr callbacks calls{receive, send, certificate_seen};
    steps                      so_far{};
    context_ = make_context(settings_, calls, so_far);
    if (context_ != nullptr) {
        ssl_ = wolfSSL_new(context_);
        if (ssl_ == nullptr) so_far.cause.error = errc::tls_failed;
    }
    if (so_far.good()) prepare(ssl_, settings_, who_, this, so_far);
    if (so_far.good() && !settings_.session.empty() && !has_psk(settings_)) {
        if (!bound_to(settings_, host_, verified_, bound_)) so_far.cause.error = errc::tls_failed;
        offered_ = so_far.good() && offer_session(ssl_, settings_.session, bound_);
    }
    why_ = so_far.cause;
    if (no_memory()) why_.error = errc::tls_memory;
    return why_.error;
}

inline errc channel::shake_hands() noexcept {
    if (why_.error != errc::ok) return why_.error;
    int const done = wolfSSL_connect(ssl_);
    if (done != WOLFSSL_SUCCESS) {
        int const code = wolfSSL_get_error(ssl_, done);
        // When the rest of a flight of 1.3 is stuck once more, wolfSSL 5.5.4 fails with error 0.
        if (code == WOLFSSL_ERROR_WANT_READ || code == WOLFSSL_ERROR_WANT_WRITE || (code == 0 && stuck_)) {
            if (write_error_ != errc::ok) io_error_ = write_error_;
            else if (!no_memory()) return errc::would_block;
        }
        return fail(code);
    }
    if (write_error_ != errc::ok) return broken();
    if (!proven() || no_memory()) return fail(0);
    open_               = true;
    auto const most     = wolfSSL_GetMaxOutputSize(ssl_);
    auto const fragment = static_cast<int>(settings_.max_fragment);
    record_max_         = most <= 0 ? 512 : fragment != 0 && fragment < most ? fragment : most;
    return errc::ok;
}

// The last word on whether to trust: wolfSSL is done, but did somebody really look at the server? A connection counts
// only if we have approved a certificate, if it goes on with a session from such a connection, or if it has our PSK.
inline bool channel::proven() const noexcept {
    if (verdict_ != errc::ok) return false;
    if (approved_) return true;
    if (offered_ && wolfSSL_session_reused(ssl_) != 0) return true;
    return has_psk(settings_);  // without authorities, and judge() refuses each certificate
}

// Some builds translate the code for the callback into one of OpenSSL's, and not always into the same one.
[[nodiscard]] constexpr bool is_early(int error) noexcept {
#ifdef OPENSSL_COMPATIBLE_DEFAULTS
    if (error == X509_V_ERR_CERT_NOT_YET_VALID || error == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD) return true;
#endif
    return error == ASN_BEFORE_DATE_E;
}
[[nodiscard]] constexpr bool is_late(int error) noexcept {
#ifdef OPENSSL_COMPATIBLE_DEFAULTS
    if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD) return true;
#endif
    return error == ASN_AFTER_DATE_E;
}

inline int channel::certificate_seen(int good, WOLFSSL_X509_STORE_CTX* store) noexcept {
    auto* const self = static_cast<channel*>(store->userCtx);
#ifdef SESSION_CERTS
    store->discardSessionCerts = 1;  // or each kept session has all certificates in it
#endif
    return self != nullptr && self->judge(good == 1, *store) ? 1 : 0;
}

// wolfSSL has an opinion on a certificate of the chain; depth 0 is the server's own, which comes last. Returns whether
// the handshake may go on. The one fault that may be overruled is a date, and only as far as our calendar is in doubt.
inline bool channel::judge(bool good, WOLFSSL_X509_STORE_CTX const& store) noexcept {
    bool const leaf = store.error_depth == 0;
    if (!verified_) {
        approved_ = approved_ || leaf;
        return true;
    }
    if (has_psk(settings_)) {
        verdict_ = errc::tls_client_refused;  // it does not want our key
        return false;
    }
    bool const early = is_early(store.error);
    bool const late  = is_late(store.error);
    if (store.error_depth < 0 || store.error_depth >= store.totalCerts) return false;
    auto const at = [&store](int depth) {
        auto const& der = store.certs[depth];
        return read_certificate({reinterpret_cast<char const*>(der.buffer), der.length});
    };
    // wolfSSL takes SHA-1, MD5 and RSA keys of 1024 bits.
    auto const seen = at(store.error_depth);
    if (!strong_signature(seen.signature) || !strong_key(seen.public_key)) verdict_ = errc::tls_bad_certificate;
    if (!good && !early && !late) return false;
    // Each time for the server's own, so that a wrong name is told before a doubt about the calendar. wolfSSL looks at
    // critical extensions last, and not at all where a date is wrong.
    auto const own = at(0);
    if (!own.readable || (!good && own.strange)) verdict_ = errc::tls_bad_certificate;
    if (verdict_ == errc::ok) verdict_ = judge_leaf(own);
    if (verdict_ != errc::ok) return false;

    auto const trust = around_.now().trust;
    if (trust == time_trust::unknown && (leaf || !good)) verdict_ = errc::tls_clock_unknown;
    // It is later than the floor, so what starts later may have started. wolfSSL lets nobody overrule it for a
    // certificate in between: it would not be used.
    if (trust == time_trust::floor && early && !leaf) verdict_ = errc::tls_clock_unknown;
    if (verdict_ != errc::ok) return false;
    if (!good && !(early && trust == time_trust::floor)) return false;
    approved_ = approved_ || leaf;
    return true;
}

inline errc channel::judge_leaf(certificate const& c) noexcept {
    if (!who_.matches(c.alt_names)) return errc::tls_wrong_name;
    if (settings_.pins.empty()) return errc::ok;
    digest       d;
    digest_value key{};
    d.raw(c.public_key.data(), c.public_key.size());
    if (!d.finish(key)) return errc::tls_failed;
    for (auto const& pin : settings_.pins) {
        if (pin == key) return errc::ok;
    }
    return errc::tls_wrong_pin;
}

// Memory comes first, because wolfSSL's own code may then say anything; what we have found out ourselves is next, then
// the server's word, then the network, then wolfSSL's.
inline errc channel::meaning(int code, failure const& f) const noexcept {
    if (no_memory()) return errc::tls_memory;
    if (verdict_ != errc::ok) return verdict_;
    if (plain_) return errc::tls_plain_peer;
    if (f.alert != failure::no_alert) {
        // In 1.2 our certificate is a matter of the handshake; behind it, this is a negotiation that we have declined.
        if (open_ && f.alert == 40 && !same_text(version(), "TLSv1.3")) return errc::tls_protocol;
        return alert_meaning(f.alert, wolfSSL_get_current_cipher(ssl_) != nullptr && approved_, has_psk(settings_));
    }
    bool const hung_up = io_error_ == errc::closed_by_peer || io_error_ == errc::connection_reset;
    if (hung_up && !heard_) return errc::tls_plain_peer;  // at our greeting
    if (io_error_ == errc::closed_by_peer) return errc::tls_cut;
    if (io_error_ != errc::ok) return io_error_;
    if (code == 0) return errc::tls_bad_certificate;
    auto const e = code_meaning(code);
    return open_ && e == errc::tls_nothing_common ? errc::tls_protocol : e;  // what was agreed on is broken
}

inline errc channel::fail(int code) noexcept {
    failure f{.error = errc::ok, .wolfssl = code};
    WOLFSSL_ALERT_HISTORY alerts{};
    if (wolfSSL_get_alert_history(ssl_, &alerts) == WOLFSSL_SUCCESS && alerts.last_rx.level == alert_fatal) {
        f.alert = static_cast<std::uint8_t>(alerts.last_rx.code);
    }
    f.error = meaning(code, f);
    why_    = f;
    // A session that may be the reason is not tried twice.
    if (offered_ && !open_) wipe(settings_.session);
    return why_.error;
}

}  // namespace barelink::inline v0::tls::detail
