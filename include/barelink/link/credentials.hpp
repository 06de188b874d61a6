// SPDX-License-Identifier: BSL-1.0
// Who we say we are. Asked for before every connect, because tokens expire.
#pragma once

#include <concepts>
#include <string_view>

#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

// What CONNECT says about us [3.1.3]. A view without data (nullptr) means that the field is absent; an empty view
// with data means that it is present and empty. Lifetime: borrowed until the next call of the client.
struct login {
    std::string_view client_id = {};
    std::string_view user_name = {};
    std::string_view password  = {};  // any bytes
};

// `errc refresh(login& out)` is called before every attempt with the values of `options`, and may overwrite them.
// Returns ok; would_block to be asked again at the next poll (a token is being fetched), within
// options::credentials_timeout_ms; anything else ends the attempt with that value as its cause.
template <class T>
concept credentials_provider = requires(T& c, login& out) {
    { c.refresh(out) } noexcept -> std::same_as<errc>;
};

template <class T>
consteval bool check_credentials() {
    static_assert(credentials_provider<T>, "barelink: credentials need `errc refresh(login&) noexcept`");
    return true;
}

// The values of `options` are good for ever.
struct fixed_credentials {
    static constexpr errc refresh(login&) noexcept { return errc::ok; }
};

}  // namespace barelink::inline v0
