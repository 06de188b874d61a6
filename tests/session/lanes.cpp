// SPDX-License-Identifier: BSL-1.0
// The three output lanes: whole packets in a legal order, however little the transport takes, and no lane starves.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"
#include "wire/dice.hpp"

using namespace kit;

namespace {

std::size_t read_pattern(void*, std::uint32_t offset, bytes_out into) {
    auto const all = pattern(offset + into.size());
    all.copy(into.data(), into.size(), offset);
    return into.size();
}

// All lanes full: answers, a release to be repeated, requests, publishes of three levels, one of them pulled.
std::string everything_at_once(std::size_t step) {
    rig<everything, sizes{.tx = 400}> r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("rel", "x", 2).value == 1);
    r.drop_output();
    REQUIRE(r.hears(pubrec(1)) == "");
    REQUIRE(r.again(true));
    REQUIRE(r.give(publish("in", "a", 1, 70) + publish("in", "b", 2, 71)));
    CHECK(r.told() == "message in=a q1 #70, message in=b q2 #71");
    REQUIRE(r.publish("p", "0", 0));
    REQUIRE(r.publish("p", "1", 1).value == 2);
    REQUIRE(r.s.publish({.topic = "p", .level = qos::exactly_once}, 500, {read_pattern, nullptr}).value == 3);
    REQUIRE(r.publish("p", "3", 2).value == 4);
    REQUIRE(r.subscribe("s", 1) == errc::ok);
    REQUIRE(r.s.unsubscribe("u") == errc::ok);
    return r.said(step);
}

}  // namespace

