// SPDX-License-Identifier: BSL-1.0
// Runs one seed after the other, and adds up what they have seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/seeds.hpp"
#include "sim/trial.hpp"
#include "support/catch.hpp"

namespace sim {

// What all seeds together have seen, so that nobody believes in a storm that was none.
struct totals {
    wait_counts   waits;
    std::uint64_t messages = 0;
    std::uint64_t lost     = 0;
    std::uint64_t seeds    = 0;
    std::uint64_t five     = 0;  // of 5.0
    std::uint64_t rejected = 0;
    int           failures = 0;
};

inline plan calm_plan(bool five) {
    dice d{1};
    auto p              = draw_plan(d, limits{});
    p.how.protocol      = five ? version::v5 : version::v3_1_1;
    p.five.asks         = {.session_expiry_s = 0xFFFF'FFFF};
    p.how.clean_session = false;
    p.how.keep_alive_s  = 60;
    return p;
}

template <limits L>
std::vector<std::size_t> find_id_bytes() {
    trial<L>   calm{0, calm_plan(L.versions.v5)};
    auto const bytes = calm.find_id_bytes();
    REQUIRE(calm.fault() == "");
    return bytes;
}

// `more`: draws what only 5.0 has.
template <limits L, class More>
void run(std::uint64_t seed, totals& all, More&& more) {
    static std::vector<std::size_t> const id_bytes = find_id_bytes<L>();
    // The last identifier given, and that of the last source that failed.
    REQUIRE(id_bytes.size() <= (L.sources != 0 ? 4 : 2));
    dice        d{seed};
    auto        p = draw_plan(d, L);
    more(d, L, p);
    trial<L>    t{seed, p};
    auto const  fault = t.run(id_bytes);
    all.waits += t.waits();
    all.messages += t.messages();
    all.lost += t.lost_sessions();
    all.rejected += t.rejected();
    all.five += p.is_5() ? 1U : 0U;
    ++all.seeds;
    if (fault.empty()) return;
    ++all.failures;
    FAIL_CHECK("seed " << seed << " (" << p.text() << "): " << fault << "; " << replay(seed));
}

inline void judge(totals const& all, seed_range const& range) {
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

}  // namespace sim
