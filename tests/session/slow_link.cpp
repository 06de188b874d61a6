// SPDX-License-Identifier: BSL-1.0
// Large packets over a slow link: an answer that is behind them is not late.
#include <algorithm>
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

// A payload of any length.
struct flash {
    std::size_t read(std::uint32_t, bytes_out into) {
        for (auto& c : into) c = 'x';
        return into.size();
    }
    payload_source source() { return payload_source::to<&flash::read>(*this); }
};

}  // namespace

TEST_CASE("a large publish over a slow link is not killed by its own ping", "[session][3.1.2.10]") {
    rig<features{.sources = true}> r;
    REQUIRE(r.online());
    flash f;
    REQUIRE(r.s.publish({.topic = "t", .level = qos::at_least_once}, 200'000, f.source()).value == 1);
    // 2 KB/s: 100 seconds, and never a second without progress.
    std::size_t sent = 0;
    for (int s = 0; s < 99; ++s) {
        std::size_t budget = 2000;
        while (budget != 0) {
            auto const out = r.s.pending_output();
            if (out.empty()) break;
            auto const n = std::min(out.size(), budget);
            r.s.sent(n);
            budget -= n;
            sent += n;
        }
        r.later(1000);
        INFO("second " << s << ", " << sent << " bytes");
        REQUIRE(name(r.s.expire()) == name(errc::ok));
    }
}

TEST_CASE("a large message that is coming in keeps no ping from being answered in time", "[session][3.1.2.10]") {
    rig<features{.chunks = true}> r;
    r.o.chunks = true;
    REQUIRE(r.online());
    auto const all = large_publish("t", std::string(200'000, 'x'), 1, 7);
    std::string_view rest = all;
    for (int s = 0; s < 99; ++s) {
        r.hears(rest.substr(0, 2000));
        rest.remove_prefix(2000);
        r.later(1000);
        static_cast<void>(r.output());  // PINGREQ leaves at once
        INFO("second " << s);
        REQUIRE(name(r.s.expire()) == name(errc::ok));
    }
}

TEST_CASE("a publish is not late while a large message is coming in", "[session]") {
    rig<features{.chunks = true}> r;
    r.o.chunks = true;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    auto const all = large_publish("t", std::string(200'000, 'x'), 1, 7);
    std::string_view rest = all;
    REQUIRE(r.hears(rest.substr(0, 2000)) != "");
    rest.remove_prefix(2000);
    REQUIRE(r.publish("p", "x", 1).value == 1);
    static_cast<void>(r.output());
    for (int s = 0; s < 90; ++s) {
        r.hears(rest.substr(0, 2000));
        rest.remove_prefix(2000);
        r.later(1000);
        static_cast<void>(r.output());
        INFO("second " << s);
        REQUIRE(name(r.s.expire()) == name(errc::ok));
    }
}

TEST_CASE("a SUBSCRIBE that waits behind a large publish is not late before it has left", "[session]") {
    rig<features{.sources = true}> r;
    r.o.keep_alive_s = 0;
    REQUIRE(r.online());
    flash f;
    REQUIRE(r.s.publish({.topic = "t", .level = qos::at_most_once}, 200'000, f.source()));
    auto const out = r.s.pending_output();
    r.s.sent(out.size() / 2);
    REQUIRE(r.subscribe("f", 1) == errc::ok);
    for (int s = 0; s < 60; ++s) {
        auto const more = r.s.pending_output();
        r.s.sent(std::min<std::size_t>(more.size(), 20));
        r.later(1000);
        REQUIRE(name(r.s.expire()) == name(errc::ok));
        INFO("second " << s);
        REQUIRE(r.told() == "");
    }
}
