// SPDX-License-Identifier: BSL-1.0
// How a session takes back what a store kept over a reset.
#pragma once

#include <barelink/session/session.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/v5/publish.hpp>

namespace barelink::inline v0 {

// The identifier of a PUBLISH that was stored, in the version that is spoken; 0 if it is none.
template <features F>
constexpr packet_id session<F>::kept_id(std::uint8_t flags, bytes_in body) const noexcept {
    if constexpr (F.v5) {
        if (is_5()) {
            auto const p = v5::decode_publish(flags, body, sender::client);
            return p ? p.value.id : packet_id{0};
        }
    }
    auto const p = decode_publish(flags, body);
    return p ? p.value.id : packet_id{0};
}

template <features F>
constexpr errc session<F>::restore(bool outbound, packet_id id, std::size_t size) noexcept
    requires(F.persistent)
{
    if (id == 0 || (!outbound && !has_qos_2)) return errc::store_failed;
    // A CONNECT that was not answered may have been the last thing before the reset.
    greeted_ = true;
    if constexpr (has_inbound) {
        if (!outbound) {
            if (inbound_.full()) return errc::inbound_full;
            inbound_.add({id, inbound_state::known});
            return errc::ok;
        }
    }
    if (inflight_.full()) return errc::inflight_full;
    auto const record = ring_.reserve_all().first(size);
    auto const header = read_header(record, version::v3_1);
    if (!header || header.value.packet_size() != size) return errc::store_failed;
    auto const body = record.subspan(header.value.size);
    if (has_qos_2 && header.value.type == packet_type::pubrel && size == ack_size && load_u16(body.data()) == id) {
        inflight_.add({.id = id, .phase = sender_phase::release_due});
    } else {
        bool const publish = header.value.type == packet_type::publish;
        auto const level   = static_cast<qos>((header.value.flags & publish_flag::qos_mask) >> 1);
        if (!publish || !F.has(level) || kept_id(header.value.flags, body) != id) return errc::store_failed;
        // It may have been sent before the power went, so it counts as a repetition [MQTT-3.3.1-1].
        record[0] = static_cast<char>(octet(record[0]) | publish_flag::dup);
        ring_.append(size);
        note_queued(id);
    }
    last_id_ = id;
    return errc::ok;
}

template <features F>
constexpr void session<F>::withdraw(packet_id id) noexcept
    requires(F.persistent)
{
    ring_.withdraw(ring_.find(id));
    inflight_.erase(inflight_.find(id));
}

template <features F>
constexpr bool session<F>::keeps(packet_id id) noexcept
    requires(F.persistent)
{
    return inflight_.find(id) != nullptr;
}

template <features F>
constexpr packet_id session<F>::take_lost_inbound() noexcept
    requires(F.persistent)
{
    if constexpr (has_inbound) {
        if (!forgotten_ || inbound_.size() == 0) return 0;
        auto const id = inbound_.begin()->id;
        inbound_.erase(inbound_.begin());
        return id;
    }
    return 0;
}

template <features F>
constexpr bytes_in session<F>::kept(packet_id id) noexcept
    requires(F.persistent)
{
    char* const packet = ring_.find(id);
    return packet == nullptr || envelope::is(packet) ? bytes_in{} : bytes_in{packet, ring_.size_of(packet)};
}

template <features F>
constexpr bytes_in session<F>::take_answers() noexcept
    requires(F.persistent)
{
    fill_control();
    return control_.take_fresh();
}

}  // namespace barelink::inline v0
