// SPDX-License-Identifier: BSL-1.0
// Packets for tests of the engine: built by hand, and read back as words by a strict reader of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace kit {

// A few bytes, also while compiling.
struct blob {
    static constexpr std::size_t room = 640;

    char data[room] = {};
    std::size_t size = 0;

    constexpr blob& u8(unsigned value) {
        data[size++] = static_cast<char>(value);
        return *this;
    }
    constexpr blob& u16(unsigned value) { return u8(value >> 8).u8(value & 0xFF); }
    constexpr blob& add(std::string_view text) {
        for (char const c : text) data[size++] = c;
        return *this;
    }
    constexpr blob& length(std::size_t value) {
        for (; value > 0x7F; value >>= 7) u8(static_cast<unsigned>(value & 0x7F) | 0x80);
        return u8(static_cast<unsigned>(value));
    }
    constexpr operator std::string_view() const { return {data, size}; }
    friend constexpr blob operator+(blob left, blob const& right) { return left.add(right); }
};

constexpr blob two(unsigned first) { return blob{}.u8(first).u8(0); }
constexpr blob ack(unsigned first, unsigned id) { return blob{}.u8(first).u8(2).u16(id); }

constexpr blob puback(unsigned id) { return ack(0x40, id); }
constexpr blob pubrec(unsigned id) { return ack(0x50, id); }
constexpr blob pubrel(unsigned id) { return ack(0x62, id); }
constexpr blob pubcomp(unsigned id) { return ack(0x70, id); }
constexpr blob unsuback(unsigned id) { return ack(0xB0, id); }
constexpr blob suback(unsigned id, unsigned code) { return blob{}.u8(0x90).u8(3).u16(id).u8(code); }
constexpr blob connack(bool present = false, unsigned code = 0) { return blob{}.u8(0x20).u8(2).u8(present).u8(code); }
constexpr blob pingreq() { return two(0xC0); }
constexpr blob pingresp() { return two(0xD0); }
constexpr blob disconnect_packet() { return two(0xE0); }

inline constexpr unsigned dup_bit = 8, retain_bit = 1;

// The part of PUBLISH before the payload.
constexpr blob publish_head(std::string_view topic, std::size_t payload, unsigned level, unsigned id, unsigned bits) {
    blob b;
    b.u8(0x30 | (level << 1) | bits).length(2 + topic.size() + (level != 0 ? 2U : 0U) + payload);
    b.u16(static_cast<unsigned>(topic.size())).add(topic);
    return level != 0 ? b.u16(id) : b;
}
constexpr blob publish(std::string_view topic, std::string_view payload, unsigned level = 0, unsigned id = 0,
                       unsigned bits = 0) {
    return publish_head(topic, payload.size(), level, id, bits).add(payload);
}
// A PUBLISH of any size.
inline std::string large_publish(std::string const& topic, std::string const& payload, unsigned level = 0,
                                 unsigned id = 0, unsigned bits = 0) {
    std::string s(1, static_cast<char>(0x30 | (level << 1) | bits));
    s += blob{}.length(2 + topic.size() + (level != 0 ? 2U : 0U) + payload.size());
    s += blob{}.u16(static_cast<unsigned>(topic.size()));
    s += topic;
    if (level != 0) s += blob{}.u16(id);
    return s + payload;
}

constexpr blob subscribe(unsigned id, std::string_view filter, unsigned level) {
    return blob{}.u8(0x82).length(5 + filter.size()).u16(id).u16(static_cast<unsigned>(filter.size())).add(filter)
        .u8(level);
}
constexpr blob unsubscribe(unsigned id, std::string_view filter) {
    return blob{}.u8(0xA2).length(4 + filter.size()).u16(id).u16(static_cast<unsigned>(filter.size())).add(filter);
}

// A payload of `size` bytes in which every place is different from its neighbours.
inline std::string pattern(std::size_t size, unsigned seed = 1) {
    std::string s(size, '\0');
    for (std::size_t i = 0; i < size; ++i) s[i] = static_cast<char>((i * 7 + (i >> 8) * 13 + seed * 31) & 0xFF);
    return s;
}

// Payloads longer than this are told by size and checksum.
inline constexpr std::size_t payload_shown = 40;

