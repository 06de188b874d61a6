// SPDX-License-Identifier: BSL-1.0
// MQTT packets as a line of text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/text.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/testing/property_words.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/reader.hpp>
#include <barelink/wire/subscribe.hpp>

namespace barelink::inline v0::testing {

// As the standard spells it.
[[nodiscard]] constexpr std::string_view words(packet_type type) noexcept {
    constexpr std::string_view names[] = {"RESERVED",  "CONNECT", "CONNACK",     "PUBLISH",  "PUBACK",  "PUBREC",
                                          "PUBREL",    "PUBCOMP", "SUBSCRIBE",   "SUBACK",   "UNSUBSCRIBE",
                                          "UNSUBACK",  "PINGREQ", "PINGRESP",    "DISCONNECT", "AUTH"};
    return names[static_cast<std::size_t>(type)];
}

// Which version a CONNECT wants, or 3.1.1 if that can't be told. Of the body only the beginning is needed.
[[nodiscard]] constexpr version version_of(bytes_in connect_body) noexcept {
    reader r{connect_body};
    r.take(r.u16());
    auto const level = static_cast<version>(r.u8());
    return level == version::v3_1 || level == version::v5 ? level : version::v3_1_1;
}

namespace detail {

// What is behind the name of a packet of 5.0. Returns false if the body is not what the type asks for.
[[nodiscard]] constexpr bool say_body_v5(text_line& line, fixed_header const& h, bytes_in body) noexcept;

// What CONNECT says in all versions, between its client id and its will, and behind it.
constexpr void say_login(text_line& line, connect_packet const& c) noexcept {
    line.quoted(c.client_id) << (c.clean_session ? " clean" : "") << " keep alive " << c.keep_alive_s << " s";
}
constexpr void say_will(text_line& line, will_message const& will) noexcept {
    if (will.topic.empty()) return;
    (line << " will ").quoted(will.topic) << " qos " << number(will.level);
    line << (will.retain ? " retain " : " ") << will.payload.size() << " bytes";
}
constexpr void say_secrets(text_line& line, connect_packet const& c) noexcept {
    if (c.user_name.data() != nullptr) (line << " user ").quoted(c.user_name);
    if (c.password.data() != nullptr) line << " password " << c.password.size() << " bytes";
}

constexpr void say_connect(text_line& line, connect_packet const& c) noexcept {
    say_login(line << (c.protocol == version::v3_1 ? " 3.1 client " : " 3.1.1 client "), c);
    say_will(line, c.will);
    say_secrets(line, c);
}

constexpr void say_publish(text_line& line, publish_header const& p, std::uint32_t remaining) noexcept {
    if (p.level != qos::at_most_once) line << " id " << p.id;
    line << " qos " << number(p.level) << (p.dup ? " dup" : "") << (p.retain ? " retain " : " ");
    line.quoted(p.topic) << ' ' << remaining - p.size << " bytes";
}

constexpr bool say_filters(text_line& line, packet_type type, bytes_in body) noexcept {
    topic_list list{body, type};
    line << " id " << list.id();
    for (bool first = true; list.next(); first = false) {
        (line << (first ? " " : ", ")).quoted(list.filter());
        if (type == packet_type::subscribe) line << " qos " << number(list.level());
    }
    return list.error() == errc::ok;
}

constexpr bool say_suback(text_line& line, bytes_in body) noexcept {
    auto const s = decode_suback(body);
    if (!s) return false;
    line << " id " << s.value.id;
    bool first = true;
    for (char const c : s.value.codes) {
        line << (first ? " " : ", ");
        first = false;
        if (octet(c) == subscription_failure) {
            line << "refused";
        } else {
            line << "qos " << octet(c);
        }
    }
    return true;
}

// What is behind the name of the packet. Returns false if the body is not what the type asks for.
constexpr bool say_body(text_line& line, fixed_header const& h, bytes_in body, version v) noexcept {
    if (h.type == packet_type::connect) v = version_of(body);
    if (v == version::v5) return say_body_v5(line, h, body);
    switch (h.type) {
    case packet_type::connect: {
        auto const c = decode_connect(body);
        if (c) say_connect(line, c.value);
        return c.error == errc::ok;
    }
    case packet_type::connack: {
        auto const c = decode_connack(body, v);
        if (!c) return false;
        auto const refused = refusal(c.value.code);
        line << (refused == errc::ok ? " accepted" : " refused, ") << (refused == errc::ok ? "" : name(refused));
        line << (c.value.session_present ? ", session present" : "");
        return true;
    }
    case packet_type::publish: {
        auto const p = decode_publish(h.flags, body);
        if (p) say_publish(line, p.value, h.remaining);
        return p.error == errc::ok;
    }
    case packet_type::subscribe:
    case packet_type::unsubscribe: return say_filters(line, h.type, body);
    case packet_type::suback: return say_suback(line, body);
    case packet_type::pingreq:
    case packet_type::pingresp:
    case packet_type::disconnect: return body.empty();
    default: {
        auto const id = decode_ack(body);
        if (id) line << " id " << id.value;
        return id.error == errc::ok;
    }
    }
}

}  // namespace detail

// `PUBLISH id 7 qos 1 dup retain "plant/7" 21 bytes`; in 5.0 also `PUBACK id 7 no_matching_subscribers {reason_string
// "nobody"}`. Of a PUBLISH the payload may be missing. Payloads are counted, not shown, and so are passwords. `v`: of
// the connection; a CONNECT says its own.
[[nodiscard]] constexpr text_line describe(fixed_header const& h, bytes_in body, version v) noexcept {
    text_line line{words(h.type)};
    if (detail::say_body(line, h, body, v)) return line;
    text_line wrong{words(h.type)};
    wrong << (body.size() == h.remaining ? " malformed, " : " too long to show, ") << h.packet_size() << " bytes";
    return wrong;
}

}  // namespace barelink::inline v0::testing

#include <barelink/testing/packet_words_v5.hpp>
