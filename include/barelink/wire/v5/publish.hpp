// SPDX-License-Identifier: BSL-1.0
// 3.3 PUBLISH of 5.0. Only its head, all that stands before the payload, is read or written here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/publish.hpp>

namespace barelink::inline v0::v5 {

// A PUBLISH without its payload. Lifetime: views of the packet.
struct publish_header {
    std::string_view topic  = {};  // empty if the alias stands for it
    properties       with   = {};
    packet_id        id     = 0;  // 0 at QoS 0, which has none [MQTT-2.2.1-2]
    std::uint16_t    alias  = 0;  // 0 if there is none
    qos              level  = qos::at_most_once;
    bool             retain = false;
    bool             dup    = false;
    std::uint32_t    size   = 0;  // bytes between fixed header and payload
};

// Bytes between fixed header and payload. Properties: property_list, property_lists, or `properties` of a packet.
template <class Properties>
[[nodiscard]] constexpr std::size_t publish_header_size(std::size_t topic_size, qos level,
                                                        Properties const& with) noexcept {
    return barelink::publish_header_size(topic_size, level) + properties_size(with);
}

// Writes everything before the payload; the caller puts `payload_size` bytes behind it. The topic may be empty with an
// alias among the properties. Requires: room for header and length, a topic of at most 65535 bytes, properties that
// were checked, a total of at most remaining_length_max. Returns the end of what it wrote.
template <class Properties>
constexpr char* write_publish_header(char* to, message const& m, packet_id id, std::size_t payload_size,
                                     Properties const& with) noexcept {
    auto const size = v5::publish_header_size(m.topic.size(), m.level, with);
    *to++           = static_cast<char>(first_byte(packet_type::publish, publish_flags(m.level, m.retain)));
    to              = write_length(to, static_cast<std::uint32_t>(size + payload_size));
    writer w{bytes_out{to, size}};
    w.text(m.topic);
    if (m.level != qos::at_most_once) w.u16(id);
    write_properties(w, with);
    return to + size;
}

// How long the head of a PUBLISH is, from the front of its body, of which `remaining` bytes are on their way in all.
// Returns the size of the head; or would_block with how many bytes must have come before it is worth asking again; or
// malformed_packet if it does not fit the packet or the length of the properties is none. Work: constant.
[[nodiscard]] BARELINK_NOINLINE constexpr result<std::uint32_t> publish_head_size(std::uint8_t flags, bytes_in body,
                                                                                 std::uint32_t remaining) noexcept {
    std::uint32_t size  = 2;
    auto          error = errc::would_block;
    if (body.size() >= size) {
        size += load_u16(body.data()) + ((flags & publish_flag::qos_mask) != 0 ? 2U : 0U) + 1U;  // of the length
        if (body.size() >= size) {
            auto const length = read_length(body.subspan(size - 1));
            error             = length.error;
            size += length.value.size - 1U + (length ? length.value.value : 1U);
        }
    }
    return {size, error == errc::malformed_packet || size > remaining ? errc::malformed_packet : error};
}

// Reads the head of a PUBLISH with these flags from the front of its body, of which the payload may be missing.
// Returns malformed_packet for QoS 3 [MQTT-3.3.1-4], DUP at QoS 0 [MQTT-3.3.1-2], identifier 0 [MQTT-2.2.1-3] or a head
// longer than the packet; protocol_error for neither topic nor alias [3.3.2.1]; invalid_utf8; invalid_topic
// [MQTT-3.3.2-2]; or what check_properties() finds.
[[nodiscard]] BARELINK_NOINLINE constexpr result<publish_header> decode_publish(std::uint8_t flags, bytes_in body,
                                                                               sender from) noexcept {
    reader                 r{body};
    result<publish_header> read{};
    auto&                  p = read.value;
    p.topic                  = r.text();
    p.level                  = static_cast<qos>((flags & publish_flag::qos_mask) >> 1);
    p.retain                 = (flags & publish_flag::retain) != 0;
    p.dup                    = (flags & publish_flag::dup) != 0;
    if (p.level != qos::at_most_once) p.id = r.u16();
    auto const found = take_properties(r, place_of(packet_type::publish, from), p.with);
    p.size           = static_cast<std::uint32_t>(body.size() - r.left());
    p.alias          = static_cast<std::uint16_t>(p.with.number(property_id::topic_alias));
    bool const wrong = r.failed() || !are_publish_flags(flags) || (p.level != qos::at_most_once && p.id == 0);
    read.error       = wrong ? errc::malformed_packet
                     : found != errc::ok ? found
                     : !p.topic.empty()  ? check_topic_name(p.topic)
                     : p.alias != 0      ? errc::ok
                                         : errc::protocol_error;
    return read;
}

}  // namespace barelink::inline v0::v5
