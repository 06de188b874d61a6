// SPDX-License-Identifier: BSL-1.0
// The name and the first bytes of a record of file_store.hpp, as pure functions.
//
// File name: 'o' (outbound) or 'i' (inbound) and the packet identifier as four hexadecimal digits.
// File: magic "BLR1" | side (1) | 0 (1) | id (2) | place (8) | size (4) | CRC of the record (4) | CRC of these 24 bytes
// (4) | record. Numbers have their high byte first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/link/store.hpp>

namespace barelink::inline v0::posix::detail {

inline constexpr std::size_t record_header_size = 28;
using record_header_bytes                       = std::array<char, record_header_size>;
using record_name                               = std::array<char, 6>;  // with a NUL

// `place` orders the records: it was taken from a counter at the first put() of the key.
struct record_header {
    store_key     key   = {};
    std::uint64_t place = 0;
    std::uint32_t size  = 0;
    std::uint32_t check = 0;

    friend constexpr bool operator==(record_header const&, record_header const&) = default;
};

// CRC-32 as of IEEE 802.3, bit by bit: records are small, and a table would be larger than they are.
[[nodiscard]] constexpr std::uint32_t crc32(bytes_in bytes) noexcept {
    std::uint32_t crc = 0xFFFF'FFFFU;
    for (char const c : bytes) {
        crc ^= octet(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB8'8320U : 0U);
    }
    return ~crc;
}

constexpr char* store_u32(char* to, std::uint32_t value) noexcept {
    to = store_u16(to, static_cast<std::uint16_t>(value >> 16));
    return store_u16(to, static_cast<std::uint16_t>(value & 0xFFFFU));
}

[[nodiscard]] constexpr std::uint32_t load_u32(char const* from) noexcept {
    return static_cast<std::uint32_t>(load_u16(from)) << 16 | load_u16(from + 2);
}

[[nodiscard]] constexpr record_name name_of(store_key key) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";

    record_name name{key.from == store_key::side::inbound ? 'i' : 'o'};
    for (std::size_t i = 0; i < 4; ++i) name[1 + i] = digits[static_cast<std::size_t>(key.id >> (12 - 4 * i)) & 0xFU];
    return name;
}

// Returns a key with side::none for the name of anything but a record.
[[nodiscard]] constexpr store_key key_of(std::string_view name) noexcept {
    if (name.size() != 5 || (name[0] != 'i' && name[0] != 'o')) return {};
    auto const from = name[0] == 'i' ? store_key::side::inbound : store_key::side::outbound;
    unsigned   id   = 0;
    name.remove_prefix(1);
    for (char const c : name) {
        if (c >= '0' && c <= '9') id = id * 16 + static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f') id = id * 16 + static_cast<unsigned>(c - 'a' + 10);
        else return {};
    }
    return {from, static_cast<std::uint16_t>(id)};
}

[[nodiscard]] constexpr record_header_bytes encode_header(record_header const& h) noexcept {
    record_header_bytes bytes{'B', 'L', 'R', '1', static_cast<char>(h.key.from), '\0'};
    char*               at = store_u16(bytes.data() + 6, h.key.id);
    at                     = store_u32(at, static_cast<std::uint32_t>(h.place >> 32));
    at                     = store_u32(at, static_cast<std::uint32_t>(h.place & 0xFFFF'FFFFU));
    at                     = store_u32(at, h.size);
    at                     = store_u32(at, h.check);
    store_u32(at, crc32(bytes_in{bytes}.first(record_header_size - 4)));
    return bytes;
}

// Returns store_failed for bytes that encode_header() did not write for this key.
[[nodiscard]] constexpr result<record_header> decode_header(record_header_bytes const& bytes, store_key key) noexcept {
    char const* const at = bytes.data();
    record_header     h{key, 0, load_u32(at + 16), load_u32(at + 20)};
    h.place = static_cast<std::uint64_t>(load_u32(at + 8)) << 32 | load_u32(at + 12);
    if (encode_header(h) != bytes) return errc::store_failed;
    return h;
}

}  // namespace barelink::inline v0::posix::detail
