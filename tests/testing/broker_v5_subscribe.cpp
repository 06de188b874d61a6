// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_v5.hpp"

using namespace barelink;
using barelink::testing::violation;
using id      = property_id;
using why     = reason_code;
using handles = retain_handling;

namespace {

using cloud = testing::broker<>;

constexpr auto q0 = qos::at_most_once;
constexpr auto q1 = qos::at_least_once;
constexpr auto q2 = qos::exactly_once;

struct party : raw::client<cloud> {
    party(cloud& b, instant& now, std::string_view name, raw5::words with = {})
        : raw::client<cloud>{b, now, version::v5} {
        dial();
        CHECK(say(raw5::connect({.clean_session = false, .keep_alive_s = 0, .client_id = name}, with)) ==
              "CONNACK accepted");
    }
};

struct stage {
    cloud   b;
    instant now;
    party   c{b, now, "pump"};
};

}  // namespace

TEST_CASE("subscription identifiers come back with their messages", "[testing][broker][MQTT5-3.3.4-3]") {
    stage s;
    s.c.say(raw5::subscribe(1, {"a/#", q0}, {{id::subscription_identifier, 7U}}));
    s.c.say(raw5::subscribe(2, {"a/b", q1}, {{id::subscription_identifier, 300U}}));
    s.c.say(raw5::subscribe(3, {"+/b", q0}));
    s.b.publish({"a/b", "x", q1});
    s.b.publish({"a/c", "x", q1});
    s.b.publish({"z/b", "x", q1});
    CHECK(s.c.hear() ==
          "PUBLISH id 1 qos 1 \"a/b\" 1 bytes {subscription_identifier 7, subscription_identifier 300} | "
          "PUBLISH qos 0 \"a/c\" 1 bytes {subscription_identifier 7} | PUBLISH qos 0 \"z/b\" 1 bytes");
    // Subscribing again replaces it.
    s.c.say(raw5::subscribe(4, {"a/#", q0}));
    s.b.publish({"a/c", "x"});
    CHECK(s.c.hear() == "PUBLISH qos 0 \"a/c\" 1 bytes");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("no local keeps one's own messages away", "[testing][broker][MQTT5-3.8.3-3]") {
    stage s;
    party other{s.b, s.now, "other"};
    s.c.say(raw5::subscribe(1, {.filter = "t", .no_local = true}));
    CHECK(s.c.say(raw5::publish({"t", "x", q1, true}, 1)) == "PUBACK id 1 no_matching_subscribers");
    CHECK(other.say(raw5::publish({"t", "y", q1}, 1)) == "PUBACK id 1");
    CHECK(s.c.hear() == "PUBLISH qos 0 \"t\" 1 bytes");
    CHECK(s.c.say(raw5::subscribe(2, {.filter = "t", .no_local = true})) == "SUBACK id 2 qos 0");
    CHECK(s.b.violations() == 0);
    CHECK(s.c.say(raw5::subscribe(3, {.filter = "$share/g/t", .no_local = true})) ==
          "DISCONNECT protocol_error | closed");
    CHECK(s.b.first_violation().kind == violation::protocol_error);
}

TEST_CASE("no local knows a will as one's own, and a session's place as another client's", "[testing][broker]") {
    cloud                b;
    instant              now;
    raw::client<cloud>   c{b, now, version::v5};
    connect_packet const with_will{
        .clean_session = false, .keep_alive_s = 0, .client_id = "pump", .will = {"t", "bye", q1, true}};
    auto const come = [&] {
        c.dial();
        return c.say(raw5::connect(with_will, {{id::session_expiry_interval, 100U}}));
    };
    come();
    c.say(raw5::subscribe(1, {.filter = "t", .level = q1, .no_local = true}));
    c.vanish();
    CHECK(b.retained("t").payload == "bye");
    CHECK(come() == "CONNACK accepted, session present");
    c.say(raw5::farewell(packet_type::disconnect, why::success, {{id::session_expiry_interval, 0U}}));
    party other{b, now, "other"};
    CHECK(other.say(raw5::subscribe(1, {.filter = "t", .no_local = true})) ==
          "SUBACK id 1 qos 0 | PUBLISH qos 0 retain \"t\" 3 bytes");
    CHECK(b.violations() == 0);
}

TEST_CASE("RETAIN stays as published if a subscription asks for it", "[testing][broker][MQTT5-3.3.1-13]") {
    stage s;
    s.c.say(raw5::subscribe(1, {.filter = "t", .retain_as_published = true}));
    s.b.publish({"t", "x", q0, true});
    s.b.publish({"t", "x"});
    CHECK(s.c.hear() == "PUBLISH qos 0 retain \"t\" 1 bytes | PUBLISH qos 0 \"t\" 1 bytes");
    s.c.say(raw5::subscribe(2, {.filter = "t", .retained = handles::do_not_send}));
    s.b.publish({"t", "x", q0, true});
    CHECK(s.c.hear() == "PUBLISH qos 0 \"t\" 1 bytes");
}

TEST_CASE("retained messages come as the subscription asks for", "[testing][broker][MQTT5-3.3.1-9]") {
    stage s;
    s.b.publish({"t", "x", q1, true});
    auto const ask = [&](handles how) { return s.c.say(raw5::subscribe(1, {.filter = "t", .retained = how})); };
    CHECK(ask(handles::do_not_send) == "SUBACK id 1 qos 0");
    CHECK(ask(handles::send_if_new) == "SUBACK id 1 qos 0");
    CHECK(ask(handles::send) == "SUBACK id 1 qos 0 | PUBLISH qos 0 retain \"t\" 1 bytes");
    CHECK(s.c.say(raw5::unsubscribe(2, "t")) == "UNSUBACK id 2 success");
    CHECK(s.c.say(raw5::unsubscribe(3, "t")) == "UNSUBACK id 3 no_subscription_existed");
    CHECK(ask(handles::send_if_new) == "SUBACK id 1 qos 0 | PUBLISH qos 0 retain \"t\" 1 bytes");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a group shares its messages in turns", "[testing][broker][MQTT5-4.8.2]") {
    stage s;
    party two{s.b, s.now, "two", {{id::session_expiry_interval, 100U}}};
    party three{s.b, s.now, "three"};
    s.b.publish({"t", "kept", q1, true});
    CHECK(s.c.say(raw5::subscribe(1, {"$share/g/t", q1}, {{id::subscription_identifier, 5U}})) ==
          "SUBACK id 1 qos 1");  // and no retained message
    two.say(raw5::subscribe(1, {"$share/g/t", q1}));
    three.say(raw5::subscribe(1, {"$share/h/+", q0}));
    for (int i = 0; i < 4; ++i) s.b.publish({"t", "x", q1});
    CHECK(s.c.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes {subscription_identifier 5} | "
                        "PUBLISH id 2 qos 1 \"t\" 1 bytes {subscription_identifier 5}");
    CHECK(two.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes | PUBLISH id 2 qos 1 \"t\" 1 bytes");
    CHECK(three.hear() == "PUBLISH qos 0 \"t\" 1 bytes | PUBLISH qos 0 \"t\" 1 bytes | PUBLISH qos 0 \"t\" 1 bytes | "
                          "PUBLISH qos 0 \"t\" 1 bytes");
    // Who is away has no turn.
    two.vanish();
    for (int i = 0; i < 2; ++i) s.b.publish({"t", "x", q1});
    CHECK(s.b.waiting("pump") == 4);
    CHECK(s.b.waiting("two") == 2);
    // Unless nobody is there.
    s.c.vanish();
    s.b.publish({"t", "x", q1});
    CHECK(s.b.waiting("two") == 3);
    party four{s.b, s.now, "four"};  // in the place of the first one
    party five{s.b, s.now, "five"};
    five.say(raw5::subscribe(1, {"$share/g/t", q1}));
    for (int i = 0; i < 2; ++i) s.b.publish({"t", "x", q1});
    CHECK(s.b.waiting("two") == 3);
    CHECK(s.b.waiting("five") == 2);
    CHECK(s.b.violations() == 0);
    CHECK(three.say(raw5::subscribe(2, {"$share//t", q0})) == "DISCONNECT topic_filter_invalid | closed");
    CHECK(s.b.first_violation().kind == violation::bad_filter);
}

TEST_CASE("filters are refused with a reason", "[testing][broker][MQTT5-3.9.3]") {
    stage s;
    s.b.knobs.refuse_subscriptions = true;
    CHECK(s.c.say(raw5::subscribe(1, {"t"})) == "SUBACK id 1 unspecified_error");
    s.b.knobs.subscribe_reason = why::not_authorized;
    CHECK(s.c.say(raw5::subscribe(2, {"t"})) == "SUBACK id 2 not_authorized");
    s.b.knobs.refuse_subscriptions = false;
    for (packet_id i = 3; i < 11; ++i) s.c.say(raw5::subscribe(i, {std::string(i, 'x')}));
    CHECK(s.c.say(raw5::subscribe(11, {"t"})) == "SUBACK id 11 quota_exceeded");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("what is not available is refused and noted", "[testing][broker][violation]") {
    cloud   b;
    instant now;
    b.options = {.maximum_qos           = q1,
                 .wildcards_available   = false,
                 .shared_available      = false,
                 .identifiers_available = false};
    raw::client<cloud> c{b, now, version::v5};
    c.dial();
    c.say(raw5::connect());
    CHECK(c.say(raw5::subscribe(1, {"t", q2})) == "SUBACK id 1 qos 1");
    CHECK(b.violations() == 0);
    CHECK(c.say(raw5::subscribe(2, {"t/#"})) == "SUBACK id 2 wildcard_subscriptions_not_supported");
    CHECK(b.last_violation().kind == violation::wildcards_not_supported);
    CHECK(c.say(raw5::subscribe(3, {"$share/g/t"})) == "SUBACK id 3 shared_subscriptions_not_supported");
    CHECK(b.last_violation().kind == violation::shared_not_supported);
    CHECK(c.say(raw5::subscribe(4, {"t"}, {{id::subscription_identifier, 1U}})) ==
          "SUBACK id 4 subscription_identifiers_not_supported");
    CHECK(b.last_violation().kind == violation::identifiers_not_supported);
    CHECK(b.violations() == 3);
}
