// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/scripted_broker.hpp>

#include <string>
#include <string_view>

#include <barelink/base/text.hpp>
#include <barelink/client/client.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/pipe.hpp>

#include "base/check_both.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;
using barelink::testing::manual_clock;
using barelink::testing::memory_pipe;
using barelink::testing::scripted_broker;
namespace expected = barelink::testing::expected;

namespace {

// A client under script.
struct stage {
    memory_pipe<>     wire;
    manual_clock      clock;
    scripted_broker<> cloud;
    storage<limits{}> memory = {};
    options           o{.host = "cloud", .client_id = "pump", .clean_session = false, .jitter = false};
    client<memory_pipe<>::client_end, manual_clock> mqtt{memory, wire.client(), clock, o};
    std::string                                     events;

    void play(std::uint32_t ms) {
        auto const until = clock.now() + ms;
        for (;; clock.advance(1)) {
            for (int i = 0; i < 8; ++i) {
                mqtt.poll([this](event const& e) { note(e); });
                static_cast<void>(cloud.serve(wire.server(), clock.now()));
            }
            if (clock.now().reached(until)) return;
        }
    }
    void note(event const& e) {
        if (e.type == event_type::connected) events += e.session_present ? "resumed " : "connected ";
        if (e.type == event_type::disconnected) events += std::string{name(e.cause)} + ' ';
        if (e.type == event_type::delivered) events += "delivered ";
        if (e.type == event_type::message) events += std::string{e.payload} + ' ';
    }
};

// Raw bytes against a script. Returns its complaint.
std::string complaint_after(scripted_broker<>& cloud, std::string_view bytes, bool then_close = false) {
    memory_pipe<> wire;
    REQUIRE(wire.client().connect({}).value == connect_stage::done);
    REQUIRE(wire.client().write(bytes).value == bytes.size());
    if (then_close) wire.client().close();
    static_cast<void>(cloud.serve(wire.server(), {}));
    return std::string{cloud.complaint().view()};
}

constexpr bool plays_while_compiling() {
    memory_pipe<128>        wire;
    scripted_broker<8, 128> cloud;
    char const              ping[]   = {static_cast<char>(0xC0), 0};
    char                    into[16] = {};
    cloud.expect(expected::pingreq{}).reply(packet_type::pingresp).after(10).drop();
    static_cast<void>(wire.client().connect({}));
    static_cast<void>(wire.client().write(ping));
    static_cast<void>(cloud.serve(wire.server(), {5}));
    bool const answered = wire.client().read(into).value == 2 && cloud.next_deadline().at == instant{15};
    static_cast<void>(cloud.serve(wire.server(), {15}));
    return answered && cloud.done() && wire.client().read(into).error == errc::connection_reset;
}

}  // namespace

TEST_CASE("a script is a constant expression", "[testing][scripted_broker]") {
    CHECK_BOTH(plays_while_compiling());
}

TEST_CASE("a publish whose PUBACK was lost is sent again with DUP", "[testing][scripted_broker][MQTT-4.4.0-1]") {
    stage s;
    s.cloud.expect(expected::connect{.client_id = "pump", .clean_session = false})
        .reply(connack_packet{})
        .expect(expected::publish{.topic = "t", .payload = "x", .id = 1, .level = qos::at_least_once, .dup = false})
        .after(50)
        .drop()
        .expect(expected::connect{})
        .reply(connack_packet{.session_present = true})
        .expect(expected::publish{.id = 1, .dup = true})
        .reply(packet_type::puback)
        .reply({.topic = "t", .payload = "back"});
    REQUIRE(s.mqtt.publish({"t", "x", qos::at_least_once}));
    REQUIRE(s.mqtt.connect() == errc::ok);
    s.play(3000);
    CHECK(s.cloud.complaint().view() == "");
    CHECK(s.cloud.done());
    CHECK(s.events == "connected connection_reset resumed delivered back ");
}

TEST_CASE("a script that is not played to its end says what is missing", "[testing][scripted_broker]") {
    scripted_broker<> cloud;
    cloud.expect(expected::connect{}).reply(connack_packet{}).expect(expected::ack{packet_type::puback, 3});
    CHECK(complaint_after(cloud, raw::connect()) == "step 3 of 3: expected PUBACK id 3, nothing came");
    CHECK_FALSE(cloud.done());
}

