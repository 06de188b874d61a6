// SPDX-License-Identifier: BSL-1.0
// Reads fields off the front of a packet. The first field that is not there turns the reader into a failed one,
// which gives zeros from then on, so a decoder reads like the standard and checks once, at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

class reader {
public:
    constexpr explicit reader(bytes_in from) noexcept : at_{from.data()}, left_{from.size()} {}

    [[nodiscard]] constexpr std::size_t left() const noexcept { return left_; }
    [[nodiscard]] constexpr bool failed() const noexcept { return failed_; }

    // The next `count` bytes. Lifetime: that of the bytes read from.
    constexpr std::string_view take(std::size_t count) noexcept {
        if (count > left_) {
            failed_ = true;
            left_   = 0;
            return {};
        }
        std::string_view const field{at_, count};
        at_ += count;
        left_ -= count;
        return field;
    }
    constexpr std::uint8_t u8() noexcept {
        auto const field = take(1);
        return failed_ ? std::uint8_t{0} : octet(field[0]);
    }
    constexpr std::uint16_t u16() noexcept {
        auto const field = take(2);
        return failed_ ? std::uint16_t{0} : load_u16(field.data());
    }
    // Bytes behind their two-byte length [1.5.3].
    constexpr std::string_view text() noexcept { return take(u16()); }
    constexpr std::string_view rest() noexcept { return take(left_); }

    // Ok if every field was there and nothing is left, else malformed_packet.
    [[nodiscard]] constexpr errc finish() const noexcept {
        return failed_ || left_ != 0 ? errc::malformed_packet : errc::ok;
    }

private:
    char const* at_;
    std::size_t left_;
    bool        failed_ = false;
};

}  // namespace barelink::inline v0
