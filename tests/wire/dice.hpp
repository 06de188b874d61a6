// SPDX-License-Identifier: BSL-1.0
// Random fields and packets from a seed; the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace wire_tests {

// splitmix64 (S. Vigna): any seed is a good one.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_{seed} {}

    std::uint64_t bits() {
        auto z = state_ += 0x9E37'79B9'7F4A'7C15U;
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9U;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBU;
        return z ^ (z >> 31);
    }
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(bits() % limit); }
    bool coin() { return (bits() & 1) != 0; }
    // Not 0, and often at the ends.
    std::uint16_t packet_id() {
        auto const edge = below(8);
        return edge == 0 ? std::uint16_t{1} : edge == 1 ? std::uint16_t{0xFFFF}
                                                        : static_cast<std::uint16_t>(1 + below(0xFFFF));
    }
    // Mostly short, sometimes across the sizes of the length field.
    std::size_t size() {
        static constexpr std::uint32_t most[] = {1, 4, 24, 24, 130, 300, 17'000};
        return below(most[below(7)] + 1);
    }
    std::string octets(std::size_t size) {
        std::string s(size, '\0');
        for (auto& c : s) c = static_cast<char>(bits());
        return s;
    }
    // UTF-8 of `count` characters from all four lengths, without U+0000, '+' and '#' unless wildcards are wanted.
    std::string text(std::size_t count, bool wildcards = false) {
        std::string s;
        for (std::size_t i = 0; i < count; ++i) append(s, point(wildcards));
        return s;
    }

private:
    std::uint32_t point(bool wildcards) {
        for (;;) {
            static constexpr std::uint32_t limit[] = {0x80, 0x80, 0x800, 0x1'0000, 0x11'0000};
            auto const p = below(limit[below(5)]);
            bool const surrogate = p >= 0xD800 && p <= 0xDFFF;
            bool const wildcard = p == '+' || p == '#';
            if (p != 0 && !surrogate && (wildcards || !wildcard)) return p;
        }
    }
    static void append(std::string& s, std::uint32_t p) {
        auto const put = [&s](std::uint32_t byte) { s.push_back(static_cast<char>(byte)); };
        auto const tail = [&put, p](unsigned shift) { put(0x80 | ((p >> shift) & 0x3F)); };
        if (p < 0x80) {
            put(p);
        } else if (p < 0x800) {
            put(0xC0 | (p >> 6));
        } else if (p < 0x1'0000) {
            put(0xE0 | (p >> 12));
            tail(6);
        } else {
            put(0xF0 | (p >> 18));
            tail(12);
            tail(6);
        }
        if (p >= 0x80) tail(0);
    }

    std::uint64_t state_;
};

}  // namespace wire_tests
