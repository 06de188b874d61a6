// SPDX-License-Identifier: BSL-1.0
// What is written is read back, and what is read is written back, for every packet in both directions. A failure
// names the seed of its packet.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <barelink/wire/ack.hpp>
#include <barelink/wire/connack.hpp>
#include <barelink/wire/connect.hpp>
#include <barelink/wire/publish.hpp>
#include <barelink/wire/subscribe.hpp>

#include "packets.hpp"
#include "dice.hpp"
#include "recode.hpp"
#include "samples.hpp"
#include "support/catch.hpp"

using namespace barelink;
using namespace wire_tests;

namespace {

constexpr std::uint64_t seeds = 1500;
constexpr auto v3_1_1 = version::v3_1_1;

bytes_in as_bytes(std::string const& s) { return {s.data(), s.size()}; }

// An encoder's output in exactly as many bytes as it needs: the sanitizer sees a byte too many.
template <class Encode>
std::string exactly(Encode const& encode) {
    std::string room(200'000, '\0');
    auto const first = encode(bytes_out{room});
    REQUIRE(first);
    std::vector<char> tight(first.value);
    auto const second = encode(bytes_out{tight});
    REQUIRE(second);
    REQUIRE(second.value == first.value);
    REQUIRE(std::string_view{tight.data(), tight.size()} == std::string_view{room.data(), first.value});
    std::vector<char> less(first.value - 1);
    REQUIRE_FALSE(encode(bytes_out{less}));
    return {tight.data(), tight.size()};
}

// Owns what the views of a connect_packet point to.
struct connect_fields {
    std::string client_id, topic, payload, user_name, password;
    connect_packet packet;

    explicit connect_fields(dice& r)
        : client_id{}, topic{r.text(1 + r.size() / 64)}, payload{r.octets(r.size())}, user_name{r.text(r.size() / 64)},
          password{r.octets(r.size())}, packet{} {
        bool const old = r.coin();
        packet.protocol = old ? version::v3_1 : v3_1_1;
        client_id = r.text(old ? 1 + r.below(5) : r.size() / 64);
        packet.client_id = client_id;
        packet.clean_session = r.coin() || client_id.empty();
        packet.keep_alive_s = static_cast<std::uint16_t>(r.bits());
        if (r.coin()) packet.will = {topic, payload, static_cast<qos>(r.below(3)), r.coin()};
        if (r.coin()) packet.user_name = user_name;
        if (packet.user_name.data() != nullptr && r.coin()) packet.password = password;
    }
};

packet_type any_ack(dice& r) {
    static constexpr packet_type types[] = {packet_type::puback, packet_type::pubrec, packet_type::pubrel,
                                            packet_type::pubcomp, packet_type::unsuback};
    return types[r.below(5)];
}

std::string any_publish(dice& r) {
    auto const topic = r.text(1 + r.size() / 16);
    auto const payload = r.octets(r.size());
    message const m{topic, payload, static_cast<qos>(r.below(3)), r.coin()};
    std::string to(packet_size(publish_header_size(topic.size(), m.level) + payload.size()), '\0');
    auto* const end = write_publish_header(to.data(), m, r.packet_id(), payload.size());
    move_bytes(end, payload.data(), payload.size());
    return to;
}

std::string any_request(dice& r, bool subscribe) {
    std::vector<std::string> names(1 + r.below(6));
    std::vector<topic_request> requests;
    std::vector<std::string_view> filters;
    for (auto& n : names) {
        n = r.text(1 + r.below(20), true);
        requests.push_back({n, static_cast<qos>(r.below(3))});
        filters.push_back(n);
    }
    auto const id = r.packet_id();
    return exactly([&](bytes_out out) {
        return subscribe ? encode_subscribe(out, id, requests) : encode_unsubscribe(out, id, filters);
    });
}

std::string any_suback(dice& r) {
    std::string codes(1 + r.below(200), '\0');
    for (auto& c : codes) c = "\x00\x01\x02\x80"[r.below(4)];
    auto const id = r.packet_id();
    return exactly([&](bytes_out out) { return encode_suback(out, id, as_bytes(codes)); });
}

std::string any_packet(dice& r) {
    std::string small(4, '\0');
    switch (r.below(8)) {
    case 0: {
        connect_fields const f{r};
        return exactly([&](bytes_out out) { return encode_connect(out, f.packet); });
    }
    case 1: {
        auto const code = static_cast<connect_return>(r.below(6));
        write_connack(small.data(), {.session_present = code == connect_return::accepted && r.coin(), .code = code});
        return small;
    }
    case 2: return any_publish(r);
    case 3: write_ack(small.data(), any_ack(r), r.packet_id()); return small;
    case 4: return any_request(r, true);
    case 5: return any_request(r, false);
    case 6: return any_suback(r);
    default: {
        static constexpr packet_type types[] = {packet_type::pingreq, packet_type::pingresp, packet_type::disconnect};
        write_empty(small.data(), types[r.below(3)]);
        return small.substr(0, 2);
    }
    }
}

}  // namespace

TEST_CASE("a CONNECT is read as it was written", "[wire][round_trip][connect][MQTT-3.1.3-1]") {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        CAPTURE(seed);
        dice r{seed};
        connect_fields const f{r};
        REQUIRE(check_connect(f.packet) == errc::ok);
        auto const packet = exactly([&](bytes_out out) { return encode_connect(out, f.packet); });
        REQUIRE(is_whole(as_bytes(packet)));
        auto const got = decode_connect(body_of(as_bytes(packet)));
        REQUIRE(got == result<connect_packet>{f.packet});
        // Equality of views does not tell an absent field from an empty one.
        REQUIRE(connect_flags(got.value) == connect_flags(f.packet));
    }
}

