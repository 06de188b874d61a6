// SPDX-License-Identifier: BSL-1.0
// What the Server of a SCRAM dialogue says, as text [RFC 5802, 7].
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::detail {

// The attributes of a message, one behind the other: a letter, '=', a value that is not empty, and commas between them.
class scram_attributes {
public:
    constexpr explicit scram_attributes(std::string_view message) noexcept : rest_{message} {}

    // The value of the next one. Empty if that is not `name`, or has not this form.
    constexpr std::string_view take(char name) noexcept {
        auto const part = next();
        return part.size() > 2 && part[0] == name && part[1] == '=' ? slice(part, 2) : std::string_view{};
    }
    // Whether all that is left are extensions that may be ignored. `m` announces one that may not.
    constexpr bool only_extensions() noexcept {
        while (more_) {
            auto const part   = next();
            auto const letter = part.empty() ? '\0' : static_cast<char>(part[0] | 0x20);
            if (letter < 'a' || letter > 'z' || part[0] == 'm') return false;
            if (part.size() < 3 || part[1] != '=' || !is_utf8(part)) return false;
        }
        return true;
    }

private:
    constexpr std::string_view next() noexcept {
        if (!more_) return {};
        auto const comma = rest_.find(',');
        auto const part  = slice(rest_, 0, comma);
        more_            = comma != std::string_view::npos;
        rest_            = more_ ? slice(rest_, comma + 1) : std::string_view{};
        return part;
    }

    std::string_view rest_;
    bool             more_ = true;
};

// Printable ASCII without a comma; a comma cannot be in an attribute.
[[nodiscard]] constexpr bool is_scram_nonce(std::string_view text) noexcept {
    for (char const c : text) {
        if (c <= ' ' || c > '~') return false;
    }
    return true;
}

// A decimal number without zeros in front; 0: it is none. What is too large for the type becomes its largest value.
[[nodiscard]] constexpr std::uint32_t scram_number(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    if (digits.empty() || digits[0] == '0') return 0;
    for (char const c : digits) {
        if (c < '0' || c > '9') return 0;
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
        if (number > 0xFFFF'FFFFU) number = 0xFFFF'FFFFU;
    }
    return static_cast<std::uint32_t>(number);
}

// Fewer make a password cheap to guess from what an eavesdropper has, so a Server that asks for fewer is refused
// [RFC 7677, 4].
inline constexpr std::uint32_t scram_iterations_min = 4096;

struct scram_challenge {
    std::string_view nonce      = {};  // ours and the Server's
    std::string_view salt       = {};  // base64
    std::uint32_t    iterations = 0;
};

// The Server's first message. Returns protocol_error for another form, auth_failed for an error of the Server, for a
// nonce that does not go on from ours, and for an iteration count out of bounds. Lifetime: views of `in`.
[[nodiscard]] constexpr result<scram_challenge> read_scram_challenge(std::string_view in, std::string_view our_nonce,
                                                                     std::uint32_t iterations_max) noexcept {
    if (in.starts_with("e=")) return errc::auth_failed;
    scram_attributes with{in};
    scram_challenge  c{};
    c.nonce      = with.take('r');
    c.salt       = with.take('s');
    c.iterations = scram_number(with.take('i'));
    bool const whole = !c.nonce.empty() && !c.salt.empty() && c.iterations != 0 && with.only_extensions();
    if (!whole || !is_scram_nonce(c.nonce)) return errc::protocol_error;
    if (!c.nonce.starts_with(our_nonce) || c.nonce.size() == our_nonce.size()) return errc::auth_failed;
    if (c.iterations < scram_iterations_min || c.iterations > iterations_max) return errc::auth_failed;
    return c;
}

// The Server's last message: its signature in base64. Returns protocol_error, or auth_failed for an error of the
// Server. Lifetime: a view of `in`.
[[nodiscard]] constexpr result<std::string_view> read_scram_verdict(std::string_view in) noexcept {
    if (in.starts_with("e=")) return errc::auth_failed;
    scram_attributes with{in};
    auto const       signature = with.take('v');
    if (signature.empty() || !with.only_extensions()) return errc::protocol_error;
    return signature;
}

}  // namespace barelink::inline v0::detail