TEST_CASE("any size of write gives the same stream", "[session][MQTT-7.1.2-1]") {
    auto const whole = everything_at_once(100'000);
    // Where the PUBREL stands among the answers is left to the engine.
    std::string const release = "PUBREL 1, ";
    auto const at = whole.find(release);
    REQUIRE(at != std::string::npos);
    CHECK(at < whole.find("PUBLISH"));
    CHECK(std::string{whole}.erase(at, release.size()) ==
          "PUBACK 70, PUBREC 71, SUBSCRIBE 5 s q1, UNSUBSCRIBE 6 u, PUBLISH p=0 q0, PUBLISH p=1 q1 #2, PUBLISH p=" +
              payload_words(pattern(500)) + " q2 #3, PUBLISH p=3 q2 #4");
    for (std::size_t step = 1; step < 64; ++step) {
        CAPTURE(step);
        CHECK(everything_at_once(step) == whole);
    }
}

TEST_CASE("answers overtake publishes, between two packets", "[session]") {
    // 40 publishes of 10 bytes wait; the server speaks after every byte that we have written.
    for (std::size_t cut = 1; cut <= 60; ++cut) {
        rig<plain, sizes{.tx = 512}> r;
        REQUIRE(r.online());
        for (int i = 0; i < 40; ++i) REQUIRE(r.publish("t", "12345", 0));
        std::string wire;
        for (std::size_t i = 0; i < cut; ++i) {
            auto const out = r.s.pending_output();
            wire += out[0];
            r.s.sent(1);
        }
        REQUIRE(r.give(publish("in", "", 1, 9)));
        CHECK(r.told() == "message in= q1 #9");
        wire += r.output(3);
        // The packet that was started is finished first.
        auto const before = (cut + 9) / 10;
        std::string expected;
        for (std::size_t i = 0; i < before; ++i) expected += "PUBLISH t=12345 q0, ";
        expected += "PUBACK 9";
        for (std::size_t i = before; i < 40; ++i) expected += ", PUBLISH t=12345 q0";
        CAPTURE(cut);
        CHECK(words(wire) == expected);
    }
}

TEST_CASE("an answer that was started is finished before anything else", "[session]") {
    for (std::size_t cut = 1; cut < 8; ++cut) {
        rig r;
        REQUIRE(r.online());
        REQUIRE(r.give(publish("a", "", 1, 1) + publish("a", "", 1, 2)));
        r.told();
        std::string wire{text_of(r.s.pending_output().first(cut))};
        r.s.sent(cut);
        REQUIRE(r.publish("t", "x", 0));
        REQUIRE(r.give(publish("a", "", 1, 3)));
        r.told();
        wire += r.output(1);
        CAPTURE(cut);
        CHECK(words(wire) == "PUBACK 1, PUBACK 2, PUBACK 3, PUBLISH t=x q0");
    }
}

TEST_CASE("publishes that never end keep no ping and no answer back", "[session][MQTT-3.1.2-23]") {
    rig<plain, sizes{.tx = 64}> r;
    r.o.keep_alive_s = 10;
    REQUIRE(r.online());
    std::string wire;
    for (unsigned i = 1; i <= 200; ++i) {
        while (r.publish("t", "1234567890", 0)) {
        }
        REQUIRE(r.give(publish("a", "", 1, i)));
        r.told();
        auto const out = r.s.pending_output();
        auto const count = out.size() < 7 ? out.size() : 7;
        wire.append(out.data(), count);
        r.s.sent(count);
        // A packet of ours and an answer are never further apart than one packet of the ring.
        r.later(1);
        if (i % 2 == 0) wire += r.output(7);
    }
    wire += r.output();
    std::string acks;
    stream_reader reader{wire};
    unsigned next = 1;
    while (!reader.empty()) {
        auto const packet = reader.next();
        REQUIRE(packet.substr(0, 3) != "BAD");
        REQUIRE(packet.substr(0, 4) != "PART");
        if (packet.substr(0, 6) == "PUBACK") CHECK(packet == "PUBACK " + std::to_string(next++));
    }
    CHECK(next == 201);
}

TEST_CASE("whole packets are joined into one write", "[session]") {
    rig r;
    REQUIRE(r.online());
    for (int i = 0; i < 5; ++i) REQUIRE(r.publish("t", "x", 1));
    REQUIRE(r.subscribe("a", 0) == errc::ok);
    REQUIRE(r.subscribe("b", 0) == errc::ok);
    auto const out = r.s.pending_output();
    CHECK(words(text_of(out)) == "SUBSCRIBE 6 a q0, SUBSCRIBE 7 b q0, PUBLISH t=x q1 #1, PUBLISH t=x q1 #2, "
                                 "PUBLISH t=x q1 #3, PUBLISH t=x q1 #4, PUBLISH t=x q1 #5");
    r.s.sent(out.size());
    CHECK(r.s.pending_output().empty());
}

TEST_CASE("an open event keeps its room in the control lane", "[session][MQTT-4.5.0-2]") {
    // Seven answers wait, an eighth will; meanwhile a PUBREL falls due again.
    rig r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", "x", 2).value == 1);
    r.drop_output();
    REQUIRE(r.hears(pubrec(1)) == "");
    blob stream{};
    for (unsigned i = 1; i <= 7; ++i) stream.add(publish("a", "", 1, i));
    REQUIRE(r.give(stream + pubrec(1) + publish("a", "", 1, 8)));
    for (int i = 0; i < 8; ++i) CHECK(r.s.next_event());
    // The eighth event is still open.
    CHECK(r.s.pending_output().size() <= 32);
    CHECK_FALSE(r.s.next_event());
    CHECK(r.intact());
    auto const said = r.said();
    CHECK(said.find("BAD") == std::string::npos);
    CHECK(said.find("PUBACK 7, PUBACK 8") != std::string::npos);
    CHECK(said.find("PUBREL 1") != std::string::npos);
}

TEST_CASE("an open event keeps its room when a ping falls due", "[session][MQTT-4.5.0-2]") {
    rig<plain, sizes{.answers = 1}> r;
    r.o.keep_alive_s = 8;
    REQUIRE(r.online());
    REQUIRE(r.give(publish("a", "", 1, 1)));
    REQUIRE(r.s.next_event());
    r.later(7000);
    CHECK_FALSE(r.s.next_event());
    CHECK(r.intact());
    auto said = r.said();
    r.later(1);
    auto const after = r.said();
    if (!after.empty()) said += ", " + after;
    // The answer is a packet as well: then no ping is needed.
    CHECK((said == "PUBACK 1" || said == "PUBACK 1, PINGREQ" || said == "PINGREQ, PUBACK 1"));
}

TEST_CASE("random traffic and random writes keep every packet whole", "[session]") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        wire_tests::dice dice{seed};
        rig<everything, sizes{.tx = 180, .inflight = 5}> r;
        r.o.keep_alive_s = 4;
        REQUIRE(r.online());
        std::string wire;
        unsigned inbound = 0;
        unsigned answered = 0;
        for (int i = 0; i < 300; ++i) {
            switch (dice.below(6)) {
            case 0: static_cast<void>(r.publish("t", pattern(dice.below(40)), dice.below(3))); break;
            case 1:
                static_cast<void>(r.s.publish({.topic = "s", .level = static_cast<qos>(dice.below(3))}, dice.below(400),
                                              {read_pattern, nullptr}));
                break;
            case 2:
                if (r.s.hungry() && r.give(publish("in", "", 1, inbound % 60'000 + 1))) ++inbound;
                break;
            case 3: r.later(dice.below(700)); break;
            default: break;
            }
            while (auto const e = r.s.next_event()) CHECK(e.type == event_type::message);
            auto const out = r.s.pending_output();
            auto const count = dice.below(static_cast<std::uint32_t>(out.size()) + 1);
            wire.append(out.data(), count);
            r.s.sent(count);
        }
        wire += r.output();
        r.told();
        wire += r.output();
        REQUIRE(r.s.fault() == errc::ok);
        for (stream_reader reader{wire}; !reader.empty();) {
            auto const packet = reader.next();
            CAPTURE(seed, packet);
            REQUIRE(packet.substr(0, 4) != "BAD ");
            REQUIRE(packet.substr(0, 4) != "PART");
            if (packet.substr(0, 6) == "PUBACK") REQUIRE(packet == "PUBACK " + std::to_string(answered++ % 60'000 + 1));
        }
        CHECK(answered == inbound);
    }
}
