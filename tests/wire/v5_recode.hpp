// SPDX-License-Identifier: BSL-1.0
// Reads any packet of 5.0 with the decoder of its type and writes it again from what was read, its properties one by
// one. See recode.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/connack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/suback.hpp>
#include <barelink/wire/v5/subscribe.hpp>

#include "property_places.hpp"
#include "recode.hpp"

namespace wire_tests {

inline std::vector<barelink::property> listed(barelink::properties const& view) {
    std::vector<barelink::property> list;
    for (auto const& p : view) list.push_back(p);
    return list;
}

// Whether what a decoder let through may stand there, by the tests' own copy of the standard's table.
inline bool are_lawful(barelink::properties const& view, barelink::property_place where) {
    std::vector<unsigned> seen;
    for (auto const& p : view) {
        auto const id = static_cast<unsigned>(p.id);
        bool known = false;
        for (auto const& s : standard_properties) {
            known = known || (s.id == id && s.stands_in(static_cast<unsigned>(where)));
        }
        bool const many = id == 0x26 || (id == 0x0B && where == barelink::property_place::server_publish);
        for (auto const other : seen) known = known && (many || other != id);
        seen.push_back(id);
        bool const data = id == 0x09 || id == 0x16;
        if (!known || (!data && !barelink::is_utf8(p.text)) || !barelink::is_utf8(p.value)) return false;
    }
    return true;
}

inline recoded recode_v5_connect(barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = v5::decode_connect(body);
    if (!got) return {got.error, {}};
    auto const& c = got.value;
    auto const with = listed(c.with), will_with = listed(c.will_properties);
    auto r = encode_again(size, [&](bytes_out out) {
        return v5::encode_connect(out, c.packet, property_list{with}, property_list{will_with});
    });
    r.lawful = are_lawful(c.with, property_place::connect) && are_lawful(c.will_properties, property_place::will) &&
               v5::check_connect(c.packet, {with, {}}, will_with) == errc::ok;
    return r;
}

inline recoded recode_v5_connack(barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = v5::decode_connack(body);
    if (!got) return {got.error, {}};
    auto const& c = got.value;
    auto const with = listed(c.with);
    auto r = encode_again(size, [&](bytes_out out) {
        return v5::encode_connack(out, c.session_present, c.reason, property_list{with});
    });
    r.lawful = are_lawful(c.with, property_place::connack) && !(c.session_present && refused(c.reason));
    return r;
}

inline recoded recode_v5_publish(std::uint8_t flags, barelink::bytes_in body, std::size_t size,
                                 barelink::sender from) {
    using namespace barelink;
    auto const got = v5::decode_publish(flags, body, from);
    if (!got) return {got.error, {}};
    auto const& p = got.value;
    auto const head = v5::publish_head_size(flags, body, static_cast<std::uint32_t>(body.size()));
    auto const payload = text_of(body.subspan(p.size));
    auto const with = listed(p.with);
    std::string again(size + 8, '\0');
    message const m{.topic = p.topic, .payload = payload, .level = p.level, .retain = p.retain};
    auto* const end = v5::write_publish_header(again.data(), m, p.id, payload.size(), property_list{with});
    again.resize(static_cast<std::size_t>(end - again.data()));
    again += payload;
    if (p.dup) again[0] = static_cast<char>(octet(again[0]) | publish_flag::dup);
    bool const plain = p.level == qos::at_most_once;
    bool const topic = p.topic.empty() ? p.alias != 0 : check_topic_name(p.topic) == errc::ok;
    bool const lawful = number(p.level) <= 2 && (plain ? p.id == 0 && !p.dup : p.id != 0) && topic &&
                        head == result<std::uint32_t>{p.size} &&
                        are_lawful(p.with, place_of(packet_type::publish, from));
    return {errc::ok, again, lawful};
}

inline recoded recode_v5_request(barelink::packet_type type, barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    std::vector<v5::topic_request> requests;
    std::vector<std::string_view> filters;
    v5::topic_list list{body, type};
    bool lawful = list.id() != 0 && are_lawful(list.with(), static_cast<property_place>(type));
    while (list.next()) {
        auto const& r = list.request();
        lawful = lawful && v5::check_request(r) == errc::ok && !r.filter.empty() && is_utf8(r.filter);
        requests.push_back(r);
        filters.push_back(r.filter);
    }
    if (list.error() != errc::ok) return {list.error(), {}};
    auto const with = listed(list.with());
    auto r = encode_again(size, [&](bytes_out out) {
        return type == packet_type::subscribe
                   ? v5::encode_subscribe(out, list.id(), requests, property_list{with})
                   : v5::encode_unsubscribe(out, list.id(), filters, property_list{with});
    });
    r.lawful = lawful && !requests.empty();
    return r;
}

inline recoded recode_v5_suback(barelink::packet_type type, barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = v5::decode_suback(type, body);
    if (!got) return {got.error, {}};
    auto const& s = got.value;
    auto const with = listed(s.with);
    auto r = encode_again(size, [&](bytes_out out) {
        return v5::encode_suback(out, type, s.id, s.codes, property_list{with});
    });
    r.lawful = s.id != 0 && !s.codes.empty() && are_lawful(s.with, static_cast<property_place>(type));
    return r;
}

inline recoded recode_v5_ack(barelink::packet_type type, barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = v5::decode_ack(type, body);
    if (!got) return {got.error, {}};
    auto const with = listed(got.value.with);
    auto r = encode_again(size, [&](bytes_out out) {
        return v5::encode_ack(out, type, got.value.id, got.value.reason, property_list{with});
    });
    r.lawful = got.value.id != 0 && are_lawful(got.value.with, static_cast<property_place>(type));
    return r;
}

inline recoded recode_v5_reason(barelink::packet_type type, barelink::bytes_in body, std::size_t size,
                                barelink::sender from) {
    using namespace barelink;
    auto const got = v5::decode_reason(type, body, from);
    if (!got) return {got.error, {}};
    auto const with = listed(got.value.with);
    auto r = encode_again(size, [&](bytes_out out) {
        return v5::encode_reason(out, type, got.value.reason, property_list{with});
    });
    r.lawful = v5::check_reason(type, from, got.value.reason, {with, {}}) == errc::ok &&
               are_lawful(got.value.with, place_of(type, from));
    return r;
}

inline recoded recode_v5_body(barelink::fixed_header const& h, barelink::bytes_in body, barelink::sender from) {
    using namespace barelink;
    auto const size = std::size_t{h.packet_size()};
    switch (h.type) {
    case packet_type::connect: return recode_v5_connect(body, size);
    case packet_type::connack: return recode_v5_connack(body, size);
    case packet_type::publish: return recode_v5_publish(h.flags, body, size, from);
    case packet_type::subscribe:
    case packet_type::unsubscribe: return recode_v5_request(h.type, body, size);
    case packet_type::suback:
    case packet_type::unsuback: return recode_v5_suback(h.type, body, size);
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp: return recode_v5_ack(h.type, body, size);
    case packet_type::pingreq:
    case packet_type::pingresp: return recode_empty(h.type, body);
    case packet_type::disconnect:
    case packet_type::auth: return recode_v5_reason(h.type, body, size, from);
    case packet_type::reserved: break;
    }
    return {errc::malformed_packet, {}};
}

// The first packet in `bytes`: would_block while it is not whole.
inline recoded recode_v5(std::string_view packet, barelink::sender from) {
    using namespace barelink;
    bytes_in const bytes{packet.data(), packet.size()};
    auto const header = read_header(bytes, version::v5);
    if (!header) return {header.error, {}};
    if (header.value.packet_size() > bytes.size()) return {errc::would_block, {}};
    return recode_v5_body(header.value, bytes.subspan(header.value.size, header.value.remaining), from);
}

// What a packet looks like when it is written by us: no reason code and no property length that say nothing.
inline std::string normal_form_v5(std::string_view packet) {
    using namespace barelink;
    auto const header = read_header({packet.data(), packet.size()}, version::v5).value;
    std::string body{packet.substr(header.size)};
    auto const type = header.type;
    bool const ack = type >= packet_type::puback && type <= packet_type::pubcomp;
    std::size_t const reason = ack ? 2 : 0;
    if (ack || type == packet_type::disconnect) {
        if (body.size() == reason + 2 && body[reason + 1] == 0) body.pop_back();
        if (body.size() == reason + 1 && body[reason] == 0) body.pop_back();
    }
    std::string normal(packet.substr(0, 1));
    char length[4] = {};
    normal.append(length, write_length(length, static_cast<std::uint32_t>(body.size())));
    return normal += body;
}

}  // namespace wire_tests
