// SPDX-License-Identifier: BSL-1.0
// What a device waits for while its clock passes 2^32.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <barelink/base/time.hpp>

namespace sim {

enum class waiting : std::uint8_t { nothing, dial, connack, ping, acknowledgement, suback, backoff, room, count_ };

inline constexpr char const* waiting_names[] = {"nothing", "dial", "connack", "ping", "acknowledgement", "suback",
                                                "backoff", "room"};

class wait_counts {
public:
    // To be called again and again; `kind`: what the device waits for from now on.
    void look(barelink::instant now, waiting kind) {
        if (running_ && last_.ms > 0x8000'0000U && now.ms < 0x8000'0000U) ++wraps_[static_cast<std::size_t>(kind_)];
        running_ = true;
        last_    = now;
        kind_    = kind;
    }
    // The clock has been set.
    void restart() { running_ = false; }

    [[nodiscard]] std::uint32_t operator[](waiting kind) const { return wraps_[static_cast<std::size_t>(kind)]; }
    wait_counts& operator+=(wait_counts const& other) {
        for (std::size_t i = 0; i < wraps_.size(); ++i) wraps_[i] += other.wraps_[i];
        return *this;
    }

private:
    std::array<std::uint32_t, static_cast<std::size_t>(waiting::count_)> wraps_ = {};
    barelink::instant last_    = {};
    waiting           kind_    = {};
    bool              running_ = false;
};

}  // namespace sim
