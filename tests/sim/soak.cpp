// SPDX-License-Identifier: BSL-1.0
// A long life: a million reconnects with work between them, half of them in 5.0, and the memory is what it was after
// the first. A tenth of that with a sanitizer; BARELINK_SEEDS sets another number of cycles, three reconnects each.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <barelink/client/client.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>
#include <barelink/testing/world.hpp>

#include "sim/image.hpp"
#include "sim/seeds.hpp"
#include "support/catch.hpp"

namespace {

using namespace barelink;
using testing::manual_clock;
using link_type = testing::flaky_link<>;

constexpr limits small{.versions           = version::v3_1 | version::v3_1_1,
                       .rx_bytes           = 128,
                       .tx_bytes           = 256,
                       .answers            = 3,
                       .inflight           = 4,
                       .inbound            = 4,
                       .subscriptions      = 3,
                       .subscribe_requests = 2,
                       .sources            = 1,
                       .topic_bytes        = 32,
                       .chunks             = true,
                       .manual_ack         = true};

constexpr limits small_5 = [] {
    auto l        = small;
    l.versions    = version::v5;
    l.aliases_in  = 2;
    l.aliases_out = 2;
    l.alias_bytes = 8;
    return l;
}();
constexpr options_5 five{.session_expiry_s = 0xFFFF'FFFF, .receive_maximum = 3, .topic_alias_maximum = 2};

// Each cycle begins at the same time of day, off line, and ends there.
template <limits L>
class life {
public:
    life() {
        if constexpr (L.versions.v5) {
            how_.protocol  = version::v5;
            mqtt_->announce(five);
            cloud_.options = {.receive_maximum = 2, .topic_alias_maximum = 2};
        }
        how_.host          = "broker";
        how_.client_id     = "pump";
        how_.clean_session = false;
        how_.keep_alive_s  = 10;
    }
    // One connection: subscribe, all levels in both directions, a message in chunks, one pulled from a source, a ping,
    // a publish that is cut off and comes again, an end of three kinds.
    std::string cycle(std::uint32_t n) {
        clock_.set({0U - 9000U});  // the first ping comes behind 2^32
        begin();
        until([&] { return events_[index(event_type::subscribed)] == 1; });
        for (auto const level : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
            publish({.topic = "up/a", .payload = "x", .level = level});
            cloud_.publish({.topic = "down/a", .payload = "y", .level = level});
        }
        auto const big = std::string(300, 'z');
        cloud_.publish({.topic = "down/b", .payload = big, .level = qos::exactly_once});
        if (!mqtt_->publish({.topic = "up/b", .level = qos::exactly_once}, 400, {&pull, nullptr})) fail("no source");
        until([&] { return events_[index(event_type::delivered)] == 3 && cloud_.waiting("pump") == 0; });
        live(11'000);  // long enough to be trusted, across 2^32
        publish({.topic = "up/c", .payload = "x", .level = qos::exactly_once});
        end(n % 3);
        until([&] { return mqtt_->online() && events_[index(event_type::delivered)] == 4; });
        live(12'000);
        // The last message is one without identifier, which would stay behind.
        cloud_.publish({.topic = "down/a"});
        until([&] { return events_[index(event_type::message)] == 5; });
        if (mqtt_->unsubscribe("down/#") != errc::ok) fail("unsubscribe() refused");
        until([&] { return events_[index(event_type::unsubscribed)] == 1; });
        cloud_.kick("pump");
        until([&] { return !mqtt_->online(); });
        until([&] { return mqtt_->online(); });
        static_cast<void>(mqtt_->disconnect());
        until([&] { return left_; });
        live(6000);
        clock_.set({42'000});
        mqtt_->poll();  // takes the time over
        check();
        return mqtt_.image() + sim::image_of(memory_);
    }
    [[nodiscard]] std::string const& fault() const { return fault_; }
    [[nodiscard]] testing::broker_counts const& counts() const { return cloud_.counts(); }

private:
    using client_type = client<link_type::client_end, manual_clock, L, no_entropy>;
    struct handler {
        life* owner;
        void operator()(event const& e) const { owner->on_event(e); }
    };

    static std::size_t index(event_type t) { return static_cast<std::size_t>(t); }
    static std::size_t pull(void*, std::uint32_t, bytes_out into) {
        for (auto& c : into) c = 's';
        return into.size();
    }
    void fail(std::string const& what) {
        if (fault_.empty()) fault_ = what;
    }
    void begin() {
        for (auto& count : events_) count = 0;
        left_ = false;
        if (mqtt_->connect() != errc::ok) fail("connect() refused");
        if (mqtt_->subscribe("down/#", qos::exactly_once) != errc::ok) fail("subscribe() refused");
    }
    void end(std::uint32_t kind) {
        if (kind == 0) cloud_.kick("pump");
        if (kind == 1) cloud_.restart(true);
        if (kind == 2) wire_.cut();
    }
    void publish(message const& m) {
        if (!mqtt_->publish(m)) fail("publish() refused");
    }
    void live(std::uint32_t ms) { world_.run_for(ms); }
    template <class Condition>
    void until(Condition&& condition) {
        if (fault_.empty() && !world_.run_until(condition, 100'000)) fail(std::string{world_.failure()});
    }
    void check() {
        if (cloud_.violations() != 0) fail(std::string{cloud_.complaint().view()});
        if (cloud_.messages_held() != 0) fail("the broker holds messages");
        if (world_.spins() != 0) fail("somebody does not go to sleep");
        if (events_[index(event_type::message)] != 5) fail("not five messages");
        if (events_[index(event_type::uncertain)] + events_[index(event_type::rejected)] != 0)
            fail("something was lost");
    }
    void on_event(event const& e) {
        ++events_[index(e.type)];
        left_ = left_ || (e.type == event_type::disconnected && e.cause == errc::requested);
    }

    static options chunky() {
        options o;
        o.chunks = true;
        return o;
    }
    using pump_type  = testing::device<client_type, link_type, handler>;
    using world_type = testing::world<testing::broker<>, pump_type>;

    options                  how_ = chunky();
    manual_clock             clock_;
    link_type                wire_{clock_, 1};
    testing::broker<>        cloud_;
    no_entropy               entropy_;
    storage<L>               memory_{};
    sim::zeroed<client_type> mqtt_{memory_, wire_.client(), clock_, how_, entropy_};
    handler                  ear_{this};
    pump_type                pump_{*mqtt_, wire_, ear_};
    world_type               world_{clock_, cloud_, 1, pump_};
    std::uint32_t            events_[16] = {};
    bool                     left_       = false;
    std::string              fault_;
};

// The memory after each cycle is what it was after the first ones.
template <limits L>
void check_cycles() {
    life<L>    device;
    auto const cycles = std::max<std::uint64_t>(sim::seeds(sim::instrumented ? 17'500 : 175'000).last, 300);
    // The ends come in turn, so the first three cycles stand for all.
    std::vector<std::string> first;
    for (std::uint32_t n = 0; n < 3; ++n) first.push_back(device.cycle(n));
    REQUIRE(device.fault() == "");
    // The last packet identifier is all that may differ.
    std::vector<std::size_t> id_bytes;
    for (std::uint32_t n = 3; n < 300; ++n) {
        for (auto const at : sim::differences(first[n % 3], device.cycle(n), id_bytes)) id_bytes.push_back(at);
    }
    REQUIRE(device.fault() == "");
    std::string where;
    for (auto const at : id_bytes) where += std::to_string(at) + " ";
    INFO("bytes that differ: " << where);
    CHECK(id_bytes.size() <= 2);
    for (std::uint32_t n = 300; n < cycles; ++n) {
        auto const now = device.cycle(n);
        REQUIRE(device.fault() == "");
        if (!sim::differences(first[n % 3], now, id_bytes).empty()) FAIL("cycle " << n << " has left something behind");
    }
    CHECK(device.counts().connects == 3 * cycles);
    CHECK(device.counts().messages_in >= 5 * cycles);
}

}  // namespace

TEST_CASE("half a million reconnects leave no trace", "[sim][soak]") { check_cycles<small>(); }

TEST_CASE("half a million reconnects leave no trace in 5.0 either", "[sim][soak][v5]") { check_cycles<small_5>(); }
