// SPDX-License-Identifier: BSL-1.0
// The delivery protocols of 4.3 as tables: what each acknowledgement does to a publish of ours, and what each packet
// of a QoS 2 message does to our memory of it. What is not in a table is a protocol error.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <barelink/base/config.hpp>

namespace barelink::inline v0 {

// Where a publish of ours stands.
enum class sender_phase : std::uint8_t {
    queued,       // the PUBLISH waits to be written, for the first time or again
    wait_puback,  // written; QoS 1
    // From here on QoS 2 only:
    wait_pubrec,   // written; QoS 2
    release_due,   // the PUBREL has to be written again
    wait_pubcomp,  // the PUBREL is on its way
    uncertain,     // the session was lost in the middle of QoS 2; the user has to be told
    count_
};

enum class sender_event : std::uint8_t {
    left_qos_1,  // the transport took the last byte of the PUBLISH
    puback,
    resumed,  // a new connection, and the Server has kept the session
    lost,     // a new connection, and the Server knows nothing of us
    // From here on QoS 2 only:
    left_qos_2,
    left_release,  // the PUBREL was put in line
    pubrec,
    pubcomp,
    refused,  // PUBREC with a reason code of 0x80 or more, in 5.0
    count_
};

enum class sender_action : std::uint8_t {
    refuse,    // a protocol error
    none,
    drop,      // the PUBLISH need not be kept any longer: tell the user, forget the slot
    release,   // the PUBLISH need not be kept any longer: answer PUBREL
    finish,    // tell the user, forget the slot
};

struct sender_rule {
    sender_phase  from   = {};
    sender_event  cause  = {};
    sender_action action = {};
    sender_phase  to     = {};
};

// clang-format off
inline constexpr auto sender_rules = [] {
    using from = sender_phase;
    using on   = sender_event;
    using act  = sender_action;
    using to   = sender_phase;
    return std::array{
        sender_rule{from::queued,       on::left_qos_1,   act::none,    to::wait_puback},
        sender_rule{from::queued,       on::left_qos_2,   act::none,    to::wait_pubrec},
        sender_rule{from::queued,       on::resumed,      act::none,    to::queued},
        sender_rule{from::queued,       on::lost,         act::none,    to::queued},
        sender_rule{from::wait_puback,  on::puback,       act::drop,    to::wait_puback},  // [MQTT-4.3.2-1]
        sender_rule{from::wait_puback,  on::resumed,      act::none,    to::queued},       // [MQTT-4.4.0-1]
        sender_rule{from::wait_puback,  on::lost,         act::none,    to::queued},
        sender_rule{from::wait_pubrec,  on::pubrec,       act::release, to::wait_pubcomp}, // [MQTT-4.3.3-1]
        sender_rule{from::wait_pubrec,  on::refused,      act::drop,    to::wait_pubrec},  // 5.0 [MQTT-4.4.0-2]
        sender_rule{from::wait_pubrec,  on::resumed,      act::none,    to::queued},       // [MQTT-4.4.0-1]
        sender_rule{from::wait_pubrec,  on::lost,         act::none,    to::queued},
        sender_rule{from::release_due,  on::left_release, act::none,    to::wait_pubcomp},
        sender_rule{from::release_due,  on::resumed,      act::none,    to::release_due},
        sender_rule{from::release_due,  on::lost,         act::none,    to::uncertain},
        // A Server that lost our PUBREL's predecessor in a crash of its own repeats PUBREC: answer as before.
        sender_rule{from::release_due,  on::pubrec,       act::none,    to::release_due},
        sender_rule{from::release_due,  on::pubcomp,      act::finish,  to::release_due},
        sender_rule{from::release_due,  on::refused,      act::finish,  to::release_due},
        sender_rule{from::wait_pubcomp, on::pubrec,       act::none,    to::release_due},
        sender_rule{from::wait_pubcomp, on::pubcomp,      act::finish,  to::wait_pubcomp}, // [MQTT-4.3.3-1]
        sender_rule{from::wait_pubcomp, on::refused,      act::finish,  to::wait_pubcomp},
        sender_rule{from::wait_pubcomp, on::resumed,      act::none,    to::release_due},  // [MQTT-4.4.0-1]
        sender_rule{from::wait_pubcomp, on::lost,         act::none,    to::uncertain},
        sender_rule{from::uncertain,    on::resumed,      act::none,    to::uncertain},
        sender_rule{from::uncertain,    on::lost,         act::none,    to::uncertain},
    };
}();
// clang-format on

// What we know of a QoS 2 message of the Server's.
enum class receiver_phase : std::uint8_t { unknown, known, count_ };
enum class receiver_event : std::uint8_t { publish, pubrel, count_ };
enum class receiver_action : std::uint8_t {
    refuse,
    deliver,   // hand over, remember the identifier, answer PUBREC
    repeat,    // answer PUBREC, hand nothing over [MQTT-4.3.3-2]
    complete,  // forget the identifier, answer PUBCOMP
    excuse,    // answer PUBCOMP: the Server asks again because our first answer was lost
};

struct receiver_rule {
    receiver_phase  from   = {};
    receiver_event  cause  = {};
    receiver_action action = {};
    receiver_phase  to     = {};
};

// clang-format off
inline constexpr std::array receiver_rules{
    receiver_rule{receiver_phase::unknown, receiver_event::publish, receiver_action::deliver,  receiver_phase::known},
    receiver_rule{receiver_phase::unknown, receiver_event::pubrel,  receiver_action::excuse,   receiver_phase::unknown},
    receiver_rule{receiver_phase::known,   receiver_event::publish, receiver_action::repeat,   receiver_phase::known},
    receiver_rule{receiver_phase::known,   receiver_event::pubrel,  receiver_action::complete, receiver_phase::unknown},
};
// clang-format on

// The same rules by [phase][event], so that looking one up is one load: the first row wins, the rest refuses.
template <class Rule, class Phase, class Event, Phase Phases = Phase::count_, Event Events = Event::count_,
          std::size_t N>
consteval auto by_phase(std::array<Rule, N> const& rules) {
    constexpr auto phases = static_cast<std::size_t>(Phases);
    constexpr auto events = static_cast<std::size_t>(Events);
    struct cell {
        std::uint8_t both = 0;  // in one byte, for it lies in flash

        [[nodiscard]] constexpr auto action() const noexcept { return static_cast<decltype(Rule::action)>(both >> 4); }
        [[nodiscard]] constexpr Phase to() const noexcept { return static_cast<Phase>(both & 0x0F); }
    };
    std::array<std::array<cell, events>, phases> table{};
    for (auto const& r : rules) {
        if (r.from >= Phases || r.cause >= Events) continue;
        table[static_cast<std::size_t>(r.from)][static_cast<std::size_t>(r.cause)] = {
            static_cast<std::uint8_t>((static_cast<unsigned>(r.action) << 4) | static_cast<unsigned>(r.to))};
    }
    return table;
}

inline constexpr auto sender_table   = by_phase<sender_rule, sender_phase, sender_event>(sender_rules);
// The part that is left without QoS 2.
inline constexpr auto sender_table_qos_1 = by_phase<sender_rule, sender_phase, sender_event, sender_phase::wait_pubrec,
                                                    sender_event::left_qos_2>(sender_rules);
inline constexpr auto receiver_table = by_phase<receiver_rule, receiver_phase, receiver_event>(receiver_rules);

[[nodiscard]] constexpr receiver_action receiver_rule_for(receiver_phase phase, receiver_event cause) noexcept {
    return receiver_table[static_cast<std::size_t>(phase)][static_cast<std::size_t>(cause)].action();
}

namespace detail {
template <class Rules>
consteval bool each_pair_once(Rules const& rules) {
    for (auto const& a : rules) {
        int same = 0;
        for (auto const& b : rules) same += a.from == b.from && a.cause == b.cause ? 1 : 0;
        if (same != 1) return false;
    }
    return true;
}
consteval bool answers(sender_phase from, sender_event cause) {
    for (auto const& r : sender_rules) {
        if (r.from == from && r.cause == cause) return true;
    }
    return false;
}
consteval bool every_phase_survives_a_reconnect() {
    for (std::uint8_t p = 0; p < static_cast<std::uint8_t>(sender_phase::count_); ++p) {
        auto const phase = static_cast<sender_phase>(p);
        if (!answers(phase, sender_event::resumed) || !answers(phase, sender_event::lost)) return false;
    }
    return true;
}
// No PUBLISH after PUBREL [MQTT-4.3.3-1]: no way leads from the second half of QoS 2 back to the first.
consteval bool release_is_final() {
    auto const second_half = [](sender_phase p) { return p >= sender_phase::release_due; };
    for (auto const& r : sender_rules) {
        if (second_half(r.from) && !second_half(r.to)) return false;
    }
    return true;
}
consteval bool receiver_has_no_gap() {
    for (auto const& row : receiver_table) {
        for (auto const& cell : row) {
            if (cell.action() == receiver_action::refuse) return false;
        }
    }
    return true;
}
}  // namespace detail

static_assert(detail::each_pair_once(sender_rules), "barelink: two sender rules answer one event in one phase");
static_assert(detail::each_pair_once(receiver_rules), "barelink: two receiver rules answer one event in one phase");
static_assert(detail::every_phase_survives_a_reconnect(), "barelink: a sender phase has no rule for a reconnect");
static_assert(detail::release_is_final(), "barelink: a sender rule leads back behind PUBREL");
static_assert(detail::receiver_has_no_gap(), "barelink: the receiver has no rule for some packet");

}  // namespace barelink::inline v0
