// SPDX-License-Identifier: BSL-1.0
// The few things that the engine waits for, apart from acknowledgements.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/time.hpp>

namespace barelink::inline v0 {

enum class timer : std::uint8_t {
    ping,    // we have to say something
    answer,  // the Server has to answer: CONNACK, later PINGRESP
    write,   // the transport has to take something
    count_
};

class timers {
public:
    constexpr void arm(timer t, instant when) noexcept {
        at_[index(t)] = when;
        armed_        = static_cast<std::uint8_t>(armed_ | bit(t));
    }
    constexpr void stop(timer t) noexcept { armed_ = static_cast<std::uint8_t>(armed_ & ~bit(t)); }
    constexpr void stop_all() noexcept { armed_ = 0; }
    [[nodiscard]] constexpr bool armed(timer t) const noexcept { return (armed_ & bit(t)) != 0; }
    [[nodiscard]] constexpr bool due(timer t, instant now) const noexcept {
        return armed(t) && now.reached(at_[index(t)]);
    }
    [[nodiscard]] constexpr deadline at(timer t) const noexcept { return {at_[index(t)], armed(t)}; }
    // What we have to do first ourselves; a ping may have to wait for something else.
    [[nodiscard]] constexpr deadline next(bool with_ping) const noexcept {
        auto first = at(timer::write);
        if (with_ping) first.earliest(at(timer::ping));
        return first;
    }

private:
    static constexpr std::size_t index(timer t) noexcept { return static_cast<std::size_t>(t); }
    static constexpr unsigned bit(timer t) noexcept { return 1U << index(t); }

    static constexpr auto count = static_cast<std::size_t>(timer::count_);

    std::uint8_t armed_     = 0;
    instant      at_[count] = {};
};

// How long to be silent before a ping, in milliseconds. [MQTT-3.1.2-23] counts from packet to packet, so the ping has
// to leave before the keep alive is over: an eighth earlier, 5 s at the most.
[[nodiscard]] constexpr std::uint32_t ping_after(std::uint16_t keep_alive_s) noexcept {
    auto const whole  = keep_alive_s * 1000U;
    auto const margin = whole / 8;
    return whole - (margin < 5000 ? margin : 5000);
}

}  // namespace barelink::inline v0
