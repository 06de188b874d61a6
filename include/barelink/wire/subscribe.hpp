// SPDX-License-Identifier: BSL-1.0
// 3.8 SUBSCRIBE, 3.9 SUBACK, 3.10 UNSUBSCRIBE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/reader.hpp>
#include <barelink/wire/types.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/wire/writer.hpp>

namespace barelink::inline v0 {

struct topic_request {
    std::string_view filter = {};
    qos              level  = qos::at_most_once;

    friend constexpr bool operator==(topic_request const&, topic_request const&) = default;
};

// Writes SUBSCRIBE. Requires: at least one request [MQTT-3.8.3-3], valid filters, id not 0. Returns its length, or
// request_too_long.
[[nodiscard]] constexpr result<std::size_t> encode_subscribe(bytes_out out, packet_id id,
                                                             std::span<topic_request const> requests) noexcept {
    return encode_packet(out, first_byte(packet_type::subscribe, 2), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        for (auto const& r : requests) {
            w.text(r.filter);
            w.u8(number(r.level));
        }
    });
}

// Writes UNSUBSCRIBE, likewise [MQTT-3.10.3-2].
[[nodiscard]] constexpr result<std::size_t> encode_unsubscribe(bytes_out out, packet_id id,
                                                               std::span<std::string_view const> filters) noexcept {
    return encode_packet(out, first_byte(packet_type::unsubscribe, 2), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        for (auto const& f : filters) w.text(f);
    });
}

// Writes SUBACK, the Server's answer with one code per filter [MQTT-3.9.3-1]. Returns its length or request_too_long.
[[nodiscard]] constexpr result<std::size_t> encode_suback(bytes_out out, packet_id id, bytes_in codes) noexcept {
    return encode_packet(out, first_byte(packet_type::suback), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        w.bytes(text_of(codes));
    });
}

struct suback_packet {
    packet_id id    = 0;
    bytes_in  codes = {};  // granted QoS or subscription_failure, one per filter, in their order
};

// Returns malformed_packet for identifier 0, no code at all, or a reserved code [MQTT-3.9.3-2].
[[nodiscard]] constexpr result<suback_packet> decode_suback(bytes_in body) noexcept {
    reader        r{body};
    suback_packet s{};
    s.id    = r.u16();
    s.codes = r.rest();
    if (s.id == 0 || s.codes.empty()) return errc::malformed_packet;
    for (auto const c : s.codes) {
        if (octet(c) > 2 && octet(c) != subscription_failure) return errc::malformed_packet;
    }
    return s;
}

// Walks the filters of a received SUBSCRIBE or UNSUBSCRIBE:
//   topic_list list{body, packet_type::subscribe};
//   while (list.next()) use(list.filter(), list.level());
//   if (list.error() != errc::ok) close();
class topic_list {
public:
    constexpr topic_list(bytes_in body, packet_type type) noexcept
        : reader_{body}, with_level_{type == packet_type::subscribe}, id_{reader_.u16()} {
        if (id_ == 0 || reader_.left() == 0) error_ = errc::malformed_packet;
    }
    [[nodiscard]] constexpr packet_id id() const noexcept { return id_; }
    [[nodiscard]] constexpr std::string_view filter() const noexcept { return filter_; }
    [[nodiscard]] constexpr qos level() const noexcept { return level_; }
    // malformed_packet [MQTT-3.8.3-3, -4] or invalid_utf8 [MQTT-3.8.3-1]; known when next() has returned false.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    constexpr bool next() noexcept {
        if (error_ != errc::ok || reader_.left() == 0) return false;
        filter_          = reader_.text();
        auto const level = with_level_ ? reader_.u8() : std::uint8_t{0};
        level_           = static_cast<qos>(level);
        if (reader_.failed() || filter_.empty() || level > 2) {
            error_ = errc::malformed_packet;
        } else if (!is_utf8(filter_)) {
            error_ = errc::invalid_utf8;
        }
        return error_ == errc::ok;
    }

private:
    reader           reader_;
    bool             with_level_;
    packet_id        id_;
    std::string_view filter_ = {};
    qos              level_  = qos::at_most_once;
    errc             error_  = errc::ok;
};

}  // namespace barelink::inline v0
