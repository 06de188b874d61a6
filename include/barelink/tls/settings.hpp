// SPDX-License-Identifier: BSL-1.0
// What a device decides about its secure channel at run time. No word of wolfSSL.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::tls {

// Nothing older can be asked for.
enum class versions : std::uint8_t { v1_2_and_v1_3, v1_2, v1_3 };

// The longest record that we send, and ask the server to send [RFC 6066 4]. `full` are 16 KiB, and nothing is asked.
enum class fragment : std::uint16_t { full = 0, b512 = 512, b1024 = 1024, b2048 = 2048, b4096 = 4096 };

// Ciphers by wolfSSL's names, colons between, the best one first; names that a build of wolfSSL lacks are passed over.
// Lifetime: a literal.
struct cipher_policy {
    char const* list;
};
// Authenticated encryption with forward secrecy, nothing else.
inline constexpr cipher_policy modern_ciphers{
    "TLS13-AES128-GCM-SHA256:TLS13-CHACHA20-POLY1305-SHA256:TLS13-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"};
// For a key that both sides share. The ones of 1.2 without ECDHE or DHE have no forward secrecy.
inline constexpr cipher_policy psk_ciphers{
    "TLS13-AES128-GCM-SHA256:"
    "ECDHE-PSK-AES128-GCM-SHA256:ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES128-GCM-SHA256:DHE-PSK-AES256-GCM-SHA384:"
    "PSK-AES128-GCM-SHA256:PSK-AES256-GCM-SHA384"};

// A key that both sides know. Lifetime: borrowed at each connect(), until it is done or has failed.
struct shared_key {
    std::string_view identity = {};  // up to 127 characters, no NUL
    bytes_in         key      = {};  // up to 64 bytes; the bytes, not their hexadecimal text
};

// SHA-256 of a public key as it stands in a certificate (SubjectPublicKeyInfo):
//   openssl x509 -in server.crt -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256
using key_pin = std::array<std::uint8_t, 32>;

// Read anew at each connect(), so that whatever is changed between two connections counts from the next one on.
// Lifetime: the transport keeps a reference; the object and what its views point to must outlive it. Secrets are views:
// they stay where you keep them.
struct settings {
    // The name or IP address that the server's certificate must be for, and the name that we ask for (SNI). Empty: the
    // host that is dialled.
    std::string_view server = {};

    // Authorities whose word about a server we take: each view one certificate in DER, or one or more in PEM.
    std::span<bytes_in const> trust = {};
    // If there are any, the server's public key must be one of them, besides all else: one in use and one in reserve.
    std::span<key_pin const> pins = {};

    // Ours, for a server that asks: PEM (the certificate may be followed by those of its issuers) or DER.
    bytes_in certificate = {};
    bytes_in private_key = {};

    // Instead of certificates, on both sides; `trust` and `certificate` must be empty then. It is offered for one
    // version: for 1.3, unless `version` says 1.2.
    shared_key psk = {};

    std::string_view alpn         = {};  // protocols that we speak, commas between: "x-amzn-mqtt-ca"; empty: not said
    versions         version      = versions::v1_2_and_v1_3;
    fragment         max_fragment = fragment::full;
    cipher_policy    ciphers      = {nullptr};  // none: modern_ciphers, or psk_ciphers with a PSK

    // Where the last session is kept, so that the next connection needs no full handshake; empty: nowhere. It may lie
    // in memory that outlives a deep sleep, and any bytes may stand in it when the power comes. 512 bytes are enough
    // for a session of a usual broker; one that does not fit is not kept. It holds keys: wipe() it to forget the
    // session.
    bytes_out session = {};
};

}  // namespace barelink::inline v0::tls
