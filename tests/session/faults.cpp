// SPDX-License-Identifier: BSL-1.0
// Whatever a server may not send: a typed fault, no event, and nothing more is read.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"
#include "wire/dice.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

template <features F = plain>
errc fault(std::string_view bytes) {
    rig<F> r;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(bytes, 999, &answers) == "");
    CHECK(answers == "");
    auto const first = r.s.fault();
    // It stays, whatever comes behind it.
    CHECK_FALSE(r.s.next_event());
    CHECK(r.s.expire() == first);
    CHECK(r.s.fault() == first);
    return first;
}

}  // namespace

TEST_CASE("packets of the other direction and types that do not exist", "[session][2.2.1][MQTT-4.8.0-1]") {
    CHECK(fault("\x10\x0F\0\4MQTT\4\2\0\x3C\0\3dev"sv) == errc::protocol_error);
    CHECK(fault(subscribe(1, "a", 0)) == errc::protocol_error);
    CHECK(fault(unsubscribe(1, "a")) == errc::protocol_error);
    CHECK(fault(pingreq()) == errc::protocol_error);
    CHECK(fault(disconnect_packet()) == errc::protocol_error);
    CHECK(fault("\x00\x00"sv) == errc::malformed_packet);
    CHECK(fault("\xF0\x00"sv) == errc::malformed_packet);
}

TEST_CASE("reserved flags", "[session][MQTT-2.2.2-2]") {
    for (unsigned type = 1; type < 15; ++type) {
        if (type == 3) continue;
        for (unsigned flags = 0; flags < 16; ++flags) {
            bool const right = flags == (type == 6 || type == 8 || type == 10 ? 2U : 0U);
            if (right) continue;
            CAPTURE(type, flags);
            CHECK(fault(ack((type << 4) | flags, 1)) == errc::malformed_packet);
        }
    }
}

TEST_CASE("3.1 does not check the flags", "[session][MQTT31-2.1-flags]") {
    rig<features{.v3_1 = true}> r;
    r.o.protocol = version::v3_1;
    REQUIRE(r.online());
    std::string answers;
    CHECK(r.hears(publish("a", "x", 2, 1), 99, &answers) == "message a=x q2 #1");
    CHECK(r.hears(ack(0x6A, 1), 99, &answers) == "");
    CHECK(words(answers) == "PUBREC 1, PUBCOMP 1");
}

TEST_CASE("lengths", "[session][2.2.3]") {
    CHECK(fault("\x40\xFF\xFF\xFF\xFF\x01"sv) == errc::malformed_packet);
    CHECK(fault("\x30\xFF\xFF\xFF\xFF"sv) == errc::malformed_packet);
    CHECK(fault("\x40\x82\x00\x00\x01"sv) == errc::malformed_packet);
    CHECK(fault("\x40\x01\x00"sv) == errc::malformed_packet);
    CHECK(fault("\x40\x00"sv) == errc::malformed_packet);
    CHECK(fault("\x40\x03\x00\x01\x00"sv) == errc::malformed_packet);
    CHECK(fault("\x30\x00"sv) == errc::malformed_packet);
    CHECK(fault("\x30\x01\x00"sv) == errc::malformed_packet);
    CHECK(fault("\x90\x00"sv) == errc::malformed_packet);
    CHECK(fault("\xD0\x01\x00"sv) == errc::malformed_packet);
}

TEST_CASE("identifier 0", "[session][MQTT-2.3.1-1][MQTT-2.3.1-4]") {
    for (unsigned const first : {0x40U, 0x50U, 0x62U, 0x70U, 0xB0U})
        CHECK(fault(ack(first, 0)) == errc::malformed_packet);
    CHECK(fault(suback(0, 1)) == errc::malformed_packet);
    CHECK(fault(publish("a", "x", 1, 0)) == errc::malformed_packet);
    CHECK(fault(publish("a", "x", 2, 0)) == errc::malformed_packet);
}

