// SPDX-License-Identifier: BSL-1.0
// Text, one piece behind the other, in the caller's memory. What does not fit is an error and is never cut off.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

namespace detail {
// Unsigned and no character: char is one on ARM and none on x86.
template <class T>
concept plain_number = std::same_as<T, unsigned char> || std::same_as<T, unsigned short> ||
                       std::same_as<T, unsigned> || std::same_as<T, unsigned long> ||
                       std::same_as<T, unsigned long long>;
}  // namespace detail

// Several texts may be built in one area: take() ends one and begins the next behind it. The first error stays; what is
// added after it is dropped.
class builder {
public:
    constexpr explicit builder(bytes_out to) noexcept : to_{to.data()}, capacity_{to.size()} {}

    constexpr builder& operator<<(std::string_view text) noexcept {
        add(text);
        return *this;
    }
    // One character, and no other type that would become one.
    template <std::same_as<char> Char>
    constexpr builder& operator<<(Char c) noexcept {
        return *this << std::string_view{&c, 1};
    }
    // In decimal digits.
    template <detail::plain_number Number>
    constexpr builder& operator<<(Number number) noexcept {
        char  digits[20] = {};
        char* at         = digits + sizeof(digits);
        do {
            *--at = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        return *this << std::string_view{at, static_cast<std::size_t>(digits + sizeof(digits) - at)};
    }

    // Makes the whole text an error, for a piece that cannot be made. Of several errors the first one counts.
    constexpr void fail(errc why) noexcept {
        if (error_ == errc::ok) error_ = why;
    }

    [[nodiscard]] constexpr errc error() const noexcept { return error_; }
    // Bytes that are left.
    [[nodiscard]] constexpr std::size_t room() const noexcept { return capacity_ - size_; }
    // The text so far; empty after an error. Lifetime: that of the area.
    [[nodiscard]] constexpr std::string_view view() const noexcept {
        return error_ == errc::ok ? std::string_view{to_ + begin_, size_ - begin_} : std::string_view{};
    }

    // Ends a text. Returns it, or the first error: text_too_long or what fail() was given.
    constexpr result<std::string_view> take() noexcept {
        if (error_ != errc::ok) return error_;
        auto const text = view();
        begin_          = size_;
        return text;
    }
    // `count` bytes to be filled by somebody else; empty if they do not fit.
    constexpr bytes_out extend(std::size_t count) noexcept {
        if (error_ == errc::ok && count > room()) error_ = errc::text_too_long;
        if (error_ != errc::ok) return {};
        auto const at = size_;
        size_ += count;
        return {to_ + at, count};
    }

private:
    BARELINK_NOINLINE constexpr void add(std::string_view text) noexcept {
        auto const to = extend(text.size());
        if (!to.empty()) move_bytes(to.data(), text.data(), text.size());
    }

    char*       to_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t size_  = 0;
    errc        error_ = errc::ok;
};

}  // namespace barelink::inline v0
