// SPDX-License-Identifier: BSL-1.0
// Each property in each whole packet of 5.0: taken where table 2-4 lets it stand, refused everywhere else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "v5_recode.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

// A packet without properties: what stands before and behind the length of its properties.
struct frame {
    unsigned place;  // see place_letters
    unsigned first;
    std::string_view front;
    std::string_view back;
    sender from;
};

constexpr frame frames[] = {
    {0, 0x10, raw("\0\4MQTT\5\x06\0\x3C\0\0\0"), raw("\0\1w\0\0"), sender::client},
    {1, 0x10, raw("\0\4MQTT\5\2\0\x3C"), raw("\0\0"), sender::client},
    {2, 0x20, raw("\0\0"), {}, sender::server},
    {3, 0x30, raw("\0\1t"), {}, sender::server},
    {4, 0x40, raw("\0\1\0"), {}, sender::client},
    {5, 0x50, raw("\0\1\0"), {}, sender::client},
    {6, 0x62, raw("\0\1\0"), {}, sender::server},
    {7, 0x70, raw("\0\1\0"), {}, sender::server},
    {8, 0x82, raw("\0\1"), raw("\0\1a\0"), sender::client},
    {9, 0x90, raw("\0\1"), raw("\0"), sender::server},
    {10, 0xA2, raw("\0\1"), raw("\0\1a"), sender::client},
    {11, 0xB0, raw("\0\1"), raw("\0"), sender::server},
    {12, 0x30, raw("\0\1t"), {}, sender::client},
    {13, 0xE0, raw("\x80"), {}, sender::server},
    {14, 0xE0, raw("\0"), {}, sender::client},
    {15, 0xF0, raw("\x18"), {}, sender::client},
};

errc verdict(frame const& f, std::string const& with) {
    std::string body{f.front};
    body += static_cast<char>(with.size());
    body += with;
    body += f.back;
    std::string packet(1, static_cast<char>(f.first));
    packet += static_cast<char>(body.size());
    auto const got = recode_v5(packet += body, f.from);
    if (got.error == errc::ok) {
        CHECK(got.lawful);
        CHECK(got.bytes == packet);
    }
    return got.error;
}

std::string encoded(standard_property const& s) { return std::string(1, static_cast<char>(s.id)) += s.value; }

// What AUTH, and authentication data, cannot be without.
std::string method_for(frame const& f, standard_property const& s) {
    bool const needed = s.id != 0x15 && (f.place == 15 || (s.id == 0x16 && (f.place == 1 || f.place == 2)));
    return needed ? std::string{raw("\x15\0\1M")} : std::string{};
}

}  // namespace

TEST_CASE("each packet takes the properties of the standard and refuses the others",
          "[wire][v5][properties][MQTT5-2.2.2.2]") {
    unsigned taken = 0;
    for (auto const& f : frames) {
        for (auto const& s : standard_properties) {
            CAPTURE(f.place, s.id);
            auto const got = verdict(f, method_for(f, s) + encoded(s));
            CHECK(got == (s.stands_in(f.place) ? errc::ok : errc::malformed_packet));
            taken += got == errc::ok ? 1U : 0U;
        }
    }
    unsigned expected = 0;
    for (auto const& s : standard_properties) expected += static_cast<unsigned>(s.places.size());
    CHECK(taken == expected);
}

TEST_CASE("each packet refuses a property that is there twice and may not be",
          "[wire][v5][properties][MQTT5-2.2.2.2]") {
    for (auto const& f : frames) {
        for (auto const& s : standard_properties) {
            if (!s.stands_in(f.place)) continue;
            CAPTURE(f.place, s.id);
            bool const many = s.id == 0x26 || (s.id == 0x0B && f.place == 3);
            auto const got = verdict(f, method_for(f, s) + encoded(s) + encoded(s));
            CHECK(got == (many ? errc::ok : errc::protocol_error));
        }
    }
}

TEST_CASE("each packet refuses properties that are cut off", "[wire][v5][properties][truncation]") {
    for (auto const& f : frames) {
        for (auto const& s : standard_properties) {
            if (!s.stands_in(f.place)) continue;
            auto const method = method_for(f, s);
            auto const whole = encoded(s);
            for (std::size_t n = 1; n < whole.size(); ++n) {
                CAPTURE(f.place, s.id, n);
                CHECK(verdict(f, method + whole.substr(0, n)) == errc::malformed_packet);
            }
        }
    }
}

TEST_CASE("each packet takes no properties at all, but for AUTH", "[wire][v5][properties][MQTT5-2.2.2-1]") {
    for (auto const& f : frames) {
        CAPTURE(f.place);
        bool const ack = f.place >= 4 && f.place <= 7;
        if (ack || f.place == 13 || f.place == 14) continue;  // written in their short form
        CHECK(verdict(f, {}) == (f.place == 15 ? errc::protocol_error : errc::ok));
    }
}
