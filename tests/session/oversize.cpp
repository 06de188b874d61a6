// SPDX-License-Identifier: BSL-1.0
// Messages that are larger than the receive buffer: drained, answered, told with topic and size; the link lives.
#include <algorithm>
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

constexpr features with_ack{.deferred_ack = true};
constexpr features with_chunks{.chunks = true};

// What comes of a large message between two small ones, given in steps of `step` bytes.
template <features F>
void between_two(std::string const& large, std::string const& told, std::string const& answer, std::size_t step) {
    rig<F, sizes{.rx = 64}> r;
    REQUIRE(r.online());
    std::string answers;
    std::string const stream =
        std::string{publish("b", "before", 1, 1)} + large + std::string{publish("b", "after", 1, 2)};
    CAPTURE(step, large.size());
    REQUIRE(r.hears(stream, step, &answers) == "message b=before q1 #1, " + told + ", message b=after q1 #2");
    REQUIRE(words(answers) == "PUBACK 1" + answer + ", PUBACK 2");
    REQUIRE(r.s.fault() == errc::ok);
}

template <features F>
void all_levels(std::size_t topic_size, std::size_t payload_size, std::size_t step) {
    auto const topic = std::string(topic_size, 'T');
    for (unsigned level = 0; level <= 2; ++level) {
        auto const large = large_publish(topic, pattern(payload_size), level, 0x1234);
        REQUIRE(large.size() > 64);
        rig<F, sizes{.rx = 64}> r;
        REQUIRE(r.online());
        std::string answers;
        auto const told = r.hears(large, step, &answers);
        CAPTURE(level, topic_size, payload_size, step, told);
        REQUIRE(r.s.fault() == errc::ok);
        auto const cause = told.substr(told.rfind(' ') + 1);
        REQUIRE((cause == "message_too_long" || cause == "topic_too_long"));
        REQUIRE(told.find("[" + std::to_string(payload_size) + "]") != std::string::npos);
        if (cause == "message_too_long") REQUIRE(told.find(" " + topic + " ") != std::string::npos);
        REQUIRE(told.find(" TTTTTTTTTT") != std::string::npos);
        REQUIRE(words(answers) == (level == 0 ? "" : level == 1 ? "PUBACK 4660" : "PUBREC 4660"));
        REQUIRE(r.hears(publish("next", "x")) == "message next=x q0");
    }
}

}  // namespace

TEST_CASE("a large message is dropped with topic and size, at every level and every split", "[session][MQTT-4.5.0-2]") {
    for (std::size_t step = 1; step < 80; ++step) {
        between_two<plain>(large_publish("big", pattern(200)), "dropped big [200] message_too_long", "", step);
        between_two<plain>(large_publish("big", pattern(200), 1, 77), "dropped big [200] message_too_long",
                           ", PUBACK 77", step);
        between_two<with_ack>(large_publish("big", pattern(200), 2, 78), "dropped big [200] message_too_long",
                              ", PUBREC 78", step);
        // Chunks could be had, but options::chunks is off.
        between_two<with_chunks>(large_publish("big", pattern(70), 2, 78), "dropped big [70] message_too_long",
                                 ", PUBREC 78", step);
    }
}

TEST_CASE("every length of topic, with the identifier at every place", "[session][MQTT-2.3.1-6]") {
    for (std::size_t topic = 10; topic < 150; ++topic) {
        for (std::size_t const step : {1U, 7U, 64U}) {
            all_levels<plain>(topic, 100, step);
            all_levels<with_ack>(topic, 53, step);
        }
    }
}

TEST_CASE("a topic that fills the packet", "[session]") {
    for (std::size_t topic = 60; topic < 140; ++topic) all_levels<plain>(topic, topic < 64 ? 4 : 0, 64);
}

TEST_CASE("a message of exactly the buffer is handed over, one byte more is not", "[session]") {
    for (std::size_t const step : {1U, 13U, 64U}) {
        rig<plain, sizes{.rx = 64}> r;
        REQUIRE(r.online());
        auto const payload = pattern(64 - 2 - 3);
        CHECK(r.hears(large_publish("t", payload), step) == "message t=" + payload_words(payload) + " q0");
        CHECK(r.hears(large_publish("t", pattern(60)), step) == "dropped t [60] message_too_long");
        CHECK(r.hears(large_publish("t", payload), step) == "message t=" + payload_words(payload) + " q0");
    }
}

TEST_CASE("identifier 0 behind a long topic is malformed", "[session][MQTT-2.3.1-1][MQTT-2.3.1-4]") {
    for (std::size_t topic = 20; topic < 100; ++topic) {
        rig<plain, sizes{.rx = 64}> r;
        REQUIRE(r.online());
        CAPTURE(topic);
        CHECK(r.hears(large_publish(std::string(topic, 'T'), pattern(100), 1, 0)) == "");
        CHECK(r.s.fault() == errc::malformed_packet);
    }
}

