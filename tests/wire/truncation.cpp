// SPDX-License-Identifier: BSL-1.0
// A packet that is cut waits for more; one that claims to be whole and is too short or too long is refused.
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "recode.hpp"
#include "samples.hpp"
#include "support/catch.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

// A copy that ends where the packet does, so the sanitizer sees the first byte read beyond it.
errc verdict(std::string_view packet, version v) {
    std::vector<char> const tight(packet.begin(), packet.end());
    return recode({tight.data(), tight.size()}, v).error;
}

std::string with_body(std::string_view packet, std::string_view body) {
    std::string whole{packet.substr(0, 1)};
    char length[4] = {};
    whole.append(length, write_length(length, static_cast<std::uint32_t>(body.size())));
    return whole += body;
}

std::string_view body_of_sample(sample::entry const& s) {
    auto const header = read_header({s.bytes.data(), s.bytes.size()}, s.protocol);
    return s.bytes.substr(header.value.size);
}

packet_type type_of(sample::entry const& s) { return static_cast<packet_type>(octet(s.bytes[0]) >> 4); }

// Sizes at which a shorter body is a packet of its own: a PUBLISH with less payload, fewer filters, fewer codes.
std::set<std::size_t> shorter_packets(sample::entry const& s) {
    std::set<std::size_t> sizes;
    auto const body = body_of_sample(s);
    auto const text_end = [&](std::size_t at) { return at + 2 + load_u16(body.data() + at); };
    switch (type_of(s)) {
    case packet_type::publish: {
        auto const header = text_end(0) + ((octet(s.bytes[0]) & 0x06) != 0 ? 2 : 0);
        for (auto n = header; n < body.size(); ++n) sizes.insert(n);
        break;
    }
    case packet_type::suback:
        for (std::size_t n = 3; n < body.size(); ++n) sizes.insert(n);
        break;
    case packet_type::subscribe:
        for (auto n = text_end(2) + 1; n < body.size(); n = text_end(n) + 1) sizes.insert(n);
        break;
    case packet_type::unsubscribe:
        for (auto n = text_end(2); n < body.size(); n = text_end(n)) sizes.insert(n);
        break;
    default: break;
    }
    return sizes;
}

}  // namespace

TEST_CASE("every prefix of a packet waits for more", "[wire][truncation][2.2.3]") {
    for (auto const& s : sample::all) {
        for (std::size_t n = 0; n < s.bytes.size(); ++n) {
            CAPTURE(s.name, n);
            CHECK(verdict(s.bytes.substr(0, n), s.protocol) == errc::would_block);
        }
        CHECK(verdict(s.bytes, s.protocol) == errc::ok);
    }
}

TEST_CASE("every body that is cut short is refused where it is not a packet of its own",
          "[wire][truncation][MQTT-4.8.0-1]") {
    for (auto const& s : sample::all) {
        auto const body = body_of_sample(s);
        auto const shorter = shorter_packets(s);
        for (std::size_t n = 0; n < body.size(); ++n) {
            CAPTURE(s.name, n);
            auto const expected = shorter.count(n) != 0 ? errc::ok : errc::malformed_packet;
            CHECK(verdict(with_body(s.bytes, body.substr(0, n)), s.protocol) == expected);
        }
    }
}

TEST_CASE("the samples have shorter packets where they should", "[wire][truncation]") {
    std::size_t count = 0;
    for (auto const& s : sample::all) count += shorter_packets(s).size();
    // Payloads of 5, 0, 2, 2, 1 and 0 bytes, two lists of two filters, a list of four codes.
    CHECK(count == 5 + 0 + 2 + 2 + 1 + 0 + 2 + 3);
}

TEST_CASE("a byte behind the last field is refused", "[wire][truncation][MQTT-4.8.0-1]") {
    for (auto const& s : sample::all) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            auto const type = type_of(s);
            bool const payload = type == packet_type::publish;
            bool const code = type == packet_type::suback && (byte <= 2 || byte == 0x80);
            auto const longer = with_body(s.bytes, std::string{body_of_sample(s)} + static_cast<char>(byte));
            CAPTURE(s.name, byte);
            CHECK(verdict(longer, s.protocol) == (payload || code ? errc::ok : errc::malformed_packet));
        }
    }
}

TEST_CASE("a byte behind the packet belongs to the next one", "[wire][truncation][2.2.3]") {
    for (auto const& s : sample::all) {
        CAPTURE(s.name);
        CHECK(verdict(std::string{s.bytes} + '\xFF', s.protocol) == errc::ok);
    }
}

TEST_CASE("a length of its own inside a packet can't reach beyond it", "[wire][truncation][1.5.3]") {
    for (auto const& s : sample::all) {
        auto const body = body_of_sample(s);
        // Any two bytes may be taken for a length; whatever comes out, the verdict is typed.
        for (std::size_t at = 0; at + 2 <= body.size(); ++at) {
            std::string damaged{body};
            damaged[at] = '\xFF';
            damaged[at + 1] = '\xFF';
            CAPTURE(s.name, at);
            auto const got = verdict(with_body(s.bytes, damaged), s.protocol);
            auto const who = culprit_of(got);
            CHECK((got == errc::ok || who == culprit::peer));
            if (type_of(s) == packet_type::connect && at == 0) CHECK(got == errc::malformed_packet);
        }
    }
}
