// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;

namespace {

using cloud = testing::broker<>;

}  // namespace

TEST_CASE("a message comes at the lower of two QoS", "[testing][broker][3.8.4]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come();
    c.say(raw::subscribe(1, "a/+", qos::at_least_once));
    CHECK(c.say(raw::publish({"a/b", "x", qos::at_most_once})) == "PUBLISH qos 0 \"a/b\" 1 bytes");
    CHECK(c.say(raw::publish({"a/b", "x", qos::exactly_once}, 9)) ==
          "PUBREC id 9 | PUBLISH id 1 qos 1 \"a/b\" 1 bytes");
    CHECK(c.say(raw::publish({"b", "x", qos::at_most_once})).empty());
    // Overlapping filters: once, at the highest QoS.
    c.say(raw::subscribe(2, "a/#", qos::exactly_once));
    CHECK(c.say(raw::publish({"a/b", "x", qos::exactly_once}, 10)) ==
          "PUBREC id 10 | PUBLISH id 2 qos 2 \"a/b\" 1 bytes");
    CHECK(c.say(raw::unsubscribe(3, "a/#")) == "UNSUBACK id 3");
    CHECK(c.say(raw::publish({"a", "x"})).empty());
    CHECK(b.violations() == 0);
}

TEST_CASE("QoS 2 passes a message on once", "[testing][broker][MQTT-4.3.3-2]") {
    cloud       b;
    instant     now;
    int         seen = 0;
    raw::client c{b, now};
    b.knobs.seen = {[](void* count, std::string_view who, message const& m) {
                        if (who == "pump" && m.payload == "x") ++*static_cast<int*>(count);
                    },
                    &seen};
    c.come("pump", false);
    auto const sent = message{"t", "x", qos::exactly_once};
    CHECK(c.say(raw::publish(sent, 5)) == "PUBREC id 5");
    c.vanish();
    c.come("pump", false);
    CHECK(c.say(raw::publish(sent, 5, true)) == "PUBREC id 5");
    CHECK(c.say(raw::ack(packet_type::pubrel, 5)) == "PUBCOMP id 5");
    c.vanish();
    c.come("pump", false);
    CHECK(c.say(raw::ack(packet_type::pubrel, 5)) == "PUBCOMP id 5");
    CHECK(c.say(raw::publish(sent, 5)) == "PUBREC id 5");
    CHECK(seen == 2);
    CHECK(b.counts().duplicates == 1);
    CHECK(b.violations() == 0);
}

TEST_CASE("QoS 1 passes a message on each time that it comes", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come("pump", false);
    CHECK(c.say(raw::publish({"t", "x", qos::at_least_once}, 5)) == "PUBACK id 5");
    c.vanish();
    c.come("pump", false);
    CHECK(c.say(raw::publish({"t", "x", qos::at_least_once}, 5, true)) == "PUBACK id 5");
    CHECK(b.counts().messages_in == 2);
    CHECK(b.counts().duplicates == 1);
    CHECK(b.violations() == 0);
}

TEST_CASE("a retained message waits for subscribers", "[testing][broker][MQTT-3.3.1-8]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come();
    c.say(raw::subscribe(1, "a", qos::at_most_once));
    CHECK(c.say(raw::publish({"a", "first", qos::at_least_once, true}, 1)) ==
          "PUBACK id 1 | PUBLISH qos 0 \"a\" 5 bytes");
    c.say(raw::publish({"a", "second!", qos::at_least_once, true}, 1));
    CHECK(c.say(raw::subscribe(2, "+", qos::at_least_once)) ==
          "SUBACK id 2 qos 1 | PUBLISH id 1 qos 1 retain \"a\" 7 bytes");
    CHECK(b.retained("a").payload == "second!");
    // An empty one removes it [MQTT-3.3.1-10].
    CHECK(c.say(raw::publish({"a", "", qos::at_most_once, true})) == "PUBLISH qos 0 \"a\" 0 bytes");
    CHECK(c.say(raw::subscribe(3, "a", qos::at_least_once)) == "SUBACK id 3 qos 1");
    c.say(raw::ack(packet_type::puback, 1));
    CHECK(b.messages_held() == 0);
}

TEST_CASE("a will is published when a client ends without DISCONNECT", "[testing][broker][MQTT-3.1.2-8]") {
    cloud                b;
    instant              now;
    raw::client          c{b, now};
    raw::client          watcher{b, now};
    connect_packet const with_will{
        .keep_alive_s = 10, .client_id = "pump", .will = {"gone", "bye", qos::at_least_once, true}};
    watcher.come("watcher");
    watcher.say(raw::subscribe(1, "gone", qos::at_least_once));
    c.come(with_will);
    c.say(raw::disconnect());
    CHECK(watcher.hear().empty());
    c.come(with_will);
    c.vanish();
    CHECK(watcher.hear() == "PUBLISH id 1 qos 1 \"gone\" 3 bytes");
    CHECK(b.retained("gone").payload == "bye");
    c.come(with_will);
    b.kick("pump");
    CHECK(c.hear() == "closed");
    CHECK(watcher.hear() == "PUBLISH id 2 qos 1 \"gone\" 3 bytes");
    CHECK(b.counts().wills == 2);
    CHECK(b.counts().breaks == 2);
    CHECK(b.counts().disconnects == 1);
    CHECK(b.violations() == 0);
}

