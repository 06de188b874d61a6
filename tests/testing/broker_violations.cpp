// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;
using barelink::testing::violation;

namespace {

constexpr auto q0 = qos::at_most_once;
constexpr auto q1 = qos::at_least_once;
constexpr auto q2 = qos::exactly_once;

struct judge {
    testing::broker<>              b;
    instant                        now{1234};
    raw::client<testing::broker<>> c{b, now};

    explicit judge(bool clean = true) { c.come("pump", clean); }
    // Another connection of the same session.
    void again() {
        c.vanish();
        c.come("pump", false);
    }
    // The one violation that there was.
    violation only() const { return b.violations() == 1 ? b.first_violation().kind : violation::none; }
};

// What the first bytes of a connection are found to be.
violation first(std::string_view bytes) {
    testing::broker<> b;
    instant           now;
    raw::client       c{b, now};
    c.dial();
    CHECK(c.say(bytes) == "closed");
    CHECK(b.violations() == 1);
    return b.first_violation().kind;
}
// What the next bytes of an accepted client are found to be; the connection ends with them.
violation next(std::string_view bytes) {
    judge j;
    CHECK(j.c.say(bytes) == "closed");
    CHECK_FALSE(j.b.connected("pump"));
    return j.only();
}

}  // namespace

TEST_CASE("a report says who did what and when", "[testing][broker][violation]") {
    judge j;
    j.c.say(raw::publish({"t", "x", q1}, 7, true));
    CHECK(j.b.first_violation().text().view() == "DUP in a new session, packet id 7, from \"pump\" at 1234 ms");
    CHECK(j.b.complaint().view() == j.b.first_violation().text().view());
    j.b.forget_violations();
    CHECK(j.b.violations() == 0);
    CHECK(j.b.complaint().empty());
}

TEST_CASE("what ends a connection", "[testing][broker][violation]") {
    CHECK(first(raw::empty(packet_type::pingreq)) == violation::first_not_connect);
    CHECK(first(std::string{"\x10\x00", 2}) == violation::malformed_packet);
    CHECK(next(raw::connect()) == violation::second_connect);
    CHECK(next(std::string{"\x00", 1}) == violation::malformed_packet);
    CHECK(next(std::string{"\xC0\x01\x00", 3}) == violation::malformed_packet);
    CHECK(next(std::string{"\x62\xFF\xFF\xFF\xFF\x01", 6}) == violation::malformed_packet);
    CHECK(next(std::string{"\x60\x02\x00\x01", 4}) == violation::malformed_packet);          // PUBREL without its flag
    CHECK(next(std::string{"\x36\x05\x00\x01t\x00\x01", 7}) == violation::malformed_packet);  // QoS 3
    CHECK(next(raw::publish({"a/+", "x"})) == violation::malformed_packet);
    CHECK(next(raw::publish({"t", "x", q1}, 0)) == violation::malformed_packet);
    CHECK(next(std::string{"\x30\xFF\xFF\x7F", 4}) == violation::packet_too_long);
    CHECK(next(std::string{"\x20\x02\x00\x00", 4}) == violation::packet_of_a_server);
    CHECK(next(raw::empty(packet_type::pingresp)) == violation::packet_of_a_server);
    CHECK(next(raw::subscribe(1, "a#", q0)) == violation::bad_filter);
    CHECK(next(raw::unsubscribe(1, "a#")) == violation::bad_filter);
    CHECK(next(raw::disconnect() + raw::empty(packet_type::pingreq)) == violation::packet_after_disconnect);
}

TEST_CASE("a packet after DISCONNECT, in another piece", "[testing][broker][violation][MQTT-3.14.4-2]") {
    judge j;
    j.c.say(raw::disconnect());
    j.c.say(raw::empty(packet_type::pingreq));
    CHECK(j.only() == violation::packet_after_disconnect);
}

