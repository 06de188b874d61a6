// SPDX-License-Identifier: BSL-1.0
// Requests over MQTT 5.0: each has a number that comes back with its response [4.10].
//
//   auto const ask = requests.open("dev/1/re", now, 5000);               after subscribing to dev/1/re
//   if (ask) mqtt.publish({.topic = "server/time"}, ask.value.with());
//   ...
//   if (auto const number = requests.take(e)) answer(number, e.payload);      for each message
//   while (auto const number = requests.expire(now)) give_up(number);         each turn
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/time.hpp>
#include <barelink/session/events.hpp>
#include <barelink/wire/property.hpp>

namespace barelink::inline v0 {

// What a request says about its response. Lifetime: with() is a view of the ticket, and borrows the response topic.
class request_ticket {
public:
    constexpr request_ticket() noexcept = default;
    constexpr request_ticket(std::uint32_t number, std::string_view response_topic) noexcept
        : number_{number}, topic_{response_topic} {
        store_u16(store_u16(correlation_, static_cast<std::uint16_t>(number >> 16)),
                  static_cast<std::uint16_t>(number & 0xFFFF));
    }
    [[nodiscard]] constexpr std::uint32_t number() const noexcept { return number_; }
    [[nodiscard]] constexpr property_list with() const noexcept {
        with_[0] = {property_id::response_topic, topic_};
        with_[1] = {property_id::correlation_data, std::string_view{correlation_, sizeof correlation_}};
        return with_;
    }

private:
    std::uint32_t    number_         = 0;
    std::string_view topic_          = {};
    char             correlation_[4] = {};
    mutable property with_[2]        = {};
};

// At most N requests that await their response.
template <std::size_t N>
class pending_requests {
public:
    // Returns a ticket with a number that is not 0 and not in use, or inflight_full. Work: N.
    constexpr result<request_ticket> open(std::string_view response_topic, instant now,
                                          std::uint32_t timeout_ms) noexcept {
        for (auto& slot : slots_) {
            if (slot.number != 0) continue;
            do {
                ++last_;
            } while (last_ == 0 || find(last_) != nullptr);
            slot = {last_, now + timeout_ms};
            return request_ticket{last_, response_topic};
        }
        return errc::inflight_full;
    }
    // The request that a message responds to, which is then done; 0 if it is none. Work: the properties, and N.
    constexpr std::uint32_t take(event const& e) noexcept {
        auto const data = e.with.text(property_id::correlation_data);
        if (e.type != event_type::message || data.size() != 4) return 0;
        auto const  number = (static_cast<std::uint32_t>(load_u16(&data[0])) << 16) | load_u16(&data[2]);
        auto* const slot   = number != 0 ? find(number) : nullptr;
        if (slot == nullptr) return 0;
        slot->number = 0;
        return number;
    }
    // A request whose time is over, which is then done; 0 if there is none. Work: N.
    constexpr std::uint32_t expire(instant now) noexcept {
        for (auto& slot : slots_) {
            if (slot.number == 0 || !now.reached(slot.until)) continue;
            auto const number = slot.number;
            slot.number       = 0;
            return number;
        }
        return 0;
    }
    // When expire() has something to do.
    [[nodiscard]] constexpr deadline next_deadline() const noexcept {
        deadline first{};
        for (auto const& slot : slots_) {
            if (slot.number != 0) first.earliest(slot.until);
        }
        return first;
    }

private:
    struct entry {
        std::uint32_t number = 0;  // 0: free
        instant       until  = {};
    };

    [[nodiscard]] constexpr entry* find(std::uint32_t number) noexcept {
        for (auto& s : slots_) {
            if (s.number == number) return &s;
        }
        return nullptr;
    }

    entry         slots_[N] = {};
    std::uint32_t last_     = 0;
};

}  // namespace barelink::inline v0
