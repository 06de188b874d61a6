// SPDX-License-Identifier: BSL-1.0
// What a platform allows less of than MQTT does. Asked before anything is sent, because most platforms answer by
// hanging up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/topic/filter.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// One constant of each cloud. A number that is 0 means no limit beyond MQTT's.
struct platform_limits {
    qos           highest_qos      = qos::at_least_once;
    std::uint32_t payload_max      = 0;      // bytes
    std::uint32_t packet_max       = 0;      // bytes, header, topic and payload of a PUBLISH together
    std::uint16_t topic_max        = 0;      // bytes, of names and filters
    std::uint8_t  slashes_max      = 0;      // in a name or filter
    bool          leading_slash    = false;  // a name or filter must begin with '/'
    std::uint16_t keep_alive_min_s = 0;
    std::uint16_t keep_alive_max_s = 0xFFFF;
    bool          retain           = false;  // a retained message is allowed
    bool          will             = false;
    bool          shared           = false;  // there are shared subscriptions
};

// Requires: what MQTT says of names and filters has been checked, or will be. Returns topic_too_long, bad_topic.
[[nodiscard]] constexpr errc check_topic(platform_limits const& l, std::string_view topic) noexcept {
    if (l.topic_max != 0 && topic.size() > l.topic_max) return errc::topic_too_long;
    if (l.leading_slash && !topic.starts_with('/')) return errc::bad_topic;
    std::size_t slashes = 0;
    for (char const c : topic) slashes += c == '/' ? 1U : 0U;
    return l.slashes_max != 0 && slashes > l.slashes_max ? errc::bad_topic : errc::ok;
}

// Whether the platform takes this message with `payload` bytes, wherever they come from. Returns bad_qos, bad_retain,
// bad_topic (also for a wildcard or a name that MQTT forbids), topic_too_long, payload_too_long. Work: the topic.
[[nodiscard]] constexpr errc check_publish(platform_limits const& l, message const& m, std::size_t payload) noexcept {
    if (number(m.level) > number(l.highest_qos)) return errc::bad_qos;
    if (m.retain && !l.retain) return errc::bad_retain;
    if (m.topic.empty() || utf8_scan(m.topic) != 0) return errc::bad_topic;
    if (auto const e = check_topic(l, m.topic); e != errc::ok) return e;
    // The longest fixed header, the topic's length, a packet identifier.
    auto const packet = 5 + 2 + 2 + m.topic.size() + payload;
    bool const fits   = (l.payload_max == 0 || payload <= l.payload_max) &&
                      (l.packet_max == 0 || packet <= l.packet_max);
    return fits ? errc::ok : errc::payload_too_long;
}
[[nodiscard]] constexpr errc check_publish(platform_limits const& l, message const& m) noexcept {
    return check_publish(l, m, m.payload.size());
}

// Whether the platform takes this subscription; of a shared one give the filter alone (split_shared()). Returns
// bad_qos, bad_filter, topic_too_long.
[[nodiscard]] constexpr errc check_subscription(platform_limits const& l, std::string_view filter,
                                                qos level) noexcept {
    if (number(level) > number(l.highest_qos)) return errc::bad_qos;
    if (find_filter_fault(filter) != filter_fault::none) return errc::bad_filter;
    auto const e = check_topic(l, filter);
    return e == errc::bad_topic ? errc::bad_filter : e;
}

// Whether the platform takes a CONNECT with these values. Returns bad_keep_alive, bad_will.
[[nodiscard]] constexpr errc check_connection(platform_limits const& l, std::uint16_t keep_alive_s,
                                              will_message const& will = {}) noexcept {
    if (keep_alive_s < l.keep_alive_min_s || keep_alive_s > l.keep_alive_max_s) return errc::bad_keep_alive;
    if (will.topic.empty()) return errc::ok;
    return l.will && check_publish(l, will) == errc::ok ? errc::ok : errc::bad_will;
}

}  // namespace barelink::inline v0
