// SPDX-License-Identifier: BSL-1.0
// Packets of 5.0 as a line of text: the words of 3.1.1, then reason codes by their names, then properties in braces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/testing/packet_words.hpp>
#include <barelink/testing/property_words.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/suback.hpp>
#include <barelink/wire/v5/subscribe.hpp>

namespace barelink::inline v0::testing {

namespace detail {

constexpr void say_reason(text_line& line, reason_code reason) noexcept {
    if (reason != reason_code::success) line << ' ' << name(reason);
}

constexpr bool say_connect_v5(text_line& line, bytes_in body) noexcept {
    auto const got = v5::decode_connect(body);
    if (!got) return false;
    auto const& c = got.value.packet;
    say_login(line << " 5.0 client ", c);
    say_properties(line, got.value.with);
    say_will(line, c.will);
    say_properties(line, got.value.will_properties);
    say_secrets(line, c);
    return true;
}

// A Server that does not speak 5.0 refuses it in the words of 3.1.1.
constexpr bool say_connack_v5(text_line& line, bytes_in body) noexcept {
    if (auto const old = decode_connack(body, version::v3_1_1); old && old.value.code != connect_return::accepted) {
        line << " refused, " << name(refusal(old.value.code));
        return true;
    }
    auto const c = v5::decode_connack(body);
    if (!c) return false;
    bool const accepted = c.value.reason == reason_code::success;
    line << (accepted ? " accepted" : " refused, ") << (accepted ? "" : name(c.value.reason));
    line << (c.value.session_present ? ", session present" : "");
    say_properties(line, c.value.with);
    return true;
}

constexpr bool say_publish_v5(text_line& line, fixed_header const& h, bytes_in body) noexcept {
    // A Client's may have all that a Server's has, except subscription identifiers.
    auto const read = v5::decode_publish(h.flags, body, sender::server);
    if (!read) return false;
    auto const& p = read.value;
    if (p.level != qos::at_most_once) line << " id " << p.id;
    line << " qos " << number(p.level) << (p.dup ? " dup" : "") << (p.retain ? " retain " : " ");
    line.quoted(p.topic) << ' ' << h.remaining - p.size << " bytes";
    say_properties(line, p.with);
    return true;
}

constexpr bool say_filters_v5(text_line& line, packet_type type, bytes_in body) noexcept {
    v5::topic_list list{body, type};
    line << " id " << list.id();
    for (bool first = true; list.next(); first = false) {
        auto const& r = list.request();
        (line << (first ? " " : ", ")).quoted(r.filter);
        if (type != packet_type::subscribe) continue;
        line << " qos " << number(r.level) << (r.no_local ? " no local" : "");
        line << (r.retain_as_published ? " retain as published" : "");
        if (r.retained != retain_handling::send) line << " retain handling " << static_cast<unsigned>(r.retained);
    }
    say_properties(line, list.with());
    return list.error() == errc::ok;
}

constexpr bool say_suback_v5(text_line& line, packet_type type, bytes_in body) noexcept {
    auto const s = v5::decode_suback(type, body);
    if (!s) return false;
    line << " id " << s.value.id;
    bool first = true;
    for (char const c : s.value.codes) {
        auto const code = static_cast<reason_code>(octet(c));
        line << (first ? " " : ", ");
        first = false;
        if (type == packet_type::suback && !refused(code)) {
            line << "qos " << octet(c);
        } else {
            line << name(code);
        }
    }
    say_properties(line, s.value.with);
    return true;
}

// DISCONNECT and AUTH: which side it comes from is not known here.
constexpr bool say_farewell(text_line& line, packet_type type, bytes_in body) noexcept {
    auto p = v5::decode_reason(type, body, sender::client);
    if (!p) p = v5::decode_reason(type, body, sender::server);
    if (!p) return false;
    say_reason(line, p.value.reason);
    if (type == packet_type::auth && p.value.reason == reason_code::success) line << " success";
    say_properties(line, p.value.with);
    return true;
}

[[nodiscard]] constexpr bool say_body_v5(text_line& line, fixed_header const& h, bytes_in body) noexcept {
    switch (h.type) {
    case packet_type::connect: return say_connect_v5(line, body);
    case packet_type::connack: return say_connack_v5(line, body);
    case packet_type::publish: return say_publish_v5(line, h, body);
    case packet_type::subscribe:
    case packet_type::unsubscribe: return say_filters_v5(line, h.type, body);
    case packet_type::suback:
    case packet_type::unsuback: return say_suback_v5(line, h.type, body);
    case packet_type::pingreq:
    case packet_type::pingresp: return body.empty();
    case packet_type::disconnect:
    case packet_type::auth: return say_farewell(line, h.type, body);
    default: {
        auto const a = v5::decode_ack(h.type, body);
        if (!a) return false;
        line << " id " << a.value.id;
        say_reason(line, a.value.reason);
        say_properties(line, a.value.with);
        return true;
    }
    }
}

}  // namespace detail

}  // namespace barelink::inline v0::testing
