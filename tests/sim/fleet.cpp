// SPDX-License-Identifier: BSL-1.0
// Many devices that lose their broker at one moment, and two that share a client id.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <barelink/client/client.hpp>
#include <barelink/link/backoff.hpp>
#include <barelink/link/entropy.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>

#include "support/catch.hpp"

namespace {

using namespace barelink;
using testing::manual_clock;

constexpr limits        small{
    .versions = version::v3_1_1 | version::v5, .rx_bytes = 64, .tx_bytes = 64, .topic_bytes = 32};
constexpr std::size_t   fleet  = 1000;
constexpr std::uint32_t second = 1000;
constexpr std::uint32_t hour   = 3600 * second;

// How many of the instants lie in the fullest window of 100 ms, in percent.
double crowd(std::vector<std::uint32_t> at) {
    std::sort(at.begin(), at.end());
    std::size_t most = 0;
    for (std::size_t from = 0, to = 0; to < at.size(); ++to) {
        while (at[to] - at[from] >= 100) ++from;
        most = std::max(most, to - from + 1);
    }
    return 100.0 * static_cast<double>(most) / static_cast<double>(at.size());
}

// When each device of a fleet is back after a broker that was away for `away_ms`. `draw(i, now)`: its random numbers.
template <class Draw>
std::vector<std::uint32_t> returns(std::uint32_t away_ms, Draw&& draw) {
    options const              o;
    std::vector<std::uint32_t> back;
    for (std::size_t i = 0; i < fleet; ++i) {
        backoff       waits;
        std::uint32_t now   = 0;
        auto          cause = errc::connection_reset;
        do {
            now += waits.next(cause, {o.backoff_ms_min, o.backoff_ms_max, true}, draw(i, instant{now}));
            cause = errc::connect_refused;
        } while (now < away_ms);
        back.push_back(now);
    }
    return back;
}

// Real clients on one broker, each with its own network.
template <std::size_t N>
class town {
public:
    using link_type   = testing::flaky_link<512, 4>;
    using client_type = client<link_type::client_end, manual_clock, small>;

    explicit town(bool one_name, version protocol = version::v3_1_1) {
        for (std::size_t i = 0; i < N; ++i) {
            auto& d         = *(devices_[i] = std::make_unique<device>());
            d.name          = one_name ? "twin" : "device-" + std::to_string(i);
            d.how.host      = "broker";
            d.how.protocol  = protocol;
            d.how.client_id = d.name;
            d.link          = std::make_unique<link_type>(clock_, i + 1);
            d.mqtt          = std::make_unique<client_type>(d.memory, d.link->client(), clock_, d.how);
        }
    }
    void connect(std::size_t i) { REQUIRE(devices_[i]->mqtt->connect() == errc::ok); }
    void live(std::uint32_t ms) {
        auto const until = clock_.now() + ms;
        for (;;) {
            while (turn()) {
            }
            if (clock_.now().reached(until)) return;
            deadline next{until, true};
            next.earliest(cloud.next_deadline());
            for (auto& d : devices_) {
                next.earliest(d->mqtt->next_deadline());
                next.earliest(d->link->next_change());
            }
            clock_.advance(std::max<std::uint32_t>(next.left(clock_.now()), 1));
            cloud.on_time(clock_.now());
        }
    }
    struct device {
        std::string                  name;
        options                      how;
        storage<small>             memory{};
        std::unique_ptr<link_type>   link;
        std::unique_ptr<client_type> mqtt;
        std::uint32_t                replaced  = 0;
        std::uint32_t                connected = 0;
        std::vector<std::uint32_t>   connects;  // when
    };
    device& operator[](std::size_t i) { return *devices_[i]; }
    [[nodiscard]] instant now() const { return clock_.now(); }

    testing::broker<testing::broker_limits{.connections = 2 * N + 2, .sessions = N + 1}> cloud;

private:
    bool turn() {
        bool any = false;
        for (auto& d : devices_) {
            bool const due = d->link->client().readable() || d->mqtt->next_deadline().due(clock_.now());
            any            = any || due;
            if (due) {
                d->mqtt->poll([&](event const& e) {
                    if (e.type == event_type::connected) d->connects.push_back(clock_.now().ms);
                    if (e.type == event_type::replaced) ++d->replaced;
                });
            }
            for (auto& end : *d->link) {
                if (end.open()) any = cloud.serve(end, clock_.now()) || any;
            }
        }
        return any;
    }

    manual_clock                           clock_{{1}};
    std::array<std::unique_ptr<device>, N> devices_;
};

}  // namespace

