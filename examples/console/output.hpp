// SPDX-License-Identifier: BSL-1.0
// The console's answers: one JSON object a line on standard output, and a memory of what was said.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/utf8.hpp>

namespace console {

// Every kind of line, in the order of `answer_names`.
enum class answer : std::uint8_t {
    connected,
    disconnected,
    subscribed,
    subscribe_failed,
    unsubscribed,
    unsubscribe_failed,
    message,
    chunk,
    delivered,
    rejected,
    uncertain,
    dropped,
    replaced,
    stats,
    error,
    count_
};

inline constexpr auto answer_count = static_cast<std::size_t>(answer::count_);

inline constexpr std::array<std::string_view, answer_count> answer_names{
    "connected", "disconnected", "subscribed", "subscribe_failed", "unsubscribed",
    "unsubscribe_failed", "message", "chunk", "delivered", "rejected",
    "uncertain", "dropped", "replaced", "stats", "error",
};

// How many lines of each kind were printed and not yet waited for.
class unread {
public:
    void add(answer kind) noexcept { ++count_[static_cast<std::size_t>(kind)]; }
    void clear() noexcept { count_ = {}; }
    // Takes one of them. Returns whether there was one.
    bool take(answer kind) noexcept {
        auto& count = count_[static_cast<std::size_t>(kind)];
        if (count == 0) return false;
        --count;
        return true;
    }

private:
    std::array<std::uint32_t, answer_count> count_ = {};
};

// One line. It is printed piece by piece and flushed at its end.
class line {
public:
    line(unread& counts, answer kind) noexcept {
        counts.add(kind);
        put("{");
        text("event", answer_names[static_cast<std::size_t>(kind)]);
    }
    line(line const&)            = delete;
    line& operator=(line const&) = delete;
    ~line() {
        put("}\n");
        std::fflush(stdout);
    }

    line& number(std::string_view key, std::uint32_t value) noexcept {
        name(key);
        std::printf("%lu", static_cast<unsigned long>(value));
        return *this;
    }
    line& flag(std::string_view key, bool value) noexcept {
        name(key);
        put(value ? "true" : "false");
        return *this;
    }
    line& text(std::string_view key, std::string_view value) noexcept {
        name(key);
        put("\"");
        for (std::size_t i = 0; i < value.size();) i += character({value.data() + i, value.size() - i});
        put("\"");
        return *this;
    }
    // What is UTF-8 without NUL is shown as text, everything else in hexadecimal.
    line& payload(std::string_view value) noexcept {
        if (barelink::is_utf8(value)) return text("payload", value);
        name("payload_hex");
        put("\"");
        for (char const c : value) std::printf("%02x", static_cast<unsigned>(barelink::octet(c)));
        put("\"");
        return *this;
    }

private:
    static void put(std::string_view raw) noexcept { std::fwrite(raw.data(), 1, raw.size(), stdout); }

    void name(std::string_view key) noexcept {
        if (!first_) put(",");
        first_ = false;
        put("\"");
        put(key);
        put("\":");
    }

    // Prints the character at the front of `rest` and returns its length. Whatever comes, a JSON string comes out
    // [RFC 8259, 7]: a byte that is no UTF-8 becomes U+FFFD.
    static std::size_t character(std::string_view rest) noexcept {
        auto const first = barelink::octet(rest[0]);
        if (first >= 0x80) {
            auto const size = barelink::utf8_multibyte(rest);
            put(size != 0 ? std::string_view{rest.data(), size} : std::string_view{"\\ufffd"});
            return size != 0 ? size : 1;
        }
        switch (first) {
        case '"': put("\\\""); break;
        case '\\': put("\\\\"); break;
        case '\n': put("\\n"); break;
        case '\r': put("\\r"); break;
        case '\t': put("\\t"); break;
        default:
            if (first < 0x20) {
                std::printf("\\u%04x", static_cast<unsigned>(first));
            } else {
                put({rest.data(), 1});
            }
        }
        return 1;
    }

    bool first_ = true;
};

}  // namespace console
