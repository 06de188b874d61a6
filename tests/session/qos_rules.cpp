// SPDX-License-Identifier: BSL-1.0
// The tables of 4.3, cell by cell, spelled out a second time and independent of the order of their rows.
#include <barelink/session/qos_rules.hpp>

#include <cstddef>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

// The row for this pair, or the number of rows.
template <class Rules, class Phase, class Event>
constexpr std::size_t row(Rules const& rules, Phase from, Event cause) {
    std::size_t found = rules.size();
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].from == from && rules[i].cause == cause) found = i;
    }
    return found;
}

constexpr bool sender_is(sender_phase from, sender_event cause, sender_action action, sender_phase to) {
    auto const at = row(sender_rules, from, cause);
    auto const cell = sender_table[static_cast<std::size_t>(from)][static_cast<std::size_t>(cause)];
    return at != sender_rules.size() && sender_rules[at].action == action && sender_rules[at].to == to &&
           cell.action() == action && cell.to() == to;
}
constexpr bool sender_refuses(sender_phase from, sender_event cause) {
    auto const cell = sender_table[static_cast<std::size_t>(from)][static_cast<std::size_t>(cause)];
    return row(sender_rules, from, cause) == sender_rules.size() && cell.action() == sender_action::refuse;
}
constexpr bool receiver_is(receiver_phase from, receiver_event cause, receiver_action action, receiver_phase to) {
    auto const cell = receiver_table[static_cast<std::size_t>(from)][static_cast<std::size_t>(cause)];
    return cell.action() == action && cell.to() == to;
}

constexpr bool in_second_half(sender_phase p) {
    return p == sender_phase::release_due || p == sender_phase::wait_pubcomp || p == sender_phase::uncertain;
}

using enum sender_phase;

}  // namespace

TEST_CASE("a queued publish leaves, or waits on", "[session][MQTT-4.4.0-1]") {
    CHECK_BOTH(sender_is(queued, sender_event::left_qos_1, sender_action::none, wait_puback));
    CHECK_BOTH(sender_is(queued, sender_event::left_qos_2, sender_action::none, wait_pubrec));
    CHECK_BOTH(sender_is(queued, sender_event::resumed, sender_action::none, queued));
    CHECK_BOTH(sender_is(queued, sender_event::lost, sender_action::none, queued));
    CHECK_BOTH(sender_refuses(queued, sender_event::left_release));
}

TEST_CASE("a QoS 1 publish waits for PUBACK and for nothing else", "[session][MQTT-4.3.2-1]") {
    CHECK_BOTH(sender_is(wait_puback, sender_event::puback, sender_action::drop, wait_puback));
    CHECK_BOTH(sender_is(wait_puback, sender_event::resumed, sender_action::none, queued));
    CHECK_BOTH(sender_is(wait_puback, sender_event::lost, sender_action::none, queued));
    CHECK_BOTH(sender_refuses(wait_puback, sender_event::pubrec));
    CHECK_BOTH(sender_refuses(wait_puback, sender_event::pubcomp));
    CHECK_BOTH(sender_refuses(wait_puback, sender_event::left_qos_1));
    CHECK_BOTH(sender_refuses(wait_puback, sender_event::left_qos_2));
    CHECK_BOTH(sender_refuses(wait_puback, sender_event::left_release));
}

TEST_CASE("a QoS 2 publish waits for PUBREC, then for PUBCOMP", "[session][MQTT-4.3.3-1]") {
    CHECK_BOTH(sender_is(wait_pubrec, sender_event::pubrec, sender_action::release, wait_pubcomp));
    CHECK_BOTH(sender_is(wait_pubrec, sender_event::resumed, sender_action::none, queued));
    CHECK_BOTH(sender_is(wait_pubrec, sender_event::lost, sender_action::none, queued));
    CHECK_BOTH(sender_refuses(wait_pubrec, sender_event::puback));
    CHECK_BOTH(sender_refuses(wait_pubrec, sender_event::pubcomp));
    CHECK_BOTH(sender_is(wait_pubcomp, sender_event::pubcomp, sender_action::finish, wait_pubcomp));
    CHECK_BOTH(sender_is(wait_pubcomp, sender_event::pubrec, sender_action::none, release_due));
    CHECK_BOTH(sender_is(wait_pubcomp, sender_event::resumed, sender_action::none, release_due));
    CHECK_BOTH(sender_is(wait_pubcomp, sender_event::lost, sender_action::none, uncertain));
    CHECK_BOTH(sender_refuses(wait_pubcomp, sender_event::puback));
    CHECK_BOTH(sender_is(release_due, sender_event::left_release, sender_action::none, wait_pubcomp));
    CHECK_BOTH(sender_is(release_due, sender_event::pubcomp, sender_action::finish, release_due));
    CHECK_BOTH(sender_is(release_due, sender_event::pubrec, sender_action::none, release_due));
    CHECK_BOTH(sender_is(release_due, sender_event::lost, sender_action::none, uncertain));
    CHECK_BOTH(sender_refuses(release_due, sender_event::puback));
}

TEST_CASE("no step leads from PUBREL back to PUBLISH", "[session][MQTT-4.3.3-1]") {
    for (auto const& r : sender_rules) {
        CAPTURE(static_cast<int>(r.from), static_cast<int>(r.cause));
        CHECK((!in_second_half(r.from) || in_second_half(r.to)));
    }
}

TEST_CASE("nothing that is uncertain comes back", "[session]") {
    for (auto const cause : {sender_event::left_qos_1, sender_event::left_qos_2, sender_event::puback,
                             sender_event::pubrec, sender_event::pubcomp, sender_event::left_release}) {
        CAPTURE(static_cast<int>(cause));
        CHECK(sender_refuses(uncertain, cause));
    }
    CHECK_BOTH(sender_is(uncertain, sender_event::lost, sender_action::none, uncertain));
    CHECK_BOTH(sender_is(uncertain, sender_event::resumed, sender_action::none, uncertain));
}

TEST_CASE("every cell of the sender's table comes from a rule or refuses", "[session]") {
    std::size_t legal = 0;
    for (std::size_t p = 0; p < sender_table.size(); ++p) {
        for (std::size_t e = 0; e < sender_table[p].size(); ++e) {
            auto const at = row(sender_rules, static_cast<sender_phase>(p), static_cast<sender_event>(e));
            bool const is_rule = at != sender_rules.size();
            CHECK((sender_table[p][e].action() != sender_action::refuse) == is_rule);
            legal += is_rule ? 1U : 0U;
        }
    }
    CHECK(legal == sender_rules.size());
}

TEST_CASE("the receiver delivers once, and answers always", "[session][MQTT-4.3.3-2]") {
    using enum receiver_phase;
    CHECK_BOTH(receiver_is(unknown, receiver_event::publish, receiver_action::deliver, known));
    CHECK_BOTH(receiver_is(known, receiver_event::publish, receiver_action::repeat, known));
    CHECK_BOTH(receiver_is(known, receiver_event::pubrel, receiver_action::complete, unknown));
    CHECK_BOTH(receiver_is(unknown, receiver_event::pubrel, receiver_action::excuse, unknown));
}