TEST_CASE("PUBLISH that may not be",
          "[session][MQTT-3.3.1-4][MQTT-3.3.1-2][MQTT-3.3.2-2][MQTT-1.5.3-1][MQTT-1.5.3-2][MQTT-4.7.3-1]"
          "[MQTT-4.7.3-2]") {
    CHECK(fault(publish("a", "x", 3, 1)) == errc::malformed_packet);
    CHECK(fault(publish("a", "x", 0, 0, dup_bit)) == errc::malformed_packet);
    CHECK(fault(publish("", "x")) == errc::invalid_topic);
    CHECK(fault(publish("a/+/b", "x")) == errc::invalid_topic);
    CHECK(fault(publish("#", "x", 1, 1)) == errc::invalid_topic);
    CHECK(fault(publish("a\0b"sv, "x")) == errc::invalid_utf8);
    CHECK(fault(publish("\xED\xA0\x80", "x")) == errc::invalid_utf8);
    CHECK(fault(publish("\xC0\xAF", "x", 2, 1)) == errc::invalid_utf8);
    CHECK(fault("\x30\x03\0\5a"sv) == errc::malformed_packet);
    CHECK(fault("\x32\x04\0\1a\0"sv) == errc::malformed_packet);
    CHECK(fault<everything>(publish("a", "x", 3, 1)) == errc::malformed_packet);
}

TEST_CASE("a byte order mark is part of the topic", "[session][MQTT-1.5.3-3]") {
    rig r;
    REQUIRE(r.online());
    CHECK(r.hears(publish("\xEF\xBB\xBF" "a", "x")) == "message \xEF\xBB\xBF" "a=x q0");
}

TEST_CASE("what came before a forbidden packet is still handed over", "[session]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "1", 1, 1) + two(0xF0) + publish("a", "2", 1, 2)));
    CHECK(r.told() == "message a=1 q1 #1");
    CHECK(r.s.fault() == errc::malformed_packet);
    CHECK(r.told() == "");
}

TEST_CASE("nothing leaves once the connection has a fault", "[session][MQTT-4.8.0-1]") {
    rig r;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "1", 1, 1) + two(0xF0)));
    r.told();
    REQUIRE(r.s.fault() == errc::malformed_packet);
    CHECK(r.s.next_deadline().left({r.clock}) <= 60'000);
    r.s.end();
    CHECK(r.said() == "");
}

TEST_CASE("any bytes at all end in events or in a typed fault", "[session]") {
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        wire_tests::dice dice{seed};
        rig<everything, sizes{.rx = 64}> r;
        r.o.chunks = dice.coin();
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "x", 1 + dice.below(2)));
        REQUIRE(r.subscribe("a", 0) == errc::ok);
        r.drop_output();
        std::string stream;
        for (int i = 0; i < 6; ++i) {
            switch (dice.below(5)) {
            case 0: stream += publish("a", "hello", dice.below(3), 1 + dice.below(3)); break;
            case 1: stream += ack(0x40 + 0x10 * dice.below(4) + (dice.coin() ? 2 : 0), 1 + dice.below(2)); break;
            case 2: stream += suback(1 + dice.below(3), dice.below(4)); break;
            case 3: stream += large_publish("big", pattern(dice.below(300)), dice.below(3), dice.below(4)); break;
            default: stream += dice.octets(dice.below(9)); break;
            }
        }
        for (auto n = dice.below(3); n > 0; --n) {
            stream[dice.below(static_cast<std::uint32_t>(stream.size()))] = static_cast<char>(dice.bits());
        }
        std::string answers;
        r.hears(stream, 1 + dice.below(70), &answers);
        CAPTURE(seed);
        REQUIRE(words(answers).find("BAD") == std::string::npos);
        auto const f = r.s.fault();
        REQUIRE((f == errc::ok || f == errc::inbound_full || culprit_of(f) == culprit::peer));
    }
}
