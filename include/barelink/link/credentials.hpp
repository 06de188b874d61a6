// SPDX-License-Identifier: BSL-1.0
// Who we say we are. Asked for before every connect, because tokens expire.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/link/transport.hpp>

namespace barelink::inline v0 {

// What CONNECT says about us [3.1.3]. A view without data (nullptr) means that the field is absent; an empty view
// with data means that it is present and empty. Lifetime: borrowed until the next call of the client.
struct login {
    std::string_view client_id = {};
    std::string_view user_name = {};
    std::string_view password  = {};  // any bytes
};

// What belongs to a login: where it is good, and until when. Instants are those of the client's clock.
struct lease {
    instant now = {};  // given: the time of this call

    // Where this attempt goes. Given: options::host and port, or the Server that the last one has named. What is
    // written here is dialled instead, and with an empty tls::settings::server it is what we ask for (SNI) and what the
    // certificate must be for. Lifetime: `host` until the next refresh().
    endpoint to = {};

    // Beside ok: the login is good until then, at most 24 days ahead; not armed: for ever. The client leaves in order
    // `margin_ms` earlier (when half of the time is over, if that is later), asks for another login and comes back.
    deadline      valid_until = {};
    std::uint32_t margin_ms   = 30'000;

    // Beside would_block: when to ask again; not armed: at the next poll, which is due at once.
    deadline ask_at = {};
};

// `errc refresh(login& out)` is called before every attempt with the values of `options`, and may overwrite them.
// Returns ok; would_block to be asked again (a token is being fetched), within options::credentials_timeout_ms;
// anything else ends the attempt with that value as its cause.
template <class T>
concept plain_credentials = requires(T& c, login& out) {
    { c.refresh(out) } noexcept -> std::same_as<errc>;
};
// `errc refresh(login& out, lease& with)` may also say where to connect to and until when the login is good. A login
// that is over when it is given ends the attempt with credentials_failed.
template <class T>
concept leasing_credentials = requires(T& c, login& out, lease& with) {
    { c.refresh(out, with) } noexcept -> std::same_as<errc>;
};
template <class T>
concept credentials_provider = plain_credentials<T> || leasing_credentials<T>;

// Optional: `void stop()` is called when an attempt ends before it dials, whoever ended it. What was being fetched is
// not wanted any more, and connections of one's own have to be closed.
template <class T>
concept stoppable_credentials = credentials_provider<T> && requires(T& c) {
    { c.stop() } noexcept -> std::same_as<void>;
};

template <class T>
consteval bool check_credentials() {
    static_assert(credentials_provider<T>, "barelink: credentials need `errc refresh(login&) noexcept` or `errc "
                                           "refresh(login&, lease&) noexcept`");
    return true;
}

// The values of `options` are good for ever.
struct fixed_credentials {
    static constexpr errc refresh(login&) noexcept { return errc::ok; }
};

}  // namespace barelink::inline v0