TEST_CASE("another packet than expected is told beside it", "[testing][scripted_broker]") {
    scripted_broker<> a;
    a.expect(expected::publish{.topic = "t", .id = 1, .dup = true});
    CHECK(complaint_after(a, raw::publish({"t", "hello", qos::at_least_once}, 2)) ==
          "step 1 of 1: expected PUBLISH id 1 dup 1 \"t\", came PUBLISH id 2 qos 1 \"t\" 5 bytes");
    CHECK_FALSE(a.done());

    scripted_broker<> b;
    b.expect(expected::connect{.client_id = "pump", .clean_session = false});
    CHECK(complaint_after(b, raw::connect({.client_id = "valve"})) ==
          "step 1 of 1: expected CONNECT client \"pump\" clean session 0, "
          "came CONNECT 3.1.1 client \"valve\" clean keep alive 60 s");

    scripted_broker<> c;
    CHECK(complaint_after(c, raw::disconnect()) == "step 1 of 0: expected nothing more, came DISCONNECT");

    scripted_broker<> d;
    d.expect(expected::subscribe{.filter = "a/#", .level = qos::at_least_once});
    CHECK(complaint_after(d, raw::subscribe(1, "a/#", qos::exactly_once)) ==
          "step 1 of 1: expected SUBSCRIBE \"a/#\" qos 1, came SUBSCRIBE id 1 \"a/#\" qos 2");
}

TEST_CASE("the end of a connection is expected or a mistake", "[testing][scripted_broker]") {
    scripted_broker<> wanted;
    wanted.expect(expected::disconnect{}).expect_close();
    CHECK(complaint_after(wanted, raw::disconnect(), true) == "");
    CHECK(wanted.done());

    scripted_broker<> early;
    early.expect(expected::ack{packet_type::pubrel});
    CHECK(complaint_after(early, "", true) == "step 1 of 1: expected PUBREL, came the end of the connection");
}

TEST_CASE("bytes that are no packet are a mistake", "[testing][scripted_broker]") {
    scripted_broker<> cloud;
    cloud.expect(expected::connect{});
    CHECK(complaint_after(cloud, {"\x00\x00", 2}) ==
          "step 1 of 1: expected CONNECT, came bytes that are no MQTT packet");
    scripted_broker<> deaf;
    deaf.expect(expected::pingreq{}).ignore_rest();
    CHECK(complaint_after(deaf, {"\xC0\x00\x00\x00\x12", 5}) == "");
}

TEST_CASE("a predicate of one's own", "[testing][scripted_broker]") {
    scripted_broker<> cloud;
    cloud.expect(+[](fixed_header const& h, bytes_in) { return h.type == packet_type::pingreq; })
        .expect(+[](fixed_header const& h, bytes_in) { return h.type == packet_type::pingresp; });
    CHECK(complaint_after(cloud, {"\xC0\x00\xE0\x00", 4}) ==
          "step 2 of 2: expected a packet of your own predicate, came DISCONNECT");
}

TEST_CASE("pings are answered unless they are expected", "[testing][scripted_broker]") {
    memory_pipe<>     wire;
    scripted_broker<> cloud;
    cloud.expect(expected::ack{packet_type::puback, 1});
    REQUIRE(wire.client().connect({}).value == connect_stage::done);
    static_cast<void>(wire.client().write(std::string_view{"\xC0\x00", 2}));
    static_cast<void>(cloud.serve(wire.server(), {}));
    char into[8] = {};
    CHECK(wire.client().read(into).value == 2);
    CHECK(into[0] == '\xD0');
    static_cast<void>(wire.client().write(raw::ack(packet_type::puback, 1)));
    static_cast<void>(cloud.serve(wire.server(), {}));
    CHECK(cloud.done());
}

TEST_CASE("answers take the identifier of the packet that came", "[testing][scripted_broker]") {
    memory_pipe<>     wire;
    scripted_broker<> cloud;
    cloud.expect(packet_type::subscribe).grant(1).expect(packet_type::unsubscribe).reply(packet_type::unsuback, 9);
    REQUIRE(wire.client().connect({}).value == connect_stage::done);
    static_cast<void>(wire.client().write(raw::subscribe(0x1234, "t", qos::at_least_once)));
    static_cast<void>(wire.client().write(raw::unsubscribe(2, "t")));
    static_cast<void>(cloud.serve(wire.server(), {}));
    char into[16] = {};
    REQUIRE(wire.client().read(into).value == 9);
    CHECK(std::string_view{into, 9} == std::string_view{"\x90\x03\x12\x34\x01\xB0\x02\x00\x09", 9});
}

TEST_CASE("a script that is too long complains", "[testing][scripted_broker]") {
    scripted_broker<2, 64> cloud;
    cloud.expect(expected::connect{}).after(1);
    CHECK(cloud.complaint().view() == "step 1 of 2: expected CONNECT, nothing came");
    cloud.after(1);
    CHECK(cloud.complaint().view() == "the script is too long for scripted_broker<2, 64>");
    scripted_broker<2, 8> small;
    small.send("123456789");
    CHECK(small.complaint().view() == "the script is too long for scripted_broker<2, 8>");
}
