// SPDX-License-Identifier: BSL-1.0
// Small containers with their memory inside, for the models of this folder.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/config.hpp>

namespace barelink::inline v0::testing {

// At most N elements, in the order in which they were added. Requires of T: copy assignable, default constructible.
template <class T, std::size_t N>
class fixed_list {
public:
    [[nodiscard]] constexpr T* begin() noexcept { return data_; }
    [[nodiscard]] constexpr T* end() noexcept { return data_ + size_; }
    [[nodiscard]] constexpr T const* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr T const* end() const noexcept { return data_ + size_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr bool full() const noexcept { return size_ == N; }
    [[nodiscard]] constexpr T& operator[](std::size_t i) noexcept { return data_[i]; }
    [[nodiscard]] constexpr T const& operator[](std::size_t i) const noexcept { return data_[i]; }
    [[nodiscard]] constexpr T& back() noexcept { return data_[size_ - 1]; }

    // Requires: !full().
    constexpr T& add(T const& value) noexcept {
        data_[size_] = value;
        return data_[size_++];
    }
    // Those behind it move up. Requires: an element of this list.
    constexpr void erase(T* element) noexcept {
        for (; element + 1 != end(); ++element) element[0] = element[1];
        --size_;
    }
    constexpr void clear() noexcept { size_ = 0; }

private:
    T           data_[N == 0 ? 1 : N] = {};
    std::size_t size_                 = 0;
};

// A line of text of at most N characters. What does not fit is left out, and truncated() says so.
template <std::size_t N>
class fixed_text {
public:
    constexpr fixed_text() noexcept = default;
    constexpr fixed_text(std::string_view text) noexcept { *this << text; }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {data_, size_}; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr bool truncated() const noexcept { return truncated_; }
    constexpr void clear() noexcept {
        size_      = 0;
        truncated_ = false;
    }

    constexpr fixed_text& operator<<(std::string_view text) noexcept {
        for (char const c : text) *this << c;
        return *this;
    }
    constexpr fixed_text& operator<<(char const* text) noexcept { return *this << std::string_view{text}; }
    constexpr fixed_text& operator<<(char c) noexcept {
        if (size_ == N) {
            truncated_ = true;
        } else {
            data_[size_++] = c;
        }
        return *this;
    }
    template <std::unsigned_integral Number>
    constexpr fixed_text& operator<<(Number number) noexcept {
        char          digits[20] = {};
        std::size_t   count      = 0;
        std::uint64_t rest       = number;
        do {
            digits[count++] = static_cast<char>('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        while (count != 0) *this << digits[--count];
        return *this;
    }

    // Two hexadecimal digits for each byte.
    constexpr fixed_text& hex(std::string_view bytes) noexcept {
        constexpr std::string_view digits = "0123456789ABCDEF";
        for (char const c : bytes) {
            auto const value = static_cast<std::uint8_t>(c);
            *this << digits[value >> 4] << digits[value & 15];
        }
        return *this;
    }
    // In quotation marks; what a terminal may not show as it is becomes \xNN.
    constexpr fixed_text& quoted(std::string_view text) noexcept {
        *this << '"';
        for (char const c : text) {
            auto const value = static_cast<std::uint8_t>(c);
            if (c == '"' || c == '\\') {
                *this << '\\' << c;
            } else if (value < 0x20 || value == 0x7F) {
                (*this << "\\x").hex({&c, 1});
            } else {
                *this << c;
            }
        }
        return *this << '"';
    }

private:
    char        data_[N]   = {};
    std::size_t size_      = 0;
    bool        truncated_ = false;
};

}  // namespace barelink::inline v0::testing
