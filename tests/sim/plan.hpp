// SPDX-License-Identifier: BSL-1.0
// What a seed stands for: the network, the device's options and the broker's manners.
#pragma once

#include <cstdint>
#include <string>

#include <barelink/client/limits.hpp>
#include <barelink/session/options.hpp>
#include <barelink/testing/broker_options.hpp>
#include <barelink/testing/flaky_rates.hpp>

namespace sim {

using barelink::limits;
using barelink::options;
using barelink::options_5;
using barelink::version;
using barelink::testing::broker_options;
using barelink::testing::dice;
using barelink::testing::flaky_rates;

// What only 5.0 has.
struct plan_5 {
    options_5      asks    = {};     // the device
    broker_options grants  = {};     // the broker
    bool           varies  = false;  // it grants something else to each connection
    bool           refuses = false;  // it has no quota for some messages
    bool           tells   = false;  // it says so if nobody has subscribed to a message
    bool           aliases = false;  // it uses the aliases that the device takes
    bool           users   = false;  // messages have user properties

    // How long a session lives without a connection.
    [[nodiscard]] std::uint32_t expiry_s() const {
        return asks.session_expiry_s < grants.session_expiry_max_s ? asks.session_expiry_s
                                                                   : grants.session_expiry_max_s;
    }
    [[nodiscard]] std::string text() const {
        auto const part = [](char const* name, std::uint32_t n) { return ' ' + (name + std::to_string(n)); };
        auto const yes  = [](char const* name, bool on) { return on ? std::string{" "} + name : std::string{}; };
        return part("expiry ", expiry_s()) + part("receives ", asks.receive_maximum) +
               part("sends ", grants.receive_maximum) + part("aliases in ", asks.topic_alias_maximum) +
               part("out ", grants.topic_alias_maximum) + part("packets in ", asks.maximum_packet_size) +
               part("out ", grants.maximum_packet_size) + yes("varies", varies) + yes("refuses", refuses) +
               yes("tells", tells) + yes("users", users);
    }
};

struct plan {
    flaky_rates   rates   = {};
    options       how     = {};
    bool          forgets = false;  // the broker loses sessions
    bool          silent  = false;  // connections may die without a word
    bool          sources = false;  // some payloads are pulled, and some of those fail
    std::uint32_t pause   = 0;      // longest time between two steps of the story, in ms
    std::uint32_t steps   = 0;      // of one storm
    std::uint32_t storms  = 0;
    std::uint32_t wrap    = 0;      // how many ms before 2^32 a storm begins
    plan_5        five    = {};

