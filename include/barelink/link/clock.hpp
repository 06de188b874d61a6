// SPDX-License-Identifier: BSL-1.0
// What barelink asks of a clock: a count of milliseconds that never jumps.
#pragma once

#include <concepts>

#include <barelink/base/time.hpp>

namespace barelink::inline v0 {

// `instant now()` reads a monotonic millisecond counter; it may start anywhere and wraps after 2^32. It must go on
// while the device sleeps, or keep-alive stops with it.
template <class T>
concept monotonic_clock = requires(T& c) {
    { c.now() } noexcept -> std::same_as<instant>;
};

template <class T>
consteval bool check_clock() {
    static_assert(monotonic_clock<T>, "barelink: a clock needs `instant now() noexcept`");
    return true;
}

}  // namespace barelink::inline v0
