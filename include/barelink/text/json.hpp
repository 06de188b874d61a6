// SPDX-License-Identifier: BSL-1.0
// Reads JSON [RFC 8259] with jsmn: views of the text, tokens in the caller's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Every source has jsmn for itself, so nobody has to link it. One that has included jsmn.h before keeps its settings.
#ifndef JSMN_H
#define JSMN_STATIC
#define JSMN_STRICT
#include <jsmn.h>
#undef JSMN_STATIC
#undef JSMN_STRICT
#endif

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/json_string.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0 {

// Memory for one value; an object of n members needs 1 + 2 n, and what is in the values.
using json_token = jsmntok_t;

// A value of a text that parse() has read. One that is not there is allowed: everything it gives is an error then, so a
// path such as `root["data"]["mqtt"]["port"].number()` is checked once, at its end.
class json {
public:
    constexpr json() noexcept = default;

    // Reads one JSON text. Returns its value; malformed_json, also for a text that is not complete or goes on behind
    // its value; too_many_tokens. Work: the length, times the number of open brackets. Lifetime: text and tokens must
    // outlive all values.
    static result<json> parse(std::string_view text, std::span<json_token> tokens) noexcept {
        if (tokens.empty()) return errc::too_many_tokens;  // to jsmn it would mean: only count
        jsmn_parser parser = {};
        jsmn_init(&parser);
        auto const count =
            jsmn_parse(&parser, text.data(), text.size(), tokens.data(), static_cast<unsigned>(tokens.size()));
        if (count == JSMN_ERROR_NOMEM) return errc::too_many_tokens;
        // A zero byte ends jsmn's reading, and several values in a row are none to it.
        if (count <= 0 || parser.pos != text.size()) return errc::malformed_json;
        json const root{text, tokens.first(static_cast<std::size_t>(count)), 0};
        return root.end_of(0) == root.tokens_.size() ? result<json>{root} : result<json>{errc::malformed_json};
    }

    [[nodiscard]] bool exists() const noexcept { return index_ < tokens_.size(); }
    [[nodiscard]] bool is_object() const noexcept { return is(JSMN_OBJECT); }
    [[nodiscard]] bool is_array() const noexcept { return is(JSMN_ARRAY); }
    [[nodiscard]] bool is_string() const noexcept { return is(JSMN_STRING); }

    // The member called `key`; of several the first one. Keys are compared as they are written, escapes unread. Work:
    // the tokens of the object.
    [[nodiscard]] json operator[](std::string_view key) const noexcept {
        if (!is_object()) return {};
        auto const end = end_of(index_);
        for (auto i = index_ + 1; i + 1 < end; i = end_of(i + 1)) {
            // A key without exactly one value is jsmn's way to read a comma or a colon that is missing.
            if (tokens_[i].type != JSMN_STRING || tokens_[i].size != 1) return {};
            if (same_text(raw(i), key)) return {text_, tokens_, i + 1};
        }
        return {};
    }
    // The element number `n` of an array. Work: the tokens of the array.
    [[nodiscard]] json operator[](std::size_t n) const noexcept {
        if (!is_array()) return {};
        auto const end = end_of(index_);
        for (auto i = index_ + 1; i < end; i = end_of(i), --n) {
            if (n == 0) return {text_, tokens_, i};
        }
        return {};
    }

    // The characters of a string without its quotes, escapes unread, or of any other value as it is written. Empty if
    // the value does not exist.
    [[nodiscard]] std::string_view written() const noexcept {
        return exists() ? raw(index_) : std::string_view{};
    }
    // Appends the string with its escapes read. Returns missing_field if there is no string, malformed_json for half a
    // surrogate pair, text_too_long.
    errc string(builder& out) const noexcept {
        if (!is_string()) return errc::missing_field;
        return read_json_string(written(), out);
    }
    // A whole number, as a number or as a string of digits: clouds send both. Returns missing_field if there is none,
    // malformed_json if it is something else or above 2^32 - 1.
    [[nodiscard]] result<std::uint32_t> number() const noexcept {
        if (!is_string() && !is(JSMN_PRIMITIVE)) return errc::missing_field;
        std::uint64_t value = 0;
        for (char const c : written()) {
            if (c < '0' || c > '9') return errc::malformed_json;
            value = value * 10 + static_cast<unsigned>(c - '0');
            if (value > 0xFFFF'FFFFU) return errc::malformed_json;
        }
        return written().empty() ? result<std::uint32_t>{errc::malformed_json}
                                 : result<std::uint32_t>{static_cast<std::uint32_t>(value)};
    }

private:
    json(std::string_view text, std::span<json_token> tokens, std::size_t index) noexcept
        : text_{text}, tokens_{tokens}, index_{index} {}

    [[nodiscard]] bool is(jsmntype_t type) const noexcept { return exists() && tokens_[index_].type == type; }
    [[nodiscard]] std::string_view raw(std::size_t i) const noexcept {
        auto const first = static_cast<std::size_t>(tokens_[i].start);
        return slice(text_, first, static_cast<std::size_t>(tokens_[i].end) - first);
    }
    // The token behind this one and all that it holds.
    [[nodiscard]] std::size_t end_of(std::size_t i) const noexcept {
        auto const end = tokens_[i].end;
        do {
            ++i;
        } while (i < tokens_.size() && tokens_[i].start < end);
        return i;
    }

    std::string_view      text_   = {};
    std::span<json_token> tokens_ = {};
    std::size_t           index_  = 0;
};

}  // namespace barelink::inline v0
