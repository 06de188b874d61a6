// SPDX-License-Identifier: BSL-1.0
// What a script waits for. A member that is not set is not looked at.
//
//   expected::connect{.client_id = "pump", .clean_session = true}
//   expected::publish{.topic = "plant/7", .id = 1, .dup = true}
//   expected::subscribe{.filter = "plant/#"}
//   expected::ack{packet_type::puback, 7}
//   expected::publish{.id = 1, .with = {{property_id::topic_alias, 3U}}}
//   expected::disconnect{.reason = reason_code::protocol_error}
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
#include <barelink/wire/v5/ack.hpp>
#include <barelink/wire/v5/connect.hpp>
#include <barelink/wire/v5/disconnect.hpp>
#include <barelink/wire/v5/publish.hpp>
#include <barelink/wire/v5/subscribe.hpp>

namespace barelink::inline v0::testing {

namespace expected {

// A value that may be left open.
class maybe {
public:
    constexpr maybe() noexcept = default;
    constexpr maybe(bool value) noexcept : value_{value ? 1 : 0} {}
    constexpr maybe(int value) noexcept : value_{value} {}
    constexpr maybe(qos value) noexcept : value_{number(value)} {}
    constexpr maybe(version value) noexcept : value_{static_cast<int>(value)} {}
    constexpr maybe(reason_code value) noexcept : value_{static_cast<int>(value)} {}
    constexpr maybe(retain_handling value) noexcept : value_{static_cast<int>(value)} {}
    [[nodiscard]] constexpr bool set() const noexcept { return value_ >= 0; }
    [[nodiscard]] constexpr std::uint32_t value() const noexcept { return static_cast<std::uint32_t>(value_); }
    [[nodiscard]] constexpr bool allows(std::uint32_t v) const noexcept { return !set() || value() == v; }

private:
    std::int32_t value_ = -1;
};

// Properties of 5.0 that must be there, each as it is; others may be there too.
inline constexpr std::size_t properties_max = 4;

// Texts without data (nullptr) are not set. Lifetime: texts must outlive the script.
struct connect {
    std::string_view client_id                 = {};
    std::string_view user_name                 = {};
    std::string_view password                  = {};
    std::string_view will_topic                = {};
    maybe            clean_session             = {};
    maybe            keep_alive_s              = {};
    maybe            protocol                  = {};
    property         with[properties_max]      = {};
    property         will_with[properties_max] = {};
};
struct publish {
    std::string_view topic                = {};
    std::string_view payload              = {};
    maybe            id                   = {};
    maybe            level                = {};
    maybe            dup                  = {};
    maybe            retain               = {};
    property         with[properties_max] = {};
};
struct subscribe {
    std::string_view filter               = {};  // one of those asked for
    maybe            level                = {};  // of that filter
    maybe            id                   = {};
    maybe            no_local             = {};  // of that filter, as the next two
    maybe            retain_as_published  = {};
    maybe            retained             = {};
    property         with[properties_max] = {};
};
struct unsubscribe {
    std::string_view filter               = {};
    maybe            id                   = {};
    property         with[properties_max] = {};
};
// PUBACK, PUBREC, PUBREL or PUBCOMP.
struct ack {
    packet_type type                 = packet_type::puback;
    maybe       id                   = {};
    maybe       reason               = {};
    property    with[properties_max] = {};
};
struct pingreq {};
struct disconnect {
    maybe    reason               = {};
    property with[properties_max] = {};
};
struct auth {
    maybe    reason               = {};
    property with[properties_max] = {};
};

}  // namespace expected

// Any of them, or a predicate of the user's own, in one value.
class pattern {
public:
    // Gets the packet without its fixed header.
    using predicate = bool (*)(fixed_header const& h, bytes_in body);