TEST_CASE("what no PUBLISH may be is refused behind a long topic too",
          "[session][MQTT-3.3.1-4][MQTT-3.3.1-2][MQTT-3.3.2-2]") {
    auto const fault = [](std::string const& stream) {
        rig<plain, sizes{.rx = 64}> r;
        REQUIRE(r.online());
        std::string answers;
        CHECK(r.hears(stream, 64, &answers) == "");
        CHECK(answers == "");
        return r.s.fault();
    };
    for (std::size_t const topic : {10U, 25U, 30U, 40U, 70U, 120U}) {
        CAPTURE(topic);
        CHECK(fault(large_publish(std::string(topic, 'T'), pattern(100), 3, 5)) == errc::malformed_packet);
        CHECK(fault(large_publish(std::string(topic, 'T'), pattern(100), 0, 0, dup_bit)) == errc::malformed_packet);
    }
    CHECK(fault(large_publish("a/+", pattern(100))) == errc::invalid_topic);
    CHECK(fault(large_publish("\xFF", pattern(100))) == errc::invalid_utf8);
    CHECK(fault(large_publish("", pattern(100))) == errc::invalid_topic);
    // A topic longer than its packet.
    auto lie = large_publish("T", pattern(100), 1, 5);
    lie[2] = 1;
    CHECK(fault(lie) == errc::malformed_packet);
}

TEST_CASE("another packet that can never fit ends the connection", "[session]") {
    for (unsigned const first : {0x90U, 0xB0U, 0x40U, 0xD0U}) {
        rig<plain, sizes{.rx = 64}> r;
        REQUIRE(r.online());
        CHECK(r.hears(blob{}.u8(first).length(200)) == "");
        CHECK(r.s.fault() == errc::packet_too_long);
    }
    rig<plain, sizes{.rx = 64}> r;
    REQUIRE(r.online());
    CHECK(r.hears(blob{}.u8(0x30).u8(0xFF).u8(0xFF).u8(0xFF).u8(0xFF)) == "");
    CHECK(r.s.fault() == errc::malformed_packet);
}

TEST_CASE("the largest message of all flows by", "[session]") {
    rig<plain, sizes{.rx = 4096}> r;
    REQUIRE(r.online());
    auto const head = publish_head("huge", 268'435'455 - 8, 1, 9, 0);
    REQUIRE(r.hears(head) == "");
    std::string const zeros(4000, '\0');
    std::size_t left = 268'435'455 - 8;
    std::string told;
    std::string answers;
    while (left != 0 && told.empty() && r.s.fault() == errc::ok) {
        auto const part = std::min(left, zeros.size());
        told = r.hears(std::string_view{zeros}.substr(0, part), 4000, &answers);
        left -= part;
    }
    CHECK(left == 0);
    CHECK(told == "dropped huge [268435447] message_too_long");
    CHECK(words(answers) == "PUBACK 9");
    CHECK(r.hears(publish("t", "x")) == "message t=x q0");
}

TEST_CASE("a large QoS 2 message that was dropped is not told again, but answered again", "[session][MQTT-4.3.3-2]") {
    auto const check = []<features F>() {
        rig<F, sizes{.rx = 64}> r;
        r.o.clean_session = false;
        REQUIRE(r.online());
        CHECK(r.hears(large_publish("big", pattern(100), 2, 5)) == "dropped big [100] message_too_long");
        REQUIRE(r.again(true));
        std::string answers;
        CHECK(r.hears(large_publish("big", pattern(100), 2, 5, dup_bit), 64, &answers) == "");
        CHECK(r.hears(pubrel(5), 64, &answers) == "");
        CHECK(words(answers) == "PUBREC 5, PUBCOMP 5");
        auto const topic = std::string(50, 'T');
        CHECK(r.hears(large_publish(topic, pattern(100), 2, 6)).substr(0, 8) == "dropped ");
        REQUIRE(r.again(true));
        answers.clear();
        CHECK(r.hears(large_publish(topic, pattern(100), 2, 6, dup_bit), 64, &answers) == "");
        CHECK(words(answers) == "PUBREC 6");
    };
    check.operator()<plain>();
    check.operator()<with_ack>();
    check.operator()<with_chunks>();
}

TEST_CASE("a connection that breaks in the middle of a large message", "[session]") {
    rig<plain, sizes{.rx = 64}> r;
    r.o.clean_session = false;
    REQUIRE(r.online());
    auto const large = large_publish("big", pattern(100), 2, 5);
    CHECK(r.hears(large.substr(0, 80)) == "");
    REQUIRE(r.again(true));
    std::string answers;
    CHECK(r.hears(publish("t", "x", 1, 5) + publish("t", "y", 2, 5), 64, &answers) ==
          "message t=x q1 #5, message t=y q2 #5");
    CHECK(words(answers) == "PUBACK 5, PUBREC 5");
}

TEST_CASE("a long topic, its identifier cut in two, and a user who still holds other messages", "[session]") {
    for (std::size_t cut = 60; cut < 90; ++cut) {
        rig<with_ack, sizes{.rx = 64, .inbound = 1}> r;
        r.s.manual_ack(true);
        REQUIRE(r.online());
        REQUIRE(r.hears(publish("t", "x", 1, 1)) == "message t=x q1 #1");
        auto const large = large_publish(std::string(62, 'T'), "", 1, 0x1234);  // 68 bytes
        REQUIRE(large.size() == 68);
        std::size_t given = 0;
        while (given < large.size()) {
            auto const upto = given < cut ? std::min(cut, large.size()) : large.size();
            auto const count = r.give_some(std::string_view{large}.substr(given, upto - given));
            if (count == 0) break;
            given += count;
            r.told();
        }
        CAPTURE(cut);
        REQUIRE(given == large.size());
        CHECK(r.told() == "");
        CHECK(r.said() == "");
        REQUIRE(r.s.acknowledge(1) == errc::ok);
        CHECK(r.said() == "PUBACK 1");
        auto const e = r.s.next_event();
        CHECK(e.type == event_type::dropped);
        CHECK(e.id == 0x1234);
    }
}
