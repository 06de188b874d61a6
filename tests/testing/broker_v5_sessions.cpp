// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_v5.hpp"

using namespace barelink;
using barelink::testing::violation;
using id  = property_id;
using why = reason_code;

namespace {

using cloud = testing::broker<>;

constexpr auto q1 = qos::at_least_once;
constexpr auto q2 = qos::exactly_once;

struct stage {
    cloud              b;
    instant            now{1000};
    raw::client<cloud> c{b, now, version::v5};

    std::string come(raw5::words with = {}, bool clean = true, std::string_view name = "pump") {
        return come({.clean_session = clean, .keep_alive_s = 0, .client_id = name}, with);
    }
    std::string come(connect_packet const& p, raw5::words with = {}, raw5::words will_with = {}) {
        c.dial();
        return c.say(raw5::connect(p, with, will_with));
    }
    void pass(std::uint32_t ms) {
        now = now + ms;
        b.on_time(now);
    }
};

}  // namespace

TEST_CASE("5.0 is spoken beside 3.1.1, and nothing is announced without need", "[testing][broker][MQTT5-3.2]") {
    stage       s;
    raw::client old{s.b, s.now};
    CHECK(s.come() == "CONNACK accepted");
    CHECK(old.come("old") == "CONNACK accepted");
    s.c.say(raw5::subscribe(1, {"t", q1}));
    CHECK(old.say(raw::publish({"t", "x", q1}, 1)) == "PUBACK id 1");
    CHECK(s.c.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes");
    CHECK(s.c.say(raw5::ack(packet_type::puback, 1)).empty());
    old.say(raw::subscribe(1, "t", q1));
    CHECK(s.c.say(raw5::publish({"t", "y", q1}, 5)) == "PUBACK id 5 | PUBLISH id 2 qos 1 \"t\" 1 bytes");
    CHECK(old.hear() == "PUBLISH id 1 qos 1 \"t\" 1 bytes");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("all that the broker grants is announced", "[testing][broker][MQTT5-3.2.2.3]") {
    stage          s;
    property const more[] = {{"k", "v"}};
    s.b.options           = {.receive_maximum       = 3,
                             .topic_alias_maximum   = 100,
                             .maximum_qos           = q1,
                             .retain_available      = false,
                             .wildcards_available   = false,
                             .shared_available      = false,
                             .identifiers_available = false,
                             .maximum_packet_size   = 200,
                             .session_expiry_max_s  = 60,
                             .server_keep_alive_s   = 7,
                             .assigned_client_id    = "you",
                             .response_information  = "r/",
                             .more                  = more};
    CHECK(s.come({{id::session_expiry_interval, 61U}, {id::request_response_information, 1U}}, true, "") ==
          "CONNACK accepted {session_expiry_interval 60, receive_maximum 3, maximum_qos 1, retain_available 0, "
          "maximum_packet_size 200, topic_alias_maximum 8, wildcard_subscription_available 0, "
          "subscription_identifier_available 0, shared_subscription_available 0, server_keep_alive 7, "
          "assigned_client_identifier \"you\", response_information \"r/\", user_property \"k\"=\"v\"}");
    CHECK(s.b.connected("you"));
    CHECK(s.b.next_deadline() == deadline{s.now + 10'500, true});
    s.c.vanish();
    s.b.options = {.response_information = "r/", .more = more};
    CHECK(s.come({{id::request_response_information, 1U}}) ==
          "CONNACK accepted {response_information \"r/\", user_property \"k\"=\"v\"}");
    // Not asked for, and no room for more.
    CHECK(s.come({{id::maximum_packet_size, 8U}}) == "CONNACK accepted");
    CHECK(s.come({}, true, "") ==
          "CONNACK accepted {assigned_client_identifier \"unnamed-4\", user_property \"k\"=\"v\"}");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a session lives as long as its expiry interval", "[testing][broker][MQTT5-3.1.2.11.2]") {
    stage s;
    CHECK(s.come({{id::session_expiry_interval, 10U}}) == "CONNACK accepted");
    s.c.say(raw5::subscribe(1, {"t", q1}));
    s.c.vanish();
    CHECK(s.b.next_deadline() == deadline{s.now + 10'000, true});
    s.pass(9'999);
    s.b.publish({"t", "x", q1});
    // Clean start says how it begins, the interval how it ends.
    CHECK(s.come({}, false) == "CONNACK accepted, session present | PUBLISH id 1 qos 1 \"t\" 1 bytes");
    CHECK(s.b.subscribed("pump", "t"));
    s.c.vanish();
    CHECK_FALSE(s.b.has_session("pump"));
    CHECK(s.b.messages_held() == 0);

    CHECK(s.come({{id::session_expiry_interval, 10U}}) == "CONNACK accepted");
    s.c.vanish();
    s.pass(10'000);
    CHECK_FALSE(s.b.has_session("pump"));
    CHECK(s.b.counts().sessions == 1);
    CHECK(s.come({{id::session_expiry_interval, 0xFFFFFFFFU}}, false) == "CONNACK accepted");
    s.c.vanish();
    CHECK_FALSE(s.b.next_deadline().armed);
    CHECK(s.come({}, true) == "CONNACK accepted");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("DISCONNECT may change the expiry interval, but not from 0", "[testing][broker][MQTT5-3.14.2.2.2]") {
    stage s;
    s.come({{id::session_expiry_interval, 10U}});
    s.c.say(raw5::farewell(packet_type::disconnect, why::success, {{id::session_expiry_interval, 0U}}));
    CHECK_FALSE(s.b.has_session("pump"));
    CHECK(s.b.violations() == 0);
    s.b.options.session_expiry_max_s = 7;
    s.come({{id::session_expiry_interval, 10U}});
    s.c.say(raw5::farewell(packet_type::disconnect, why::success, {{id::session_expiry_interval, 60U}}));
    s.pass(6'999);
    CHECK(s.b.has_session("pump"));
    s.pass(1);
    CHECK_FALSE(s.b.has_session("pump"));
    s.come();
    s.c.say(raw5::farewell(packet_type::disconnect, why::success, {{id::session_expiry_interval, 5U}}));
    CHECK_FALSE(s.b.has_session("pump"));
    CHECK(s.b.last_violation().kind == violation::expiry_raised);
    CHECK(testing::clause(s.b.last_violation().kind) == "3.14.2.2.2");
}

TEST_CASE("a takeover is told", "[testing][broker][MQTT5-3.1.4-3]") {
    stage       s;
    raw::client second{s.b, s.now, version::v5};
    s.come({{id::session_expiry_interval, 10U}});
    second.dial();
    CHECK(second.say(raw5::connect({.clean_session = false, .client_id = "pump"})) ==
          "CONNACK accepted, session present");
    CHECK(s.c.hear() == "DISCONNECT session_taken_over | closed");
    // Also by a client of 3.1.1.
    raw::client old{s.b, s.now};
    CHECK(old.come("pump") == "CONNACK accepted");
    CHECK(second.hear() == "DISCONNECT session_taken_over | closed");
    CHECK(s.b.counts().takeovers == 2);
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a will waits for its delay, its session or its client", "[testing][broker][MQTT5-3.1.3.2.2]") {
    stage                s;
    raw::client          watcher{s.b, s.now, version::v5};
    connect_packet const with_will{
        .clean_session = false, .keep_alive_s = 0, .client_id = "pump", .will = {"gone", "bye", q1}};
    watcher.dial();
    watcher.say(raw5::connect({.keep_alive_s = 0, .client_id = "watcher"}));
    watcher.say(raw5::subscribe(1, {"gone"}));
    auto const again = [&](std::uint32_t expiry, std::uint32_t delay) {
        return s.come(with_will, {{id::session_expiry_interval, expiry}},
                      {{id::will_delay_interval, delay}, {id::content_type, "text"}, {"why", "power"}});
    };
    again(100, 5);
    s.c.vanish();
    CHECK(s.b.next_deadline() == deadline{s.now + 5'000, true});
    s.pass(4'999);
    // It comes back in time [MQTT-3.1.3-9].
    CHECK(again(100, 5) == "CONNACK accepted, session present");
    CHECK_FALSE(s.b.next_deadline().armed);
    s.pass(100'000);
    CHECK(s.b.connected("pump"));
    CHECK(watcher.hear().empty());
    s.c.vanish();
    s.pass(5'000);
    CHECK(watcher.hear() ==
          "PUBLISH qos 0 \"gone\" 3 bytes {content_type \"text\", user_property \"why\"=\"power\"}");
    // The session ends before the delay does.
    again(3, 5);
    s.c.vanish();
    s.pass(3'000);
    CHECK(watcher.hear().substr(0, 29) == "PUBLISH qos 0 \"gone\" 3 bytes ");
    // Without a delay, and with DISCONNECT 4; not with DISCONNECT 0 [MQTT-3.14.4-3].
    again(100, 0);
    s.c.say(raw5::farewell(packet_type::disconnect, why::disconnect_with_will));
    CHECK(watcher.hear().substr(0, 29) == "PUBLISH qos 0 \"gone\" 3 bytes ");
    again(100, 0);
    s.c.say(raw5::farewell(packet_type::disconnect));
    CHECK(watcher.hear().empty());
    // A clean start ends the session that had it.
    again(100, 5);
    s.c.vanish();
    CHECK(watcher.hear().empty());
    s.come({{id::session_expiry_interval, 100U}});
    CHECK(watcher.hear().substr(0, 29) == "PUBLISH qos 0 \"gone\" 3 bytes ");
    CHECK(s.b.counts().wills == 4);
    CHECK(s.b.counts().breaks == 4);
    CHECK(s.b.counts().disconnects == 2);
    CHECK(s.b.messages_held() == 0);
    CHECK(s.b.violations() == 0);
}

TEST_CASE("silence is measured by the server's keep alive", "[testing][broker][MQTT5-3.2.2-21]") {
    stage s;
    s.b.options.server_keep_alive_s = 10;
    CHECK(s.come({.keep_alive_s = 600, .client_id = "pump"}) == "CONNACK accepted {server_keep_alive 10}");
    s.pass(15'000);
    CHECK(s.c.hear() == "DISCONNECT keep_alive_timeout | closed");
    CHECK(s.b.last_violation().kind == violation::silence);
    s.b.options.server_keep_alive_s = 0;
    s.come({.keep_alive_s = 10, .client_id = "pump"});
    CHECK_FALSE(s.b.next_deadline().armed);
}

TEST_CASE("the broker sends its clients away, with a reason and properties", "[testing][broker][MQTT5-3.14]") {
    stage          s;
    property const with[] = {{id::server_reference, "b:1883"}};
    s.come();
    s.b.disconnect("pump", why::use_another_server, with);
    CHECK(s.c.hear() == "DISCONNECT use_another_server {server_reference \"b:1883\"} | closed");
    raw::client old{s.b, s.now};
    old.come("pump");
    s.b.disconnect("pump", why::use_another_server, with);
    CHECK(old.hear() == "closed");
    s.come();
    s.b.kick("pump");
    CHECK(s.c.hear() == "closed");
    CHECK(s.b.counts().breaks == 3);
    // What is too long for the client is not said.
    s.come({{id::maximum_packet_size, 5U}});
    CHECK(s.c.say(raw5::subscribe(1, {"t"})).empty());
    CHECK(s.b.counts().too_large == 1);
    s.b.disconnect("pump", why::use_another_server, with);
    CHECK(s.c.hear() == "closed");
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a CONNECT of 5.0 is refused with a reason", "[testing][broker][MQTT5-3.2.2-7]") {
    stage s;
    s.b.knobs.connack_reason = why::server_moved;
    property const where[]   = {{id::server_reference, "b"}};
    s.b.options.more         = where;
    CHECK(s.come() == "CONNACK refused, server_moved {server_reference \"b\"} | closed");
    s.b.options              = {};
    s.b.knobs.connack_reason = why::success;
    s.b.knobs.connack        = connect_return::bad_credentials;
    CHECK(s.come() == "CONNACK refused, bad_user_name_or_password | closed");
    s.b.knobs.connack = connect_return::accepted;
    s.b.options       = {.maximum_qos = q1, .retain_available = false};
    CHECK(s.come({.client_id = "pump", .will = {"w", "", q2}}) == "CONNACK refused, qos_not_supported | closed");
    CHECK(s.come({.client_id = "pump", .will = {"w", "", q1, true}}) ==
          "CONNACK refused, retain_not_supported | closed");
    CHECK(s.come({{id::authentication_method, "M"}}) == "CONNACK refused, bad_authentication_method | closed");
    CHECK(s.come({}, true, std::string(65, 'x')) == "CONNACK refused, client_identifier_not_valid | closed");
    s.b.knobs.login = {[](void*, connect_packet const& p) {
                           return p.protocol == version::v5 ? connect_return::not_authorized
                                                            : connect_return::accepted;
                       },
                       nullptr};
    CHECK(s.come() == "CONNACK refused, not_authorized | closed");
    CHECK(s.b.counts().refused == 7);
    CHECK(s.b.violations() == 0);
    // Two properties of a kind that may be there once.
    CHECK(s.come({{id::receive_maximum, 1U}, {id::receive_maximum, 1U}}) == "closed");
    CHECK(s.b.last_violation().kind == violation::protocol_error);
}

TEST_CASE("a broker that does not know 5.0 says so in 3.1.1, or hangs up", "[testing][broker][MQTT5-3.1.2.2]") {
    stage s;
    s.b.knobs.speak_5 = false;
    CHECK(s.come() == "CONNACK refused, unacceptable_version | closed");
    s.b.knobs.hang_up_on_5 = true;
    CHECK(s.come() == "closed");
    raw::client old{s.b, s.now};
    CHECK(old.come("old") == "CONNACK accepted");
    CHECK(s.b.counts().refused == 2);
    CHECK(s.b.violations() == 0);
}

TEST_CASE("a login of several steps", "[testing][broker][MQTT5-4.12]") {
    stage       s;
    std::string asked;
    s.b.knobs.authenticate = {[](void* to, std::string_view who, std::string_view method, std::string_view data) {
                                  static_cast<std::string*>(to)->append(who).append(method).append(data).append(" ");
                                  if (data == "wrong") return testing::auth_step{why::not_authorized, {}};
                                  if (data == "2") return testing::auth_step{why::success, "ok"};
                                  return testing::auth_step{why::continue_authentication, "go on"};
                              },
                              &asked};
    auto const auth        = [](std::string_view data, why reason = why::continue_authentication,
                         std::string_view method = "M") {
        return raw5::farewell(packet_type::auth, reason,
                              {{id::authentication_method, method}, {id::authentication_data, data}});
    };
    auto const first = "AUTH continue_authentication {authentication_method \"M\", authentication_data 5 bytes}";
    auto const come  = [&] { return s.come({{id::authentication_method, "M"}, {id::authentication_data, "1"}}); };
    CHECK(come() == first);
    CHECK_FALSE(s.b.connected("pump"));
    CHECK(s.c.say(auth("2")) == "CONNACK accepted {authentication_method \"M\", authentication_data 2 bytes}");
    // Again, while connected [4.12.1].
    CHECK(s.c.say(auth("1", why::re_authenticate)) == first);
    CHECK(s.c.say(auth("2")) == "AUTH success {authentication_method \"M\", authentication_data 2 bytes}");
    CHECK(s.b.counts().logins == 2);
    CHECK(asked == "pumpM1 pumpM2 pumpM1 pumpM2 ");
    CHECK(s.c.say(auth("wrong", why::re_authenticate)) == "DISCONNECT not_authorized | closed");
    come();
    CHECK(s.c.say(auth("wrong")) == "CONNACK refused, not_authorized | closed");
    CHECK(s.b.violations() == 0);

    come();
    CHECK(s.c.say(auth("2", why::continue_authentication, "N")) == "closed");
    CHECK(s.b.last_violation().kind == violation::auth_method_changed);
    come();
    CHECK(s.c.say(raw5::publish({"t", ""})) == "closed");
    CHECK(s.b.last_violation().kind == violation::packet_before_connack);
    come();
    CHECK(s.c.say(auth("2", why::re_authenticate)) == "closed");
    CHECK(s.b.last_violation().kind == violation::protocol_error);
    s.come();
    CHECK(s.c.say(auth("2")) == "DISCONNECT protocol_error | closed");
    CHECK(s.b.last_violation().kind == violation::auth_unasked);
    CHECK(s.b.violations() == 4);
}