TEST_CASE("a CONNACK is read as it was written", "[wire][round_trip][connack]") {
    for (unsigned code = 0; code <= 5; ++code) {
        for (bool const present : {false, true}) {
            if (present && code != 0) continue;
            connack_packet const c{present, static_cast<connect_return>(code)};
            char packet[4] = {};
            CHECK(write_connack(packet, c) == packet + 4);
            CHECK(decode_connack(body_of(packet), v3_1_1) == result<connack_packet>{c});
        }
    }
}

TEST_CASE("a PUBLISH is read as it was written", "[wire][round_trip][publish][MQTT-3.3.2-1]") {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        CAPTURE(seed);
        dice r{seed};
        auto const topic = r.text(1 + r.size() / 16);
        auto const payload = r.octets(r.size());
        auto const id = r.packet_id();
        message const m{topic, payload, static_cast<qos>(r.below(3)), r.coin()};
        std::vector<char> packet(packet_size(publish_header_size(topic.size(), m.level) + payload.size()));
        auto* const end = write_publish_header(packet.data(), m, id, payload.size());
        REQUIRE(end + payload.size() == packet.data() + packet.size());
        move_bytes(end, payload.data(), payload.size());
        REQUIRE(is_whole(packet));
        auto const body = body_of(packet);
        auto const got = decode_publish(read_header(packet, v3_1_1).value.flags, body);
        publish_header const expected{topic, m.level == qos::at_most_once ? packet_id{0} : id, m.level, m.retain, false,
                                      static_cast<std::uint32_t>(publish_header_size(topic.size(), m.level))};
        REQUIRE(got == result<publish_header>{expected});
        REQUIRE(text_of(body.subspan(got.value.size)) == payload);
    }
}

TEST_CASE("every acknowledgement of every identifier is read as it was written", "[wire][round_trip][ack]") {
    bool same = true;
    for (auto const type : {packet_type::puback, packet_type::pubrec, packet_type::pubrel, packet_type::pubcomp,
                            packet_type::unsuback}) {
        for (unsigned id = 1; id <= 0xFFFF; ++id) {
            char packet[ack_size] = {};
            write_ack(packet, type, static_cast<packet_id>(id));
            same = same && is_whole(packet) && read_header(packet, v3_1_1).value.type == type &&
                   decode_ack(body_of(packet)) == result<packet_id>{static_cast<packet_id>(id)};
        }
    }
    CHECK(same);
}

TEST_CASE("a SUBSCRIBE is read as it was written", "[wire][round_trip][subscribe][MQTT-3.8.3-1]") {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        CAPTURE(seed);
        dice r{seed};
        std::vector<std::string> names(1 + r.below(6));
        std::vector<topic_request> requests;
        for (auto& n : names) {
            n = r.text(1 + r.size() / 8, true);
            requests.push_back({n, static_cast<qos>(r.below(3))});
        }
        auto const id = r.packet_id();
        auto const packet = exactly([&](bytes_out out) { return encode_subscribe(out, id, requests); });
        REQUIRE(is_whole(as_bytes(packet)));
        topic_list list{body_of(as_bytes(packet)), packet_type::subscribe};
        REQUIRE(list.id() == id);
        for (auto const& expected : requests) {
            REQUIRE(list.next());
            REQUIRE(topic_request{list.filter(), list.level()} == expected);
        }
        REQUIRE_FALSE(list.next());
        REQUIRE(list.error() == errc::ok);
    }
}

TEST_CASE("whatever is written is read, and written again the same", "[wire][round_trip]") {
    for (std::uint64_t seed = 0; seed < 3 * seeds; ++seed) {
        CAPTURE(seed);
        dice r{seed};
        auto const packet = any_packet(r);
        auto const again = recode(packet, v3_1_1);
        REQUIRE(again.error == errc::ok);
        REQUIRE(again.bytes == packet);
    }
}

TEST_CASE("every sample is read, and written again the same", "[wire][round_trip][vectors]") {
    for (auto const& s : sample::all) {
        CAPTURE(s.name);
        auto const again = recode(s.bytes, s.protocol);
        CHECK(again.error == errc::ok);
        CHECK(again.bytes == normal_form(s.bytes, s.protocol));
    }
}

TEST_CASE("a damaged packet is refused, or is another one that is written again the same", "[wire][round_trip]") {
    std::size_t taken = 0, refused = 0;
    for (std::uint64_t seed = 0; seed < 40 * seeds; ++seed) {
        dice r{seed};
        auto const& s = sample::all[r.below(static_cast<std::uint32_t>(sample::all.size()))];
        std::string packet{s.bytes};
        for (auto n = 1 + r.below(3); n > 0; --n) {
            auto& c = packet[r.below(static_cast<std::uint32_t>(packet.size()))];
            c = r.coin() ? static_cast<char>(octet(c) ^ (1U << r.below(8))) : static_cast<char>(r.bits());
        }
        auto const again = recode(packet, s.protocol);
        again.error == errc::ok ? ++taken : ++refused;
        if (again.error != errc::ok) continue;
        if (!again.lawful) FAIL("seed " << seed << ", " << s.name << " is against the standard");
        // A shorter length leaves bytes behind the packet.
        auto const used = read_header(as_bytes(packet), s.protocol).value.packet_size();
        if (again.bytes != normal_form(packet.substr(0, used), s.protocol)) FAIL("seed " << seed << ", " << s.name);
    }
    CHECK(taken > seeds);
    CHECK(refused > seeds);
}
