// SPDX-License-Identifier: BSL-1.0
// Small pieces that several clouds share: which characters an identity may have, and a MAC written as text.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/hex.hpp>

namespace barelink::inline v0::detail {

// Printable ASCII without blanks and without any of `separators`, 1 to `max` bytes.
[[nodiscard]] constexpr bool is_word(std::string_view text, std::size_t max, std::string_view separators) noexcept {
    if (text.empty() || text.size() > max) return false;
    for (char const c : text) {
        if (c <= ' ' || c > '~' || separators.find(c) != std::string_view::npos) return false;
    }
    return true;
}

[[nodiscard]] constexpr bool is_decimal(std::string_view text, std::size_t max) noexcept {
    if (text.empty() || text.size() > max) return false;
    for (char const c : text) {
        if (c < '0' || c > '9') return false;
    }
    return true;
}

// A label of a host name, or several with dots between them: nothing that could end a host.
[[nodiscard]] constexpr bool is_host(std::string_view text) noexcept {
    return is_word(text, 253, "/\\@:?#%&|\"'<>[]{}^`,;");
}

// Appends the MAC of the pieces as small hexadecimal digits. An engine that breaks makes `out` an error.
template <mac_engine Engine, class... Piece>
constexpr void add_mac(builder& out, Engine& engine, digest kind, std::string_view key,
                       Piece const&... pieces) noexcept {
    char       mac[digest_size_max] = {};
    auto const error                = make_mac(engine, kind, key, mac, pieces...);
    if (error != errc::ok) out.fail(error);
    out << hex{bytes_in{mac, digest_size(kind)}};
}

}  // namespace barelink::inline v0::detail