TEST_CASE("an identifier that is in use", "[testing][broker][violation][MQTT-2.3.1-2]") {
    judge j;
    j.c.say(raw::publish({"t", "x", q2}, 5));
    j.c.say(raw::publish({"t", "y", q2}, 5));
    CHECK(j.only() == violation::id_in_use);

    judge subscribe;
    subscribe.c.say(raw::publish({"t", "x", q2}, 5));
    subscribe.c.say(raw::subscribe(5, "t", q0));
    CHECK(subscribe.only() == violation::id_in_use);

    judge twice;
    twice.b.knobs.answer_requests = false;
    twice.c.say(raw::subscribe(5, "t", q0));
    twice.c.say(raw::unsubscribe(5, "t"));
    CHECK(twice.only() == violation::id_in_use);

    judge publish;
    publish.b.knobs.answer_requests = false;
    publish.c.say(raw::subscribe(5, "t", q0));
    publish.c.say(raw::publish({"t", "x", q1}, 5));
    CHECK(publish.only() == violation::id_in_use);
}

TEST_CASE("an identifier may be used again when its exchange is complete", "[testing][broker][violation]") {
    judge j{false};
    j.c.say(raw::publish({"t", "x", q1}, 5) + raw::publish({"t", "x", q1}, 5));
    j.c.say(raw::publish({"t", "x", q2}, 5) + raw::ack(packet_type::pubrel, 5) + raw::publish({"t", "x", q2}, 5));
    j.c.say(raw::ack(packet_type::pubrel, 5) + raw::subscribe(5, "a", q0) + raw::unsubscribe(5, "a"));
    j.again();
    // As it may have been lost before, DUP alone proves nothing in a session that was resumed.
    j.c.say(raw::publish({"t", "other", q1}, 5, true) + raw::publish({"t", "x", q1}, 6, true));
    CHECK(j.b.complaint().view() == "");
}

TEST_CASE("DUP in a new session", "[testing][broker][violation]") {
    judge j;
    j.c.say(raw::publish({"t", "x", q1}, 5, true));
    CHECK(j.only() == violation::dup_without_predecessor);
    // In 3.1 a client can't know that the session is new.
    testing::broker<> b;
    instant           now;
    raw::client       c{b, now, version::v3_1};
    c.come({.protocol = version::v3_1, .clean_session = false, .client_id = "pump"});
    c.say(raw::publish({"t", "x", q1}, 5, true));
    CHECK(b.violations() == 0);
}

TEST_CASE("a PUBLISH again on the same connection", "[testing][broker][violation]") {
    judge quick;
    quick.c.say(raw::publish({"t", "x", q1}, 5));
    quick.c.say(raw::publish({"t", "x", q1}, 5, true));
    CHECK(quick.only() == violation::resent_while_connected);

    judge unanswered;
    unanswered.b.knobs.answer_publishes = false;
    unanswered.c.say(raw::publish({"t", "x", q2}, 5));
    unanswered.c.say(raw::publish({"t", "x", q2}, 5, true));
    CHECK(unanswered.only() == violation::resent_while_connected);
}

TEST_CASE("a PUBLISH again on another connection", "[testing][broker][violation]") {
    judge plain{false};
    plain.c.say(raw::publish({"t", "x", q2}, 5));
    plain.again();
    plain.c.say(raw::publish({"t", "x", q2}, 5));
    CHECK(plain.only() == violation::resent_without_dup);

    judge changed{false};
    changed.c.say(raw::publish({"t", "x", q2}, 5));
    changed.again();
    changed.c.say(raw::publish({"t", "y", q2}, 5, true));
    CHECK(changed.only() == violation::resent_with_other_content);

    judge order{false};
    order.c.say(raw::publish({"t", "1", q1}, 5) + raw::publish({"t", "2", q2}, 6));
    order.again();
    order.c.say(raw::publish({"t", "2", q2}, 6, true) + raw::publish({"t", "1", q1}, 5, true));
    CHECK(order.only() == violation::resent_out_of_order);
}

TEST_CASE("nothing of QoS 2 comes again after its release", "[testing][broker][violation][MQTT-4.3.3-1]") {
    judge j{false};
    j.c.say(raw::publish({"t", "x", q2}, 5) + raw::ack(packet_type::pubrel, 5));
    j.again();
    j.c.say(raw::publish({"t", "x", q2}, 5, true));
    CHECK(j.only() == violation::publish_after_release);
}

