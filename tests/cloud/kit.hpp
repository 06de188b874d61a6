// SPDX-License-Identifier: BSL-1.0
// What the tests of the clouds share.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/testing/fixed.hpp>

namespace cloud_tests {

// An engine that remembers what it is asked for, and answers by bytes of 0xA5. For constant expressions.
struct recorder {
    barelink::testing::fixed_text<512> key     = {};
    barelink::testing::fixed_text<512> content = {};
    barelink::digest                   kind    = {};
    barelink::errc                     broken  = barelink::errc::ok;
    int                                breaks  = -1;  // at which beginning it breaks, counted from 0
    int                                begun   = 0;

    constexpr barelink::errc mac_begin(barelink::digest k, std::string_view with) noexcept {
        kind = k;
        key.clear();
        content.clear();
        key << with;
        return begun++ == breaks ? barelink::errc::crypto_failed : broken;
    }
    constexpr barelink::errc mac_add(std::string_view text) noexcept {
        content << text;
        return barelink::errc::ok;
    }
    constexpr barelink::errc mac_end(barelink::bytes_out to) noexcept {
        for (std::size_t i = 0; i < barelink::digest_size(kind); ++i) to[i] = static_cast<char>(0xA5);
        return barelink::errc::ok;
    }
    constexpr barelink::errc digest_begin(barelink::digest k) noexcept { return mac_begin(k, {}); }
    constexpr barelink::errc digest_add(std::string_view text) noexcept { return mac_add(text); }
    constexpr barelink::errc digest_end(barelink::bytes_out to) noexcept { return mac_end(to); }
    // Text in brackets stands for its base64.
    constexpr barelink::result<std::size_t> encode_base64(std::string_view, barelink::bytes_out to) noexcept {
        to[0] = '=';
        return std::size_t{1};
    }
    constexpr barelink::result<std::size_t> decode_base64(std::string_view from, barelink::bytes_out to) noexcept {
        if (!from.starts_with('[')) return barelink::errc::malformed_text;
        barelink::move_bytes(to.data(), from.data() + 1, from.size() - 2);
        return from.size() - 2;
    }
};

// Memory that ends where it says, so that the sanitizers see what goes beyond.
class tight {
public:
    explicit tight(std::size_t size) : bytes_(new char[size]), size_(size) { std::memset(bytes_.get(), '?', size); }
    explicit tight(std::string_view text) : tight(text.size()) { std::memcpy(bytes_.get(), text.data(), text.size()); }
    operator barelink::bytes_out() { return {bytes_.get(), size_}; }
    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t             size_;
};

// Calls `build(room)` with every size of room: each that is too small gives text_too_long, and the first that is not
// gives what the largest gives. Returns that size, or -1.
template <class Build, class Length>
int least_room(std::size_t most, Build const& build, Length const& length) {
    int found = -1;
    for (std::size_t size = 0; size <= most; ++size) {
        tight      room(size);
        auto const r = build(static_cast<barelink::bytes_out>(room));
        if (r.error == barelink::errc::ok) {
            if (found < 0) found = static_cast<int>(size);
            if (length(r.value) != static_cast<std::size_t>(found)) return -1;
        } else if (found >= 0 || r.error != barelink::errc::text_too_long) {
            return -1;
        }
    }
    return found;
}

inline std::size_t length_of(barelink::login const& l) {
    return l.client_id.size() + l.user_name.size() + l.password.size();
}

}  // namespace cloud_tests
