// SPDX-License-Identifier: BSL-1.0
// What a store needs: packets to keep, answers that change what is kept, and the way back after a power cut.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;
using namespace std::string_view_literals;

namespace {

constexpr features stored{.persistent = true};
constexpr features stored_with_ack{.deferred_ack = true, .persistent = true};

template <features F = stored, sizes Z = sizes{}>
struct device : rig<F, Z> {
    device() { this->o.clean_session = false; }
    errc put_back(std::string_view record, packet_id id) {
        REQUIRE(record.size() <= this->s.restore_space().size());
        record.copy(this->s.restore_space().data(), record.size());
        return this->s.restore(true, id, record.size());
    }
    errc put_back_inbound(packet_id id) { return this->s.restore(false, id, 0); }
};

constexpr bool withdraws() {
    rig<stored> r;
    if (!r.online() || r.publish("t", "1", 1).value != 1 || r.publish("t", "2", 1).value != 2) return false;
    r.s.withdraw(2);
    return r.writes(publish("t", "1", 1, 1));
}

}  // namespace

TEST_CASE("kept() is the packet as it will leave", "[session][MQTT-4.1.0-1]") {
    device r;
    REQUIRE(r.publish("t", "x", 1).value == 1);
    REQUIRE(r.publish("u", "y", 2, true).value == 2);
    CHECK(text_of(r.s.kept(1)) == std::string_view{publish("t", "x", 1, 1)});
    CHECK(text_of(r.s.kept(2)) == std::string_view{publish("u", "y", 2, 2, retain_bit)});
    CHECK(r.s.kept(3).empty());
    CHECK(r.s.kept(0).empty());
}

TEST_CASE("a publish that was taken back never leaves", "[session]") {
    CHECK(withdraws());
    for (bool const online : {false, true}) {
        for (unsigned first = 0; first < 3; ++first) {
            device r;
            if (online) REQUIRE(r.online());
            for (unsigned i = 0; i < first; ++i) REQUIRE(r.publish("t", "1", 1));
            auto const id = r.publish("t", "gone", 2).value;
            r.s.withdraw(id);
            if (!online) REQUIRE(r.online());
            REQUIRE(r.publish("t", "last", 1));
            std::string expected;
            for (unsigned i = 1; i <= first; ++i) expected += "PUBLISH t=1 q1 #" + std::to_string(i) + ", ";
            CAPTURE(online, first);
            REQUIRE(r.said(3) == expected + "PUBLISH t=last q1 #" + std::to_string(first + 2));
        }
    }
}

TEST_CASE("a publish that was taken back gives its room and its slot back", "[session]") {
    device<stored, sizes{.tx = 64, .inflight = 1}> r;
    REQUIRE(r.online());
    for (int i = 0; i < 10; ++i) {
        auto const id = r.publish("t", std::string(57, 'x'), 1);
        REQUIRE(id);
        r.s.withdraw(id.value);
    }
    CHECK(r.said() == "");
}

