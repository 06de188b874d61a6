// SPDX-License-Identifier: BSL-1.0
// How the bytes arrive makes no difference.
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

// A stream with every packet that a server sends.
std::string every_packet() {
    std::string s;
    s += connack(true);
    s += suback(3, 1);
    s += publish("a/b", "zero", 0, 0, retain_bit);
    s += publish("a/b", "one", 1, 21);
    s += publish("a/b", "two", 2, 22);
    s += puback(1);
    s += pubrec(2);
    s += publish("a/b", "two", 2, 22, dup_bit);
    s += pubrel(22);
    s += pingresp();
    s += pubcomp(2);
    s += unsuback(4);
    s += large_publish("big", pattern(150), 1, 23);
    s += publish("c", "", 0);
    return s;
}

template <features F>
void prepare(rig<F, sizes{.rx = 64}>& r) {
    r.o.clean_session = false;
    REQUIRE(r.publish("t", "1", 1).value == 1);
    REQUIRE(r.publish("t", "2", 2).value == 2);
    REQUIRE(r.subscribe("a/+", 1) == errc::ok);
    REQUIRE(r.s.unsubscribe("z") == errc::ok);
    REQUIRE(r.begin() == errc::ok);
    r.drop_output();
}

constexpr std::string_view expected =
    "connected present, subscribed a/+ q1 #3, message a/b=zero q0 retain, message a/b=one q1 #21, message a/b=two q2 "
    "#22, "
    "delivered #1, delivered #2, unsubscribed z, dropped big [150] message_too_long, message c= q0";
constexpr std::string_view expected_answers = "PUBACK 21, PUBREC 22, PUBREL 2, PUBREC 22, PUBCOMP 22, PUBACK 23";

// SUBSCRIBE and UNSUBSCRIBE leave after CONNACK, and the answers to them are in the stream.
std::string without_requests(std::string const& said) {
    std::string const before = "SUBSCRIBE 3 a/+ q1, UNSUBSCRIBE 4 z, PUBLISH t=1 q1 #1, PUBLISH t=2 q2 #2, ";
    return said.find(before) == 0 ? said.substr(before.size()) : said;
}

template <features F>
void feed_in_steps(std::size_t first, std::size_t step) {
    rig<F, sizes{.rx = 64}> r;
    prepare(r);
    // The server must not answer before it was asked.
    auto const stream = every_packet();
    std::string answers;
    std::string told;
    auto const add = [&told](std::string const& more) {
        if (!told.empty() && !more.empty()) told += ", ";
        told += more;
    };
    add(r.hears(std::string_view{stream}.substr(0, 4), step, &answers));
    add(r.hears(std::string_view{stream}.substr(4, first), 1000, &answers));
    add(r.hears(std::string_view{stream}.substr(4 + first), step, &answers));
    CAPTURE(first, step);
    REQUIRE(r.s.fault() == errc::ok);
    REQUIRE(told == expected);
    REQUIRE(without_requests(words(answers)) == expected_answers);
}

constexpr features no_store{.v3_1 = true, .chunks = true, .sources = true, .deferred_ack = true};

}  // namespace

TEST_CASE("a stream in steps of any size gives the same events and answers", "[session][MQTT-7.1.2-1]") {
    for (std::size_t step = 1; step <= 70; ++step) {
        feed_in_steps<plain>(0, step);
        feed_in_steps<no_store>(0, step);
    }
}

TEST_CASE("a stream cut once, at every byte", "[session]") {
    auto const size = every_packet().size() - 4;
    for (std::size_t cut = 0; cut <= size; ++cut) {
        feed_in_steps<plain>(cut, 1000);
        feed_in_steps<no_store>(cut, 1000);
    }
}

TEST_CASE("events that are taken late are the same", "[session]") {
    for (std::size_t step = 1; step <= 64; step += 3) {
        rig<plain, sizes{.rx = 64}> r;
        prepare(r);
        auto const stream = every_packet();
        std::string_view rest{stream};
        std::string answers;
        auto told = r.hears(rest.substr(0, 4), 4, &answers);
        rest.remove_prefix(4);
        int idle = 0;
        while (idle < 3) {
            // Bytes are given as long as the window takes any; events are taken one at a time.
            bool moved = false;
            if (r.s.hungry()) {
                auto const count = r.give_some(rest.substr(0, step));
                rest.remove_prefix(count);
                moved = count != 0;
            }
            if (auto const e = r.s.next_event()) {
                told += (told.empty() ? "" : ", ") + words(e);
                moved = true;
            }
            auto const out = r.output();
            answers += out;
            idle = moved || !out.empty() ? 0 : idle + 1;
        }
        CAPTURE(step);
        CHECK(rest.empty());
        CHECK(told == expected);
        CHECK(without_requests(words(answers)) == expected_answers);
    }
}
