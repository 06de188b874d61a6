// SPDX-License-Identifier: BSL-1.0
// A packet of 5.0 that is cut waits for more; one that claims to be whole and is too short or too long is refused.
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "v5_recode.hpp"
#include "v5_samples.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

errc verdict(std::string_view packet, sender from) {
    std::vector<char> const tight(packet.begin(), packet.end());
    return recode_v5({tight.data(), tight.size()}, from).error;
}

std::string with_body(std::string_view packet, std::string_view body) {
    std::string whole{packet.substr(0, 1)};
    char length[4] = {};
    whole.append(length, write_length(length, static_cast<std::uint32_t>(body.size())));
    return whole += body;
}

std::string_view body_of_sample(v5_sample::entry const& s) {
    auto const header = read_header({s.bytes.data(), s.bytes.size()}, version::v5);
    return s.bytes.substr(header.value.size);
}

packet_type type_of(v5_sample::entry const& s) { return static_cast<packet_type>(octet(s.bytes[0]) >> 4); }

// Sizes at which a shorter body is a packet of its own: less payload, fewer filters or codes, no properties or reason.
// All lengths of properties in the samples are one byte.
std::set<std::size_t> shorter_packets(v5_sample::entry const& s) {
    std::set<std::size_t> sizes;
    auto const body = body_of_sample(s);
    auto const text_end = [&](std::size_t at) { return at + 2 + load_u16(body.data() + at); };
    auto const behind = [&](std::size_t at) { return at + 1 + octet(body[at]); };
    switch (type_of(s)) {
    case packet_type::publish: {
        auto const head = behind(text_end(0) + ((octet(s.bytes[0]) & 0x06) != 0 ? 2 : 0));
        for (auto n = head; n < body.size(); ++n) sizes.insert(n);
        break;
    }
    case packet_type::suback:
    case packet_type::unsuback:
        for (auto n = behind(2) + 1; n < body.size(); ++n) sizes.insert(n);
        break;
    case packet_type::subscribe:
        for (auto n = text_end(behind(2)) + 1; n < body.size(); n = text_end(n) + 1) sizes.insert(n);
        break;
    case packet_type::unsubscribe:
        for (auto n = text_end(behind(2)); n < body.size(); n = text_end(n)) sizes.insert(n);
        break;
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp: sizes = {2, 3}; break;
    case packet_type::disconnect: sizes = {0, 1}; break;
    default: break;
    }
    return sizes;
}

}  // namespace

TEST_CASE("every prefix of a packet of 5.0 waits for more", "[wire][v5][truncation][MQTT5-2.1.4]") {
    for (auto const& s : v5_sample::all) {
        for (std::size_t n = 0; n < s.bytes.size(); ++n) {
            CAPTURE(s.name, n);
            CHECK(verdict(s.bytes.substr(0, n), s.from) == errc::would_block);
        }
        CAPTURE(s.name);
        CHECK(verdict(s.bytes, s.from) == errc::ok);
    }
}

TEST_CASE("every body of 5.0 that is cut short is refused where it is not a packet of its own",
          "[wire][v5][truncation][MQTT5-4.13.1]") {
    for (auto const& s : v5_sample::all) {
        auto const body = body_of_sample(s);
        auto const shorter = shorter_packets(s);
        for (std::size_t n = 0; n < body.size(); ++n) {
            CAPTURE(s.name, n);
            auto const got = verdict(with_body(s.bytes, body.substr(0, n)), s.from);
            if (shorter.count(n) != 0) {
                CHECK(got == errc::ok);
                continue;
            }
            // Without filters or codes it can be parsed, but may not be; an AUTH of the client always has a method.
            bool const parsed = (type_of(s) >= packet_type::subscribe && type_of(s) <= packet_type::unsuback &&
                                 n == 3U + octet(body[2])) || (type_of(s) == packet_type::auth && n == 0);
            CHECK(got == (parsed ? errc::protocol_error : errc::malformed_packet));
        }
    }
}

TEST_CASE("a byte behind the last field of a packet of 5.0 is refused", "[wire][v5][truncation][MQTT5-4.13.1]") {
    for (auto const& s : v5_sample::all) {
        auto const type = type_of(s);
        auto const body = body_of_sample(s);
        bool const codes = type == packet_type::suback || type == packet_type::unsuback;
        // Where reason code or properties are left out the byte is taken for them.
        bool const ack = type >= packet_type::puback && type <= packet_type::pubcomp;
        bool const open = ack ? body.size() < 4 : (type == packet_type::disconnect || type == packet_type::auth) &&
                                                      body.size() < 2;
        if (type == packet_type::publish || codes || open) continue;
        for (unsigned byte = 0; byte < 256; ++byte) {
            CAPTURE(s.name, byte);
            auto const longer = with_body(s.bytes, std::string{body} + static_cast<char>(byte));
            CHECK(verdict(longer, s.from) == errc::malformed_packet);
        }
    }
}

TEST_CASE("a byte behind the packet of 5.0 belongs to the next one", "[wire][v5][truncation][MQTT5-2.1.4]") {
    for (auto const& s : v5_sample::all) {
        CAPTURE(s.name);
        CHECK(verdict(std::string{s.bytes} + '\xFF', s.from) == errc::ok);
    }
}

TEST_CASE("a length inside a packet of 5.0 can't reach beyond it", "[wire][v5][truncation][MQTT5-1.5.4]") {
    for (auto const& s : v5_sample::all) {
        auto const body = body_of_sample(s);
        for (std::size_t at = 0; at < body.size(); ++at) {
            for (auto const bytes : {std::string_view{"\xFF\xFF", 2}, std::string_view{"\x7F", 1},
                                     std::string_view{"\xFF\xFF\xFF\x7F", 4}}) {
                if (at + bytes.size() > body.size()) continue;
                std::string damaged{body};
                damaged.replace(at, bytes.size(), bytes);
                CAPTURE(s.name, at);
                auto const got = verdict(with_body(s.bytes, damaged), s.from);
                CHECK((got == errc::ok || culprit_of(got) == culprit::peer));
            }
        }
    }
}

TEST_CASE("flags that a type does not have are malformed", "[wire][v5][header][MQTT5-2.1.3-1][MQTT5-3.15.1-1]") {
    for (auto const& s : v5_sample::all) {
        if (type_of(s) == packet_type::publish) continue;
        for (unsigned flags = 0; flags < 16; ++flags) {
            std::string packet{s.bytes};
            packet[0] = static_cast<char>((octet(packet[0]) & 0xF0) | flags);
            CAPTURE(s.name, flags);
            bool const right = flags == (octet(s.bytes[0]) & 0x0FU);
            CHECK(verdict(packet, s.from) == (right ? errc::ok : errc::malformed_packet));
        }
    }
    CHECK(verdict(std::string_view{"\x00\x00", 2}, sender::server) == errc::malformed_packet);
}
