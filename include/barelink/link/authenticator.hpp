// SPDX-License-Identifier: BSL-1.0
// Enhanced authentication of 5.0: a dialogue instead of a password, such as SCRAM [4.12].
#pragma once

#include <concepts>
#include <string_view>

#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

// A policy of a client. `string_view method()` is the name that the Server knows; empty: no dialogue this time. The
// client calls
//
//   errc start(string_view& out)                  before each CONNECT, and when the user asks for a new authentication
//   errc step(string_view in, string_view& out)   for each AUTH of the Server: `in` is its data, `out` ours
//   errc finish(string_view in)                   with the data of CONNACK, or of the AUTH that ends the dialogue
//
// `out` without data (nullptr) leaves the data out. Anything but ok ends the connection with that cause. finish() is
// where a method makes sure that the Server has proved itself: an answer that comes too early must fail there.
// Lifetime: `in` is borrowed for the call; `out` until the next call of the authenticator.
template <class T>
concept authenticator = requires(T& a, std::string_view in, std::string_view& out) {
    { a.method() } noexcept -> std::same_as<std::string_view>;
    { a.start(out) } noexcept -> std::same_as<errc>;
    { a.step(in, out) } noexcept -> std::same_as<errc>;
    { a.finish(in) } noexcept -> std::same_as<errc>;
};

template <class T>
consteval bool check_authenticator() {
    static_assert(authenticator<T>,
                  "barelink: an authenticator needs `string_view method()`, `errc start(string_view&)`, `errc "
                  "step(string_view, string_view&)` and `errc finish(string_view)`, all noexcept");
    return true;
}

// CONNECT has a password, or nothing.
struct no_authenticator {
    static constexpr std::string_view method() noexcept { return {}; }
    static constexpr errc start(std::string_view&) noexcept { return errc::ok; }
    static constexpr errc step(std::string_view, std::string_view&) noexcept { return errc::ok; }
    static constexpr errc finish(std::string_view) noexcept { return errc::ok; }
};

}  // namespace barelink::inline v0
