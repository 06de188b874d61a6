// SPDX-License-Identifier: BSL-1.0
// 3.1 CONNECT of 5.0: the packet of 3.1.1 with properties, for the connection and for the will.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/properties.hpp>

namespace barelink::inline v0::v5 {

// Says what is wrong with a CONNECT before it is sent: bad_client_id [MQTT-3.1.3-4], bad_will for a will's topic,
// payload or QoS, or for will properties without a will [MQTT-3.1.2-9, -12, 3.1.3-11], bad_user_name [MQTT-3.1.3-12],
// bad_option for a password of more than 65535 bytes, bad_property. A password needs no user name [3.1.2.9], and an
// empty client identifier no clean start: the Server assigns one [3.1.3.1].
template <class Packet>
[[nodiscard]] constexpr errc check_connect(Packet const& c, property_lists with, property_list will_with) noexcept {
    constexpr std::size_t text_max = 0xFFFF;
    if (c.client_id.size() > text_max || !is_utf8(c.client_id)) return errc::bad_client_id;
    if (number(c.will.level) > 2 || c.will.topic.size() > text_max || c.will.payload.size() > text_max ||
        utf8_scan(c.will.topic) != 0 || (c.will.topic.empty() && !will_with.empty())) {
        return errc::bad_will;
    }
    if (c.user_name.size() > text_max || !is_utf8(c.user_name)) return errc::bad_user_name;
    if (c.password.size() > text_max) return errc::bad_option;
    auto const e = check_properties(with, property_place::connect);
    return e != errc::ok ? e : check_properties(will_with, property_place::will);
}

// Writes CONNECT [MQTT-3.1.3-1]. `c` is a connect_packet, or anything with its members; clean_session is Clean Start,
// the protocol is not looked at. Properties: property_list, property_lists, or `properties` of a packet.
// Requires: check_connect(...) is ok. Returns its length, or connect_too_long.
template <class Packet, class Properties, class WillProperties>
[[nodiscard]] constexpr result<std::size_t> encode_connect(bytes_out out, Packet const& c, Properties const& with,
                                                           WillProperties const& will_with) noexcept {
    return encode_packet(out, first_byte(packet_type::connect), errc::connect_too_long, [&](writer& w) {
        w.text(protocol_name(version::v5));
        w.u8(static_cast<std::uint8_t>(version::v5));
        w.u8(connect_flags(c));
        w.u16(c.keep_alive_s);
        write_properties(w, with);
        w.text(c.client_id);
        if (!c.will.topic.empty()) {
            write_properties(w, will_with);
            w.text(c.will.topic);
            w.text(c.will.payload);
        }
        if (c.user_name.data() != nullptr) w.text(c.user_name);
        if (c.password.data() != nullptr) w.text(c.password);
    });
}

// Lifetime: views of the packet.
struct received_connect {
    connect_packet packet          = {};
    properties     with            = {};
    properties     will_properties = {};
};

// Reads a CONNECT as the Server does. Returns unacceptable_version for another protocol name or level
// [MQTT-3.1.2-1, -2]; malformed_packet; invalid_utf8; invalid_topic for a will topic with a wildcard; or what
// check_properties() finds.
[[nodiscard]] constexpr result<received_connect> decode_connect(bytes_in body) noexcept {
    reader           r{body};
    received_connect got{};
    auto&            c     = got.packet;
    auto const       name  = r.text();
    auto const       level = r.u8();
    if (r.failed()) return errc::malformed_packet;
    c.protocol = version::v5;
    if (level != static_cast<std::uint8_t>(version::v5) || !same_text(name, protocol_name(version::v5))) {
        return errc::unacceptable_version;
    }
    auto const flags = r.u8();
    c.clean_session  = (flags & connect_flag::clean) != 0;
    c.keep_alive_s   = r.u16();
    auto error       = take_properties(r, property_place::connect, got.with);
    c.client_id      = r.text();
    if ((flags & connect_flag::will) != 0) {
        auto const e   = take_properties(r, property_place::will, got.will_properties);
        error          = error == errc::ok ? e : error;
        c.will.topic   = r.text();
        c.will.payload = r.text();
        c.will.level   = static_cast<qos>((flags & connect_flag::will_qos) >> 3);
        c.will.retain  = (flags & connect_flag::will_retain) != 0;
    }
    if ((flags & connect_flag::user_name) != 0) c.user_name = r.text();
    if ((flags & connect_flag::password) != 0) c.password = r.text();
    // What the fields say must lead back to the same flags: that covers the reserved bit [MQTT-3.1.2-3], will bits
    // without a will [MQTT-3.1.2-11, -13] and an empty will topic.
    if (r.finish() != errc::ok || connect_flags(c) != flags || number(c.will.level) > 2) {
        return errc::malformed_packet;
    }
    auto const topic = utf8_scan(c.will.topic);
    if (!is_utf8(c.client_id) || (topic & utf8_ill_formed) != 0 || !is_utf8(c.user_name)) return errc::invalid_utf8;
    if (error == errc::ok && topic != 0) error = errc::invalid_topic;
    return {got, error};
}

}  // namespace barelink::inline v0::v5
