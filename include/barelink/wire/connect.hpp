// SPDX-License-Identifier: BSL-1.0
// 3.1 CONNECT: the first packet of a connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/reader.hpp>
#include <barelink/wire/types.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/wire/writer.hpp>

namespace barelink::inline v0 {

// Lifetime: views of the caller's memory, or of the packet it was read from. An absent user name or password has no
// data (nullptr); a will without topic is no will.
struct connect_packet {
    version          protocol      = version::v3_1_1;
    bool             clean_session = true;
    std::uint16_t    keep_alive_s  = 60;  // 0 switches it off [3.1.2.10]
    std::string_view client_id     = {};
    will_message     will          = {};
    std::string_view user_name     = {};
    std::string_view password      = {};

    friend constexpr bool operator==(connect_packet const&, connect_packet const&) = default;
};

// 3.1 limits the client identifier to 23 characters.
inline constexpr std::size_t client_id_max_3_1 = 23;

[[nodiscard]] constexpr std::string_view protocol_name(version v) noexcept {
    return v == version::v3_1 ? std::string_view{"MQIsdp", 6} : std::string_view{"MQTT", 4};
}

// Bits of the connect flags [3.1.2.3].
namespace connect_flag {
inline constexpr std::uint8_t reserved = 0x01, clean = 0x02, will = 0x04, will_qos = 0x18, will_retain = 0x20,
                              password = 0x40, user_name = 0x80;
}

template <class Packet = connect_packet>
[[nodiscard]] constexpr std::uint8_t connect_flags(Packet const& c) noexcept {
    unsigned flags = c.clean_session ? connect_flag::clean : 0U;
    if (!c.will.topic.empty()) {
        flags |= connect_flag::will | static_cast<unsigned>(number(c.will.level) << 3);
        if (c.will.retain) flags |= connect_flag::will_retain;
    }
    if (c.user_name.data() != nullptr) flags |= connect_flag::user_name;
    if (c.password.data() != nullptr) flags |= connect_flag::password;
    return static_cast<std::uint8_t>(flags);
}

// A string of CONNECT: UTF-8 behind a two-byte length.
BARELINK_NOINLINE constexpr bool is_connect_text(std::string_view text) noexcept {
    return text.size() <= 0xFFFF && is_utf8(text);
}

// Says what is wrong with a CONNECT before it is sent: bad_client_id [MQTT-3.1.3-4, -7], bad_will [MQTT-3.1.2-14,
// 3.1.3-10], bad_user_name [MQTT-3.1.3-11], password_without_user_name [MQTT-3.1.2-22], or bad_option for a password of
// more than 65535 bytes. `Only`: the one version that `c` can have, if that is known while compiling.
template <version Only = version{}, class Packet = connect_packet>
[[nodiscard]] constexpr errc check_connect(Packet const& c) noexcept {
    constexpr std::size_t bytes_max = 0xFFFF;
    bool const            old = (Only != version{} ? Only : c.protocol) == version::v3_1;
    if ((old && c.client_id.size() > client_id_max_3_1) || !is_connect_text(c.client_id) ||
        (c.client_id.empty() && (old || !c.clean_session))) {
        return errc::bad_client_id;
    }
    bool const long_will = c.will.topic.size() > bytes_max || c.will.payload.size() > bytes_max;
    if (number(c.will.level) > 2 || long_will || utf8_scan(c.will.topic) != 0) return errc::bad_will;
    if (!is_connect_text(c.user_name)) return errc::bad_user_name;
    if (c.password.data() != nullptr && c.user_name.data() == nullptr) return errc::password_without_user_name;
    return c.password.size() > bytes_max ? errc::bad_option : errc::ok;
}

// Writes what follows the fixed header of CONNECT [MQTT-3.1.3-1]. `c` is a connect_packet, or anything with its
// members, such as options: then nothing has to be copied first. Requires: check_connect(c) is ok.
template <version Only = version{}, class Packet = connect_packet>
constexpr void write_connect_body(writer& w, Packet const& c) noexcept {
    auto const spoken = Only != version{} ? Only : c.protocol;
    w.text(protocol_name(spoken));
    w.u8(static_cast<std::uint8_t>(spoken));
    w.u8(connect_flags(c));
    w.u16(c.keep_alive_s);
    w.text(c.client_id);
    if (!c.will.topic.empty()) {
        w.text(c.will.topic);
        w.text(c.will.payload);
    }
    if (c.user_name.data() != nullptr) w.text(c.user_name);
    if (c.password.data() != nullptr) w.text(c.password);
}

// Writes CONNECT, likewise. Returns its length, or connect_too_long.
template <class Packet = connect_packet>
[[nodiscard]] constexpr result<std::size_t> encode_connect(bytes_out out, Packet const& c) noexcept {
    return encode_packet(out, first_byte(packet_type::connect), errc::connect_too_long,
                         [&](writer& w) { write_connect_body(w, c); });
}

// Reads a CONNECT as the Server does. Returns malformed_packet, invalid_utf8, or unacceptable_version for a protocol
// name or level that is none of 3.1 and 3.1.1 [MQTT-3.1.2-1, -2].
[[nodiscard]] constexpr result<connect_packet> decode_connect(bytes_in body) noexcept {
    reader         r{body};
    connect_packet c{};
    auto const     name  = r.text();
    auto const     level = r.u8();
    if (r.failed()) return errc::malformed_packet;
    c.protocol = static_cast<version>(level);
    if ((c.protocol != version::v3_1 && c.protocol != version::v3_1_1) || name != protocol_name(c.protocol)) {
        return errc::unacceptable_version;
    }
    auto const flags = r.u8();
    c.clean_session  = (flags & connect_flag::clean) != 0;
    c.keep_alive_s   = r.u16();
    c.client_id      = r.text();
    if ((flags & connect_flag::will) != 0) {
        c.will.topic   = r.text();
        c.will.payload = r.text();
        c.will.level   = static_cast<qos>((flags & connect_flag::will_qos) >> 3);
        c.will.retain  = (flags & connect_flag::will_retain) != 0;
    }
    if ((flags & connect_flag::user_name) != 0) c.user_name = r.text();
    if ((flags & connect_flag::password) != 0) c.password = r.text();
    // What the fields say must lead back to the same flags: that covers the reserved bit [MQTT-3.1.2-3], will bits
    // without a will [MQTT-3.1.2-11] and an empty will topic.
    if (r.finish() != errc::ok || connect_flags(c) != flags) return errc::malformed_packet;
    if (!is_utf8(c.client_id) || !is_utf8(c.will.topic) || !is_utf8(c.user_name)) return errc::invalid_utf8;
    // A client identifier that the rules forbid is answered by CONNACK 2: it is no error of the packet, and hides none.
    auto other      = c;
    other.client_id = "x";
    if (check_connect(other) != errc::ok) return errc::malformed_packet;
    return c;
}

}  // namespace barelink::inline v0
