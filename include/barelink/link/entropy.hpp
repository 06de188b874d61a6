// SPDX-License-Identifier: BSL-1.0
// Random numbers for the jitter of reconnects. Not for keys: TLS brings its own source.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/time.hpp>

namespace barelink::inline v0 {

// `uint32_t draw()` gives any 32 bits; two devices of a fleet must not draw the same series.
template <class T>
concept entropy_source = requires(T& e) {
    { e.draw() } noexcept -> std::same_as<std::uint32_t>;
};

template <class T>
consteval bool check_entropy() {
    static_assert(entropy_source<T>, "barelink: an entropy source needs `uint32_t draw() noexcept`");
    return true;
}

// No randomness: every wait of the backoff is the full one. For a device without neighbours, and for tests.
struct no_entropy {
    static constexpr std::uint32_t draw() noexcept { return 0; }
};

// A small generator for boards with a serial number but no noise source (xorshift; G. Marsaglia, 2003).
class seeded_entropy {
public:
    // Requires: `seed` differs from device to device: a serial number, a MAC address, an ADC reading.
    // Neighbouring numbers are spread apart, or a production batch would draw alike at first.
    constexpr explicit seeded_entropy(std::uint32_t seed) noexcept {
        seed ^= seed >> 16;
        seed *= 0x7FEB'352DU;
        seed ^= seed >> 15;
        seed *= 0x846C'A68BU;
        seed ^= seed >> 16;
        state_ = seed != 0 ? seed : 0x9E37'79B9U;
    }

    constexpr std::uint32_t draw() noexcept {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_;
    }

private:
    std::uint32_t state_ = 0;
};

// What a client has that was given no source: its id and the time. Devices of a fleet differ in the one, attempts in
// the other. (FNV-1a.)
struct name_entropy {
    static constexpr std::uint32_t draw(std::string_view client_id, instant now) noexcept {
        std::uint32_t hash = 2'166'136'261U ^ now.ms;
        for (char const c : client_id) hash = (hash ^ octet(c)) * 16'777'619U;
        return seeded_entropy{hash}.draw();
    }
};

}  // namespace barelink::inline v0
