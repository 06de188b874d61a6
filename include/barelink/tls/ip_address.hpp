// SPDX-License-Identifier: BSL-1.0
// An IP address as the bytes that a certificate has, read from text without a platform's help.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::tls {

// IPv4 in four decimal numbers, or IPv6 in any of the forms of RFC 4291 2.2; nothing else: no zone, no brackets, no
// leading zeros in a decimal number (some read them as octal).
class ip_address {
public:
    constexpr ip_address() noexcept = default;
    constexpr explicit ip_address(std::string_view text) noexcept {
        if (read_v4(text, bytes_.data())) {
            size_ = 4;
        } else if (read_v6(text)) {
            size_ = 16;
        } else {
            bytes_ = {};
        }
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return size_ != 0; }
    // 4 or 16 bytes; none if the text was no address. Lifetime: that of the object.
    [[nodiscard]] constexpr bytes_in bytes() const noexcept { return bytes_in{bytes_}.first(size_); }

private:
    static constexpr int digit(char c) noexcept {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return 16;
    }

    static constexpr bool read_v4(std::string_view text, char* to) noexcept {
        std::size_t i = 0;
        for (int part = 0; part < 4; ++part) {
            if (part != 0 && (i == text.size() || text[i++] != '.')) return false;
            auto const  start = i;
            std::size_t value = 0;
            while (i < text.size() && digit(text[i]) < 10 && i - start < 3) {
                value = 10 * value + static_cast<std::size_t>(digit(text[i++]));
            }
            auto const digits = i - start;
            if (digits == 0 || value > 255 || (digits > 1 && text[start] == '0')) return false;
            to[part] = static_cast<char>(value);
        }
        return i == text.size();
    }

    constexpr bool read_v6(std::string_view text) noexcept {
        std::size_t const none = 17;    // no place
        std::size_t       used = 0;     // bytes that were read
        std::size_t       gap  = none;  // where the `::` is
        std::size_t       i    = 0;
        if (text.size() >= 2 && text[0] == ':' && text[1] == ':') {
            gap = 0;
            i   = 2;
        }
        bool wants_group = gap == none;
        while (i < text.size()) {
            if (used == 16) return false;
            auto rest = text;
            rest.remove_prefix(i);
            if (used <= 12 && read_v4(rest, &bytes_[used])) {
                used += 4;
                i           = text.size();
                wants_group = false;
                break;
            }
            auto const start = i;
            unsigned   value = 0;
            while (i < text.size() && digit(text[i]) < 16 && i - start < 4) {
                value = 16 * value + static_cast<unsigned>(digit(text[i++]));
            }
            if (i == start) return false;
            store_u16(&bytes_[used], static_cast<std::uint16_t>(value));
            used += 2;
            wants_group = false;
            if (i == text.size()) break;
            if (text[i++] != ':') return false;
            wants_group = true;
            if (i < text.size() && text[i] == ':') {
                if (gap != none) return false;
                gap = used;
                ++i;
                wants_group = false;
            }
        }
        if (wants_group || (gap == none ? used != 16 : used > 14)) return false;
        if (gap != none) open(gap, used);
        return true;
    }

    // Moves what stands behind the `::` to the end.
    constexpr void open(std::size_t gap, std::size_t used) noexcept {
        auto const shift = 16 - used;
        for (std::size_t i = used; i-- > gap;) {
            bytes_[i + shift] = bytes_[i];
        }
        for (std::size_t i = gap; i < gap + shift; ++i) bytes_[i] = 0;
    }

    std::array<char, 16> bytes_ = {};
    std::uint8_t         size_  = 0;
};

}  // namespace barelink::inline v0::tls
