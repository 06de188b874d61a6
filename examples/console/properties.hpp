// SPDX-License-Identifier: BSL-1.0
// Properties of 5.0 in words: NAME=VALUE, with the names of the standard in lower case and with hyphens.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/wire/property.hpp>
#include <barelink/wire/property_rules.hpp>
#include <barelink/wire/text.hpp>

#include "input.hpp"

namespace console {

// The name of a property as it is written here: content-type.
class property_word {
public:
    explicit constexpr property_word(barelink::property_id id, std::string_view end = {}) noexcept {
        for (char const c : barelink::name(id)) text_[size_++] = c == '_' ? '-' : c;
        for (char const c : end) text_[size_++] = c;
    }
    [[nodiscard]] constexpr std::string_view text() const noexcept { return {text_.data(), size_}; }

private:
    std::array<char, 40> text_ = {};
    std::size_t          size_ = 0;
};

// Reads NAME=VALUE, or user-property=KEY=VALUE. Returns false for what is no such word. What value may stand where is
// for the client to say. Lifetime: `out` is a view of `word`.
[[nodiscard]] constexpr bool read_property(std::string_view word, barelink::property& out) noexcept {
    using namespace barelink;
    auto const cut = [](std::string_view text, std::string_view& first, std::string_view& rest) {
        auto const at = text.find('=');
        if (at == std::string_view::npos) return false;
        first = {text.data(), at};
        rest  = {text.data() + at + 1, text.size() - at - 1};
        return true;
    };
    std::string_view word_name, value;
    if (!cut(word, word_name, value)) return false;
    for (auto const& rule : property_rules) {
        if (property_word{rule.id}.text() != word_name) continue;
        out    = {};
        out.id = rule.id;
        if (has(rule.kind, property_part::second_text)) return cut(value, out.text, out.value);
        if (!has(rule.kind, property_part::text)) return read_number(value, 0xFFFF'FFFF, out.number);
        out.text = value;
        return true;
    }
    return false;
}

// At most `Count` properties. Lifetime: their texts are somebody else's.
template <std::size_t Count>
class property_row {
public:
    // Returns false if there is no room.
    [[nodiscard]] constexpr bool add(barelink::property const& p) noexcept {
        if (size_ == Count) return false;
        items_[size_++] = p;
        return true;
    }
    [[nodiscard]] constexpr barelink::property_list list() const noexcept { return {items_.data(), size_}; }

private:
    std::array<barelink::property, Count> items_ = {};
    std::size_t                           size_  = 0;
};

// The same with texts of its own, `Bytes` of them.
template <std::size_t Count, std::size_t Bytes>
class kept_properties {
public:
    // Copies them. Returns false, and keeps none, if they do not fit.
    [[nodiscard]] bool keep(barelink::property_list from) noexcept {
        row_  = {};
        used_ = 0;
        for (auto p : from) {
            if (keep(p.text) && keep(p.value) && row_.add(p)) continue;
            row_ = {};
            return false;
        }
        return true;
    }
    // Lifetime: until the next keep().
    [[nodiscard]] barelink::property_list list() const noexcept { return row_.list(); }

private:
    bool keep(std::string_view& text) noexcept {
        if (text.size() > Bytes - used_) return false;
        char* const to = text_.data() + used_;
        barelink::move_bytes(to, text.data(), text.size());
        used_ += text.size();
        text = {to, text.size()};
        return true;
    }

    property_row<Count>     row_  = {};
    std::array<char, Bytes> text_ = {};
    std::size_t             used_ = 0;
};

}  // namespace console