TEST_CASE("releases that nobody waits for", "[testing][broker][violation]") {
    judge unknown;
    unknown.c.say(raw::ack(packet_type::pubrel, 5));
    CHECK(unknown.only() == violation::release_unknown);

    judge level;
    level.c.say(raw::publish({"t", "x", q1}, 5) + raw::ack(packet_type::pubrel, 5));
    CHECK(level.only() == violation::release_unknown);

    judge early;
    early.b.knobs.answer_publishes = false;
    early.c.say(raw::publish({"t", "x", q2}, 5) + raw::ack(packet_type::pubrel, 5));
    CHECK(early.only() == violation::release_before_pubrec);

    judge twice;
    twice.c.say(raw::publish({"t", "x", q2}, 5) + raw::ack(packet_type::pubrel, 5) + raw::ack(packet_type::pubrel, 5));
    CHECK(twice.only() == violation::release_repeated);

    judge order;
    order.c.say(raw::publish({"t", "1", q2}, 5) + raw::publish({"t", "2", q2}, 6));
    order.c.say(raw::ack(packet_type::pubrel, 6) + raw::ack(packet_type::pubrel, 5));
    CHECK(order.only() == violation::release_out_of_order);

    // A lost PUBCOMP is a good reason.
    judge resumed{false};
    resumed.again();
    CHECK(resumed.c.say(raw::ack(packet_type::pubrel, 5)) == "PUBCOMP id 5");
    CHECK(resumed.b.violations() == 0);
}

TEST_CASE("acknowledgements that nobody waits for", "[testing][broker][violation]") {
    auto const receiving = [](judge& j) {
        j.c.say(raw::subscribe(1, "#", q2));
        j.b.publish({"a", "1", q1});
        j.b.publish({"a", "2", q1});
        j.b.publish({"a", "3", q2});
        j.b.publish({"a", "4", q2});
        j.c.hear();
    };
    judge unknown;
    receiving(unknown);
    unknown.c.say(raw::ack(packet_type::puback, 9));
    CHECK(unknown.only() == violation::ack_unknown);

    judge comp;
    receiving(comp);
    comp.c.say(raw::ack(packet_type::pubcomp, 3));
    CHECK(comp.only() == violation::ack_unknown);

    judge twice;
    receiving(twice);
    twice.c.say(raw::ack(packet_type::puback, 1) + raw::ack(packet_type::puback, 1));
    CHECK(twice.only() == violation::ack_unknown);

    judge level;
    receiving(level);
    level.c.say(raw::ack(packet_type::puback, 3));
    CHECK(level.only() == violation::ack_of_other_qos);

    judge other;
    receiving(other);
    other.c.say(raw::ack(packet_type::pubrec, 1));
    CHECK(other.only() == violation::ack_of_other_qos);

    judge order;
    receiving(order);
    order.c.say(raw::ack(packet_type::puback, 2));
    CHECK(order.only() == violation::ack_out_of_order);

    judge rec_order;
    receiving(rec_order);
    rec_order.c.say(raw::ack(packet_type::pubrec, 4));
    CHECK(rec_order.only() == violation::ack_out_of_order);

    judge rec_twice;
    receiving(rec_twice);
    CHECK(rec_twice.c.say(raw::ack(packet_type::pubrec, 3)) == "PUBREL id 3");
    rec_twice.c.say(raw::ack(packet_type::pubrec, 3));
    CHECK(rec_twice.only() == violation::ack_repeated);
}

TEST_CASE("more under way than the history holds", "[testing][broker][violation]") {
    testing::broker<testing::broker_limits{.history = 2}> b;
    instant                                               now;
    raw::client                                           c{b, now};
    c.come();
    c.say(raw::publish({"t", "1", q1}, 1) + raw::publish({"t", "2", q1}, 2) + raw::publish({"t", "3", q1}, 3));
    CHECK(b.violations() == 0);
    CHECK(c.say(raw::publish({"t", "1", q2}, 4) + raw::publish({"t", "2", q2}, 5)) == "PUBREC id 4 | PUBREC id 5");
    c.say(raw::publish({"t", "3", q2}, 6));
    CHECK(b.last_violation().kind == violation::history_full);
    CHECK_FALSE(b.connected("pump"));
}
