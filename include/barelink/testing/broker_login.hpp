// SPDX-License-Identifier: BSL-1.0
// How a client of 5.0 comes in: what it asks for, what it is granted, and AUTH [3.1, 3.2, 3.15, 4.12].
#pragma once

#include <barelink/testing/broker.hpp>
#include <barelink/testing/reasons.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>

namespace barelink::inline v0::testing {

namespace detail {
[[nodiscard]] constexpr client_terms terms_of(v5::received_connect const& p) noexcept {
    client_terms t{};
    t.clean_start  = p.packet.clean_session;
    t.keep_alive_s = p.packet.keep_alive_s;
    t.will_delay_s = p.will_properties.number(property_id::will_delay_interval);
    for (auto const& q : p.with) {
        auto const half = static_cast<std::uint16_t>(q.number);
        switch (q.id) {
        case property_id::session_expiry_interval: t.session_expiry_s = q.number; break;
        case property_id::maximum_packet_size: t.maximum_packet_size = q.number; break;
        case property_id::receive_maximum: t.receive_maximum = half; break;
        case property_id::topic_alias_maximum: t.topic_alias_maximum = half; break;
        case property_id::request_response_information: t.wants_response_information = q.number != 0; break;
        case property_id::authentication_method: t.method << q.text; break;
        default: break;
        }
    }
    return t;
}
}  // namespace detail

template <broker_limits L>
constexpr void broker<L>::on_connect_5(connection& c, v5::received_connect const& p) noexcept {
    c.protocol  = version::v5;
    c.asked     = detail::terms_of(p);
    c.granted   = options;
    c.client_id = p.packet.client_id;
    if (c.granted.topic_alias_maximum > L.aliases) c.granted.topic_alias_maximum = L.aliases;
    if (c.client_id.empty()) {
        c.asked.id_assigned = true;
        c.client_id << options.assigned_client_id;
        if (c.client_id.empty()) c.client_id << "unnamed-" << serial_ + 1;
    }
    if (auto const reason = judge_connect_5(c, p.packet); refused(reason)) return answer_5(c, reason, false, {});
    keep_will(c, p.packet, p.will_properties);
    if (c.asked.method.empty()) return welcome(c, {});
    c.at = link_step::authenticating;
    authenticate(c, p.with.text(property_id::authentication_data));
}

// Looks for a reason to refuse it.
template <broker_limits L>
constexpr reason_code broker<L>::judge_connect_5(connection& c, connect_packet const& p) noexcept {
    if (knobs.connack_reason != reason_code::success) return knobs.connack_reason;
    if (knobs.connack != connect_return::accepted) return reason_for(knobs.connack);
    if (c.client_id.truncated()) return reason_code::client_identifier_not_valid;
    bool const with_will = !p.will.topic.empty();
    if (with_will && p.will.level > options.maximum_qos) return reason_code::qos_not_supported;  // [MQTT-3.2.2-12]
    if (with_will && p.will.retain && !options.retain_available) return reason_code::retain_not_supported;
    bool const known = c.asked.method.empty() || (knobs.authenticate && !c.asked.method.truncated());
    if (!known) return reason_code::bad_authentication_method;
    return knobs.login ? reason_for(knobs.login(p)) : reason_code::success;
}

// Nothing more is in its way.
template <broker_limits L>
constexpr void broker<L>::welcome(connection& c, std::string_view data) noexcept {
    bool        resume = false;
    auto* const s      = open_session(c, resume);
    if (s == nullptr) return answer_5(c, reason_code::server_unavailable, false, {});
    auto const asked = c.asked.session_expiry_s;
    auto const most  = c.granted.session_expiry_max_s;
    auto const other = c.granted.server_keep_alive_s;
    c.keep_alive_s   = other < 0 ? c.asked.keep_alive_s : static_cast<std::uint16_t>(other);
    c.quota_in       = c.granted.receive_maximum;
    c.quota_out      = c.asked.receive_maximum;
    answer_5(c, reason_code::success, resume, data);
    begin(c, *s, resume, asked < most ? asked : most);
    pool_.set_source(c.will, c.session);
}

// CONNACK of 5.0; a refused client has to go. What does not fit the client is left out [MQTT-3.2.2-19, -20].
template <broker_limits L>
constexpr void broker<L>::answer_5(connection& c, reason_code reason, bool present, std::string_view data) noexcept {
    auto const& g = c.granted;
    using id      = property_id;
    fixed_list<property, 16> with = {};
    if (!refused(reason)) {
        auto const tell = [&with](bool differs, id which, std::uint32_t value) {
            if (differs) with.add({which, value});
        };
        tell(c.asked.session_expiry_s > g.session_expiry_max_s, id::session_expiry_interval, g.session_expiry_max_s);
        tell(g.receive_maximum != 65'535, id::receive_maximum, g.receive_maximum);
        tell(g.maximum_qos != qos::exactly_once, id::maximum_qos, number(g.maximum_qos));
        tell(!g.retain_available, id::retain_available, 0);
        tell(g.maximum_packet_size != 0, id::maximum_packet_size, g.maximum_packet_size);
        tell(g.topic_alias_maximum != 0, id::topic_alias_maximum, g.topic_alias_maximum);
        tell(!g.wildcards_available, id::wildcard_subscription_available, 0);
        tell(!g.identifiers_available, id::subscription_identifier_available, 0);
        tell(!g.shared_available, id::shared_subscription_available, 0);
        tell(g.server_keep_alive_s >= 0, id::server_keep_alive, static_cast<std::uint16_t>(g.server_keep_alive_s));
        bool const replies = c.asked.wants_response_information && !g.response_information.empty();
        if (c.asked.id_assigned) with.add({id::assigned_client_identifier, c.client_id.view()});
        if (replies) with.add({id::response_information, g.response_information});
        if (!c.asked.method.empty()) with.add({id::authentication_method, c.asked.method.view()});
        if (!data.empty()) with.add({id::authentication_data, data});
    }
    char                packet[400] = {};
    property_list const first{with.begin(), with.size()};
    auto size = v5::encode_connack(packet, present, reason, property_lists{first, g.more});
    if (!size || size.value > c.asked.maximum_packet_size) size = v5::encode_connack(packet, present, reason, first);
    send(c, bytes_in{packet, size.value});
    if (!refused(reason)) return;
    ++counts_.refused;
    leave(c, false);
}

// Asks the hook what the next step is.
template <broker_limits L>
constexpr void broker<L>::authenticate(connection& c, std::string_view data) noexcept {
    auto const step  = knobs.authenticate(c.client_id.view(), c.asked.method.view(), data);
    bool const first = c.at == link_step::authenticating;
    if (step.reason == reason_code::success) ++counts_.logins;
    if (first && step.reason == reason_code::success) return welcome(c, step.data);
    if (refused(step.reason)) return first ? answer_5(c, step.reason, false, {}) : bye(c, step.reason);
    property const      with[]      = {{property_id::authentication_method, c.asked.method.view()},
                                       {property_id::authentication_data, step.data}};
    property_list const said        = step.data.empty() ? property_list{with}.first(1) : property_list{with};
    char                packet[300] = {};
    auto const          size        = v5::encode_reason(packet, packet_type::auth, step.reason, said);
    c.renewing                      = c.renewing && step.reason != reason_code::success;
    if (!size || size.value > c.tx.room()) return bye(c, reason_code::implementation_specific_error);
    send(c, bytes_in{packet, size.value});
}

template <broker_limits L>
constexpr void broker<L>::on_auth(connection& c, bytes_in body) noexcept {
    auto const p = v5::decode_reason(packet_type::auth, body, sender::client);
    if (!p) return refuse(c, p.error);
    if (c.asked.method.empty()) return violate(c, violation::auth_unasked);
    if (p.value.with.text(property_id::authentication_method) != c.asked.method.view()) {
        return violate(c, violation::auth_method_changed);
    }
    // A client begins again once it is connected, and otherwise answers [4.12.1].
    bool const begins = p.value.reason == reason_code::re_authenticate;
    bool const asked  = c.at == link_step::authenticating || c.renewing;
    if (begins == asked || !knobs.authenticate) return violate(c, violation::protocol_error);
    if (begins) c.renewing = true;
    authenticate(c, p.value.with.text(property_id::authentication_data));
}

}  // namespace barelink::inline v0::testing