TEST_CASE("a fleet comes back spread over time", "[sim][fleet]") {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < fleet; ++i) names.push_back("device-" + std::to_string(i));
    std::vector<seeded_entropy> numbers;
    for (std::size_t i = 0; i < fleet; ++i) numbers.emplace_back(static_cast<std::uint32_t>(1000 + i));

    struct absence {
        std::uint32_t ms;
        double        crowd;  // in any 100 ms, at most so many percent
    };
    // The first wait is half a second to one, each further one twice as long: the longer the broker is away, the wider
    // the fleet spreads. An even spread over half of the last wait would be 20, 10, 2.5, 0.6 and 0.3.
    for (auto const& a : {absence{0, 26}, absence{2 * second, 15}, absence{10 * second, 5}, absence{60 * second, 2.5},
                          absence{600 * second, 2}}) {
        INFO("the broker was away for " << a.ms << " ms");
        auto const by_name =
            returns(a.ms, [&](std::size_t i, instant now) { return name_entropy::draw(names[i], now); });
        auto const by_seed = returns(a.ms, [&](std::size_t i, instant) { return numbers[i].draw(); });
        CHECK(crowd(by_name) <= a.crowd);
        CHECK(crowd(by_seed) <= a.crowd);
        // And nobody waits longer than the longest wait.
        CHECK(*std::max_element(by_name.begin(), by_name.end()) < a.ms + 60 * second);
    }
    // Without jitter they would all come at once: the measure can fail.
    CHECK(crowd(returns(2 * second, [](std::size_t, instant) { return 0U; })) == 100.0);
}

TEST_CASE("real clients spread too", "[sim][fleet]") {
    constexpr std::size_t n = 60;
    auto const            t = std::make_unique<town<n>>(false);
    for (std::size_t i = 0; i < n; ++i) t->connect(i);
    t->live(20 * second);
    CHECK(t->cloud.counts().connects == n);
    t->cloud.restart(true);
    // Nobody is let in for 20 s.
    for (std::size_t i = 0; i < n; ++i) (*t)[i].link->rates.refuse = 1000;
    t->live(20 * second);
    for (std::size_t i = 0; i < n; ++i) (*t)[i].link->rates.refuse = 0;
    t->live(60 * second);
    CHECK(t->cloud.counts().connects == 2 * n);
    CHECK(t->cloud.violations() == 0);
    std::vector<std::uint32_t> back;
    for (std::size_t i = 0; i < n; ++i) {
        REQUIRE((*t)[i].connects.size() == 2);
        CHECK((*t)[i].replaced == 0);
        back.push_back((*t)[i].connects.back());
    }
    CHECK(crowd(back) <= 10);
}

TEST_CASE("two devices with one client id do not duel", "[sim][fleet]") {
    auto const t = std::make_unique<town<2>>(true);
    t->connect(0);
    t->live(20 * second);
    t->connect(1);
    t->live(hour);
    auto const connects = t->cloud.counts().connects;
    INFO(connects << " connects in an hour, " << t->cloud.counts().takeovers << " takeovers");
    // Who knows waits a minute; who was trusted before tries once more after a second. That makes at most three in a
    // minute; a duel would be one a second.
    CHECK(connects <= 180);
    CHECK(connects >= 50);
    CHECK((*t)[0].replaced + (*t)[1].replaced >= 1);
    CHECK(t->cloud.violations() == 0);
    // When the twin is gone, the first one stays on line.
    REQUIRE((*t)[1].mqtt->disconnect() == errc::ok);
    t->live(61 * second);
    auto const before = t->cloud.counts().connects;
    t->live(hour);
    CHECK((*t)[0].mqtt->online());
    CHECK(t->cloud.counts().connects == before);
}

TEST_CASE("in 5.0 the Server says who was replaced: two devices with one client id do not duel", "[sim][fleet][v5]") {
    auto const t = std::make_unique<town<2>>(true, version::v5);
    t->connect(0);
    t->live(20 * second);
    t->connect(1);
    t->live(second);
    CHECK((*t)[0].replaced == 1);
    CHECK((*t)[1].replaced == 0);
    t->live(hour);
    auto const connects = t->cloud.counts().connects;
    INFO(connects << " connects in an hour, " << t->cloud.counts().takeovers << " takeovers");
    // Each waits a minute after its end, half of it by chance.
    CHECK(connects <= 180);
    CHECK(connects >= 50);
    // Every takeover was told, but for those that are on their way.
    CHECK((*t)[0].replaced + (*t)[1].replaced + 1 >= t->cloud.counts().takeovers);
    CHECK(t->cloud.violations() == 0);
}

TEST_CASE("a broker that hangs up for other reasons is not taken for a twin", "[sim][fleet]") {
    auto const t = std::make_unique<town<1>>(false);
    t->connect(0);
    for (int i = 0; i < 20; ++i) {
        t->live(15 * second);
        REQUIRE((*t)[0].mqtt->online());
        t->cloud.kick("device-0");
    }
    t->live(5 * second);
    CHECK((*t)[0].replaced == 0);
    CHECK((*t)[0].connects.size() == 21);
}
