// SPDX-License-Identifier: BSL-1.0
// Thousands of bad networks. Each seed draws a network that splits, delays, cuts and loses, a device and a broker with
// its moods; what has to hold is said in trial.hpp and ledger.hpp.
#include <cstdint>

#include "sim/many_seeds.hpp"

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

}  // namespace

TEST_CASE("nothing is lost, doubled, mixed or left behind on a bad network", "[sim][lossy]") {
    auto const range = seeds(10'000);
    auto const nothing = [](dice&, limits const&, plan&) {};
    totals     all;
    for (auto seed = range.first; seed <= range.last && all.failures < 5; ++seed) {
        switch (seed % 4) {
        case 0: run<plain>(seed, all, nothing); break;
        case 1: run<level_1>(seed, all, nothing); break;
        default: run<everything>(seed, all, nothing);
        }
    }
    judge(all, range);
}
