// SPDX-License-Identifier: BSL-1.0
// Large messages in pieces.
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

constexpr features with_chunks{.chunks = true};
constexpr features with_all{.chunks = true, .deferred_ack = true};

// Puts a message together from its chunks. Says what is wrong, or the message that ended them.
template <class Rig>
std::string assembled(Rig& r, std::string const& stream, std::size_t step, std::string& payload, std::string& answers) {
    std::string_view rest{stream};
    for (;;) {
        while (auto const e = r.s.next_event()) {
            if (e.type == event_type::chunk) {
                if (e.offset != payload.size()) return "gap";
                if (e.payload.empty()) return "empty chunk";
                if (e.topic != "big") return "topic";
                payload += e.payload;
            } else {
                auto const said = words(e);
                answers += r.output();
                return said;
            }
        }
        answers += r.output();
        if (rest.empty()) return "nothing";
        if (r.s.fault() != errc::ok) return "fault";
        rest.remove_prefix(r.give_some(rest.substr(0, step)));
    }
}

template <features F>
void at_every_split(std::size_t size, unsigned level) {
    for (std::size_t step = 1; step < 70; ++step) {
        rig<F, sizes{.rx = 64}> r;
        r.o.chunks = true;
        REQUIRE(r.online());
        std::string payload;
        std::string answers;
        auto const number = level != 0 ? " #9" : "";
        CAPTURE(size, level, step);
        REQUIRE(assembled(r, large_publish("big", pattern(size), level, 9, retain_bit), step, payload, answers) ==
                "message big [" + std::to_string(size) + "] q" + std::to_string(level) + number + " retain");
        REQUIRE(payload == pattern(size));
        r.told();
        answers += r.output();
        REQUIRE(words(answers) == (level == 0 ? "" : level == 1 ? "PUBACK 9" : "PUBREC 9"));
        REQUIRE(r.hears(publish("t", "small", 1, 10)) == "message t=small q1 #10");
    }
}

}  // namespace

TEST_CASE("a large message comes in chunks, then as a message without payload", "[session]") {
    for (std::size_t const size : {60U, 100U, 1000U}) {
        for (unsigned level = 0; level <= 2; ++level) {
            at_every_split<with_chunks>(size, level);
            at_every_split<with_all>(size, level);
        }
    }
}

TEST_CASE("a message that fits comes whole", "[session]") {
    rig<with_chunks, sizes{.rx = 64}> r;
    r.o.chunks = true;
    REQUIRE(r.online());
    auto const payload = pattern(64 - 2 - 3);
    CHECK(r.hears(large_publish("t", payload), 5) == "message t=" + payload_words(payload) + " q0");
}

TEST_CASE("a topic that leaves no room for chunks is dropped", "[session]") {
    rig<with_chunks, sizes{.rx = 64}> r;
    r.o.chunks = true;
    REQUIRE(r.online());
    auto const told = r.hears(large_publish(std::string(40, 'T'), pattern(100), 1, 3));
    CHECK(told.substr(0, 10) == "dropped TT");
    CHECK(told.find("[100] topic_too_long") != std::string::npos);
}

TEST_CASE("a large QoS 2 message that was delivered is not delivered again", "[session][MQTT-4.3.3-2]") {
    rig<with_chunks, sizes{.rx = 64}> r;
    r.o.chunks = true;
    r.o.clean_session = false;
    REQUIRE(r.online());
    std::string payload;
    std::string answers;
    auto const large = large_publish("big", pattern(100), 2, 9);
    CHECK(assembled(r, large, 64, payload, answers) == "message big [100] q2 #9");
    REQUIRE(r.again(true));
    answers.clear();
    CHECK(r.hears(large_publish("big", pattern(100), 2, 9, dup_bit), 64, &answers) == "");
    CHECK(words(answers) == "PUBREC 9");
}

TEST_CASE("a QoS 2 message that broke off in the middle is delivered by its repetition", "[session][MQTT-4.3.3-2]") {
    auto const check = []<features F>() {
        for (std::size_t cut = 10; cut < 108; ++cut) {
            rig<F, sizes{.rx = 64}> r;
            r.o.chunks = true;
            r.o.clean_session = false;
            REQUIRE(r.online());
            std::string payload;
            std::string answers;
            auto const large = large_publish("big", pattern(100), 2, 9);
            REQUIRE(large.size() == 109);
            CHECK(assembled(r, large.substr(0, cut), 64, payload, answers) == "nothing");
            CHECK(answers == "");
            REQUIRE(r.again(true));
            payload.clear();
            CAPTURE(cut);
            REQUIRE(assembled(r, large_publish("big", pattern(100), 2, 9, dup_bit), 64, payload, answers) ==
                    "message big [100] q2 #9 dup");
            REQUIRE(payload == pattern(100));
            r.told();
            answers += r.output();
            REQUIRE(words(answers) == "PUBREC 9");
        }
    };
    check.operator()<with_chunks>();
    check.operator()<with_all>();
}

TEST_CASE("commands between two chunks", "[session]") {
    rig<with_chunks, sizes{.rx = 64}> r;
    r.o.chunks = true;
    REQUIRE(r.online());
    std::string const large = large_publish("big", pattern(200), 1, 9);
    std::string_view rest{large};
    std::string payload;
    int chunks = 0;
    std::string wire;
    while (!rest.empty()) {
        rest.remove_prefix(r.give_some(rest));
        while (auto const e = r.s.next_event()) {
            if (e.type != event_type::chunk) continue;
            payload += e.payload;
            ++chunks;
            REQUIRE(r.publish("t", std::to_string(chunks), 0));
            wire += r.output();
        }
    }
    CHECK(payload == pattern(200));
    CHECK(chunks >= 4);
    wire += r.output();
    auto const said = words(wire);
    CHECK(said.find("PUBLISH t=1 q0, PUBLISH t=2 q0") == 0);
    CHECK(said.find("PUBACK 9") != std::string::npos);
}

TEST_CASE("a chunked message is held until acknowledge()", "[session]") {
    rig<with_all, sizes{.rx = 64}> r;
    r.o.chunks = true;
    r.s.manual_ack(true);
    REQUIRE(r.online());
    std::string payload;
    std::string answers;
    CHECK(assembled(r, large_publish("big", pattern(100), 1, 9), 64, payload, answers) == "message big [100] q1 #9");
    r.told();
    CHECK(r.said() == "");
    CHECK(r.s.acknowledge(9) == errc::ok);
    CHECK(r.said() == "PUBACK 9");
}

TEST_CASE("a message is not acknowledged before its last chunk", "[session][MQTT-4.3.2-2]") {
    for (unsigned const level : {1U, 2U}) {
        rig<with_all, sizes{.rx = 64}> r;
        r.o.chunks = true;
        r.s.manual_ack(true);
        REQUIRE(r.online());
        auto const large = large_publish("big", pattern(100), level, 9);
        std::string_view rest{large};
        std::string wire;
        while (!rest.empty()) {
            rest.remove_prefix(r.give_some(rest));
            while (auto const e = r.s.next_event()) {
                if (e.type == event_type::chunk && !rest.empty()) {
                    CHECK(r.s.acknowledge(9) == errc::nothing_to_acknowledge);
                }
                wire += r.output();
            }
        }
        CHECK(wire == "");
        CHECK(r.s.acknowledge(9) == errc::ok);
        CHECK(r.said() == (level == 1 ? "PUBACK 9" : "PUBREC 9"));
    }
}
