// SPDX-License-Identifier: BSL-1.0
// The power goes at every single store operation, just before it and just after it. What follows the cut does not
// happen: no byte leaves, nothing is stored. Then the device starts anew, with nothing but its store.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <barelink/client/client.hpp>
#include <barelink/testing/broker.hpp>
#include <barelink/testing/flaky.hpp>
#include <barelink/testing/world.hpp>

#include "sim/ledger.hpp"
#include "support/catch.hpp"

namespace {

using namespace barelink;
using sim::lane;
using sim::ledger;
using testing::manual_clock;

constexpr limits with_store{.versions    = version::v3_1_1 | version::v5,
                            .rx_bytes    = 256,
                            .tx_bytes    = 1024,
                            .answers     = 4,
                            .inflight    = 6,
                            .inbound     = 6,
                            .aliases_in  = 1,
                            .aliases_out = 1};
constexpr options_5 five{.session_expiry_s = 0xFFFF'FFFF, .receive_maximum = 2, .topic_alias_maximum = 1};

// The switch: operation `at` is the last, and is done or not.
struct power {
    std::uint32_t at         = 0;  // 0: never
    bool          done       = false;
    std::uint32_t operations = 0;
    bool          off        = false;

    // Returns whether the operation takes place.
    bool operation() {
        if (off) return false;
        if (++operations != at) return true;
        off = true;
        return done;
    }
};

// Flash: survives. Tells when a QoS 2 message of the Server's is noted for good.
class flash {
public:
    explicit flash(power& p) : power_{&p} {}

    errc put(store_key key, bytes_in record) noexcept {
        if (power_->operation()) {
            std::string const bytes{record.data(), record.size()};
            bool              known = false;
            for (auto& r : records_) {
                if (r.first != key) continue;
                r.second = bytes;
                known    = true;
            }
            if (!known) records_.emplace_back(key, bytes);
            if (key.from == store_key::side::inbound && on_noted) on_noted(key.id);
        }
        return power_->off ? errc::store_failed : errc::ok;
    }
    errc erase(store_key key) noexcept {
        if (power_->operation()) {
            std::erase_if(records_, [&](auto const& r) { return r.first == key; });
        }
        return power_->off ? errc::store_failed : errc::ok;
    }
    result<stored_record> restore(bytes_out into) noexcept {
        if (next_ == records_.size()) return stored_record{};
        auto const& r = records_[next_++];
        if (r.second.size() > into.size()) return errc::store_failed;
        move_bytes(into.data(), r.second.data(), r.second.size());
        return stored_record{r.first, r.second.size()};
    }
    void restart() { next_ = 0; }
    [[nodiscard]] std::size_t size() const { return records_.size(); }

    std::function<void(packet_id)> on_noted;

private:
    power*                                         power_;
    std::vector<std::pair<store_key, std::string>> records_;
    std::size_t                                    next_ = 0;
};

using link_type = testing::flaky_link<4096, 8>;

// Nothing leaves a device without power.
class dying_end {
public:
    dying_end(link_type::client_end& inner, power& p) : inner_{&inner}, power_{&p} {}
    result<connect_stage> connect(endpoint const& to) noexcept { return inner_->connect(to); }
    result<std::size_t>   read(bytes_out into) noexcept {
        return power_->off ? result<std::size_t>{errc::connection_reset} : inner_->read(into);
    }
    result<std::size_t> write(bytes_in from) noexcept {
        return power_->off ? result<std::size_t>{errc::connection_reset} : inner_->write(from);
    }
    void               close() noexcept { inner_->close(); }
    [[nodiscard]] bool readable() const noexcept { return inner_->readable(); }
    [[nodiscard]] bool writable() const noexcept { return inner_->writable(); }

private:
    link_type::client_end* inner_;
    power*                 power_;
};

// What testing::world asks for, with the dying end in front.
struct dying_link {
    link_type& inner;
    dying_end  end_;

    dying_link(link_type& l, power& p) : inner{l}, end_{l.client(), p} {}
    dying_end&             client() { return end_; }
    link_type::lane*       begin() { return inner.begin(); }
    link_type::lane*       end() { return inner.end(); }
    [[nodiscard]] deadline next_change() const { return inner.next_change(); }
};

// A device in many lives, of which only the flash outlasts each.
class story {
public:
    story(version protocol, std::uint32_t at, bool done, std::uint32_t latency, std::uint32_t pace)
        : link_{clock_, 7, {.latency_ms = latency}}, pace_{pace} {
        power_.at         = at;
        power_.done       = done;
        cloud_.knobs.seen = decltype(cloud_.knobs.seen)::to<&story::on_seen>(*this);
        // The user's own doing counts from the moment on at which the message is noted: a device that loses its power
        // before has forgotten both, and must get the message again.
        flash_.on_noted       = [this](packet_id id) { commit(id); };
        cloud_.knobs.inflight = with_store.inbound;
        cloud_.options        = {.receive_maximum = 2, .topic_alias_maximum = 1};
        how_.protocol         = protocol;
        how_.host             = "broker";
        how_.client_id        = "pump";
        how_.clean_session    = false;
        how_.backoff_ms_min   = 100;
        how_.backoff_ms_max   = 1000;
    }
    // Returns what went wrong. Afterwards operations() says how many there were.
    std::string run() {
        live_through();
        for (int i = 0; power_.off && i < 3; ++i) {
            restart();
            live_through();
        }
        up_.judge(true, 0);
        down_.judge(true, 0);
        if (cloud_.violations() != 0) note(std::string{cloud_.complaint().view()});
        if (flash_.size() != 0) note(std::to_string(flash_.size()) + " records are left in the store");
        if (!up_.fault().empty()) note(up_.fault());
        if (!down_.fault().empty()) note(down_.fault());
        return fault_;
    }
    [[nodiscard]] std::uint32_t operations() const { return power_.operations; }
    [[nodiscard]] bool was_cut() const { return cuts_ != 0; }

private:
    using client_type = client<dying_end, manual_clock, with_store, no_entropy, flash>;
    struct handler {
        story* owner;
        void operator()(event const& e) const { owner->on_event(e); }
    };
    struct life {
        life(story& s)
            : mqtt{memory, s.wire_.client(), s.clock_, s.how_, s.entropy_, s.flash_}, ear{&s}, pump{mqtt, s.wire_, ear},
              world{s.clock_, s.cloud_, 1, pump} {
            mqtt.announce(five);
        }
        storage<with_store>                               memory{};
        client_type                                       mqtt;
        handler                                           ear;
        testing::device<client_type, dying_link, handler> pump;
        testing::world<testing::broker<>, decltype(pump)> world;
    };

    void note(std::string const& what) {
        if (fault_.empty()) fault_ = what;
    }
    // Works through what is left of the plan, until all is delivered or the power goes.
    void live_through() {
        auto& m = now_->mqtt;
        if (m.connect() != errc::ok) return note("connect() refused");
        if (m.subscribe("down/#", qos::exactly_once) != errc::ok) return note("subscribe() refused");
        until([&] { return cloud_.subscribed("pump", "down/#"); });
        while (!power_.off && next_ < 16) {
            step(next_++);
            if (pace_ != 0) live(pace_);
        }
        until([&] { return m.online() && flash_.size() == 0 && cloud_.waiting("pump") == 0; });
        if (!power_.off) now_->world.run_for(1000);
    }
    void live(std::uint32_t ms) {
        static_cast<void>(now_->world.run_until([&] { return power_.off; }, ms));
    }
    template <class Condition>
    void until(Condition condition) {
        if (!now_->world.run_until([&] { return power_.off || condition(); }, 120'000)) {
            note(std::string{now_->world.failure()});
            power_.off = false;
            next_      = 16;
        }
    }
    void step(std::uint32_t i) {
        auto const level = i % 3 == 2 ? qos::at_least_once : qos::exactly_once;
        lane const in{static_cast<std::uint8_t>(i % 2), level};
        if (i % 2 == 0) {
            auto& e = down_.add(in, 20);
            if (!cloud_.publish({.topic = "down/a", .payload = sim::payload_of(e), .level = level}))
                note("broker full");
            return;
        }
        auto&      e  = up_.add(in, 30);
        auto const id = now_->mqtt.publish({.topic = "up/a", .payload = sim::payload_of(e), .level = level});
        if (id) return;
        if (power_.off) {
            e.optional = true;  // it may be sent, and may be not, but never twice
            return;
        }
        if (id.error != errc::inflight_full && id.error != errc::ring_full) note("publish() refused");
        --next_;
        up_.forget_last();
        live(100);
    }
    void restart() {
        ++cuts_;
        provisional_.clear();
        // The server learns of it at once, or not before the device is back.
        if (power_.at % 2 == 0) link_.lose();
        link_.client().close();
        flash_.restart();
        power_.off = false;
        power_.at  = 0;
        now_       = std::make_unique<life>(*this);
    }
    void on_event(event const& e) {
        if (power_.off) return;  // told to nobody
        switch (e.type) {
        case event_type::message: return on_message(e);
        case event_type::delivered: return;
        case event_type::connected:
            if (cuts_ != 0 && !e.session_present) note("the session is gone");
            return;
        case event_type::disconnected:
            return note("the connection ended, cause " + std::to_string(static_cast<int>(e.cause)));
        case event_type::subscribed: return;
        default: note("an event of type " + std::to_string(static_cast<int>(e.type)));
        }
    }
    void on_message(event const& e) {
        if (e.level == qos::exactly_once) {
            provisional_.emplace_back(e.id, e.payload);
        } else {
            down_.arrived({0, e.level}, e.payload);
        }
    }
    void commit(packet_id id) {
        for (auto const& p : provisional_) {
            if (p.first == id) down_.arrived({0, qos::exactly_once}, p.second);
        }
        std::erase_if(provisional_, [&](auto const& p) { return p.first == id; });
    }
    void on_seen(std::string_view, message const& m) noexcept { up_.arrived({1, m.level}, m.payload); }

    using notes = std::vector<std::pair<packet_id, std::string>>;

    options               how_;
    power                 power_;
    manual_clock          clock_{{0U - 300U}};
    link_type             link_;
    testing::broker<>     cloud_;
    flash                 flash_{power_};
    dying_link            wire_{link_, power_};
    no_entropy            entropy_;
    ledger                up_{"up"};
    ledger                down_{"down"};
    notes                 provisional_;  // messages of QoS 2 that are not noted yet
    std::unique_ptr<life> now_ = std::make_unique<life>(*this);
    std::string           fault_;
    std::uint32_t         pace_;
    std::uint32_t         next_ = 0;
    int                   cuts_ = 0;
};

// Cuts at every operation that an undisturbed life has.
void cut_everywhere(version protocol, std::uint32_t latency, std::uint32_t pace) {
    INFO((protocol == version::v5 ? "5.0" : "3.1.1") << ", latency " << latency << " ms, pace " << pace << " ms");
    story      whole{protocol, 0, false, latency, pace};
    auto const fault = whole.run();
    REQUIRE(fault == "");
    REQUIRE_FALSE(whole.was_cut());
    REQUIRE(whole.operations() >= 30);
    for (std::uint32_t at = 1; at <= whole.operations(); ++at) {
        for (bool const done : {false, true}) {
            auto const when = done ? "after" : "before";
            INFO("the power goes " << when << " operation " << at << " of " << whole.operations());
            story s{protocol, at, done, latency, pace};
            CHECK(s.run() == "");
            CHECK(s.was_cut());
        }
    }
}

}  // namespace

TEST_CASE("QoS 1 at least once, QoS 2 exactly once, wherever the power goes", "[sim][power]") {
    for (auto const protocol : {version::v3_1_1, version::v5}) {
        for (std::uint32_t const latency : {0U, 1U, 50U}) {
            for (std::uint32_t const pace : {0U, 1U, 30U, 200U}) cut_everywhere(protocol, latency, pace);
        }
    }
}
