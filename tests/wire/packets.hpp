// SPDX-License-Identifier: BSL-1.0
// Packets for tests: bytes spelled out one by one, and bytes that the library has written.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>

namespace wire_tests {

namespace bl = barelink;

// Bytes by hand: bytes(0x20, 2, 0, 'a').
template <class... Byte>
constexpr std::array<char, sizeof...(Byte)> bytes(Byte... each) {
    return {static_cast<char>(each)...};
}

template <std::size_t N>
constexpr std::string_view text(std::array<char, N> const& from) {
    return {from.data(), N};
}

// Room behind the packet is filled with this, so that a byte too many shows.
inline constexpr char untouched = '\x5A';

// What an encoder has written, or the error that it gave.
struct written_packet {
    std::array<char, 512> data = {};
    std::size_t           size = 0;
    bl::errc              error = bl::errc::ok;

    constexpr std::string_view view() const { return {data.data(), size}; }
    constexpr bool wrote_no_more() const {
        for (std::size_t i = size; i < data.size(); ++i) {
            if (data[i] != untouched) return false;
        }
        return true;
    }
    template <std::size_t N>
    friend constexpr bool operator==(written_packet const& left, std::array<char, N> const& right) {
        return left.error == bl::errc::ok && left.wrote_no_more() && left.view() == text(right);
    }
};

// Runs an encoder that takes a span: [](bytes_out out) { return encode_connect(out, c); }.
template <class Encode>
constexpr written_packet written(Encode const& encode, std::size_t room = 512) {
    written_packet p{};
    p.data.fill(untouched);
    auto const done = encode(bl::bytes_out{p.data}.first(room));
    p.size = done.value;
    p.error = done.error;
    return p;
}

// Runs an encoder that takes a pointer and returns the end: [](char* to) { return write_ack(to, type, 1); }.
template <class Write>
constexpr written_packet poked(Write const& write) {
    return written([&](bl::bytes_out out) {
        return bl::result<std::size_t>{static_cast<std::size_t>(write(out.data()) - out.data())};
    });
}

// What follows the fixed header of a whole packet.
constexpr bl::bytes_in body_of(bl::bytes_in packet) {
    // 3.1 is the most tolerant, but knows no AUTH.
    bool const auth   = bl::octet(packet[0]) >> 4 == 15;
    auto const header = bl::read_header(packet, auth ? bl::version::v5 : bl::version::v3_1);
    return packet.subspan(header.value.size);
}

// Everything that fits a packet in front of the decoder: header read, whole, and nothing behind it.
constexpr bool is_whole(bl::bytes_in packet, bl::version v = bl::version::v3_1_1) {
    auto const header = bl::read_header(packet, v);
    return header && header.value.packet_size() == packet.size();
}

}  // namespace wire_tests
