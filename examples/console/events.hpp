// SPDX-License-Identifier: BSL-1.0
// What the console prints of each event of the client.
#pragma once

#include "console.hpp"

namespace console {

inline void console::tell(barelink::event const& e) noexcept {
    using barelink::event_type;
    using barelink::name;
    switch (e.type) {
    case event_type::none: break;
    case event_type::connected: line{unread_, answer::connected}.flag("session_present", e.session_present); break;
    case event_type::disconnected:
        leaving_ = false;
        line{unread_, answer::disconnected}.text("cause", name(e.cause)).number("retry_in_ms", e.retry_in_ms);
        break;
    case event_type::replaced: line{unread_, answer::replaced}; break;
    case event_type::message:
    case event_type::chunk: tell_message(e); break;
    case event_type::dropped:
        line{unread_, answer::dropped}.text("topic", e.topic).number("size", e.size).text("cause", name(e.cause));
        break;
    case event_type::subscribed:
        line{unread_, answer::subscribed}
            .text("filter", e.topic)
            .number("granted", barelink::number(e.level))
            .number("packet_id", e.id);
        break;
    case event_type::subscribe_failed:
        line{unread_, answer::subscribe_failed}.text("filter", e.topic).text("cause", name(e.cause));
        filters_.drop(e.topic);
        break;
    case event_type::unsubscribed:
        line{unread_, answer::unsubscribed}.text("filter", e.topic);
        filters_.drop(e.topic);
        break;
    case event_type::unsubscribe_failed:
        line{unread_, answer::unsubscribe_failed}.text("filter", e.topic).text("cause", name(e.cause));
        filters_.drop(e.topic);
        break;
    case event_type::delivered: line{unread_, answer::delivered}.number("packet_id", e.id); break;
    case event_type::rejected:
        line{unread_, answer::rejected}.number("packet_id", e.id).text("cause", name(e.cause));
        break;
    case event_type::uncertain: line{unread_, answer::uncertain}.number("packet_id", e.id); break;
    }
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
}

}  // namespace console
