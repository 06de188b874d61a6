// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/tracer.hpp>

#include <string>
#include <string_view>

#include <barelink/client/client.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/pipe.hpp>
#include <barelink/testing/waiting.hpp>

#include "support/catch.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;
using barelink::testing::manual_clock;
using barelink::testing::memory_pipe;
using barelink::testing::tracer;
using barelink::testing::waiting_transport;

namespace {

struct log_book {
    std::string text;
    void        write(std::string_view line) { (text += line) += '\n'; }
};

// A traced pipe whose both ends are in the hands of a test.
struct traced_pipe {
    memory_pipe<>                     wire;
    log_book                          log;
    tracer<memory_pipe<>::client_end> end{wire.client(), delegate<void(std::string_view)>::to<&log_book::write>(log)};

    traced_pipe() {
        REQUIRE(end.connect({}).value == connect_stage::done);
        log.text.clear();
    }
    void up(std::string_view bytes) { REQUIRE(end.write(bytes).value == bytes.size()); }
    void down(std::string_view bytes) {
        REQUIRE(wire.server().write(bytes).value == bytes.size());
        char into[4096] = {};
        REQUIRE(end.read(into).value == bytes.size());
    }
};

}  // namespace

static_assert(transport<tracer<memory_pipe<>::client_end>>);
static_assert(!waitable_transport<tracer<memory_pipe<>::client_end>>);
static_assert(waitable_transport<tracer<waiting_transport<memory_pipe<>::client_end>>>);

