// SPDX-License-Identifier: BSL-1.0
// What QoS 1 and 2 need to survive a power cut [4.1].
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

// Names a record: which direction the exchange runs in, and its packet identifier.
struct store_key {
    enum class side : std::uint8_t {
        none,      // no record: the end of restore()
        outbound,  // ours: the PUBLISH, or the PUBREL that took its place, as wire bytes
        inbound,   // theirs: a QoS 2 message handed over and not yet released; the record has no bytes
    };
    side          from = side::none;
    std::uint16_t id   = 0;

    friend constexpr bool operator==(store_key, store_key) = default;
};

struct stored_record {
    store_key   key  = {};
    std::size_t size = 0;

    friend constexpr bool operator==(stored_record const&, stored_record const&) = default;
};

// A store keeps a few small records; none of its functions may wait long, the client calls them while polling.
//
//   errc put(store_key key, bytes_in record)   writes a record, or replaces the one with this key; whole or not at all
//   errc erase(store_key key)                  removes it; nothing happens if there is none
//   result<stored_record> restore(bytes_out into)
//       Called at start-up until it returns a key with side::none: each call gives the next record, in the order of
//       the first put() of its key. Returns store_failed, with the key if it is known, if a record can't be read or is
//       larger than `into`; the next call goes on behind that record.
template <class T>
concept session_store = requires(T& s, store_key key, bytes_in record, bytes_out into) {
    { s.put(key, record) } noexcept -> std::same_as<errc>;
    { s.erase(key) } noexcept -> std::same_as<errc>;
    { s.restore(into) } noexcept -> std::same_as<result<stored_record>>;
};

// Nothing survives; the client leaves out all code that would call it.
struct no_store {
    static constexpr errc put(store_key, bytes_in) noexcept { return errc::ok; }
    static constexpr errc erase(store_key) noexcept { return errc::ok; }
    static constexpr result<stored_record> restore(bytes_out) noexcept { return stored_record{}; }
};

template <class T>
consteval bool check_store() {
    static_assert(session_store<T>,
                  "barelink: a store needs `errc put(store_key, bytes_in) noexcept`, `errc erase(store_key) noexcept` "
                  "and `result<stored_record> restore(bytes_out) noexcept`");
    return true;
}

}  // namespace barelink::inline v0
