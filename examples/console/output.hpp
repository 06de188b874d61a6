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
    authenticated,
    stats,
    error,
    count_
};

inline constexpr auto answer_count = static_cast<std::size_t>(answer::count_);

inline constexpr std::array<std::string_view, answer_count> answer_names{
    "connected", "disconnected", "subscribed", "subscribe_failed", "unsubscribed",
    "unsubscribe_failed", "message", "chunk", "delivered", "rejected",
    "uncertain", "dropped", "replaced", "authenticated", "stats",
    "error",
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

    line& self() noexcept { return *this; }
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
        string(value);
        return *this;
    }
    // What is UTF-8 without NUL is shown as text, everything else in hexadecimal, with another key.
    line& data(std::string_view key, std::string_view hex_key, std::string_view value) noexcept {
        if (barelink::is_utf8(value)) return text(key, value);
        name(hex_key);
        put("\"");
        for (char const c : value) std::printf("%02x", static_cast<unsigned>(barelink::octet(c)));
        put("\"");
        return *this;
    }
    line& payload(std::string_view value) noexcept { return data("payload", "payload_hex", value); }

    // What is written up to end() is a member: of an object with '{', of an array with '[', where pair() and item()
    // have their place.
    line& begin(std::string_view key, char bracket) noexcept {
        name(key);
        put({&bracket, 1});
        first_ = true;
        return *this;
    }
    line& end(char bracket) noexcept {
        put({&bracket, 1});
        first_ = false;
        return *this;
    }
    line& pair(std::string_view one, std::string_view two) noexcept {
        separate();
        put("[");
        string(one);
        put(",");
        string(two);
        put("]");
        return *this;
    }
    line& item(std::uint32_t value) noexcept {
        separate();
        std::printf("%lu", static_cast<unsigned long>(value));
        return *this;
    }

private:
    static void put(std::string_view raw) noexcept { std::fwrite(raw.data(), 1, raw.size(), stdout); }

    void separate() noexcept {
        if (!first_) put(",");
        first_ = false;
    }
    void name(std::string_view key) noexcept {
        separate();
        put("\"");
        put(key);
        put("\":");
    }

    static void string(std::string_view value) noexcept {
        put("\"");
        for (std::size_t i = 0; i < value.size();) i += character({value.data() + i, value.size() - i});
        put("\"");
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