TEST_CASE("a device's day in words", "[testing][tracer]") {
    static storage<limits{}> memory;
    memory = {};
    memory_pipe<>     wire;
    manual_clock      clock;
    testing::broker<> cloud;
    log_book          log;
    tracer            end{wire.client(), delegate<void(std::string_view)>::to<&log_book::write>(log)};
    options const     o{
            .host = "cloud", .client_id = "pump", .user_name = "me", .password = "do not tell", .reconnect = false};
    client     mqtt{memory, end, clock, o};
    auto const turn = [&] {
        for (int i = 0; i < 10; ++i) {
            mqtt.poll([](event const&) {});
            if (wire.server().open()) static_cast<void>(cloud.serve(wire.server(), clock.now()));
        }
    };
    REQUIRE(mqtt.connect() == errc::ok);
    REQUIRE(mqtt.subscribe("plant/#", qos::exactly_once) == errc::ok);
    turn();
    REQUIRE(mqtt.publish({"plant/7", "21.5", qos::at_least_once}));
    turn();
    REQUIRE(mqtt.publish({"plant/7", "hot", qos::exactly_once, true}));
    turn();
    clock.advance(55'000);
    turn();
    REQUIRE(mqtt.unsubscribe("plant/#") == errc::ok);
    turn();
    REQUIRE(mqtt.disconnect() == errc::ok);
    turn();
    CHECK(log.text == "- connected\n"
                      "> CONNECT 3.1.1 client \"pump\" clean keep alive 60 s user \"me\" password 11 bytes\n"
                      "< CONNACK accepted\n"
                      "> SUBSCRIBE id 1 \"plant/#\" qos 2\n"
                      "< SUBACK id 1 qos 2\n"
                      "> PUBLISH id 2 qos 1 \"plant/7\" 4 bytes\n"
                      "< PUBACK id 2\n"
                      "< PUBLISH id 1 qos 1 \"plant/7\" 4 bytes\n"
                      "> PUBACK id 1\n"
                      "> PUBLISH id 3 qos 2 retain \"plant/7\" 3 bytes\n"
                      "< PUBREC id 3\n"
                      "< PUBLISH id 2 qos 2 \"plant/7\" 3 bytes\n"
                      "> PUBREL id 3\n"
                      "> PUBREC id 2\n"
                      "< PUBCOMP id 3\n"
                      "< PUBREL id 2\n"
                      "> PUBCOMP id 2\n"
                      "> PINGREQ\n"
                      "< PINGRESP\n"
                      "> UNSUBSCRIBE id 4 \"plant/#\"\n"
                      "< UNSUBACK id 4\n"
                      "> DISCONNECT\n"
                      "- closed\n");
    CHECK(cloud.violations() == 0);
}

TEST_CASE("packets are told when they are complete, however they are cut up", "[testing][tracer]") {
    traced_pipe t;
    auto const  packets =
        raw::publish({"t", "0123456789", qos::at_least_once}, 7, true) + raw::ack(packet_type::puback, 9);
    for (char const c : packets) t.up({&c, 1});
    CHECK(t.log.text == "> PUBLISH id 7 qos 1 dup \"t\" 10 bytes\n> PUBACK id 9\n");
    t.log.text.clear();
    t.up(packets);
    CHECK(t.log.text == "> PUBLISH id 7 qos 1 dup \"t\" 10 bytes\n> PUBACK id 9\n");
}

TEST_CASE("of a long message the header is told first, then how much followed", "[testing][tracer]") {
    traced_pipe       t;
    std::string const payload(700, 'x');
    auto const        packet = raw::publish({"t", payload});
    t.down(packet.substr(0, 600));
    CHECK(t.log.text == "< PUBLISH qos 0 \"t\" 700 bytes...\n");
    t.down(packet.substr(600));
    CHECK(t.log.text == "< PUBLISH qos 0 \"t\" 700 bytes...\n< and 194 bytes more\n");
    t.down({"\xD0\x00", 2});
    CHECK(t.log.text == "< PUBLISH qos 0 \"t\" 700 bytes...\n< and 194 bytes more\n< PINGRESP\n");
}

TEST_CASE("bytes that are no MQTT are counted, not shown", "[testing][tracer]") {
    traced_pipe t;
    t.down("HTTP/1.1 400 Bad Request");
    t.up("secret");
    t.end.close();
    CHECK(t.log.text == "< no MQTT: 48\n> no MQTT: 73\n> 5 bytes more\n< 23 bytes more\n- closed\n");
}

TEST_CASE("garbage ends the understanding of one direction", "[testing][tracer]") {
    traced_pipe t;
    t.down({"\x00\x11\x22", 3});
    t.down({"\xD0\x00", 2});
    t.up({"\xC0\x00", 2});
    t.end.close();
    CHECK(t.log.text == "< no MQTT: 00\n> PINGREQ\n< 4 bytes more\n- closed\n");
}

TEST_CASE("a packet that was cut is told at the end", "[testing][tracer]") {
    traced_pipe t;
    t.up({"\xC0\x00\x40", 3});
    t.wire.server().reset();
    char into[8] = {};
    CHECK(t.end.read(into).error == errc::connection_reset);
    t.end.close();
    CHECK(t.log.text == "> PINGREQ\n> cut after 1 bytes of a packet\n- connection_reset\n");

    traced_pipe       long_one;
    std::string const payload(700, 'x');
    long_one.up(raw::publish({"t", payload}).substr(0, 600));
    long_one.wire.server().close();
    CHECK(long_one.end.read(into).error == errc::closed_by_peer);
    CHECK(long_one.log.text == "> PUBLISH qos 0 \"t\" 700 bytes...\n> cut, 106 bytes are missing\n- closed_by_peer\n");
}

TEST_CASE("a refused attempt is told", "[testing][tracer]") {
    memory_pipe<> wire;
    log_book      log;
    tracer        end{wire.client(), delegate<void(std::string_view)>::to<&log_book::write>(log)};
    wire.knobs.refuse = errc::connect_refused;
    CHECK(end.connect({}).error == errc::connect_refused);
    end.close();
    CHECK(log.text == "- connect_refused\n");
}

TEST_CASE("a line that is too long says so", "[testing][tracer]") {
    traced_pipe       t;
    std::string const topic(450, 't');
    t.up(raw::publish({topic, "x"}));
    CHECK(t.log.text.size() < 420);
    CHECK(t.log.text.substr(0, 20) == "> PUBLISH qos 0 \"ttt");
    CHECK(t.log.text.substr(t.log.text.size() - 4) == "...\n");
}
