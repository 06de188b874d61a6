// SPDX-License-Identifier: BSL-1.0
#include <barelink/testing/broker.hpp>

#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "testing/raw_client.hpp"

using namespace barelink;
using barelink::testing::violation;

namespace {

using cloud = testing::broker<>;

// The least that the broker can serve: a user puts it on a socket of his own.
struct foreign_stream {
    std::string in;
    std::string out;
    bool        closed = false;

    result<std::size_t> read(bytes_out into) noexcept {
        if (in.empty()) return errc::would_block;
        into[0] = in[0];
        in.erase(0, 1);
        return std::size_t{1};
    }
    result<std::size_t> write(bytes_in from) noexcept {
        out += from[0];
        return std::size_t{1};
    }
    void close() noexcept { closed = true; }
};

}  // namespace

TEST_CASE("a connection in crumbs, over a stream that only reads, writes and closes", "[testing][broker]") {
    cloud          b;
    foreign_stream s;
    s.in = raw::connect() + raw::empty(packet_type::pingreq);
    for (int i = 0; i < 60; ++i) static_cast<void>(b.serve(s, {}));
    CHECK(s.out == std::string{"\x20\x02\x00\x00\xD0\x00", 6});
    b.kick("pump");
    static_cast<void>(b.serve(s, {}));
    CHECK(s.closed);
    CHECK(b.violations() == 0);
}

TEST_CASE("silence is one and a half times the keep alive", "[testing][broker][MQTT-3.1.2-24]") {
    cloud       b;
    instant     now{0xFFFF'F000};  // the counter wraps on the way
    raw::client c{b, now};
    c.come({.keep_alive_s = 10, .client_id = "pump"});
    CHECK(b.next_deadline() == deadline{now + 15'000, true});
    now = now + 9'000;
    CHECK(c.say(raw::empty(packet_type::pingreq)) == "PINGRESP");
    CHECK(b.next_deadline() == deadline{now + 15'000, true});
    now = now + 14'999;
    b.on_time(now);
    CHECK(c.hear().empty());
    now = now + 1;
    b.on_time(now);
    CHECK(c.hear() == "closed");
    CHECK(b.counts().silences == 1);
    CHECK(b.last_violation().kind == violation::silence);
    CHECK_FALSE(b.next_deadline().armed);
}

TEST_CASE("a dead network is no violation if the judge is told so", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    b.knobs.judge_silence = false;
    c.come({.keep_alive_s = 10, .client_id = "pump"});
    now = now + 15'000;
    b.on_time(now);
    CHECK(c.hear() == "closed");
    CHECK(b.counts().silences == 1);
    CHECK(b.violations() == 0);
}

TEST_CASE("a keep alive of 0 is for ever", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come();
    CHECK_FALSE(b.next_deadline().armed);
}

TEST_CASE("a connection without CONNECT is closed after a while", "[testing][broker]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.dial();
    c.turn();
    CHECK(b.next_deadline() == deadline{{30'000}, true});
    now = {30'000};
    b.on_time(now);
    CHECK(c.hear() == "closed");
    CHECK(b.violations() == 0);
}

TEST_CASE("after DISCONNECT the client has to close", "[testing][broker][MQTT-3.14.4-1]") {
    cloud       b;
    instant     now;
    raw::client c{b, now};
    c.come();
    CHECK(c.say(raw::disconnect()).empty());
    CHECK_FALSE(b.connected("pump"));
    CHECK(b.next_deadline() == deadline{{5'000}, true});
    now = {5'000};
    b.on_time(now);
    CHECK(c.hear() == "closed");
    CHECK(b.violations() == 0);
}

TEST_CASE("more connections than the broker can hold", "[testing][broker]") {
    testing::broker<testing::broker_limits{.connections = 1}> b;
    instant                                                   now;
    raw::client                                               one{b, now};
    raw::client                                               two{b, now};
    CHECK(one.come("one") == "CONNACK accepted");
    CHECK(two.come("two") == "closed");
    one.vanish();
    CHECK(two.come("two") == "CONNACK accepted");
}

TEST_CASE("a client that does not read is not flooded, and gets everything later", "[testing][broker]") {
    testing::broker<testing::broker_limits{.queue = 32, .message_bytes = 400, .tx_bytes = 520}> b;
    instant                                                                                     now;
    raw::client                                                                                 c{b, now};
    c.come();
    c.say(raw::subscribe(1, "t", qos::at_most_once));
    c.wire().knobs.server_write_max = 0;
    std::string const payload(300, 'x');
    for (int i = 0; i < 10; ++i) CHECK(b.publish({"t", payload}));
    c.turn();
    CHECK(b.waiting("pump") == 9);
    c.wire().knobs.server_write_max = 7;
    auto const came                 = c.hear();
    CHECK(b.waiting("pump") == 0);
    CHECK(came.find("300 bytes | PUBLISH") != std::string::npos);
    CHECK(b.counts().messages_out == 10);
}