    [[nodiscard]] bool is_5() const { return how.protocol == version::v5; }
    // A device that the broker never forgets is owed everything.
    [[nodiscard]] bool kept() const {
        return !how.clean_session && !forgets && (!is_5() || five.expiry_s() == 0xFFFF'FFFF);
    }
    // How long the broker bears silence, at the least.
    [[nodiscard]] std::uint32_t keep_alive_s() const {
        auto const other = five.grants.server_keep_alive_s;
        return is_5() && other >= 0 ? static_cast<std::uint32_t>(other) : how.keep_alive_s;
    }

    [[nodiscard]] std::string text() const {
        auto const yes = [](char const* name, bool on) { return on ? std::string{" "} + name : std::string{}; };
        auto const name = how.protocol == version::v3_1 ? "3.1" : is_5() ? "5.0" : "3.1.1";
        return std::string{name} + yes("clean", how.clean_session) +
               yes("forgets", forgets) + yes("silent", silent) + yes("manual", how.manual_ack) +
               yes("chunks", how.chunks) + yes("sources", sources) + (is_5() ? five.text() : std::string{});
    }
};

inline flaky_rates draw_rates(dice& d) {
    auto const rate = [&d](std::uint16_t of_10, std::uint32_t most) {
        return d.chance(static_cast<std::uint16_t>(of_10 * 100)) ? static_cast<std::uint16_t>(d.draw(0, most))
                                                                 : std::uint16_t{0};
    };
    flaky_rates r;
    r.split        = rate(6, 700);
    r.block        = rate(5, 300);
    r.block_ms_max = d.chance(200) ? 3000 : d.draw(1, 50);
    r.latency_ms   = d.chance(600) ? d.draw(0, 200) : 0;
    r.delay        = rate(5, 300);
    r.delay_ms_max = d.chance(150) ? 7000 : d.draw(0, 1000);
    r.connect_ms   = d.draw(0, 500);
    r.refuse       = rate(4, 300);
    r.ignore       = rate(3, 200);
    r.cut          = rate(8, 900);
    r.lose         = rate(3, 400);
    r.fate_bytes   = d.draw(1, d.chance(500) ? 200 : 3000);
    return r;
}

// `l`: what the device can do. Its times are short, so that all of them run out now and then within one storm.
inline plan draw_plan(dice& d, limits const& l) {
    plan p;
    p.rates                  = draw_rates(d);
    p.how.host               = "broker";
    p.how.client_id          = "pump";
    p.how.protocol           = l.versions.v3_1 && d.chance(300) ? version::v3_1 : version::v3_1_1;
    p.how.clean_session      = d.chance(200);
    p.how.keep_alive_s       = static_cast<std::uint16_t>(d.draw(3, 10));
    p.how.manual_ack         = l.manual_ack && d.chance(400);
    p.how.chunks             = l.chunks && d.chance(500);
    p.how.request_timeout_ms = d.draw(1500, 4000);
    p.how.publish_timeout_ms = d.draw(2000, 6000);
    p.how.write_timeout_ms   = d.draw(2000, 5000);
    p.how.connect_timeout_ms = 2000;
    p.how.backoff_ms_min     = d.draw(50, 500);
    p.how.backoff_ms_max     = 3000;
    p.how.stable_after_ms    = 5000;
    p.forgets                = d.chance(150);
    p.silent                 = p.rates.lose != 0;
    p.sources                = l.sources != 0 && d.chance(500);
    p.pause                  = d.chance(300) ? 2000 : d.draw(1, 600);
    p.steps                  = d.draw(20, 160);
    p.storms                 = d.draw(1, 3);
    p.wrap                   = d.draw(0, p.pause * p.steps * 2 / 5 + 200);
    return p;
}

// What a Server grants, in numbers so low that they are reached all the time. `resumes`: messages of QoS 2 that it
// knows may come again, so that it must not call them too large.
inline void draw_grants(dice& d, broker_options& o, bool resumes) {
    o.receive_maximum     = static_cast<std::uint16_t>(d.chance(100) ? 65'535 : d.draw(1, 8));
    o.topic_alias_maximum = static_cast<std::uint16_t>(d.draw(0, 8));
    auto const size       = d.chance(300) ? d.draw(60, 300) : 0;
    if (!resumes) o.maximum_packet_size = size;
}

// Makes most plans such of 5.0. `l`: what the device can do.
inline void draw_plan_5(dice& d, limits const& l, plan& p) {
    if (d.chance(50) && l.versions.v3_1_1) return;
    p.how.protocol          = version::v5;
    auto&      asks         = p.five.asks;
    auto&      grants       = p.five.grants;
    auto const some         = [&d] { return d.draw(2, 20); };
    auto const receives     = l.inbound < 8 ? l.inbound : 8U;
    asks.session_expiry_s    = d.chance(150) ? 0 : d.chance(250) ? some() : 0xFFFF'FFFF;
    asks.receive_maximum     = static_cast<std::uint16_t>(d.chance(100) ? 0 : d.draw(1, receives));
    asks.topic_alias_maximum = static_cast<std::uint16_t>(d.draw(0, l.aliases_in));
    asks.maximum_packet_size = d.chance(300) ? d.draw(60, 250) : 0;
    draw_grants(d, grants, false);
    if (d.chance(150)) grants.session_expiry_max_s = some();
    if (d.chance(300)) grants.server_keep_alive_s = static_cast<std::int32_t>(d.chance(100) ? 0 : d.draw(3, 10));
    p.five.varies  = d.chance(300);
    p.five.refuses = d.chance(300);
    p.five.tells   = d.chance(500);
    p.five.aliases = d.chance(800);
    p.five.users   = d.chance(600);
}

}  // namespace sim
