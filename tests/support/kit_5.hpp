// SPDX-License-Identifier: BSL-1.0
// Packets of 5.0 built by hand, and a rig that speaks it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/session_kit.hpp"

namespace kit {

// What a device of 5.0 has that is not told to leave anything out.
inline constexpr features all_of_5{.v3_1_1 = false, .v5 = true, .chunks = true, .sources = true, .deferred_ack = true,
                                   .aliases_in = true};
inline constexpr features plain_5{.v3_1_1 = false, .v5 = true};

namespace five {

// Properties, to be added up.
constexpr blob byte(unsigned id, unsigned value) { return blob{}.u8(id).u8(value); }
constexpr blob two_bytes(unsigned id, unsigned value) { return blob{}.u8(id).u16(value); }
constexpr blob four_bytes(unsigned id, std::uint32_t value) {
    return blob{}.u8(id).u16(value >> 16).u16(value & 0xFFFF);
}
constexpr blob text(unsigned id, std::string_view value) {
    return blob{}.u8(id).u16(static_cast<unsigned>(value.size())).add(value);
}
constexpr blob pair(std::string_view key, std::string_view value) {
    return text(0x26, key).u16(static_cast<unsigned>(value.size())).add(value);
}

constexpr blob packet(unsigned first, std::string_view body) { return blob{}.u8(first).length(body.size()).add(body); }
constexpr blob with_length(std::string_view with) { return blob{}.length(with.size()).add(with); }

constexpr blob connack(std::string_view with = {}, bool present = false, unsigned code = 0) {
    return packet(0x20, blob{}.u8(present).u8(code) + with_length(with));
}
// PUBACK, PUBREC, PUBREL, PUBCOMP; DISCONNECT with `id` 0.
constexpr blob ack(unsigned first, unsigned id, unsigned reason, std::string_view with = {}) {
    blob body;
    if (id != 0) body.u16(id);
    body.u8(reason);
    return packet(first, with.empty() ? body : body + with_length(with));
}
constexpr blob disconnect(unsigned reason, std::string_view with = {}) { return ack(0xE0, 0, reason, with); }
constexpr blob suback(unsigned id, unsigned code, std::string_view with = {}) {
    return packet(0x90, blob{}.u16(id) + with_length(with).u8(code));
}
constexpr blob unsuback(unsigned id, unsigned code, std::string_view with = {}) {
    return packet(0xB0, blob{}.u16(id) + with_length(with).u8(code));
}
constexpr blob publish(std::string_view topic, std::string_view payload, unsigned level = 0, unsigned id = 0,
                       std::string_view with = {}, unsigned bits = 0) {
    blob body;
    body.u16(static_cast<unsigned>(topic.size())).add(topic);
    if (level != 0) body.u16(id);
    return packet(0x30 | (level << 1) | bits, body + with_length(with).add(payload));
}
constexpr blob subscribe(unsigned id, std::string_view filter, unsigned how, std::string_view with = {}) {
    return packet(0x82, blob{}.u16(id) + with_length(with).u16(static_cast<unsigned>(filter.size())).add(filter)
                                             .u8(how));
}
constexpr blob unsubscribe(unsigned id, std::string_view filter) {
    return packet(0xA2, blob{}.u16(id).u8(0).u16(static_cast<unsigned>(filter.size())).add(filter));
}

}  // namespace five

template <features F = all_of_5, sizes Z = sizes{}>
struct rig_5 : rig<F, Z> {
    options_5 more{};

    constexpr explicit rig_5(std::uint32_t start = 1000) : rig<F, Z>{start} {
        this->o.protocol = version::v5;
        this->s.announce(more);
    }
    // On line with what the Server grants, CONNECT written and the event taken.
    constexpr bool online(std::string_view grants = {}, bool present = false) {
        if (this->begin() != errc::ok) return false;
        this->drop_output();
        if (!this->give(five::connack(grants, present))) return false;
        auto const e = this->s.next_event();
        return e.type == event_type::connected && e.session_present == present;
    }
    constexpr bool again(bool present, std::string_view grants = {}) {
        this->s.end();
        return online(grants, present);
    }
    // Whether these bytes end in this fault, and in a DISCONNECT with this reason; 0: in none.
    bool ends(std::string_view bytes, errc fault, unsigned reason) {
        this->hears(bytes);
        auto const told = this->s.last_words();
        std::string const words{told.data(), told.size()};
        auto const expected = reason == 0 ? std::string{} : std::string{five::disconnect(reason)};
        return this->s.fault() == fault && words == expected && this->output().empty();
    }
};

}  // namespace kit
