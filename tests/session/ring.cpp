// SPDX-License-Identifier: BSL-1.0
// The publish lane's buffer: full, moved together, with holes, at every alignment.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/session_kit.hpp"
#include "wire/dice.hpp"

using namespace kit;

namespace {

struct kept {
    packet_id id = 0;
    std::string payload = {};
};

std::string as_words(std::vector<kept> const& all, bool repeated) {
    std::string s;
    for (auto const& k : all) {
        if (!s.empty()) s += ", ";
        s += "PUBLISH t=" + payload_words(k.payload) + " q1 #" + std::to_string(k.id) + (repeated ? " dup" : "");
    }
    return s;
}

}  // namespace

TEST_CASE("the ring takes packets up to its last byte", "[session]") {
    rig<plain, sizes{.tx = 64}> r;
    REQUIRE(r.online());
    for (unsigned i = 1; i <= 8; ++i) CHECK(r.publish("t", "1", 1).value == i);  // 8 bytes each
    rig<plain, sizes{.tx = 64, .inflight = 9}> full;
    REQUIRE(full.online());
    for (unsigned i = 1; i <= 8; ++i) CHECK(full.publish("t", "1", 1).value == i);
    CHECK(full.publish("t", "1", 1).error == errc::ring_full);
    CHECK(full.publish("t", "", 0).error == errc::ring_full);
    CHECK(full.subscribe("a", 0) == errc::ring_full);
    CHECK(full.s.unsubscribe("a") == errc::ring_full);
    full.drop_output();
    CHECK(full.publish("t", "1", 1).error == errc::ring_full);
    // A hole in the middle is found.
    CHECK(full.hears(puback(4)) == "delivered #4");
    CHECK(full.publish("t", "2", 1).value == 9);
    CHECK(full.said() == "PUBLISH t=2 q1 #9");
    CHECK(full.s.fault() == errc::ok);
}

TEST_CASE("acknowledgements in any order leave the rest in its order", "[session][MQTT-4.6.0-1]") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        wire_tests::dice dice{seed};
        rig<plain, sizes{.tx = 200, .inflight = 8}> r;
        r.o.clean_session = false;
        r.o.keep_alive_s = 0;
        REQUIRE(r.online());
        std::vector<kept> model;
        for (int step = 0; step < 60; ++step) {
            CAPTURE(seed, step);
            auto const payload = pattern(dice.below(50), dice.below(200));
            std::size_t used = 0;
            for (auto const& k : model) used += 7 + k.payload.size();
            auto const id = r.publish("t", payload, 1);
            auto const expected = model.size() == 8                  ? errc::inflight_full
                                  : used + 7 + payload.size() > 200 ? errc::ring_full
                                                                     : errc::ok;
            REQUIRE(id.error == expected);
            if (id) {
                model.push_back({id.value, payload});
                // Written in two parts, so that moving together finds half a packet.
                auto const out = r.s.pending_output();
                REQUIRE(!out.empty());
                if (dice.coin()) r.s.sent(dice.below(static_cast<std::uint32_t>(out.size())));
            }
            if (dice.below(3) == 0) {
                static_cast<void>(r.output());
                if (!model.empty()) {
                    auto const at = dice.below(static_cast<std::uint32_t>(model.size()));
                    REQUIRE(r.hears(puback(model[at].id)) == "delivered #" + std::to_string(model[at].id));
                    model.erase(model.begin() + at);
                }
            }
            if (dice.below(12) == 0) {
                static_cast<void>(r.output());
                REQUIRE(r.again(true));
                REQUIRE(r.said(1 + dice.below(9)) == as_words(model, true));
            }
        }
    }
}

TEST_CASE("half a packet survives the moving of the others", "[session]") {
    for (std::size_t cut = 1; cut < 30; ++cut) {
        rig<plain, sizes{.tx = 64}> r;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", pattern(20), 1).value == 1);
        std::string wire = r.output();
        REQUIRE(r.publish("t", pattern(23, 2), 1).value == 2);  // 30 bytes
        wire += text_of(r.s.pending_output().first(cut));
        r.s.sent(cut);
        REQUIRE(r.give(puback(1)));
        CHECK(r.told() == "delivered #1");
        REQUIRE(r.publish("t", pattern(20, 3), 1).value == 3);
        wire += r.output(3);
        CAPTURE(cut);
        CHECK(words(wire) == "PUBLISH t=" + payload_words(pattern(20)) + " q1 #1, PUBLISH t=" +
                                 payload_words(pattern(23, 2)) + " q1 #2, PUBLISH t=" + payload_words(pattern(20, 3)) +
                                 " q1 #3");
    }
}

TEST_CASE("packets with a long length field are walked over", "[session]") {
    rig<plain, sizes{.tx = 40'000}> r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    REQUIRE(r.publish("t", pattern(200), 1).value == 1);
    REQUIRE(r.publish("t", pattern(17'000), 1).value == 2);
    REQUIRE(r.publish("t", pattern(122), 1).value == 3);
    REQUIRE(r.publish("t", pattern(123), 2).value == 4);
    auto const said = r.said(1000);
    REQUIRE(r.again(true));
    CHECK(r.hears(puback(1)) == "delivered #1");
    REQUIRE(r.publish("t", pattern(20'000), 1).value == 5);
    auto const again = r.said(999);
    CHECK(again == "PUBLISH t=" + payload_words(pattern(20'000)) + " q1 #5");
    CHECK(said.find(payload_words(pattern(17'000))) != std::string::npos);
    REQUIRE(r.again(true));
    CHECK(r.said(1) == "PUBLISH t=" + payload_words(pattern(17'000)) + " q1 #2 dup, PUBLISH t=" +
                           payload_words(pattern(122)) + " q1 #3 dup, PUBLISH t=" + payload_words(pattern(123)) +
                           " q2 #4 dup, PUBLISH t=" + payload_words(pattern(20'000)) + " q1 #5 dup");
}
