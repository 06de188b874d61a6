// SPDX-License-Identifier: BSL-1.0
// What barelink asks of a byte stream. A port is written by reading this file and clock.hpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

// Where the broker listens. Lifetime: `host` is borrowed until connect() has reported `done` or an error.
struct endpoint {
    std::string_view host = {};
    std::uint16_t    port = 1883;
};

// How far a connection attempt has come. The client gives each stage its own deadline.
enum class connect_stage : std::uint8_t {
    resolve,  // the host name is being looked up
    connect,  // TCP, or whatever carries the bytes, is being set up
    secure,   // TLS is shaking hands
    done,     // read() and write() may be called
};

// A transport is an ordered, lossless byte stream [MQTT-4.2-1, 3.1.1: MQTT-7.1.2-1] that never blocks:
//
//   result<connect_stage> connect(endpoint const& to)
//       The first call after construction or close() starts an attempt, each further call goes on with it.
//       Returns the stage it waits in, `done` once, or a transport error; after an error the client calls close().
//   result<size_t> read(bytes_out into)
//       Returns how many bytes came, at least 1; `would_block` when there are none now; `closed_by_peer` at the
//       end of the stream; another transport error when it broke. Never 0.
//   result<size_t> write(bytes_in from)
//       Returns how many bytes were taken, at least 1 and maybe fewer than offered; `would_block` when there is no
//       room now. What was not taken is offered again, perhaps with more behind it or with other bytes before it.
//   void close()
//       Gives everything back; called in any state, also twice.
//
// All are noexcept and do bounded work. One transport belongs to one client.
template <class T>
concept readable_transport = requires(T& t, bytes_out into) {
    { t.read(into) } noexcept -> std::same_as<result<std::size_t>>;
};
template <class T>
concept writable_transport = requires(T& t, bytes_in from) {
    { t.write(from) } noexcept -> std::same_as<result<std::size_t>>;
};
template <class T>
concept connectable_transport = requires(T& t, endpoint const& to) {
    { t.connect(to) } noexcept -> std::same_as<result<connect_stage>>;
};
template <class T>
concept transport = readable_transport<T> && writable_transport<T> && connectable_transport<T> && requires(T& t) {
    { t.close() } noexcept -> std::same_as<void>;
};

// What a transport is waited for: bytes to read, room to write. client::wants() says it.
struct interest {
    bool bytes = true;
    bool room  = false;
};

// Optional: `void wait(uint32_t ms_max, interest what)` sleeps until bytes have come or there is room, as far as `what`
// asks for it, an attempt to connect can go on, or `ms_max` milliseconds are over; it may return early. yield() uses it
// instead of polling in a circle.
template <class T>
concept waitable_transport = transport<T> && requires(T& t, std::uint32_t ms_max, interest what) {
    { t.wait(ms_max, what) } noexcept -> std::same_as<void>;
};

// Speaks before the concept does: the first line of the compiler's message is one of these sentences.
template <class T>
consteval bool check_transport() {
    static_assert(connectable_transport<T>,
                  "barelink: a transport needs `result<connect_stage> connect(endpoint const&) noexcept`");
    static_assert(readable_transport<T>, "barelink: a transport needs `result<size_t> read(bytes_out) noexcept`");
    static_assert(writable_transport<T>, "barelink: a transport needs `result<size_t> write(bytes_in) noexcept`");
    static_assert(transport<T>, "barelink: a transport needs `void close() noexcept`");
    return true;
}

}  // namespace barelink::inline v0
