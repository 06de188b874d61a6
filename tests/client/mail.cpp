// SPDX-License-Identifier: BSL-1.0
// The mailbox: another context leaves messages, the owner's poll publishes them.
#include <string>

#include "support/catch.hpp"
#include "support/client_kit.hpp"

using namespace kit;

namespace {

using box = mailbox<1024>;
using with_mail = bench<limits{.tx_bytes = 300, .inflight = 2}, box>;

}  // namespace

TEST_CASE("mail is published in its order by the next poll", "[client]") {
    with_mail b;
    box mail;
    b.power_on(mail);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    REQUIRE(mail.post({.topic = "a", .payload = "1"}) == errc::ok);
    REQUIRE(mail.post({.topic = "a", .payload = "2", .level = qos::at_least_once, .retain = true}) == errc::ok);
    CHECK(b.net.said() == "");
    CHECK(b.turn() == "");
    CHECK(b.net.said() == "PUBLISH a=1 q0, PUBLISH a=2 q1 #1 retain");
    CHECK(b.hears(puback(1)) == "delivered #1");
    CHECK(b.c->stats().messages_out == 2);
}

TEST_CASE("mail waits while there is no room", "[client]") {
    with_mail b;
    box mail;
    b.power_on(mail);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    for (char const c : {'1', '2', '3', '4'}) {
        REQUIRE(mail.post({.topic = "a", .payload = {&c, 1}, .level = qos::at_least_once}) == errc::ok);
    }
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "PUBLISH a=1 q1 #1, PUBLISH a=2 q1 #2");
    CHECK(b.hears(puback(1)) == "delivered #1");
    CHECK(b.net.said() == "PUBLISH a=3 q1 #3");
    CHECK(b.hears(puback(2) + puback(3)) == "delivered #2, delivered #3");
    CHECK(b.net.said() == "PUBLISH a=4 q1 #4");
}

TEST_CASE("mail that can never be published is told and removed, the rest goes on", "[client]") {
    with_mail b;
    box mail;
    b.power_on(mail);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    std::string const large(400, 'x');
    REQUIRE(mail.post({.topic = "a/#", .payload = "bad"}) == errc::ok);
    REQUIRE(mail.post({.topic = "a", .payload = "good"}) == errc::ok);
    REQUIRE(
        mail.post({.topic = "big", .payload = std::string_view{large}.substr(0, 320), .level = qos::at_least_once}) ==
        errc::ok);
    REQUIRE(mail.post({.topic = "a", .payload = "last"}) == errc::ok);
    CHECK(b.settle() == "dropped a/# [3] bad_topic, dropped big [320] publish_too_long");
    CHECK(b.net.said() == "PUBLISH a=good q0, PUBLISH a=last q0");
    CHECK(b.c->stats().dropped == 2);
}

TEST_CASE("QoS 0 mail off line is told, QoS 1 mail waits in the ring", "[client]") {
    with_mail b;
    box mail;
    b.power_on(mail);
    b.net.stages.assign(5, connect_stage::connect);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(mail.post({.topic = "a", .payload = "0"}) == errc::ok);
    REQUIRE(mail.post({.topic = "a", .payload = "1", .level = qos::at_least_once}) == errc::ok);
    CHECK(b.settle() == "dropped a [1] not_connected");
    b.net.stages.clear();
    REQUIRE(b.online());
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "PUBLISH a=1 q1 #1");
}

TEST_CASE("the views of refused mail live until the next call", "[client]") {
    with_mail b;
    box mail;
    b.power_on(mail);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    REQUIRE(mail.post({.topic = "a/+", .payload = "bad", .level = qos::at_least_once, .retain = true}) == errc::ok);
    b.c->poll();
    auto const e = b.c->next_event();
    REQUIRE(mail.post({.topic = "zzz", .payload = "zzz"}) == errc::ok);
    CHECK(e.topic == "a/+");
    CHECK(e.level == qos::at_least_once);
    CHECK(e.retain);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "PUBLISH zzz=zzz q0");
}
