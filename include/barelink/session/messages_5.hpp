// SPDX-License-Identifier: BSL-1.0
// What only 5.0 has in a message of the Server: properties, topic aliases, a bound on how many come at one time.
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/session/session.hpp>
#include <barelink/wire/v5/publish.hpp>

namespace barelink::inline v0 {

// Where the properties of the open message lie. Requires: its head is here.
template <features F>
constexpr properties session<F>::shown_properties() const noexcept {
    auto const at   = header_.size + publish_header_size(topic_size(), shown_level());
    auto const rest = inbox_.unread().subspan(at);
    auto const size = read_length(rest);
    return properties{rest.subspan(size.value.size, size.value.value)};
}

// The topic of a message that has only an alias, or that sets one. Requires: its head was read without a fault.
template <features F>
constexpr errc session<F>::check_head_5(std::uint32_t head) noexcept {
    auto const at = inbox_.unread().subspan(header_.size, head - header_.size);
    auto const p  = v5::decode_publish(header_.flags, at, sender::server);
    if (!p) return p.error;
    shown_id_ = p.value.id;
    if (p.value.alias == 0) return errc::ok;
    if (p.value.alias > lasting_.more->topic_alias_maximum) return errc::topic_alias_invalid;  // [MQTT-3.1.2-26, -27]
    if constexpr (F.aliases_in) {
        if (!p.value.topic.empty()) {
            aliases_in_.set(p.value.alias, p.value.topic);
        } else if (!aliases_in_.knows(p.value.alias)) {
            if (!five_.blind) return errc::protocol_error;  // [3.3.4]
            flow_cause_ = errc::topic_too_long;
        } else if (aliases_in_.find(p.value.alias).empty()) {
            flow_cause_ = errc::topic_too_long;
        }
    }
    return errc::ok;
}

// The head of a message went by unread: it may have given any alias a new topic.
template <features F>
constexpr void session<F>::forget_aliases() noexcept {
    if constexpr (F.aliases_in) {
        if (!is_5()) return;
        aliases_in_.clear();
        five_.blind = true;
    }
}

// What of the open message only 5.0 has. Requires: its head is here.
template <features F>
constexpr void session<F>::name_5(event& e) const noexcept {
    e.with = shown_properties();
    if constexpr (F.aliases_in) {
        if (e.topic.empty()) {
            e.topic = aliases_in_.find(static_cast<std::uint16_t>(e.with.number(property_id::topic_alias)));
        }
    }
}

// A payload that is not the text it is said to be is refused, and the link lives [3.3.2.3.2].
template <features F>
constexpr void session<F>::check_text(event& e) noexcept {
    bool const text = lasting_.more->check_payload_format && e.with.number(property_id::payload_format_indicator) != 0;
    if (!text || is_utf8_payload(e.payload)) return;
    e.type           = event_type::dropped;
    e.cause          = errc::payload_format_invalid;
    e.payload        = {};
    hold_            = false;
    five_.unreadable = e.level != qos::at_most_once;
    if constexpr (has_inbound) {
        auto* const slot = inbound_.find(shown_id_, e.level == qos::exactly_once);
        if (!five_.unreadable || slot == nullptr) return;
        auto const kept = *slot;
        inbound_.erase(slot);  // [MQTT-4.3.3-9]
        if constexpr (F.deferred_ack) {
            // The answer may not overtake those that are owed [MQTT-4.6.0-2, -3]: it has its turn, and gives no reason.
            five_.unreadable = !inbound_.any_held() && inbound_.next_answer() == nullptr;
            if (!five_.unreadable) inbound_.add(kept);
        }
    }
}

// Whether one more comes than the Server may send [MQTT-3.3.4-9]. There are brokers that count a QoS 2 message as done
// at PUBREC already, so up to twice what we take may be open. What the Server may have forgotten does not count.
template <features F>
constexpr bool session<F>::breaks_promise() const noexcept {
    if constexpr (F.v5 && has_inbound) {
        std::size_t const told = lasting_.more->receive_maximum;
        std::size_t const most = inbound_.capacity();
        std::size_t       open = 0;
        for (auto const& slot : inbound_) open += inbound_table::is_stale(slot) ? 0U : 1U;
        return told <= most && open >= (told != 0 && 2 * told < most ? 2 * told : most);
    }
    return false;
}

}  // namespace barelink::inline v0
