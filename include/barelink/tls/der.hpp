// SPDX-License-Identifier: BSL-1.0
// The few lines of DER (X.690) that it takes to find one's way in a certificate whose signature was checked already.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/bytes.hpp>

namespace barelink::inline v0::tls {

// One element: what it is, what is in it, and all of it. Lifetime: that of the bytes it was read from.
struct der_element {
    std::uint8_t tag     = 0;
    bytes_in     content = {};
    bytes_in     whole   = {};
};

// Takes one element after the other. The first one that is broken ends it: from then on there are none.
class der_reader {
public:
    constexpr explicit der_reader(bytes_in from) noexcept : left_{from} {}

    [[nodiscard]] constexpr bool ended() const noexcept { return left_.empty(); }
    [[nodiscard]] constexpr bool failed() const noexcept { return failed_; }

    // The next element; one with tag 0 at the end and where a length is longer than what is left, not the shortest
    // one, or above 65,535.
    constexpr der_element next() noexcept {
        if (left_.size() < 2) return fail();
        auto const  tag    = octet(left_[0]);
        auto const  first  = octet(left_[1]);
        std::size_t head   = 2;
        std::size_t length = first;
        if (first == 0x81 && left_.size() >= 3) {
            head   = 3;
            length = octet(left_[2]);
            if (length < 0x80) return fail();
        } else if (first == 0x82 && left_.size() >= 4) {
            head   = 4;
            length = load_u16(&left_[2]);
            if (length < 0x100) return fail();
        } else if (first >= 0x80) {
            return fail();
        }
        if ((tag & 0x1F) == 0x1F || length > left_.size() - head) return fail();
        der_element const e{tag, left_.subspan(head, length), left_.first(head + length)};
        left_ = left_.subspan(head + length);
        return e;
    }

    // The next element if it has this tag; else it is a failure.
    constexpr der_element expect(std::uint8_t tag) noexcept {
        auto const e = next();
        return e.tag == tag ? e : fail();
    }

    [[nodiscard]] constexpr bool next_is(std::uint8_t tag) const noexcept {
        return !left_.empty() && octet(left_[0]) == tag;
    }

private:
    constexpr der_element fail() noexcept {
        failed_ = true;
        left_   = {};
        return {};
    }

    bytes_in left_;
    bool     failed_ = false;
};

}  // namespace barelink::inline v0::tls
