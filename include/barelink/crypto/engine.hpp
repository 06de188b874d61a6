// SPDX-License-Identifier: BSL-1.0
// What barelink asks of cryptography outside TLS: digests and MACs of text, base64, and random bytes. A secure element
// is an engine that keeps its secrets to itself.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

enum class digest : std::uint8_t { md5, sha1, sha256 };

inline constexpr std::size_t digest_size_max = 32;

[[nodiscard]] constexpr std::size_t digest_size(digest kind) noexcept {
    return kind == digest::md5 ? 16U : kind == digest::sha1 ? 20U : 32U;
}

// A hash with a key, HMAC [RFC 2104]:
//
//   errc mac_begin(digest kind, std::string_view key)   an engine that holds the secret may ignore `key`
//   errc mac_add(std::string_view text)                 any number of pieces
//   errc mac_end(bytes_out to)                          writes digest_size(kind) bytes
//
// All are noexcept and return ok or crypto_failed; after an error the next call is mac_begin(). One at a time.
template <class T>
concept mac_engine = requires(T& e, digest kind, std::string_view text, bytes_out to) {
    { e.mac_begin(kind, text) } noexcept -> std::same_as<errc>;
    { e.mac_add(text) } noexcept -> std::same_as<errc>;
    { e.mac_end(to) } noexcept -> std::same_as<errc>;
};

// A hash without a key: digest_begin(kind), digest_add(text), digest_end(to), with the same rules.
template <class T>
concept digest_engine = requires(T& e, digest kind, std::string_view text, bytes_out to) {
    { e.digest_begin(kind) } noexcept -> std::same_as<errc>;
    { e.digest_add(text) } noexcept -> std::same_as<errc>;
    { e.digest_end(to) } noexcept -> std::same_as<errc>;
};

// Base64 with padding, without line breaks [RFC 4648, 4]:
//
//   result<size_t> encode_base64(std::string_view from, bytes_out to)
//   result<size_t> decode_base64(std::string_view from, bytes_out to)
//
// Both return how many bytes they wrote, or text_too_long: an encoder needs 4 bytes for each 3 begun, a decoder may
// ask for room for the padding too, 3 bytes for each 4. What is not of that form is refused by malformed_text.
template <class T>
concept base64_codec = requires(T& e, std::string_view from, bytes_out to) {
    { e.encode_base64(from, to) } noexcept -> std::same_as<result<std::size_t>>;
    { e.decode_base64(from, to) } noexcept -> std::same_as<result<std::size_t>>;
};

// Random bytes that nobody can foretell or see twice: `errc fill(bytes_out to)` fills all of `to`, or returns
// crypto_failed. What gives jitter (link/entropy.hpp) is no such source.
template <class T>
concept random_source = requires(T& r, bytes_out to) {
    { r.fill(to) } noexcept -> std::same_as<errc>;
};

template <class T>
consteval bool check_mac_engine() {
    static_assert(mac_engine<T>, "barelink: an engine needs `errc mac_begin(digest, string_view) noexcept`, "
                                 "`errc mac_add(string_view) noexcept` and `errc mac_end(bytes_out) noexcept`");
    return true;
}

// Overwrites a secret; the compiler may not leave it out.
constexpr void wipe(bytes_out area) noexcept {
    for (char& c : area) c = '\0';
#if defined(__GNUC__)
    if (!std::is_constant_evaluated()) asm volatile("" : : "r"(area.data()) : "memory");
#endif
}

// Whether two secrets of one length are equal. It takes as long when they differ early as when they differ late.
[[nodiscard]] constexpr bool same_secret(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    unsigned differs = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        differs |= static_cast<unsigned>(octet(a[i]) ^ octet(b[i]));
#if defined(__GNUC__)
        // The compiler may not see that nothing changes any more once a bit is set.
        if (!std::is_constant_evaluated()) asm volatile("" : "+r"(differs));
#endif
    }
    return differs == 0;
}

// The MAC of the pieces, one behind the other. Returns crypto_failed. Requires: `to` has digest_size(kind) bytes.
template <mac_engine Engine, class... Piece>
constexpr errc make_mac(Engine& engine, digest kind, std::string_view key, bytes_out to,
                        Piece const&... pieces) noexcept {
    auto error = engine.mac_begin(kind, key);
    [[maybe_unused]] auto const add = [&](std::string_view piece) {
        if (error == errc::ok) error = engine.mac_add(piece);
    };
    (add(pieces), ...);
    return error == errc::ok ? engine.mac_end(to) : error;
}

// The same without a key.
template <digest_engine Engine, class... Piece>
constexpr errc make_digest(Engine& engine, digest kind, bytes_out to, Piece const&... pieces) noexcept {
    auto error = engine.digest_begin(kind);
    [[maybe_unused]] auto const add = [&](std::string_view piece) {
        if (error == errc::ok) error = engine.digest_add(piece);
    };
    (add(pieces), ...);
    return error == errc::ok ? engine.digest_end(to) : error;
}

}  // namespace barelink::inline v0
