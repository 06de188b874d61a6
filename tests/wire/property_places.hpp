// SPDX-License-Identifier: BSL-1.0
// Table 2-4 of the standard once more, in another form than the library's: each property with a valid value as bytes,
// and a word of letters for the packets that allow it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wire_tests {

// A letter for each place, in the order of property_place: Will, connect, connacK, publish of the sErver, pubAck,
// pubreC, pubreL, pubcoMp, Subscribe, suBack, Unsubscribe, unsubacK, Publish of the client, disconnect of the serVer,
// Disconnect of the client, auth.
inline constexpr std::string_view place_letters = "wckeACLMSBUXPVDa";

struct standard_property {
    std::uint8_t     id = 0;
    std::string_view places = {};
    std::string_view value = {};

    constexpr bool stands_in(unsigned place) const {
        return places.find(place_letters[place]) != std::string_view::npos;
    }
};

template <std::size_t N>
constexpr std::string_view raw(char const (&text)[N]) {
    return {text, N - 1};
}

inline constexpr standard_property standard_properties[] = {
    {0x01, "wPe", raw("\x01")},
    {0x02, "wPe", raw("\x00\x00\x0E\x10")},
    {0x03, "wPe", raw("\x00\x04json")},
    {0x08, "wPe", raw("\x00\x03r/1")},
    {0x09, "wPe", raw("\x00\x03\x00\xFF\x01")},
    {0x0B, "eS", raw("\x80\x01")},
    {0x11, "ckD", raw("\xFF\xFF\xFF\xFF")},
    {0x12, "k", raw("\x00\x02id")},
    {0x13, "k", raw("\x00\x00")},
    {0x15, "cka", raw("\x00\x05PLAIN")},
    {0x16, "cka", raw("\x00\x02\x00\x80")},
    {0x17, "c", raw("\x00")},
    {0x18, "w", raw("\x00\x00\x00\x05")},
    {0x19, "c", raw("\x01")},
    {0x1A, "k", raw("\x00\x01/")},
    {0x1C, "kV", raw("\x00\x06other1")},
    {0x1F, "kACLMBXVDa", raw("\x00\x03why")},
    {0x21, "ck", raw("\x00\x01")},
    {0x22, "ck", raw("\x00\x00")},
    {0x23, "Pe", raw("\x01\x00")},
    {0x24, "k", raw("\x01")},
    {0x25, "k", raw("\x00")},
    {0x26, "wckeACLMSBUXPVDa", raw("\x00\x03key\x00\x05value")},
    {0x27, "ck", raw("\x00\x01\x00\x00")},
    {0x28, "k", raw("\x00")},
    {0x29, "k", raw("\x01")},
    {0x2A, "k", raw("\x00")},
};

}  // namespace wire_tests
