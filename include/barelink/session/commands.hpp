// SPDX-License-Identifier: BSL-1.0
// From a command of the user to the ring and the tables.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/topic/filter.hpp>
#include <barelink/topic/shared.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/v5/publish.hpp>

namespace barelink::inline v0 {

template <features F>
constexpr void session<F>::set_up(session_memory const& m, options const* o) noexcept {
    options_      = o;
    requests_max_ = m.subscribe_requests;
    inbox_.place(m.rx);
    ring_.place(m.tx, m.sources);
    inflight_.place(m.inflight);
    subscriptions_.place(m.subscriptions);
    control_.place(m.control);
    if constexpr (has_inbound) inbound_.place(m.inbound);
    if constexpr (F.sources) sources_ = m.sources;
    if constexpr (F.v5) extras_ = m.subscribing.data();
    if constexpr (F.v5) lasting_.more = &plain_options_5;
    if constexpr (F.aliases_in) aliases_in_ = m.aliases_in;
    if constexpr (F.aliases_out) short_ = shortener{m.aliases_out, m.alias_scratch};
}

template <features F>
constexpr packet_id session<F>::next_id() noexcept {
    do {
        ++last_id_;
    } while (last_id_ == 0 || inflight_.find(last_id_) != nullptr || subscriptions_.uses(last_id_));
    return last_id_;
}

// Whether it is not known yet in which form packets are written.
template <features F>
constexpr bool session<F>::is_mute() const noexcept {
    return F.v5 && F.only() == version{} && options_ == nullptr;
}

// Whether publishes wait that 5.0 would write in another way. They keep the form in which they were queued.
template <features F>
constexpr bool session<F>::is_other_form(version wanted) const noexcept {
    if constexpr (F.v5 && F.only() == version{}) {
        return !ring_.empty() && lasting_.form_5 != (wanted == version::v5);
    }
    return false;
}

template <features F>
constexpr std::span<source_slot> session<F>::source_slots() const noexcept {
    if constexpr (F.sources) return sources_;
    return {};
}

template <features F>
constexpr errc session<F>::check(message const& m, property_list with) const noexcept {
    if (m.topic.size() > topic_size_max || check_topic_name(m.topic) != errc::ok) return errc::bad_topic;
    if (!F.has(m.level)) return errc::bad_qos;
    if constexpr (F.v5) {
        if (is_mute()) return errc::not_connected;
        if (is_other_form(spoken())) return errc::bad_version;
        if (!with.empty()) {
            if (has(with, property_id::topic_alias)) return errc::bad_topic_alias;
            bool const may = is_5() && check_properties(with, property_place::client_publish) == errc::ok;
            if (!may) return errc::bad_property;
        }
    }
    if (m.level == qos::at_most_once) return state_ == session_state::online ? errc::ok : errc::not_connected;
    return inflight_.full() ? errc::inflight_full : errc::ok;
}

// Bytes between fixed header and payload.
template <features F>
constexpr std::size_t session<F>::publish_head(message const& m, property_list with) const noexcept {
    auto const size = publish_header_size(m.topic.size(), m.level);
    return is_5() ? size + properties_size(with) : size;
}

template <features F>
constexpr char* session<F>::write_head(char* to, message const& m, packet_id id, std::size_t size,
                                       property_list with) const noexcept {
    if constexpr (F.v5) {
        if (is_5()) return v5::write_publish_header(to, m, id, size, with);
    }
    return write_publish_header(to, m, id, size);
}

// Whether a publish may be sent to the Server that we have.
template <features F>
constexpr errc session<F>::check_granted(message const& m, std::size_t packet) const noexcept {
    if constexpr (F.v5) {
        // What is queued while we leave is still written.
        bool const now = state_ == session_state::online || state_ == session_state::closing;
        if (is_5() && now) return five_.grants.check(m.level, m.retain, packet);
    }
    return errc::ok;
}

template <features F>
constexpr void session<F>::note_queued(packet_id id) noexcept {
    if constexpr (F.v5) lasting_.form_5 = is_5();
    if (id != 0) inflight_.add({.id = id, .phase = sender_phase::queued});
}

template <features F>
constexpr result<packet_id> session<F>::queue(message const& m, property_list with) noexcept {
    if (auto const wrong = check(m, with); wrong != errc::ok) return wrong;
    auto const total = packet_size(publish_head(m, with) + m.payload.size());
    if (total > ring_.capacity()) return errc::publish_too_long;
    if (auto const wrong = check_granted(m, total); wrong != errc::ok) return wrong;
    char* to = ring_.reserve(total);
    if (to == nullptr) return errc::ring_full;
    auto const id = m.level == qos::at_most_once ? packet_id{0} : next_id();
    to            = write_head(to, m, id, m.payload.size(), with);
    move_bytes(to, m.payload.data(), m.payload.size());
    ring_.append(total);
    note_queued(id);
    return id;
}

template <features F>
constexpr result<packet_id> session<F>::queue(message const& m, std::uint32_t size, payload_source const& source,
                                              property_list with) noexcept
    requires(F.sources)
{
    if (auto const wrong = check(m, with); wrong != errc::ok) return wrong;
    auto const header = packet_size(publish_head(m, with) + size) - size;
    if (size > remaining_length_max - header) return errc::publish_too_long;
    if (auto const wrong = check_granted(m, header + size); wrong != errc::ok) return wrong;
    auto const room = ring_.reserve_all();
    auto const id   = m.level == qos::at_most_once ? packet_id{0} : next_id();
    if (header + size <= room.size()) {
        char* const to = write_head(room.data(), m, id, size, with);
        if (source(0, {to, size}) != size) return errc::source_failed;
        ring_.append(header + size);
    } else {
        auto const   slots = source_slots();
        std::uint8_t index = 0;
        while (index < slots.size() && slots[index].read) ++index;
        if (index == slots.size()) return errc::sources_full;
        // A part of what is free, so that other publishes still find room.
        auto scratch = room.size() / 4 < envelope::scratch_max ? room.size() / 4 : envelope::scratch_max;
        while (scratch > 1 && envelope::stored_size(header + scratch) > room.size()) scratch /= 2;
        auto const total = envelope::stored_size(header + scratch);
        if (scratch == 0 || total > room.size()) {
            return envelope::stored_size(header + 1) > ring_.capacity() ? errc::publish_too_long : errc::ring_full;
        }
        write_head(envelope::open(room.data(), header + scratch, index), m, id, size, with);
        slots[index] = {.read = source, .size = size, .header = static_cast<std::uint16_t>(header)};
        ring_.append(total);
    }
    note_queued(id);
    return id;
}

// Writes SUBSCRIBE or UNSUBSCRIBE for one filter: several lie together in the ring and leave in one write, before the
// publishes that wait, which may be what causes the messages subscribed to. Returns false if there is no room now.
// Work: the filter and the ring.
template <features F>
constexpr bool session<F>::request(subscription& s) noexcept {
    if constexpr (F.v5) {
        if (is_5()) return request_5(s);
    }
    bool const wanted = s.state == subscription_state::wanted;
    auto const size   = 2 + 2 + s.filter.size() + (wanted ? 1U : 0U);
    char*      to     = ring_.insert(packet_size(size), promised());
    if (to == nullptr) return false;
    s.id       = next_id();
    s.state    = wanted ? subscription_state::asked : subscription_state::leaving;
    s.left     = false;
    *to++      = static_cast<char>(first_byte(wanted ? packet_type::subscribe : packet_type::unsubscribe, 2));
    to         = write_length(to, static_cast<std::uint32_t>(size));
    to         = store_u16(to, s.id);
    to         = store_u16(to, static_cast<std::uint16_t>(s.filter.size()));
    move_bytes(to, s.filter.data(), s.filter.size());
    if (wanted) to[s.filter.size()] = static_cast<char>(s.level);
    return true;
}

// Asks for what is declared and not yet asked for, as far as there is room for requests.
template <features F>
constexpr void session<F>::request_all() noexcept {
    asking_ = false;
    for (auto& s : subscriptions_) {
        if (s.state != subscription_state::wanted && s.state != subscription_state::unwanted) continue;
        if (subscriptions_.requests() == requests_max_ || !request(s)) {
            asking_ = true;
            return;
        }
    }
}

template <features F>
constexpr errc session<F>::subscribe(std::string_view filter, qos level) noexcept {
    if (find_filter_fault(filter) != filter_fault::none) return errc::bad_filter;
    if (!F.has(level)) return errc::bad_qos;
    return change(filter, level, subscription_state::wanted);
}

template <features F>
constexpr errc session<F>::unsubscribe(std::string_view filter) noexcept {
    if (find_filter_fault(filter) != filter_fault::none) return errc::bad_filter;
    auto* const s = subscriptions_.find_or_free(filter);
    // What was never asked of the Server is simply not asked.
    if (s != nullptr && s->state == subscription_state::wanted && state_ != session_state::online && clean_session_) {
        s->state = subscription_state::left;
        tell_    = true;
        return errc::ok;
    }
    return change(filter, qos::at_most_once, subscription_state::unwanted);
}

template <features F>
constexpr errc session<F>::change(std::string_view filter, qos level, subscription_state wish,
                                  subscribe_options const* how) noexcept {
    auto size = packet_size(2 + 2 + filter.size() + 1);
    if constexpr (F.v5) {
        if (is_mute()) return errc::not_connected;
        if (is_5() && !is_shared_form(filter)) return errc::bad_filter;  // [MQTT-4.8.2-1, -2]
        // An identifier takes up to five bytes.
        if (is_5()) size += 5 + (how != nullptr ? properties_size(how->with) : 1);
    }
    if (size > ring_.capacity()) return errc::request_too_long;
    auto* const s = subscriptions_.find_or_free(filter);
    if (s == nullptr) return errc::subscriptions_full;
    bool const online = state_ == session_state::online;
    if (online && subscriptions_.requests() == requests_max_) return errc::subscribe_requests_full;
    if (online && ring_.reserve(size) == nullptr) return errc::ring_full;
    // The answer to a request for the same filter that is still on its way counts for nobody.
    if (s->waits()) late_ack_ = true;
    s->filter = filter;
    s->state  = wish;
    s->level  = level;
    if constexpr (F.v5) {
        s->code = 0;  // what was said to an earlier request is no reason for this one
        extras_[s - subscriptions_.begin()] = how != nullptr ? *how : subscribe_options{};
    }
    asking_   = true;
    if (online) static_cast<void>(request(*s));
    return errc::ok;
}

template <features F>
constexpr errc session<F>::acknowledge(packet_id id) noexcept
    requires(F.deferred_ack)
{
    auto* const slot = inbound_.find_held(id);
    // A message of which chunks are still to come is not the user's yet.
    bool const handing = flow_ == flow::handing || flow_ == flow::told;
    bool const coming  = handing && after_ != after::message && shown_id_ == id;
    if (slot == nullptr || coming) return errc::nothing_to_acknowledge;
    slot->state = slot->state == inbound_state::held_2 ? inbound_state::done_2
                  : inbound_table::is_left(*slot)      ? inbound_state::known
                                                       : inbound_state::done_1;
    stalled_    = false;
    return errc::ok;
}

}  // namespace barelink::inline v0
