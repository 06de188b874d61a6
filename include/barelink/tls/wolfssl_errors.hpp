// SPDX-License-Identifier: BSL-1.0
// What wolfSSL's numbers and the peer's alerts mean for somebody who has to change something.
#pragma once

#include <cstdint>

#include <barelink/base/errc.hpp>
#include <barelink/link/wall_clock.hpp>
#include <barelink/tls/wolfssl_api.hpp>

namespace barelink::inline v0::tls {

// Why the last attempt or connection ended, with the numbers for a support case.
struct failure {
    static constexpr std::uint8_t no_alert = 0xFF;

    errc         error   = errc::ok;
    int          wolfssl = 0;         // wolfSSL's own code, negative; 0 if it was not wolfSSL that failed
    std::uint8_t alert   = no_alert;  // the alert that the server sent [RFC 8446 6]
};

namespace detail {

// A fatal alert of the server. `answered`: its ServerHello had come, so version and cipher were agreed on.
[[nodiscard]] constexpr errc alert_meaning(std::uint8_t alert, bool answered, bool has_psk) noexcept {
    switch (alert) {
    case 42:   // bad_certificate
    case 43:   // unsupported_certificate
    case 44:   // certificate_revoked
    case 45:   // certificate_expired
    case 46:   // certificate_unknown
    case 48:   // unknown_ca
    case 49:   // access_denied
    case 115:  // unknown_psk_identity
    case 116:  // certificate_required
        return errc::tls_client_refused;
    case 40:  // handshake_failure: nothing in common, or in 1.2 that our certificate is missing
        return answered || has_psk ? errc::tls_client_refused : errc::tls_nothing_common;
    case 20:  // bad_record_mac
    case 47:  // illegal_parameter
    case 51:  // decrypt_error: with a PSK each of the three is the sign of two different keys
        return has_psk ? errc::tls_client_refused : errc::tls_protocol;
    case 70:   // protocol_version
    case 71:   // insufficient_security
    case 120:  // no_application_protocol
        return errc::tls_nothing_common;
    case 112: return errc::tls_wrong_name;  // unrecognized_name
    default: return errc::tls_protocol;
    }
}

// A code of wolfSSL, when nothing else is known.
[[nodiscard]] constexpr errc code_meaning(int code) noexcept {
    // In some versions of wolfSSL two of these are one number.
    if (code == MEMORY_E || code == MEMORY_ERROR || code == MP_MEM) return errc::tls_memory;
    switch (code) {
    case ASN_NO_SIGNER_E:
    case ASN_SELF_SIGNED_E:
    case ASN_PATHLEN_SIZE_E:
    case ASN_PATHLEN_INV_E: return errc::tls_unknown_authority;
    case ASN_AFTER_DATE_E: return errc::tls_expired;
    case ASN_BEFORE_DATE_E: return errc::tls_not_yet_valid;
    case DOMAIN_NAME_MISMATCH:
    case IPADDR_MISMATCH: return errc::tls_wrong_name;
    case ASN_NAME_INVALID_E:
    case HASH_TYPE_E:
    case KEYUSE_ENCIPHER_E:
    case KEYUSE_SIGNATURE_E:
    case EXTKEYUSE_AUTH_E:
    case RSA_KEY_SIZE_E:
    case ECC_KEY_SIZE_E:
    case PEER_KEY_ERROR:
    case MAX_CHAIN_ERROR:
    case VERIFY_CERT_ERROR:
    case NO_PEER_CERT: return errc::tls_bad_certificate;
    case VERSION_ERROR:
    case MATCH_SUITE_ERROR:
    case UNSUPPORTED_SUITE:
    case UNKNOWN_ALPN_PROTOCOL_NAME_E: return errc::tls_nothing_common;
    case PSK_KEY_ERROR:
    case CLIENT_ID_ERROR: return errc::tls_bad_key;
    case WC_INIT_E:
    case RNG_FAILURE_E:
    case BAD_FUNC_ARG:
    case NOT_COMPILED_IN: return errc::tls_failed;
    default:
        // What cannot be read in a certificate, and what is wrong with its signature, has numbers in a row.
        return code <= ASN_PARSE_E && code >= ASN_ALT_NAME_E ? errc::tls_bad_certificate : errc::tls_protocol;
    }
}

}  // namespace detail

}  // namespace barelink::inline v0::tls