    constexpr pattern() noexcept = default;
    constexpr pattern(packet_type type) noexcept : type_{type} {}
    constexpr pattern(predicate own) noexcept : own_{own} {}
    constexpr pattern(expected::connect const& c) noexcept : type_{packet_type::connect}, connect_{c} { take(c.with); }
    constexpr pattern(expected::publish const& p) noexcept : type_{packet_type::publish}, publish_{p} { take(p.with); }
    constexpr pattern(expected::subscribe const& s) noexcept : type_{packet_type::subscribe}, subscribe_{s} {
        take(s.with);
    }
    constexpr pattern(expected::unsubscribe const& u) noexcept
        : type_{packet_type::unsubscribe}, subscribe_{.filter = u.filter, .id = u.id} {
        take(u.with);
    }
    constexpr pattern(expected::ack const& a) noexcept : type_{a.type}, reason_{a.reason}, publish_{.id = a.id} {
        take(a.with);
    }
    constexpr pattern(expected::pingreq) noexcept : type_{packet_type::pingreq} {}
    constexpr pattern(expected::disconnect const& d) noexcept : type_{packet_type::disconnect}, reason_{d.reason} {
        take(d.with);
    }
    constexpr pattern(expected::auth const& a) noexcept : type_{packet_type::auth}, reason_{a.reason} { take(a.with); }

    [[nodiscard]] constexpr packet_type type() const noexcept { return type_; }