TEST_CASE("no more messages are under way than the knob allows", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    b.knobs.inflight = 2;
    c.come();
    c.say(raw::subscribe(1, "t", qos::exactly_once));
    for (int i = 0; i < 4; ++i) b.publish({"t", "x", i == 1 ? qos::exactly_once : qos::at_least_once});
    CHECK(c.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes | PUBLISH id 2 qos 2 \"t\" 1 bytes");
    CHECK(c.say(raw::ack(packet_type::puback, 1)) == "PUBLISH id 3 qos 1 \"t\" 1 bytes");
    CHECK(c.say(raw::ack(packet_type::pubrec, 2)) == "PUBREL id 2");
    CHECK(c.say(raw::ack(packet_type::pubcomp, 2)) == "PUBLISH id 4 qos 1 \"t\" 1 bytes");
    CHECK(b.violations() == 0);
}

TEST_CASE("the knobs keep answers back", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    b.knobs = {.answer_pings = false, .answer_publishes = false, .answer_requests = false, .deliver = false};
    c.come("pump", false);
    CHECK(c.say(raw::empty(packet_type::pingreq)).empty());
    CHECK(c.say(raw::subscribe(1, "t", qos::exactly_once)).empty());
    CHECK(c.say(raw::unsubscribe(2, "nothing")).empty());
    CHECK(c.say(raw::publish({"t", "x", qos::at_least_once}, 3)).empty());
    CHECK(c.say(raw::publish({"t", "x", qos::exactly_once}, 4)).empty());
    b.knobs = {};
    CHECK(c.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes | PUBLISH id 2 qos 2 \"t\" 1 bytes");
    CHECK(c.say(raw::ack(packet_type::puback, 1)).empty());
    b.knobs.answer_publishes = false;
    CHECK(c.say(raw::ack(packet_type::pubrec, 2)).empty());
    b.knobs = {};
    CHECK(c.hear() == "PUBREL id 2");
    b.knobs.answer_connects = false;
    c.vanish();
    CHECK(c.come("pump", false).empty());
    CHECK(b.violations() == 0);
}

TEST_CASE("subscriptions are granted less, or refused", "[testing][broker][3.9.3]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come();
    b.knobs.granted_max = qos::at_most_once;
    CHECK(c.say(raw::subscribe(1, "a", qos::exactly_once)) == "SUBACK id 1 qos 0");
    b.knobs.refuse_subscriptions = true;
    CHECK(c.say(raw::subscribe(2, "b", qos::exactly_once)) == "SUBACK id 2 refused");
    b.knobs        = {};
    b.knobs.refuse = {
        [](void*, std::string_view who, std::string_view filter) { return who == "pump" && filter == "b"; }, nullptr};
    CHECK(c.say(raw::subscribe(3, "b", qos::exactly_once)) == "SUBACK id 3 refused");
    CHECK(c.say(raw::subscribe(4, "c", qos::exactly_once)) == "SUBACK id 4 qos 2");
    for (packet_id id = 5; id < 11; ++id) {
        CHECK(c.say(raw::subscribe(id, std::string(id, 'x'), qos::at_most_once)).substr(0, 6) == "SUBACK");
    }
    CHECK(c.say(raw::subscribe(20, "one too many", qos::at_most_once)) == "SUBACK id 20 refused");
    CHECK(c.say(raw::subscribe(21, std::string(200, 'x'), qos::at_most_once)) == "SUBACK id 21 refused");
}

TEST_CASE("what the broker can't hold is counted", "[testing][broker]") {
    testing::broker<testing::broker_limits{.queue = 2, .messages = 4, .retained = 1, .message_bytes = 64}> b;
    instant                                                                                                now;
    raw::client                                                                                            c{b, now};
    c.come("pump", false);
    c.say(raw::subscribe(1, "t", qos::at_least_once));
    c.vanish();
    CHECK(b.publish({"t", "1", qos::at_least_once}));
    CHECK(b.publish({"t", "2", qos::at_least_once}));
    CHECK_FALSE(b.publish({"t", "3", qos::at_least_once}));
    CHECK_FALSE(b.publish({"t", std::string(64, 'x'), qos::at_least_once}));
    CHECK(b.publish({"a", "1", qos::at_most_once, true}));
    CHECK_FALSE(b.publish({"b", "1", qos::at_most_once, true}));
    CHECK(b.counts().dropped == 3);
    CHECK(b.waiting("pump") == 2);
}
