// SPDX-License-Identifier: BSL-1.0
// Topic aliases of ours: the wire gets the short form, the ring keeps the long one.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_literals;

namespace {

constexpr features aliasing{.v3_1_1 = false, .v5 = true, .aliases_out = true};

// On line at a Server that takes `most` aliases and packets of up to `packet_max` bytes.
template <class Rig>
bool online_5(Rig& r, char most, bool present = false, char packet_max = 127) {
    r.o.protocol = version::v5;
    if (r.begin() != errc::ok) return false;
    r.drop_output();
    std::string const connack{'\x20', '\x0B', present ? '\1' : '\0', '\0', '\x08', '\x22', '\0', most,
                              '\x27', '\0', '\0', '\0', packet_max};
    return r.give(connack) && r.s.next_event().type == event_type::connected;
}

// PUBLISH at QoS 0 with topic, an alias (0: none), payload.
std::string sent_0(std::string_view topic, char alias, std::string_view payload) {
    auto const more = alias != 0 ? std::string{'\3', '\x23', '\0', alias} : std::string{'\0'};
    std::string p{'\x30', static_cast<char>(2 + topic.size() + more.size() + payload.size()), '\0',
                  static_cast<char>(topic.size())};
    return p.append(topic).append(more).append(payload);
}

}  // namespace

TEST_CASE("the first publish of a topic sets an alias, the next ones have only that", "[session][MQTT5-3.3.2-9]") {
    rig<aliasing> r;
    REQUIRE(online_5(r, 2));
    for (char const* const payload : {"1", "2"}) REQUIRE(r.publish("a/b", payload, 0));
    REQUIRE(r.publish("c", "3", 0));
    REQUIRE(r.publish("a/b", "4", 0));
    // Joined as far as the scratch reaches.
    CHECK(r.output() == sent_0("a/b", 1, "1") + sent_0("", 1, "2") + sent_0("c", 2, "3") + sent_0("", 1, "4"));
}

TEST_CASE("a third topic takes the alias that was not used for longest", "[session]") {
    rig<aliasing> r;
    REQUIRE(online_5(r, 2));
    for (char const* const topic : {"a", "b", "a", "c", "a", "b"}) REQUIRE(r.publish(topic, "", 0));
    CHECK(r.output() == sent_0("a", 1, "") + sent_0("b", 2, "") + sent_0("", 1, "") + sent_0("c", 2, "") +
                            sent_0("", 1, "") + sent_0("b", 2, ""));
}

TEST_CASE("no alias is set above what the Server takes, and none if it takes none",
          "[session][MQTT5-3.2.2-17][MQTT5-3.2.2-18]") {
    rig<aliasing> one;
    REQUIRE(online_5(one, 1));
    for (char const* const topic : {"a", "b", "b"}) REQUIRE(one.publish(topic, "", 0));
    CHECK(one.output() == sent_0("a", 1, "") + sent_0("b", 1, "") + sent_0("", 1, ""));
    rig<aliasing> none;
    REQUIRE(online_5(none, 0));
    for (char const* const topic : {"a", "a"}) REQUIRE(none.publish(topic, "", 0));
    CHECK(none.output() == sent_0("a", 0, "") + sent_0("a", 0, ""));  // [MQTT-3.2.2-18]
}

TEST_CASE("what is sent again after a reconnect has its topic", "[session][MQTT5-3.3.2-7]") {
    rig<aliasing> r;
    r.o.clean_session = false;
    REQUIRE(online_5(r, 2));
    REQUIRE(r.publish("t", "x", 1).value == 1);
    REQUIRE(r.publish("t", "y", 1).value == 2);
    REQUIRE(r.output() == "\x32\x0A\0\1t\0\1\3\x23\0\1x"s + "\x32\x09\0\0\0\2\3\x23\0\1y"s);
    r.s.end();
    REQUIRE(online_5(r, 2, true));
    CHECK(r.output() == "\x3A\x0A\0\1t\0\1\3\x23\0\1x"s + "\x3A\x09\0\0\0\2\3\x23\0\1y"s);
    r.s.end();
    REQUIRE(online_5(r, 0, true));
    CHECK(r.output() == "\x3A\7\0\1t\0\1\0x"s + "\x3A\7\0\1t\0\2\0y"s);
}

TEST_CASE("a link that dies inside a short packet sends it again whole", "[session][MQTT5-3.3.1-1]") {
    for (std::size_t cut = 0; cut < 24; ++cut) {
        rig<aliasing> r;
        r.o.clean_session = false;
        REQUIRE(online_5(r, 2));
        REQUIRE(r.publish("t", "x", 1));
        REQUIRE(r.publish("t", "y", 1));
        auto const out = r.s.pending_output();
        REQUIRE(out.size() == 12 + 11);
        r.s.sent(cut < out.size() ? cut : out.size());
        r.s.end();
        REQUIRE(online_5(r, 0, true));
        char const first = cut >= 12 ? '\x3A' : '\x32', second = cut >= 23 ? '\x3A' : '\x32';
        CAPTURE(cut);
        CHECK(r.output() == first + "\7\0\1t\0\1\0x"s + second + "\7\0\1t\0\2\0y"s);
    }
}

TEST_CASE("answers and requests keep their places beside short packets", "[session]") {
    for (std::size_t step = 1; step < 40; ++step) {
        rig<aliasing> r;
        REQUIRE(online_5(r, 2));
        REQUIRE(r.publish("t", "x", 0));
        REQUIRE(r.publish("t", "y", 0));
        auto const first = r.s.pending_output();
        std::string all{first.data(), 3};
        r.s.sent(3);  // the first is begun
        REQUIRE(r.subscribe("f", 0) == errc::ok);
        REQUIRE(r.give("\x32\6\0\1m\0\7\0"s));
        CHECK(r.told() == "message m= q1 #7");
        all += r.output(step);
        CAPTURE(step);
        CHECK(all == sent_0("t", 1, "x") + "\x40\2\0\7"s + sent_0("", 1, "y") + "\x82\7\0\1\0\0\1f\0"s);
    }
}

TEST_CASE("a topic or a packet that is too long goes without an alias", "[session][MQTT5-3.2.2-15]") {
    rig<aliasing> r;
    REQUIRE(online_5(r, 2, false, 20));
    std::string const topic(33, 'x');
    rig<aliasing> wide;
    REQUIRE(online_5(wide, 2));
    REQUIRE(wide.publish(topic, "", 0));
    REQUIRE(wide.publish("s", "", 0));
    CHECK(wide.output() == sent_0(topic, 0, "") + sent_0("s", 1, ""));
    // With the alias it would be 21 bytes.
    REQUIRE(r.publish("t", std::string(12, 'p'), 0));
    CHECK(r.output() == sent_0("t", 0, std::string(12, 'p')));
}
