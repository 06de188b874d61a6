// SPDX-License-Identifier: BSL-1.0
// The properties of one packet of 5.0 [2.2.2]: read where they lie, written behind their length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/config.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/base/utf8.hpp>
#include <barelink/wire/length.hpp>
#include <barelink/wire/property.hpp>
#include <barelink/wire/property_rules.hpp>
#include <barelink/wire/reader.hpp>
#include <barelink/wire/writer.hpp>

namespace barelink::inline v0 {

namespace detail {
// A variable byte integer [1.5.5]; the reader has failed after one that is none.
BARELINK_NOINLINE constexpr std::uint32_t take_length(reader& r) noexcept {
    auto       ahead = r;
    auto const field = ahead.rest();
    auto const found = read_length({field.data(), field.size()});
    r.take(found ? found.value.size : r.left() + 1);
    return found ? found.value.value : 0;
}

BARELINK_NOINLINE constexpr void put_length(writer& w, std::uint32_t value) noexcept {
    char        field[5] = {};
    auto* const end      = write_length(field, value);
    w.bytes({field, static_cast<std::size_t>(end - field)});
}

[[nodiscard]] constexpr std::uint8_t number_size(property_kind kind) noexcept {
    return static_cast<std::uint8_t>(kind) & property_part::number;
}

// The next property; its id is none at the end, where one is cut off, and where an identifier is unknown.
BARELINK_NOINLINE constexpr property take_property(reader& r) noexcept {
    property          p{};
    auto const        id   = r.u8();
    auto const* const rule = find_property_rule(id, 0xFFFF);
    if (rule == nullptr) return p;
    p.id = rule->id;
    if (auto const size = number_size(rule->kind); size == property_part::varying) {
        p.number = take_length(r);
    } else {
        for (std::uint8_t i = 0; i < size; ++i) p.number = (p.number << 8) | r.u8();
    }
    if (has(rule->kind, property_part::text)) p.text = r.text();
    if (has(rule->kind, property_part::second_text)) p.value = r.text();
    if (r.failed()) p.id = property_id::none;
    return p;
}

BARELINK_NOINLINE constexpr void put_property(writer& w, property const& p) noexcept {
    auto const* const rule = find_property_rule(static_cast<std::uint8_t>(p.id), 0xFFFF);
    if (rule == nullptr) return;
    w.u8(static_cast<std::uint8_t>(p.id));
    if (auto const size = number_size(rule->kind); size == property_part::varying) {
        put_length(w, p.number);
    } else {
        for (unsigned i = size; i != 0; --i) w.u8(static_cast<std::uint8_t>(p.number >> (8 * (i - 1))));
    }
    if (has(rule->kind, property_part::text)) w.text(p.text);
    if (has(rule->kind, property_part::second_text)) w.text(p.value);
}

// What a value of this kind may not be; sizes only bind what was not read from a packet.
BARELINK_NOINLINE constexpr errc check_value(property const& p, property_kind kind) noexcept {
    constexpr std::size_t text_max = 0xFFFF;
    if (p.text.size() > text_max || p.value.size() > text_max) return errc::malformed_packet;
    if (auto const size = number_size(kind); size != 0) {
        std::uint32_t const most = size == 1 ? 1U : size == 2 ? 0xFFFFU : size == 4 ? ~0U : remaining_length_max;
        if (p.number <= most && (p.number != 0 || !has(kind, property_part::positive))) return errc::ok;
        return p.id == property_id::topic_alias ? errc::topic_alias_invalid : errc::protocol_error;
    }
    if (!has(kind, property_part::utf8)) return errc::ok;
    auto const found = utf8_scan(p.text);
    if (((found | utf8_scan(p.value)) & utf8_ill_formed) != 0) return errc::invalid_utf8;
    bool const topic = has(kind, property_part::positive);
    return topic && (found != 0 || p.text.empty()) ? errc::invalid_topic : errc::ok;
}

static_assert(sizeof(property_rules.rows) / sizeof(property_rule) <= 32);

// A bit for each row of the table.
[[nodiscard]] constexpr std::uint32_t bit_of(property_rule const* rule) noexcept {
    return 1U << (rule - property_rules.rows);
}
[[nodiscard]] consteval std::uint32_t bit_of(property_id id) noexcept {
    return bit_of(find_property_rule(static_cast<std::uint8_t>(id), 0xFFFF));
}

// Looks at the properties of one place, one behind the other, and at the end at what they are together.
class property_check {
public:
    constexpr explicit property_check(property_place where) noexcept : places_{places(where)} {}

    constexpr errc add(property const& p) noexcept {
        auto const* const rule = find_property_rule(static_cast<std::uint8_t>(p.id), places_);
        if (rule == nullptr) return errc::malformed_packet;
        auto const bit = bit_of(rule);
        if ((seen_ & bit) != 0 && !may_repeat(rule->kind)) return errc::protocol_error;
        seen_ |= bit;
        return check_value(p, rule->kind);
    }
    // Authentication data needs a method [3.1.2.11.10], and AUTH always has one [3.15.2.2.2].
    [[nodiscard]] constexpr errc finish() const noexcept {
        constexpr auto method = bit_of(property_id::authentication_method);
        constexpr auto data   = bit_of(property_id::authentication_data);
        bool const     needed = (seen_ & data) != 0 || places_ == places(property_place::auth);
        return needed && (seen_ & method) == 0 ? errc::protocol_error : errc::ok;
    }

private:
    std::uint32_t seen_ = 0;
    std::uint16_t places_;
};
}  // namespace detail

// Properties of a received packet. Reading walks over them; for several of them loop once instead of asking often:
//   for (auto const& p : packet.properties) { if (p.id == property_id::reason_string) log(p.text); }
// Lifetime: a view of the packet, as all texts that it gives.
class properties {
public:
    // None.
    constexpr properties() noexcept = default;
    // Requires: bytes that check_properties() has accepted; behind a property that is none nothing is found.
    constexpr explicit properties(bytes_in encoded) noexcept
        : at_{encoded.data()}, size_{encoded.size()} {}

