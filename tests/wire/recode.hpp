// SPDX-License-Identifier: BSL-1.0
// Reads any packet with the decoder of its type and writes it again from what was read. Used where the tests do not
// know what they feed: truncation, random packets, fuzzing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/reader.hpp>
#include <barelink/wire/subscribe.hpp>

namespace wire_tests {

struct recoded {
    barelink::errc error = barelink::errc::ok;
    std::string    bytes = {};  // the packet written again; empty after an error
    bool lawful = true;         // false if a decoder accepted what the standard forbids and writing again can't show
};

template <class Encode>
recoded encode_again(std::size_t size, Encode const& encode) {
    recoded r{.bytes = std::string(size, '\0')};
    auto const done = encode(barelink::bytes_out{r.bytes});
    if (!done) return {done.error, {}};
    r.bytes.resize(done.value);
    return r;
}

inline recoded recode_publish(std::uint8_t flags, barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = decode_publish(flags, body);
    if (!got) return {got.error, {}};
    auto const& p = got.value;
    auto const payload = text_of(body.subspan(p.size));
    std::string again(size, '\0');
    message const m{.topic = p.topic, .payload = payload, .level = p.level, .retain = p.retain};
    auto* const end = write_publish_header(again.data(), m, p.id, payload.size());
    move_bytes(end, payload.data(), payload.size());
    // There is no encoder for DUP: it is set in the packet that is kept.
    if (p.dup) again[0] = static_cast<char>(octet(again[0]) | publish_flag::dup);
    again.resize(static_cast<std::size_t>(end - again.data()) + payload.size());
    bool const plain = p.level == qos::at_most_once;
    bool const lawful = number(p.level) <= 2 && (plain ? p.id == 0 && !p.dup : p.id != 0) && !p.topic.empty() &&
                        is_utf8(p.topic) && p.topic.find_first_of("+#") == std::string_view::npos;
    return {errc::ok, again, lawful};
}

inline recoded recode_request(barelink::packet_type type, barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    std::vector<topic_request> requests;
    std::vector<std::string_view> filters;
    topic_list list{body, type};
    bool lawful = list.id() != 0;
    while (list.next()) {
        lawful = lawful && number(list.level()) <= 2 && !list.filter().empty() && is_utf8(list.filter());
        requests.push_back({list.filter(), list.level()});
        filters.push_back(list.filter());
    }
    if (list.error() != errc::ok) return {list.error(), {}};
    auto r = encode_again(size, [&](bytes_out out) {
        return type == packet_type::subscribe ? encode_subscribe(out, list.id(), requests)
                                              : encode_unsubscribe(out, list.id(), filters);
    });
    r.lawful = lawful && !requests.empty();
    return r;
}

inline recoded recode_connect(barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = decode_connect(body);
    if (!got) return {got.error, {}};
    auto r = encode_again(size, [&](bytes_out out) { return encode_connect(out, got.value); });
    // The client identifier alone is left to the Server's judgement.
    auto const& c = got.value;
    bool const will = c.will.topic.empty() || check_topic_name(c.will.topic) == errc::ok;
    r.lawful = will && number(c.will.level) <= 2 && is_utf8(c.client_id) && is_utf8(c.user_name) &&
               (c.password.data() == nullptr || c.user_name.data() != nullptr);
    return r;
}

inline recoded recode_connack(barelink::bytes_in body, barelink::version v) {
    using namespace barelink;
    auto const got = decode_connack(body, v);
    if (!got) return {got.error, {}};
    recoded r{.bytes = std::string(4, '\0')};
    write_connack(r.bytes.data(), got.value);
    r.lawful = static_cast<unsigned>(got.value.code) <= 5 &&
               (!got.value.session_present || got.value.code == connect_return::accepted);
    return r;
}

inline recoded recode_suback(barelink::bytes_in body, std::size_t size) {
    using namespace barelink;
    auto const got = decode_suback(body);
    if (!got) return {got.error, {}};
    auto r = encode_again(size, [&](bytes_out out) { return encode_suback(out, got.value.id, got.value.codes); });
    r.lawful = got.value.id != 0 && !got.value.codes.empty();
    for (auto const c : got.value.codes) r.lawful = r.lawful && (octet(c) <= 2 || octet(c) == subscription_failure);
    return r;
}

inline recoded recode_ack(barelink::packet_type type, barelink::bytes_in body) {
    using namespace barelink;
    auto const got = decode_ack(body);
    if (!got) return {got.error, {}};
    recoded r{.bytes = std::string(ack_size, '\0'), .lawful = got.value != 0};
    write_ack(r.bytes.data(), type, got.value);
    return r;
}

inline recoded recode_empty(barelink::packet_type type, barelink::bytes_in body) {
    using namespace barelink;
    auto const end = reader{body}.finish();
    if (end != errc::ok) return {end, {}};
    recoded r{.bytes = std::string(2, '\0')};
    write_empty(r.bytes.data(), type);
    return r;
}

inline recoded recode_body(barelink::fixed_header const& h, barelink::bytes_in body, barelink::version v) {
    using namespace barelink;
    auto const size = std::size_t{h.packet_size()};
    switch (h.type) {
    case packet_type::connect: return recode_connect(body, size);
    case packet_type::connack: return recode_connack(body, v);
    case packet_type::publish: return recode_publish(h.flags, body, size);
    case packet_type::subscribe:
    case packet_type::unsubscribe: return recode_request(h.type, body, size);
    case packet_type::suback: return recode_suback(body, size);
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp:
    case packet_type::unsuback: return recode_ack(h.type, body);
    case packet_type::pingreq:
    case packet_type::pingresp:
    case packet_type::disconnect: return recode_empty(h.type, body);
    case packet_type::reserved:
    case packet_type::auth: break;
    }
    return {errc::malformed_packet, {}};
}

// The first packet in `from`: would_block while it is not whole.
inline recoded recode(std::string_view from, barelink::version v) {
    using namespace barelink;
    bytes_in const bytes{from.data(), from.size()};
    auto const header = read_header(bytes, v);
    if (!header) return {header.error, {}};
    if (header.value.packet_size() > bytes.size()) return {errc::would_block, {}};
    return recode_body(header.value, bytes.subspan(header.value.size, header.value.remaining), v);
}

// What a packet looks like when it is written by us: 3.1 lets a peer set bits that we neither read nor write.
inline std::string normal_form(std::string_view packet, barelink::version v) {
    using namespace barelink;
    std::string normal{packet};
    if (v != version::v3_1 || normal.empty()) return normal;
    auto const type = static_cast<packet_type>(octet(normal[0]) >> 4);
    if (type != packet_type::publish) normal[0] = static_cast<char>(first_byte(type, required_flags(type)));
    if (type == packet_type::connack && normal.size() > 2) normal[2] = 0;
    return normal;
}

}  // namespace wire_tests