TEST_CASE("records come back in their order, as repetitions if the session is there", "[session][MQTT-4.4.0-1]") {
    device r;
    REQUIRE(r.put_back(publish("t", "1", 1, 100), 100) == errc::ok);
    REQUIRE(r.put_back(pubrel(7), 7) == errc::ok);
    REQUIRE(r.put_back(publish("t", "3", 2, 65'535), 65'535) == errc::ok);
    REQUIRE(r.put_back_inbound(40) == errc::ok);
    REQUIRE(r.online(true));
    CHECK(r.publish("t", "4", 1).value == 1);
    CHECK(r.said() == "PUBREL 7, PUBLISH t=1 q1 #100 dup, PUBLISH t=3 q2 #65535 dup, PUBLISH t=4 q1 #1");
    // A received message that was stored is not delivered again.
    std::string answers;
    CHECK(r.hears(publish("in", "x", 2, 40, dup_bit) + pubrel(40), 99, &answers) == "");
    CHECK(words(answers) == "PUBREC 40, PUBCOMP 40");
    CHECK(r.hears(pubcomp(7) + puback(100) + pubrec(65'535) + pubcomp(65'535)) ==
          "delivered #7, delivered #100, delivered #65535");
}

TEST_CASE("records come back as new publishes if the session is lost", "[session][MQTT-3.1.2-6]") {
    device r;
    REQUIRE(r.put_back(publish("t", "1", 1, 100), 100) == errc::ok);
    REQUIRE(r.put_back(pubrel(7), 7) == errc::ok);
    REQUIRE(r.put_back_inbound(40) == errc::ok);
    REQUIRE(r.put_back_inbound(41) == errc::ok);
    REQUIRE(r.online(false));
    CHECK(r.s.take_lost_inbound() == 40);
    CHECK(r.s.take_lost_inbound() == 41);
    CHECK(r.s.take_lost_inbound() == 0);
    CHECK(r.told() == "uncertain #7");
    CHECK(r.said() == "PUBLISH t=1 q1 #100");
    CHECK(r.hears(publish("in", "x", 2, 40)) == "message in=x q2 #40");
}

TEST_CASE("a record that is none is refused", "[session]") {
    device<stored, sizes{.tx = 64, .inflight = 2, .inbound = 1}> r;
    std::string const whole{publish("t", "x", 1, 5)};
    for (std::size_t n = 0; n < whole.size(); ++n) {
        CAPTURE(n);
        CHECK(r.put_back(whole.substr(0, n), 5) == errc::store_failed);
    }
    CHECK(r.put_back(whole + "x", 5) == errc::store_failed);
    CHECK(r.put_back(whole, 6) == errc::store_failed);
    CHECK(r.put_back(publish("t", "x", 0), 0) == errc::store_failed);
    CHECK(r.put_back(publish("t", "x", 3, 5), 5) == errc::store_failed);
    CHECK(r.put_back(publish("t/#", "x", 1, 5), 5) == errc::store_failed);
    CHECK(r.put_back(pubrel(5), 6) == errc::store_failed);
    CHECK(r.put_back(puback(5), 5) == errc::store_failed);
    CHECK(r.s.restore_space().size() == 64);
    CHECK(r.put_back(whole, 5) == errc::ok);
    CHECK(r.put_back(publish("t", "y", 2, 6), 6) == errc::ok);
    CHECK(r.put_back(pubrel(7), 7) == errc::inflight_full);
    CHECK(r.put_back_inbound(1) == errc::ok);
    CHECK(r.put_back_inbound(2) == errc::inbound_full);
    REQUIRE(r.online(true));
    CHECK(r.said() == "PUBLISH t=x q1 #5 dup, PUBLISH t=y q2 #6 dup");
}

TEST_CASE("a record with identifier 0 is refused", "[session][MQTT-2.3.1-1]") {
    device r;
    CHECK(r.put_back(pubrel(0), 0) == errc::store_failed);
    CHECK(r.put_back_inbound(0) == errc::store_failed);
}

TEST_CASE("a record of a level that this device does not have is refused", "[session]") {
    device<features{.highest_qos = qos::at_least_once, .persistent = true}> r;
    CHECK(r.put_back(publish("t", "x", 2, 5), 5) != errc::ok);
    CHECK(r.put_back(pubrel(6), 6) != errc::ok);
}

TEST_CASE("answers are shown once, before they are written", "[session][MQTT-4.1.0-1]") {
    auto const check = []<features F>() {
        device<F> r;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "x", 2).value == 1);
        r.drop_output();
        REQUIRE(r.give(publish("a", "", 1, 5) + publish("a", "", 2, 6) + pubrel(9) + pubrec(1)));
        r.told();
        auto const fresh = words(text_of(r.s.take_answers()));
        CHECK(fresh.find("PUBREC 6") != std::string::npos);
        CHECK(fresh.find("PUBREL 1") != std::string::npos);
        CHECK(fresh.find("PUBCOMP 9") != std::string::npos);
        CHECK(r.s.take_answers().empty());
        auto const out = r.s.pending_output();
        CHECK(words(text_of(out)) == fresh);
        // Written in part: nothing of it is shown again.
        r.s.sent(3);
        CHECK(r.s.take_answers().empty());
        REQUIRE(r.give(pubrel(6)));
        r.told();
        CHECK(words(text_of(r.s.take_answers())) == "PUBCOMP 6");
        r.drop_output();
        // After a reconnect they are new ones.
        REQUIRE(r.again(true));
        CHECK(words(text_of(r.s.take_answers())) == "PUBREL 1");
    };
    check.operator()<stored>();
    check.operator()<stored_with_ack>();
}

TEST_CASE("a ping in line is no answer, but walked over", "[session]") {
    device r;
    REQUIRE(r.online());
    r.later(56'000);
    REQUIRE(r.give(publish("a", "", 2, 6)));
    r.told();
    CHECK(words(text_of(r.s.take_answers())) == "PINGREQ, PUBREC 6");
}

TEST_CASE("before CONNACK nothing is in line, and nothing is shown to the store", "[session][MQTT-3.1.0-1]") {
    for (bool const present : {true, false}) {
        device r;
        REQUIRE(r.online());
        REQUIRE(r.publish("t", "x", 2).value == 1);
        r.drop_output();
        REQUIRE(r.hears(pubrec(1)) == "");
        r.s.end();
        REQUIRE(r.begin() == errc::ok);
        CHECK(r.s.take_answers().empty());
        r.drop_output();
        CHECK(r.s.take_answers().empty());
        REQUIRE(r.give(connack(present)));
        CHECK(r.told() == (present ? "connected present" : "connected, uncertain #1"));
        CHECK(r.said() == (present ? "PUBREL 1" : ""));
    }
}

TEST_CASE("a store that looks for answers puts none behind DISCONNECT", "[session][MQTT-3.14.4-2]") {
    device<stored_with_ack> r;
    r.s.manual_ack(true);
    REQUIRE(r.online());
    REQUIRE(r.hears(publish("a", "x", 1, 5)) == "message a=x q1 #5");
    REQUIRE(r.s.disconnect() == errc::ok);
    REQUIRE(words(text_of(r.s.pending_output())) == "DISCONNECT");
    REQUIRE(r.s.acknowledge(5) == errc::ok);
    CHECK(words(text_of(r.s.take_answers())).find("PUBACK") == std::string::npos);
    CHECK(r.said() == "DISCONNECT");
}