    // As they stand in the packet, without the length in front.
    [[nodiscard]] constexpr bytes_in encoded() const noexcept { return {at_, size_}; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    // The first one with this id, or one with the id `none`. Work: their bytes.
    [[nodiscard]] BARELINK_NOINLINE constexpr property find(property_id id) const noexcept {
        property p{};
        reader   r{encoded()};
        do {
            p = detail::take_property(r);
        } while (p.id != id && p.id != property_id::none);
        return p;
    }
    [[nodiscard]] constexpr bool has(property_id id) const noexcept { return find(id).id != property_id::none; }
    [[nodiscard]] constexpr std::uint32_t number(property_id id, std::uint32_t fallback = 0) const noexcept {
        auto const p = find(id);
        return p.id == property_id::none ? fallback : p.number;
    }
    // Empty also if there is none.
    [[nodiscard]] constexpr std::string_view text(property_id id) const noexcept { return find(id).text; }

    struct end_mark {};
    class iterator {
    public:
        constexpr explicit iterator(bytes_in encoded) noexcept : rest_{encoded} { ++*this; }
        constexpr property const& operator*() const noexcept { return now_; }
        constexpr property const* operator->() const noexcept { return &now_; }
        constexpr iterator& operator++() noexcept {
            now_ = detail::take_property(rest_);
            return *this;
        }
        friend constexpr bool operator==(iterator const& i, end_mark) noexcept {
            return i.now_.id == property_id::none;
        }

    private:
        reader   rest_;
        property now_ = {};
    };
    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator{encoded()}; }
    [[nodiscard]] constexpr end_mark end() const noexcept { return {}; }

private:
    char const*   at_   = nullptr;
    std::size_t   size_ = 0;
};

// What is wrong with received properties (without the length in front): malformed_packet for one that is cut off,
// unknown, or not allowed there [2.2.2.2]; protocol_error for one that is there twice, or a value out of its range;
// topic_alias_invalid for alias 0 [3.3.4]; invalid_utf8 [MQTT-1.5.4-1, -2, MQTT-1.5.7-1]; invalid_topic for a response
// topic that is no topic name [MQTT-3.3.2-14]. Work: their bytes.
[[nodiscard]] BARELINK_NOINLINE constexpr errc check_properties(bytes_in encoded, property_place where) noexcept {
    detail::property_check check{where};
    reader                 r{encoded};
    while (r.left() != 0) {
        if (auto const e = check.add(detail::take_property(r)); e != errc::ok) return e;
    }
    return r.failed() ? errc::malformed_packet : check.finish();
}

// Says before anything is sent whether properties may stand there: ok or bad_property.
[[nodiscard]] BARELINK_NOINLINE constexpr errc check_properties(property_lists lists, property_place where) noexcept {
    detail::property_check check{where};
    bool                   good = true;
    for (auto const& p : lists.first) good = good && check.add(p) == errc::ok;
    for (auto const& p : lists.more) good = good && check.add(p) == errc::ok;
    return good && check.finish() == errc::ok ? errc::ok : errc::bad_property;
}
[[nodiscard]] constexpr errc check_properties(property_list list, property_place where) noexcept {
    return check_properties(property_lists{list, {}}, where);
}

[[nodiscard]] constexpr bool has(property_list list, property_id id) noexcept {
    for (auto const& p : list) {
        if (p.id == id) return true;
    }
    return false;
}

namespace detail {
BARELINK_NOINLINE constexpr void put_each(writer& w, property_lists const& lists) noexcept {
    for (auto const& p : lists.first) put_property(w, p);
    for (auto const& p : lists.more) put_property(w, p);
}
}  // namespace detail

// Writes properties behind their length, which is there also if it is 0 [MQTT-2.2.2-1].
// Requires: check_properties(...) is ok.
BARELINK_NOINLINE constexpr void write_properties(writer& w, property_lists const& lists) noexcept {
    writer count;
    detail::put_each(count, lists);
    detail::put_length(w, static_cast<std::uint32_t>(count.size()));
    detail::put_each(w, lists);
}
constexpr void write_properties(writer& w, property_list list) noexcept {
    write_properties(w, property_lists{list, {}});
}
// Those of another packet, as they are.
constexpr void write_properties(writer& w, properties const& p) noexcept {
    detail::put_length(w, static_cast<std::uint32_t>(p.encoded().size()));
    w.bytes(text_of(p.encoded()));
}

// What write_properties() writes, the length in front included.
template <class Properties>
[[nodiscard]] constexpr std::size_t properties_size(Properties const& p) noexcept {
    writer count;
    write_properties(count, p);
    return count.size();
}

// Reads properties behind their length and checks them. Returns what check_properties() does.
[[nodiscard]] BARELINK_NOINLINE constexpr errc take_properties(reader& r, property_place where,
                                                               properties& to) noexcept {
    auto const      size  = detail::take_length(r);
    auto const      field = r.take(size);
    bytes_in const  encoded{field.data(), field.size()};
    if (r.failed()) return errc::malformed_packet;
    to = properties{encoded};
    return check_properties(encoded, where);
}

}  // namespace barelink::inline v0
