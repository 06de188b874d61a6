// SPDX-License-Identifier: BSL-1.0
// Names that a 5.0 Server gives and that outlive its packet: our client identifier [3.2.2.3.7], and another Server
// [4.11]. Without memory for them there is nothing here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/link/transport.hpp>

namespace barelink::inline v0 {

// "name", "name:port", "[address]:port", of several the first. Returns an empty host for what is none of these.
// Lifetime: a view of `text`. Work: its length.
[[nodiscard]] constexpr endpoint parse_server_reference(std::string_view text, std::uint16_t port) noexcept {
    std::size_t end = 0;
    while (end < text.size() && text[end] != ' ') ++end;
    std::size_t colon = end;
    for (std::size_t i = 0; i < end; ++i) {
        if (text[i] == ':') colon = i;
        if (text[i] == ']') colon = end;
    }
    std::uint32_t number = 0;
    for (std::size_t i = colon + 1; i < end; ++i) {
        if (text[i] < '0' || text[i] > '9' || number > 0xFFFF) return {};
        number = 10 * number + static_cast<std::uint32_t>(text[i] - '0');
    }
    if (colon < end && (number == 0 || number > 0xFFFF)) return {};
    bool const bracket = colon >= 2 && text[0] == '[' && text[colon - 1] == ']';
    std::string_view const host{text.data() + (bracket ? 1 : 0), colon - (bracket ? 2 : 0)};
    return {host, colon < end ? static_cast<std::uint16_t>(number) : port};
}

namespace detail {
// A name in memory of somebody else.
class kept_name {
public:
    constexpr kept_name() noexcept = default;
    constexpr void place(bytes_out area) noexcept { area_ = area; }

    // One that is too long is not kept.
    constexpr void keep(std::string_view name) noexcept {
        size_ = static_cast<std::uint16_t>(name.size() <= area_.size() ? name.size() : 0);
        move_bytes(area_.data(), name.data(), size_);
    }
    constexpr void forget() noexcept { size_ = 0; }
    [[nodiscard]] constexpr std::string_view name() const noexcept { return {area_.data(), size_}; }

private:
    bytes_out     area_ = {};
    std::uint16_t size_ = 0;
};
// `Member`: two empty members of one type may not share their place.
template <int Member>
struct no_name {
    constexpr no_name() noexcept = default;
    static constexpr void place(bytes_out) noexcept {}
    static constexpr void keep(std::string_view) noexcept {}
    static constexpr void forget() noexcept {}
    static constexpr std::string_view name() noexcept { return {}; }
};
}  // namespace detail

}  // namespace barelink::inline v0
