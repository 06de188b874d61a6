// SPDX-License-Identifier: BSL-1.0
// 3.8 SUBSCRIBE and 3.10 UNSUBSCRIBE of 5.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/properties.hpp>

namespace barelink::inline v0::v5 {

struct topic_request {
    std::string_view filter              = {};
    qos              level               = qos::at_most_once;
    bool             no_local            = false;  // nothing that this client publishes itself
    bool             retain_as_published = false;  // keep RETAIN as the publisher set it
    retain_handling  retained            = retain_handling::send;

    friend constexpr bool operator==(topic_request const&, topic_request const&) = default;
};

// Bits of the options byte [3.8.3.1].
namespace subscribe_option {
inline constexpr std::uint8_t qos_mask = 0x03, no_local = 0x04, retain_as_published = 0x08, retain_mask = 0x30,
                              reserved = 0xC0;
}

[[nodiscard]] constexpr std::uint8_t options_byte(topic_request const& r) noexcept {
    return static_cast<std::uint8_t>(number(r.level) | (r.no_local ? subscribe_option::no_local : 0U) |
                                     (r.retain_as_published ? subscribe_option::retain_as_published : 0U) |
                                     (static_cast<unsigned>(r.retained) << 4));
}

// The options of a filter: malformed_packet for reserved bits [MQTT-3.8.3-5]; protocol_error for QoS 3, retain
// handling 3, or no local on a shared subscription [3.8.3.1, MQTT-3.8.3-4].
[[nodiscard]] constexpr errc check_options(std::uint8_t options, std::string_view filter) noexcept {
    using namespace subscribe_option;
    if ((options & reserved) != 0) return errc::malformed_packet;
    bool const wrong = (options & qos_mask) == qos_mask || (options & retain_mask) == retain_mask ||
                       ((options & subscribe_option::no_local) != 0 && is_shared(filter));
    return wrong ? errc::protocol_error : errc::ok;
}

// Says before it is sent what is wrong with a request, beside the form of the filter: bad_qos, or bad_option for a
// retain handling that is none or no local on a shared subscription.
[[nodiscard]] constexpr errc check_request(topic_request const& r) noexcept {
    if (number(r.level) > 2) return errc::bad_qos;
    bool const wrong = r.retained > retain_handling::do_not_send || (r.no_local && is_shared(r.filter));
    return wrong ? errc::bad_option : errc::ok;
}

// Writes SUBSCRIBE. Properties: property_list, property_lists, or `properties` of a packet. Requires: at least one
// request [MQTT-3.8.3-2], checked filters, options and properties, id not 0. Returns its length, or request_too_long.
template <class Properties>
[[nodiscard]] constexpr result<std::size_t> encode_subscribe(bytes_out out, packet_id id,
                                                             std::span<topic_request const> requests,
                                                             Properties const& with) noexcept {
    return encode_packet(out, first_byte(packet_type::subscribe, 2), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        write_properties(w, with);
        for (auto const& r : requests) {
            w.text(r.filter);
            w.u8(options_byte(r));
        }
    });
}

// Writes UNSUBSCRIBE, likewise [MQTT-3.10.3-2].
template <class Properties>
[[nodiscard]] constexpr result<std::size_t> encode_unsubscribe(bytes_out out, packet_id id,
                                                               std::span<std::string_view const> filters,
                                                               Properties const& with) noexcept {
    return encode_packet(out, first_byte(packet_type::unsubscribe, 2), errc::request_too_long, [&](writer& w) {
        w.u16(id);
        write_properties(w, with);
        for (auto const& f : filters) w.text(f);
    });
}

// Walks the filters of a received SUBSCRIBE or UNSUBSCRIBE:
//   v5::topic_list list{body, packet_type::subscribe};
//   while (list.next()) use(list.request());
//   if (list.error() != errc::ok) close();
class topic_list {
public:
    constexpr topic_list(bytes_in body, packet_type type) noexcept
        : rest_{body}, with_options_{type == packet_type::subscribe}, id_{rest_.u16()} {
        error_ = take_properties(rest_, static_cast<property_place>(type), with_);
        if (id_ == 0) error_ = errc::malformed_packet;
        // A request without a filter is an error of the protocol [MQTT-3.8.3-2, MQTT-3.10.3-2].
        if (error_ == errc::ok && rest_.left() == 0) error_ = errc::protocol_error;
    }
    [[nodiscard]] constexpr packet_id id() const noexcept { return id_; }
    [[nodiscard]] constexpr properties const& with() const noexcept { return with_; }
    // Of UNSUBSCRIBE the filter alone.
    [[nodiscard]] constexpr topic_request const& request() const noexcept { return request_; }
    // malformed_packet, protocol_error (see check_options), invalid_utf8 [MQTT-3.8.3-1], or what check_properties()
    // finds; known when next() has returned false.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    constexpr bool next() noexcept {
        if (error_ != errc::ok || rest_.left() == 0) return false;
        auto const filter  = rest_.text();
        auto const options = with_options_ ? rest_.u8() : std::uint8_t{0};
        request_           = {.filter              = filter,
                              .level               = static_cast<qos>(options & subscribe_option::qos_mask),
                              .no_local            = (options & subscribe_option::no_local) != 0,
                              .retain_as_published = (options & subscribe_option::retain_as_published) != 0,
                              .retained = static_cast<retain_handling>((options & subscribe_option::retain_mask) >> 4)};
        error_ = rest_.failed() || filter.empty() ? errc::malformed_packet
               : !is_utf8(filter)                 ? errc::invalid_utf8
                                                  : check_options(options, filter);
        return error_ == errc::ok;
    }

private:
    reader        rest_;
    bool          with_options_;
    packet_id     id_;
    properties    with_    = {};
    topic_request request_ = {};
    errc          error_   = errc::ok;
};

}  // namespace barelink::inline v0::v5
