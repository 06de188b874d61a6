// SPDX-License-Identifier: BSL-1.0
// Thousands of bad networks again, in 5.0: with receive maximums from 1 to 8 on both sides, topic aliases both ways,
// sessions that expire, packets that are too large, reasons and properties. What has to hold is said in trial.hpp,
// trial_five.hpp and ledger.hpp.
#include <cstdint>

#include "sim/many_seeds.hpp"

namespace {

using namespace sim;

// Every feature there is, in little memory.
inline constexpr limits everything{.versions           = version_set{true, true, true},
                                   .rx_bytes           = 128,
                                   .tx_bytes           = 512,
                                   .answers            = 4,
                                   .inflight           = 10,
                                   .inbound            = 8,
                                   .subscriptions      = 4,
                                   .subscribe_requests = 2,
                                   .sources            = 2,
                                   .topic_bytes        = 32,
                                   .aliases_in         = 3,
                                   .aliases_out        = 2,
                                   .alias_bytes        = 16,
                                   .chunks             = true,
                                   .manual_ack         = true};
// The engine without what can be left out.
inline constexpr limits plain{.versions           = version::v5,
                              .rx_bytes           = 128,
                              .tx_bytes           = 384,
                              .answers            = 2,
                              .inflight           = 9,
                              .inbound            = 4,
                              .subscriptions      = 3,
                              .subscribe_requests = 1,
                              .topic_bytes        = 32};
inline constexpr limits level_1{.versions           = version::v5,
                                .highest_qos        = qos::at_least_once,
                                .rx_bytes           = 128,
                                .tx_bytes           = 320,
                                .answers            = 1,
                                .inflight           = 4,
                                .subscriptions      = 3,
                                .subscribe_requests = 1,
                                .topic_bytes        = 32,
                                .aliases_in         = 1,
                                .aliases_out        = 8,
                                .alias_bytes        = 8,
                                .statistics         = false};

}  // namespace

TEST_CASE("nothing is lost, doubled, mixed or left behind on a bad network in 5.0", "[sim][lossy][v5]") {
    auto const range = seeds(10'000);
    totals     all;
    for (auto seed = range.first; seed <= range.last && all.failures < 5; ++seed) {
        switch (seed % 4) {
        case 0: run<plain>(seed, all, draw_plan_5); break;
        case 1: run<level_1>(seed, all, draw_plan_5); break;
        default: run<everything>(seed, all, draw_plan_5);
        }
    }
    judge(all, range);
    if (all.seeds < 1000 || all.failures != 0) return;
    CHECK(all.five > all.seeds * 9 / 10);
    CHECK(all.rejected > all.seeds / 10);
}