    // `v`: of the connection; a CONNECT says its own.
    [[nodiscard]] constexpr bool matches(fixed_header const& h, bytes_in body,
                                         version v = version::v3_1_1) const noexcept {
        if (own_ != nullptr) return own_(h, body);
        if (h.type != type_) return false;
        if (type_ == packet_type::connect) return is_connect(body);
        if (type_ == packet_type::pingreq) return body.empty();
        if (v == version::v5) return matches_v5(h, body);
        if (reason_.set() || !has_all(properties{})) return false;
        switch (type_) {
        case packet_type::publish: {
            auto const p = decode_publish(h.flags, body);
            return p && is_publish(p.value, body);
        }
        case packet_type::subscribe:
        case packet_type::unsubscribe: return has_filter(topic_list{body, type_});
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
        say(line, " protocol level ", connect_.protocol);
        say(line, " client ", connect_.client_id);
        say(line, " user ", connect_.user_name);
        if (connect_.password.data() != nullptr) line << " password " << connect_.password.size() << " bytes";
        say(line, " will ", connect_.will_topic);
        say_wanted(line, connect_.will_with);
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
        say(line, " no local ", subscribe_.no_local);
        say(line, " retain as published ", subscribe_.retain_as_published);
        say(line, " retain handling ", subscribe_.retained);
        if (reason_.set()) line << ' ' << name(static_cast<reason_code>(reason_.value()));
        say_wanted(line, with_);
        return line;
    }

private:
    using wanted = property[expected::properties_max];

    constexpr void take(wanted const& with) noexcept {
        for (std::size_t i = 0; i < expected::properties_max; ++i) with_[i] = with[i];
    }
    [[nodiscard]] static constexpr bool allows(std::string_view want, std::string_view value) noexcept {
        return want.data() == nullptr || want == value;
    }
    static constexpr void say(text_line& line, char const* label, std::string_view value) noexcept {
        if (value.data() != nullptr) (line << label).quoted(value);
    }
    static constexpr void say(text_line& line, char const* label, expected::maybe value) noexcept {
        if (value.set()) line << label << value.value();
    }
    static constexpr void say_wanted(text_line& line, wanted const& with) noexcept {
        std::size_t count = 0;
        while (count != expected::properties_max && with[count].id != property_id::none) ++count;
        say_properties(line, property_list{with, count});
    }
    [[nodiscard]] static constexpr bool has_all(properties const& there, wanted const& with) noexcept {
        for (auto const& w : with) {
            bool found = w.id == property_id::none;
            for (auto const& p : there) found = found || p == w;
            if (!found) return false;
        }
        return true;
    }
    [[nodiscard]] constexpr bool has_all(properties const& there) const noexcept { return has_all(there, with_); }

    [[nodiscard]] constexpr bool matches_v5(fixed_header const& h, bytes_in body) const noexcept {
        switch (type_) {
        case packet_type::publish: {
            auto const p = v5::decode_publish(h.flags, body, sender::client);
            return p && is_publish(p.value, body) && has_all(p.value.with);
        }
        case packet_type::subscribe:
        case packet_type::unsubscribe: {
            v5::topic_list const list{body, type_};
            return has_filter(list) && has_all(list.with());
        }
        case packet_type::disconnect:
        case packet_type::auth: {
            auto const p = v5::decode_reason(type_, body, sender::client);
            return p && has_reason(p.value.reason) && has_all(p.value.with);
        }
        default: {
            auto const a = v5::decode_ack(type_, body);
            return a && publish_.id.allows(a.value.id) && has_reason(a.value.reason) && has_all(a.value.with);
        }
        }
    }
    [[nodiscard]] constexpr bool has_reason(reason_code r) const noexcept {
        return reason_.allows(static_cast<std::uint8_t>(r));
    }
    [[nodiscard]] constexpr bool is_connect(bytes_in body) const noexcept {
        if (version_of(body) == version::v5) {
            auto const c = v5::decode_connect(body);
            return c && is_connect(c.value.packet) && has_all(c.value.with) &&
                   has_all(c.value.will_properties, connect_.will_with);
        }
        auto const c = decode_connect(body);
        return c && is_connect(c.value) && has_all(properties{}) && has_all(properties{}, connect_.will_with);
    }
    [[nodiscard]] constexpr bool is_connect(connect_packet const& c) const noexcept {
        return allows(connect_.client_id, c.client_id) && allows(connect_.user_name, c.user_name) &&
               allows(connect_.password, c.password) && allows(connect_.will_topic, c.will.topic) &&
               connect_.clean_session.allows(c.clean_session ? 1 : 0) &&
               connect_.keep_alive_s.allows(c.keep_alive_s) &&
               connect_.protocol.allows(static_cast<std::uint8_t>(c.protocol));
    }
    template <class Header>
    [[nodiscard]] constexpr bool is_publish(Header const& p, bytes_in body) const noexcept {
        return allows(publish_.topic, p.topic) && publish_.id.allows(p.id) &&
               allows(publish_.payload, text_of(body.subspan(p.size))) && publish_.level.allows(number(p.level)) &&
               publish_.dup.allows(p.dup ? 1 : 0) && publish_.retain.allows(p.retain ? 1 : 0);
    }
    [[nodiscard]] static constexpr v5::topic_request request_of(v5::topic_list const& l) noexcept {
        return l.request();
    }
    [[nodiscard]] static constexpr v5::topic_request request_of(topic_list const& l) noexcept {
        return {.filter = l.filter(), .level = l.level()};
    }
    template <class List>
    [[nodiscard]] constexpr bool has_filter(List list) const noexcept {
        bool found = subscribe_.filter.data() == nullptr;
        while (list.next()) {
            auto const r = request_of(list);
            found = found || (r.filter == subscribe_.filter && subscribe_.level.allows(number(r.level)) &&
                              subscribe_.no_local.allows(r.no_local ? 1 : 0) &&
                              subscribe_.retain_as_published.allows(r.retain_as_published ? 1 : 0) &&
                              subscribe_.retained.allows(static_cast<std::uint8_t>(r.retained)));
        }
        return list.error() == errc::ok && found && subscribe_.id.allows(list.id());
    }

    packet_type         type_      = packet_type::reserved;
    expected::maybe     reason_    = {};
    predicate           own_       = nullptr;
    expected::connect   connect_   = {};
    expected::publish   publish_   = {};
    expected::subscribe subscribe_ = {};
    wanted              with_      = {};
};

}  // namespace barelink::inline v0::testing
