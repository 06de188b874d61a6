// SPDX-License-Identifier: BSL-1.0
// What a script waits for. A member that is not set is not looked at.
//
//   expected::connect{.client_id = "pump", .clean_session = true}
//   expected::publish{.topic = "plant/7", .id = 1, .dup = true}
//   expected::subscribe{.filter = "plant/#"}
//   expected::ack{packet_type::puback, 7}
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/testing/packet_words.hpp>
#include <barelink/wire/ack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/header.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/subscribe.hpp>

namespace barelink::inline v0::testing {

namespace expected {

// A value that may be left open.
class maybe {
public:
    constexpr maybe() noexcept = default;
    constexpr maybe(bool value) noexcept : value_{value ? 1 : 0} {}
    constexpr maybe(int value) noexcept : value_{value} {}
    constexpr maybe(qos value) noexcept : value_{number(value)} {}
    [[nodiscard]] constexpr bool set() const noexcept { return value_ >= 0; }
    [[nodiscard]] constexpr std::uint32_t value() const noexcept { return static_cast<std::uint32_t>(value_); }
    [[nodiscard]] constexpr bool allows(std::uint32_t v) const noexcept { return !set() || value() == v; }

private:
    std::int32_t value_ = -1;
};

// Texts without data (nullptr) are not set. Lifetime: texts must outlive the script.
struct connect {
    std::string_view client_id     = {};
    std::string_view user_name     = {};
    std::string_view password      = {};
    std::string_view will_topic    = {};
    maybe            clean_session = {};
    maybe            keep_alive_s  = {};
};
struct publish {
    std::string_view topic   = {};
    std::string_view payload = {};
    maybe            id      = {};
    maybe            level   = {};
    maybe            dup     = {};
    maybe            retain  = {};
};
struct subscribe {
    std::string_view filter = {};  // one of those asked for
    maybe            level  = {};  // of that filter
    maybe            id     = {};
};
struct unsubscribe {
    std::string_view filter = {};
    maybe            id     = {};
};
// PUBACK, PUBREC, PUBREL or PUBCOMP.
struct ack {
    packet_type type = packet_type::puback;
    maybe       id   = {};
};
struct pingreq {};
struct disconnect {};

}  // namespace expected

// Any of them, or a predicate of the user's own, in one value.
class pattern {
public:
    // Gets the packet without its fixed header.
    using predicate = bool (*)(fixed_header const& h, bytes_in body);

    constexpr pattern() noexcept = default;
    constexpr pattern(packet_type type) noexcept : type_{type} {}
    constexpr pattern(predicate own) noexcept : own_{own} {}
    constexpr pattern(expected::connect const& c) noexcept : type_{packet_type::connect}, connect_{c} {}
    constexpr pattern(expected::publish const& p) noexcept : type_{packet_type::publish}, publish_{p} {}
    constexpr pattern(expected::subscribe const& s) noexcept : type_{packet_type::subscribe}, subscribe_{s} {}
    constexpr pattern(expected::unsubscribe const& u) noexcept
        : type_{packet_type::unsubscribe}, subscribe_{.filter = u.filter, .id = u.id} {}
    constexpr pattern(expected::ack const& a) noexcept : type_{a.type}, publish_{.id = a.id} {}
    constexpr pattern(expected::pingreq) noexcept : type_{packet_type::pingreq} {}
    constexpr pattern(expected::disconnect) noexcept : type_{packet_type::disconnect} {}

    [[nodiscard]] constexpr packet_type type() const noexcept { return type_; }

    [[nodiscard]] constexpr bool matches(fixed_header const& h, bytes_in body) const noexcept {
        if (own_ != nullptr) return own_(h, body);
        if (h.type != type_) return false;
        switch (type_) {
        case packet_type::connect: return is_connect(body);
        case packet_type::publish: return is_publish(h, body);
        case packet_type::subscribe:
        case packet_type::unsubscribe: return has_filter(body);
        case packet_type::pingreq:
        case packet_type::disconnect: return body.empty();
        default: {
            auto const id = decode_ack(body);
            return id && publish_.id.allows(id.value);
        }
        }
    }

    // `PUBLISH id 1 dup "plant/7"`: what is asked for.
    [[nodiscard]] constexpr text_line text() const noexcept {
        text_line line;
        if (own_ != nullptr) return line << "a packet of your own predicate";
        line << words(type_);
        say(line, " client ", connect_.client_id);
        say(line, " user ", connect_.user_name);
        if (connect_.password.data() != nullptr) line << " password " << connect_.password.size() << " bytes";
        say(line, " will ", connect_.will_topic);
        say(line, " clean session ", connect_.clean_session);
        say(line, " keep alive ", connect_.keep_alive_s);
        say(line, " id ", publish_.id);
        say(line, " id ", subscribe_.id);
        say(line, " qos ", publish_.level);
        say(line, " dup ", publish_.dup);
        say(line, " retain ", publish_.retain);
        say(line, " ", publish_.topic);
        if (publish_.payload.data() != nullptr) line << ' ' << publish_.payload.size() << " bytes of its own content";
        say(line, " ", subscribe_.filter);
        say(line, " qos ", subscribe_.level);
        return line;
    }

private:
    [[nodiscard]] static constexpr bool allows(std::string_view wanted, std::string_view value) noexcept {
        return wanted.data() == nullptr || wanted == value;
    }
    static constexpr void say(text_line& line, char const* label, std::string_view value) noexcept {
        if (value.data() != nullptr) (line << label).quoted(value);
    }
    static constexpr void say(text_line& line, char const* label, expected::maybe value) noexcept {
        if (value.set()) line << label << value.value();
    }

    [[nodiscard]] constexpr bool is_connect(bytes_in body) const noexcept {
        auto const c = decode_connect(body);
        return c && allows(connect_.client_id, c.value.client_id) && allows(connect_.user_name, c.value.user_name) &&
               allows(connect_.password, c.value.password) && allows(connect_.will_topic, c.value.will.topic) &&
               connect_.clean_session.allows(c.value.clean_session ? 1 : 0) &&
               connect_.keep_alive_s.allows(c.value.keep_alive_s);
    }
    [[nodiscard]] constexpr bool is_publish(fixed_header const& h, bytes_in body) const noexcept {
        auto const p = decode_publish(h.flags, body);
        return p && allows(publish_.topic, p.value.topic) && publish_.id.allows(p.value.id) &&
               allows(publish_.payload, text_of(body.subspan(p.value.size))) &&
               publish_.level.allows(number(p.value.level)) && publish_.dup.allows(p.value.dup ? 1 : 0) &&
               publish_.retain.allows(p.value.retain ? 1 : 0);
    }
    [[nodiscard]] constexpr bool has_filter(bytes_in body) const noexcept {
        topic_list list{body, type_};
        bool       found = subscribe_.filter.data() == nullptr;
        while (list.next()) {
            found = found || (list.filter() == subscribe_.filter && subscribe_.level.allows(number(list.level())));
        }
        return list.error() == errc::ok && found && subscribe_.id.allows(list.id());
    }

    packet_type         type_      = packet_type::reserved;
    predicate           own_       = nullptr;
    expected::connect   connect_   = {};
    expected::publish   publish_   = {};
    expected::subscribe subscribe_ = {};
};

}  // namespace barelink::inline v0::testing
