// SPDX-License-Identifier: BSL-1.0
// 3.3 PUBLISH. Only its header is read or written here; the payload stays where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/types.hpp>
#include <barelink/base/utf8.hpp>

namespace barelink::inline v0 {

namespace publish_flag {
inline constexpr std::uint8_t retain = 0x01, qos_1 = 0x02, qos_mask = 0x06, dup = 0x08;
}

// A PUBLISH without its payload.
struct publish_header {
    std::string_view topic  = {};
    packet_id        id     = 0;  // 0 at QoS 0, which has none [MQTT-2.3.1-5]
    qos              level  = qos::at_most_once;
    bool             retain = false;
    bool             dup    = false;
    std::uint32_t    size   = 0;  // bytes between fixed header and payload

    friend constexpr bool operator==(publish_header const&, publish_header const&) = default;
};

[[nodiscard]] constexpr std::uint8_t publish_flags(qos level, bool retain, bool dup = false) noexcept {
    return static_cast<std::uint8_t>((retain ? publish_flag::retain : 0U) | static_cast<unsigned>(number(level) << 1) |
                                     (dup ? publish_flag::dup : 0U));
}

// Bytes between fixed header and payload.
[[nodiscard]] constexpr std::size_t publish_header_size(std::size_t topic_size, qos level) noexcept {
    return 2U + topic_size + (level == qos::at_most_once ? 0U : 2U);
}

// Writes everything before the payload; the caller puts `payload_size` bytes behind it. Requires: room, a topic of
// at most 65535 bytes, a total of at most remaining_length_max. Returns the end of what it wrote.
constexpr char* write_publish_header(char* to, message const& m, packet_id id, std::size_t payload_size) noexcept {
    auto const size = publish_header_size(m.topic.size(), m.level) + payload_size;
    *to++           = static_cast<char>(first_byte(packet_type::publish, publish_flags(m.level, m.retain)));
    to              = write_length(to, static_cast<std::uint32_t>(size));
    to              = store_u16(to, static_cast<std::uint16_t>(m.topic.size()));
    move_bytes(to, m.topic.data(), m.topic.size());
    to += m.topic.size();
    return m.level == qos::at_most_once ? to : store_u16(to, id);
}

// What a topic name must be [MQTT-3.3.2-1, -2, MQTT-4.7.3-1, -2]: ok, invalid_utf8 or invalid_topic. Work: its length.
[[nodiscard]] constexpr errc check_topic_name(std::string_view topic) noexcept {
    auto const found = utf8_scan(topic);
    if ((found & utf8_ill_formed) != 0) return errc::invalid_utf8;
    return topic.empty() || found != 0 ? errc::invalid_topic : errc::ok;
}

// QoS 3 does not exist [MQTT-3.3.1-4], and DUP does not at QoS 0 [MQTT-3.3.1-2].
[[nodiscard]] constexpr bool are_publish_flags(std::uint8_t flags) noexcept {
    auto const level = flags & publish_flag::qos_mask;
    return level != publish_flag::qos_mask && (level != 0 || (flags & publish_flag::dup) == 0);
}

// Reads the header of a PUBLISH with these flags from the front of its body, of which the payload may be missing.
// Returns malformed_packet for QoS 3 [MQTT-3.3.1-4], DUP at QoS 0 [MQTT-3.3.1-2], identifier 0 [MQTT-2.3.1-1] or a
// topic longer than the packet; invalid_utf8 or invalid_topic. Lifetime: the topic is a view of `body`.
[[nodiscard]] constexpr result<publish_header> decode_publish(std::uint8_t flags, bytes_in body) noexcept {
    auto const level = static_cast<qos>((flags & publish_flag::qos_mask) >> 1);
    if (!are_publish_flags(flags) || body.size() < 2) return errc::malformed_packet;
    auto const size = publish_header_size(load_u16(body.data()), level);
    if (size > body.size()) return errc::malformed_packet;
    auto const id = level == qos::at_most_once ? packet_id{0} : load_u16(&body[size - 2]);
    if (level != qos::at_most_once && id == 0) return errc::malformed_packet;
    std::string_view const topic{body.data() + 2, load_u16(body.data())};
    return {publish_header{.topic  = topic,
                           .id     = id,
                           .level  = level,
                           .retain = (flags & publish_flag::retain) != 0,
                           .dup    = (flags & publish_flag::dup) != 0,
                           .size   = static_cast<std::uint32_t>(size)},
            check_topic_name(topic)};
}

}  // namespace barelink::inline v0
