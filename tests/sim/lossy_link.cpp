// SPDX-License-Identifier: BSL-1.0
// Thousands of bad networks. Each seed draws a network that splits, delays, cuts and loses, a device and a broker with
// its moods; what has to hold is said in trial.hpp and ledger.hpp.
#include <cstdint>
#include <string>
#include <vector>

#include "sim/seeds.hpp"
#include "sim/trial.hpp"
#include "support/catch.hpp"

namespace {

using namespace sim;

// Every feature there is, in little memory.
inline constexpr limits everything{.versions           = version::v3_1 | version::v3_1_1,
                                   .rx_bytes           = 128,
                                   .tx_bytes           = 512,
                                   .answers            = 4,
                                   .inflight           = 6,
                                   .inbound            = 8,
                                   .subscriptions      = 4,
                                   .subscribe_requests = 2,
                                   .sources            = 2,
                                   .topic_bytes        = 32,
                                   .chunks             = true,
                                   .manual_ack         = true};
// The engine without what can be left out.
inline constexpr limits plain{.rx_bytes           = 128,
                              .tx_bytes           = 384,
                              .answers            = 2,
                              .inflight           = 4,
                              .inbound            = 4,
                              .subscriptions      = 3,
                              .subscribe_requests = 1,
                              .topic_bytes        = 32};
inline constexpr limits level_1{.highest_qos        = qos::at_least_once,
                                .rx_bytes           = 96,
                                .tx_bytes           = 256,
                                .answers            = 1,
                                .inflight           = 3,
                                .subscriptions      = 3,
                                .subscribe_requests = 1,
                                .topic_bytes        = 32,
                                .statistics         = false};

// What all seeds together have seen, so that nobody believes in a storm that was none.
struct totals {
    wait_counts   waits;
    std::uint64_t messages = 0;
    std::uint64_t lost     = 0;
    std::uint64_t seeds    = 0;
    int           failures = 0;
};

plan calm_plan() {
    dice d{1};
    auto p              = draw_plan(d, limits{});
    p.how.protocol      = version::v3_1_1;
    p.how.clean_session = false;
    p.how.keep_alive_s  = 60;
    return p;
}

template <limits L>
std::vector<std::size_t> find_id_bytes() {
    trial<L>   calm{0, calm_plan()};
    auto const bytes = calm.find_id_bytes();
    REQUIRE(calm.fault() == "");
    return bytes;
}

template <limits L>
void run(std::uint64_t seed, totals& all) {
    static std::vector<std::size_t> const id_bytes = find_id_bytes<L>();
    // The last identifier given, and that of the last source that failed.
    REQUIRE(id_bytes.size() <= (L.sources != 0 ? 4 : 2));
    dice        d{seed};
    auto const  p = draw_plan(d, L);
    trial<L>    t{seed, p};
    auto const  fault = t.run(id_bytes);
    all.waits += t.waits();
    all.messages += t.messages();
    all.lost += t.lost_sessions();
    ++all.seeds;
    if (fault.empty()) return;
    ++all.failures;
    FAIL_CHECK("seed " << seed << " (" << p.text() << "): " << fault << "; " << replay(seed));
}

}  // namespace

TEST_CASE("nothing is lost, doubled, mixed or left behind on a bad network", "[sim][lossy]") {
    auto const range = seeds(10'000);
    totals     all;
    for (auto seed = range.first; seed <= range.last && all.failures < 5; ++seed) {
        switch (seed % 4) {
        case 0: run<plain>(seed, all); break;
        case 1: run<level_1>(seed, all); break;
        default: run<everything>(seed, all);
        }
    }
    INFO(all.seeds << " seeds, " << all.messages << " messages, " << all.lost << " sessions lost");
    for (std::size_t i = 0; i < static_cast<std::size_t>(waiting::count_); ++i) {
        auto const kind = static_cast<waiting>(i);
        UNSCOPED_INFO("2^32 passed while waiting for " << waiting_names[i] << ": " << all.waits[kind]);
    }
    CHECK(all.failures == 0);
    if (all.seeds < 1000 || all.failures != 0) return;
    for (auto const kind : {waiting::dial, waiting::connack, waiting::ping, waiting::acknowledgement, waiting::suback,
                            waiting::backoff, waiting::room}) {
        CHECK(all.waits[kind] > 0);
    }
    CHECK(all.messages > all.seeds * 10);
    CHECK(all.lost > all.seeds / 20);
    CHECK(all.seeds == range.last - range.first + 1);
}
