// SPDX-License-Identifier: BSL-1.0
// What the console prints of each event of the client.
#pragma once

#include "console.hpp"

namespace console {

inline void console::tell(barelink::event const& e) noexcept {
    using barelink::errc;
    using barelink::event_type;
    using barelink::name;
    bool const refused = barelink::refused(e.reason);
    switch (e.type) {
    case event_type::none:
    case event_type::challenged: break;
    case event_type::connected:
        add_reason(line{unread_, answer::connected}.flag("session_present", e.session_present), e);
        break;
    case event_type::disconnected:
        leaving_ = false;
        add_reason(
            line{unread_, answer::disconnected}.text("cause", name(e.cause)).number("retry_in_ms", e.retry_in_ms), e,
            refused || e.cause == errc::server_disconnected);
        break;
    case event_type::replaced: add_reason(line{unread_, answer::replaced}.self(), e, refused); break;
    case event_type::authenticated: add_reason(line{unread_, answer::authenticated}.self(), e); break;
    case event_type::message:
    case event_type::chunk: tell_message(e); break;
    case event_type::dropped:
        add_properties(
            line{unread_, answer::dropped}.text("topic", e.topic).number("size", e.size).text("cause", name(e.cause)),
            e);
        break;
    case event_type::subscribed:
    case event_type::subscribe_failed:
    case event_type::unsubscribed:
    case event_type::unsubscribe_failed: tell_subscription(e); break;
    case event_type::delivered: add_reason(line{unread_, answer::delivered}.number("packet_id", e.id), e); break;
    case event_type::rejected:
        add_reason(line{unread_, answer::rejected}.number("packet_id", e.id).text("cause", name(e.cause)), e, refused);
        break;
    case event_type::uncertain:
        add_properties(line{unread_, answer::uncertain}.number("packet_id", e.id), e);
        break;
    }
}

inline void console::tell_subscription(barelink::event const& e) noexcept {
    using barelink::event_type;
    using barelink::name;
    bool const failed = e.type == event_type::subscribe_failed || e.type == event_type::unsubscribe_failed;
    bool const wanted = e.type == event_type::subscribed || e.type == event_type::subscribe_failed;
    auto const kind   = wanted ? (failed ? answer::subscribe_failed : answer::subscribed)
                               : (failed ? answer::unsubscribe_failed : answer::unsubscribed);
    line       l{unread_, kind};
    l.text("filter", e.topic);
    if (failed) l.text("cause", name(e.cause));
    if (wanted && !failed) l.number("granted", barelink::number(e.level)).number("packet_id", e.id);
    add_reason(l, e, !failed || barelink::refused(e.reason));
    // The client asks again, on the next connection, where no answer came; and it still has what stays subscribed.
    bool const stays = (e.type == event_type::subscribed || e.cause == barelink::errc::subscribe_timeout) ||
                       (e.type == event_type::unsubscribe_failed && e.cause != barelink::errc::unsubscribe_timeout);
    if (!stays) filters_.drop(e.topic);
}

inline void console::tell_message(barelink::event const& e) noexcept {
    bool const piece = e.type == barelink::event_type::chunk;
    line       l{unread_, piece ? answer::chunk : answer::message};
    l.text("topic", e.topic)
        .number("qos", barelink::number(e.level))
        .flag("retain", e.retain)
        .flag("dup", e.dup)
        .number("size", e.size);
    if (piece) l.number("offset", e.offset);
    if (e.id != 0) l.number("packet_id", e.id);
    // The message after its chunks has a size, but no payload of its own.
    if (piece || e.payload.size() == e.size) l.payload(e.payload);
    add_properties(l, e);
}

// What 5.0 says more; `told`: the broker has given a reason.
inline void console::add_reason(line& l, barelink::event const& e, bool told) const noexcept {
    if (!speaks_5()) return;
    if (told) l.number("reason", static_cast<std::uint8_t>(e.reason));
    for (auto const& p : e.with) {
        if (p.id == barelink::property_id::reason_string) l.text("reason_string", p.text);
    }
    add_properties(l, e);
}

inline void console::add_properties(line& l, barelink::event const& e) const noexcept {
    using namespace barelink;
    if (!speaks_5()) return;
    std::size_t pairs = 0, marks = 0;
    l.begin("properties", '{');
    for (auto const& p : e.with) {
        auto const* const rule = find_property_rule(static_cast<std::uint8_t>(p.id), 0xFFFF);
        property_word const word{p.id};
        if (p.id == property_id::user_property) {
            ++pairs;
        } else if (p.id == property_id::subscription_identifier) {
            ++marks;
        } else if (has(rule->kind, property_part::text)) {
            auto const hex = property_word{p.id, "-hex"};
            if (p.id != property_id::reason_string) l.data(word.text(), hex.text(), p.text);
        } else {
            l.number(word.text(), p.number);
        }
    }
    // These may be there several times.
    property_word const mark{property_id::subscription_identifier};
    if (marks > 1) l.begin(mark.text(), '[');
    for (auto const& p : e.with) {
        if (p.id != property_id::subscription_identifier) continue;
        marks > 1 ? l.item(p.number) : l.number(mark.text(), p.number);
    }
    if (marks > 1) l.end(']');
    if (pairs != 0) l.begin(property_word{property_id::user_property}.text(), '[');
    for (auto const& p : e.with) {
        if (p.id == property_id::user_property) l.pair(p.text, p.value);
    }
    if (pairs != 0) l.end(']');
    l.end('}');
}

}  // namespace console