inline std::string payload_words(std::string_view payload) {
    if (payload.size() <= payload_shown) return std::string{payload};
    std::uint32_t sum = 2'166'136'261U;
    for (char const c : payload) sum = (sum ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return "[" + std::to_string(payload.size()) + ":" + std::to_string(sum) + "]";
}

// Takes whole packets of a device off the front of a stream. Whatever the standard forbids a client to send makes it
// say so, instead of a packet's name.
class stream_reader {
public:
    explicit stream_reader(std::string_view stream) : rest_{stream} {}

    bool empty() const { return rest_.empty(); }
    std::string next() {
        auto const whole = rest_;
        if (rest_.size() < 2) return part(whole);
        auto const first = byte(rest_[0]);
        std::size_t size = 0;
        std::size_t length = 0;
        for (;;) {
            ++size;
            if (size == rest_.size()) return part(whole);
            length |= static_cast<std::size_t>(byte(rest_[size]) & 0x7F) << (7 * (size - 1));
            if (byte(rest_[size]) < 0x80) break;
            if (size == 4) return bad("length", whole);
        }
        if (size > 1 && byte(rest_[size]) == 0) return bad("length", whole);
        if (rest_.size() - size - 1 < length) return part(whole);
        body_ = rest_.substr(size + 1, length);
        rest_ = rest_.substr(size + 1 + length);
        auto const said = packet(first);
        return failed_ || !body_.empty() ? bad("body", whole) : said;
    }

private:
    static unsigned byte(char c) { return static_cast<unsigned char>(c); }
    std::string part(std::string_view whole) {
        rest_ = {};
        return "PART " + hex(whole);
    }
    std::string bad(char const* what, std::string_view whole) {
        rest_ = {};
        return std::string{"BAD "} + what + " " + hex(whole);
    }
    static std::string hex(std::string_view bytes) {
        std::string s;
        char two_digits[4];
        for (char const c : bytes.substr(0, 48)) {
            std::snprintf(two_digits, sizeof two_digits, "%02x", byte(c));
            s += two_digits;
        }
        return s;
    }
    std::string_view take(std::size_t size) {
        if (size > body_.size()) {
            failed_ = true;
            size = body_.size();
        }
        auto const field = body_.substr(0, size);
        body_.remove_prefix(size);
        return field;
    }
    unsigned u16() {
        auto const field = take(2);
        return field.size() < 2 ? 0 : (byte(field[0]) << 8) | byte(field[1]);
    }
    std::string id() {
        auto const value = u16();
        if (value == 0) failed_ = true;
        return " " + std::to_string(value);
    }
    std::string text() {
        auto const field = take(u16());
        return std::string{field};
    }
    std::string packet(unsigned first) {
        failed_ = false;
        if (first >> 4 == 3) return publish_words(first & 0x0F);
        switch (first) {
        case 0x10: take(body_.size()); return "CONNECT";
        case 0x40: return "PUBACK" + id();
        case 0x50: return "PUBREC" + id();
        case 0x62: return "PUBREL" + id();
        case 0x70: return "PUBCOMP" + id();
        case 0x82: {
            auto said = "SUBSCRIBE" + id();
            said += " " + text();
            auto const level = take(1);
            if (level.empty() || byte(level[0]) > 2) failed_ = true;
            return said + " q" + std::to_string(level.empty() ? 9 : byte(level[0]));
        }
        case 0xA2: {
            auto said = "UNSUBSCRIBE" + id();
            return said + " " + text();
        }
        case 0xC0: return "PINGREQ";
        case 0xE0: return "DISCONNECT";
        default: failed_ = true; return {};
        }
    }
    std::string publish_words(unsigned flags) {
        auto const level = (flags >> 1) & 3;
        auto const topic = text();
        auto const number = level != 0 ? " #" + std::to_string(u16_id()) : std::string{};
        if (level == 3 || (level == 0 && (flags & dup_bit) != 0) || topic.empty()) failed_ = true;
        auto const payload = take(body_.size());
        return "PUBLISH " + topic + "=" + payload_words(payload) + " q" + std::to_string(level) + number +
               ((flags & dup_bit) != 0 ? " dup" : "") + ((flags & retain_bit) != 0 ? " retain" : "");
    }
    unsigned u16_id() {
        auto const value = u16();
        if (value == 0) failed_ = true;
        return value;
    }

    std::string_view rest_;
    std::string_view body_ = {};
    bool failed_ = false;
};

// A stream that a device has written, in words: "PUBACK 7, PUBLISH a=x q1 #2 dup, PINGREQ".
inline std::string words(std::string_view stream) {
    std::string s;
    for (stream_reader r{stream}; !r.empty();) {
        if (!s.empty()) s += ", ";
        s += r.next();
    }
    return s;
}

}  // namespace kit
