// SPDX-License-Identifier: BSL-1.0
// Properties of 5.0 as text.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/testing/fixed.hpp>
#include <barelink/wire/properties.hpp>
#include <barelink/wire/text.hpp>

namespace barelink::inline v0::testing {

using text_line = fixed_text<400>;

// `topic_alias 3`, `content_type "text/plain"`, `user_property "a"="b"`, `correlation_data 0AFF`. Authentication data
// is counted, not shown.
constexpr void say_property(text_line& line, property const& p) noexcept {
    auto const* const rule = find_property_rule(static_cast<std::uint8_t>(p.id), 0xFFFF);
    line << name(p.id) << ' ';
    if (rule == nullptr) return;
    if (p.id == property_id::authentication_data) {
        line << p.text.size() << " bytes";
    } else if (p.id == property_id::user_property) {
        (line.quoted(p.text) << '=').quoted(p.value);
    } else if (rule->kind == property_kind::data) {
        line.hex(p.text);
    } else if (has(rule->kind, property_part::text)) {
        line.quoted(p.text);
    } else {
        line << p.number;
    }
}

// ` {receive_maximum 10, user_property "a"="b"}`, in the order of the packet; nothing if there are none.
// `Properties`: properties, or a property_list.
template <class Properties>
constexpr void say_properties(text_line& line, Properties const& with) noexcept {
    bool first = true;
    for (auto const& p : with) {
        line << (first ? " {" : ", ");
        first = false;
        say_property(line, p);
    }
    if (!first) line << '}';
}

}  // namespace barelink::inline v0::testing
