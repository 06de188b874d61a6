// SPDX-License-Identifier: BSL-1.0
// Writes fields one behind the other and counts on past the end, so "how long would it be" and "write it" are one
// function called twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/length.hpp>

namespace barelink::inline v0 {

class writer {
public:
    // Writes nothing, only counts.
    constexpr writer() noexcept = default;
    constexpr explicit writer(bytes_out to) noexcept : to_{to.data()}, capacity_{to.size()} {}

    // What all fields need, written or not.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool fits() const noexcept { return size_ <= capacity_; }

    constexpr void bytes(std::string_view field) noexcept {
        auto const at = size_;
        size_ += field.size();
        if (at <= capacity_ && field.size() <= capacity_ - at) move_bytes(to_ + at, field.data(), field.size());
    }
    BARELINK_NOINLINE constexpr void u8(std::uint8_t value) noexcept {
        if (size_ < capacity_) to_[size_] = static_cast<char>(value);
        ++size_;
    }
    constexpr void u16(std::uint16_t value) noexcept {
        u8(static_cast<std::uint8_t>(value >> 8));
        u8(static_cast<std::uint8_t>(value & 0xFF));
    }
    // Bytes behind their two-byte length [1.5.3]. Requires: at most 65535 bytes.
    constexpr void text(std::string_view field) noexcept {
        u16(static_cast<std::uint16_t>(field.size()));
        bytes(field);
    }

private:
    char*       to_       = nullptr;
    std::size_t capacity_ = 0;
    std::size_t size_     = 0;
};

// Writes a packet: `first` is its first byte, `body(writer&)` writes what follows the fixed header and is called
// twice. Returns its length, or `too_long` if it does not fit `out` or MQTT's largest packet; `out` is then unchanged.
template <class Body>
[[nodiscard]] constexpr result<std::size_t> encode_packet(bytes_out out, std::uint8_t first, errc too_long,
                                                          Body const& body) noexcept {
    writer count;
    body(count);
    auto const total = packet_size(count.size());
    if (count.size() > remaining_length_max || total > out.size()) return too_long;
    out[0] = static_cast<char>(first);
    writer to{out.subspan(static_cast<std::size_t>(
        write_length(&out[1], static_cast<std::uint32_t>(count.size())) - out.data()))};
    body(to);
    return total;
}

}  // namespace barelink::inline v0
