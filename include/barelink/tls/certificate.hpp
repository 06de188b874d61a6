// SPDX-License-Identifier: BSL-1.0
// What we look at ourselves in a server's certificate (RFC 5280): for whom it is, and which key it has.
#pragma once

#include <string_view>

#include <barelink/tls/der.hpp>

namespace barelink::inline v0::tls {

// Lifetime: the views point into the certificate.
struct certificate {
    bytes_in public_key = {};  // SubjectPublicKeyInfo, whole: what a pin is the digest of
    bytes_in alt_names  = {};  // what is in GeneralNames; empty if there are none
    bytes_in signature  = {};  // what is in the AlgorithmIdentifier of the issuer's signature
    bool     strange    = false;  // has a critical extension that is none of the usual ones
    bool     readable   = false;
};

namespace detail {
inline constexpr std::string_view id_subject_alt_name = "\x55\x1D\x11";           // 2.5.29.17
inline constexpr std::string_view id_rsa = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";  // 1.2.840.113549.1.1.1
inline constexpr std::string_view id_ecdsa_sha2 = "\x2A\x86\x48\xCE\x3D\x04\x03";     // 1.2.840.10045.4.3.*
inline constexpr std::string_view id_sha2       = "\x60\x86\x48\x01\x65\x03\x04\x02";  // 2.16.840.1.101.3.4.2.*

// Key usage, names, basic constraints, extended key usage: what wolfSSL or we look at in a server's certificate.
[[nodiscard]] constexpr bool usual_extension(std::string_view id) noexcept {
    if (id.size() != 3 || id[0] != '\x55' || id[1] != '\x1D') return false;
    return id[2] == '\x0F' || id[2] == '\x11' || id[2] == '\x13' || id[2] == '\x25';
}

// Extensions [RFC 5280 4.2]: at most one of a kind, so a second list of names makes the certificate unreadable.
constexpr bool read_extensions(bytes_in extensions, certificate& out) noexcept {
    der_reader list{extensions};
    bool       seen = false;
    while (!list.ended()) {
        der_reader extension{list.expect(0x30).content};
        auto const id = extension.expect(0x06).content;
        // DER says critical only where it is true.
        if (extension.next_is(0x01) && !extension.next().whole.empty() && !usual_extension(text_of(id))) {
            out.strange = true;
        }
        auto const value = extension.expect(0x04).content;
        if (list.failed() || extension.failed() || !extension.ended()) return false;
        if (!same_text(text_of(id), id_subject_alt_name)) continue;
        der_reader names{value};
        out.alt_names = names.expect(0x30).content;
        if (seen || names.failed() || !names.ended()) return false;
        seen = true;
    }
    return !list.failed();
}
}  // namespace detail

// Reads a certificate in DER. Not `readable` if it is broken anywhere on the way. Work: one look at each element.
[[nodiscard]] constexpr certificate read_certificate(bytes_in der) noexcept {
    certificate out{};
    der_reader  file{der};
    der_reader  signed_part{file.expect(0x30).content};
    der_reader  fields{signed_part.expect(0x30).content};
    if (fields.next_is(0xA0)) static_cast<void>(fields.next());  // version
    static_cast<void>(fields.expect(0x02));                      // serial number
    out.signature = fields.expect(0x30).content;
    for (int i = 0; i < 3; ++i) static_cast<void>(fields.expect(0x30));  // issuer, validity, subject
    out.public_key = fields.expect(0x30).whole;
    if (fields.next_is(0x81)) static_cast<void>(fields.next());  // unique identifiers of version 2
    if (fields.next_is(0x82)) static_cast<void>(fields.next());
    if (file.failed() || !file.ended() || signed_part.failed() || fields.failed()) return {};
    if (fields.next_is(0xA3)) {
        der_reader wrapped{fields.next().content};
        auto const extensions = wrapped.expect(0x30).content;
        if (wrapped.failed() || !wrapped.ended() || !detail::read_extensions(extensions, out)) return {};
    }
    if (fields.failed() || !fields.ended()) return {};
    out.readable = true;
    return out;
}

// Whether a key has the strength that a broker of today has: RSA of 2048 bits, or a curve of 256 bits (a P-256 key
// takes 91 bytes, an Ed25519 one 44). Takes certificate::public_key.
[[nodiscard]] constexpr bool strong_key(bytes_in public_key) noexcept {
    der_reader info{public_key};
    der_reader key{info.expect(0x30).content};
    der_reader algorithm{key.expect(0x30).content};
    auto const id   = algorithm.expect(0x06).content;
    auto const bits = key.expect(0x03).content;
    if (info.failed() || key.failed() || algorithm.failed()) return false;
    return same_text(text_of(id), detail::id_rsa) ? bits.size() > 2048 / 8 : bits.size() > 256 / 8;
}

// Whether a certificate is signed by means that nobody forges today: SHA-256, -384 or -512 with RSA or ECDSA, or EdDSA.
// Takes certificate::signature.
[[nodiscard]] constexpr bool strong_signature(bytes_in algorithm) noexcept {
    // The last number of an identifier that begins with the same ones as `model` (less `cut` at its end); or 0.
    auto const last_of = [](std::string_view id, std::string_view model, std::size_t cut) {
        model.remove_suffix(cut);
        if (id.size() != model.size() + 1) return 0;
        int const last = octet(id[model.size()]);
        id.remove_suffix(1);
        return same_text(id, model) ? last : 0;
    };
    der_reader fields{algorithm};
    auto const id      = text_of(fields.expect(0x06).content);
    int const  ecdsa   = last_of(id, detail::id_ecdsa_sha2, 0);  // [RFC 5758 3.2]
    int const  rsa     = last_of(id, detail::id_rsa, 1);         // [RFC 4055 5]
    int const  edwards = last_of(id, "\x2B\x65", 0);             // [RFC 8410 3]
    if (rsa != 10) return (ecdsa >= 2 && ecdsa <= 4) || (rsa >= 11 && rsa <= 13) || edwards == 112 || edwards == 113;
    // PSS: what names no digest means SHA-1 [RFC 4055 3.1].
    der_reader parameters{fields.expect(0x30).content};
    der_reader wrapped{parameters.expect(0xA0).content};
    der_reader digest{wrapped.expect(0x30).content};
    int const  sha = last_of(text_of(digest.expect(0x06).content), detail::id_sha2, 0);
    return sha >= 1 && sha <= 3;
}

}  // namespace barelink::inline v0::tls
