// SPDX-License-Identifier: BSL-1.0
// The console's commands: bytes of standard input, cut into lines and words.
#pragma once

#include <errno.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace console {

// Cuts what comes into lines that end with LF, CRLF or the end of input.
class input {
public:
    // Room for a publish-hex that is far larger than any limit of the client, so that the client is the one to refuse.
    static constexpr std::size_t line_max = 256 * 1024;

    struct line {
        std::string_view text  = {};
        bool             whole = true;  // false: longer than line_max, `text` is only its beginning
    };

    // True if there is a next line; it is void after the next call of next() or fill().
    bool next(line& out) noexcept {
        if (skipping_ && !skip()) return false;
        char const* const from = data_ + begin_;
        auto const*       stop =
            static_cast<char const*>(std::memchr(data_ + seen_, '\n', static_cast<std::size_t>(end_ - seen_)));
        seen_ = end_;
        if (stop == nullptr) {
            bool const full = end_ - begin_ == line_max;
            if (!full && (!ended_ || begin_ == end_)) return false;
            out       = {{from, end_ - begin_}, !full};
            skipping_ = full;
            begin_    = end_;
        } else {
            out    = {{from, static_cast<std::size_t>(stop - from)}, true};
            begin_ = seen_ = static_cast<std::size_t>(stop - data_) + 1;
        }
        if (out.text.ends_with('\r')) out.text.remove_suffix(1);
        return true;
    }

    // Reads once what standard input has. Requires: next() has returned false.
    void fill() noexcept {
        std::memmove(data_, data_ + begin_, end_ - begin_);
        end_ -= begin_;
        begin_       = 0;
        seen_        = end_;
        auto const n = ::read(STDIN_FILENO, data_ + end_, line_max - end_);
        if (n > 0) {
            end_ += static_cast<std::size_t>(n);
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            ended_ = true;
        }
    }

    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    // Throws the rest of an overlong line away. Returns whether its end has come.
    bool skip() noexcept {
        auto const* stop = static_cast<char const*>(std::memchr(data_ + begin_, '\n', end_ - begin_));
        begin_ = seen_ = stop == nullptr ? end_ : static_cast<std::size_t>(stop - data_) + 1;
        skipping_      = stop == nullptr;
        return !skipping_;
    }

    char        data_[line_max] = {};
    std::size_t begin_          = 0;  // of the next line
    std::size_t seen_           = 0;  // up to here there is no end of line
    std::size_t end_            = 0;
    bool        ended_          = false;
    bool        skipping_       = false;
};

// The words of a line, separated by spaces and tabs.
class words {
public:
    explicit words(std::string_view text) noexcept : rest_{text} {}

    // Empty if there is none.
    std::string_view next() noexcept {
        while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
        std::size_t size = 0;
        while (size < rest_.size() && !is_space(rest_[size])) ++size;
        std::string_view const word{rest_.data(), size};
        rest_.remove_prefix(size);
        return word;
    }
    // All behind the one space that ends the last word, as it is.
    std::string_view tail() noexcept {
        if (!rest_.empty()) rest_.remove_prefix(1);
        return rest_;
    }
    [[nodiscard]] bool more() noexcept {
        auto ahead = *this;
        return !ahead.next().empty();
    }

private:
    static bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

    std::string_view rest_;
};

// Reads a decimal number of at most `max`. Returns false for anything else.
[[nodiscard]] constexpr bool read_number(std::string_view text, std::uint32_t max, std::uint32_t& out) noexcept {
    std::uint64_t value = 0;
    for (char const c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
        if (value > max) return false;
    }
    out = static_cast<std::uint32_t>(value);
    return !text.empty();
}

// Turns pairs of hexadecimal digits into bytes at `to`. Returns false if they are none.
[[nodiscard]] constexpr bool read_hex(std::string_view digits, char* to) noexcept {
    auto const value = [](char c) -> unsigned {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
        return 16;
    };
    if (digits.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        auto const high = value(digits[i]);
        auto const low  = value(digits[i + 1]);
        if (high > 15 || low > 15) return false;
        *to++ = static_cast<char>(high * 16 + low);
    }
    return true;
}

}  // namespace console
