// SPDX-License-Identifier: BSL-1.0
// The device's program ends at any moment, and the next run goes on where the store says.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <barelink/port/posix/file_store.hpp>

#include "device.hpp"

using namespace interop;

namespace {

using words = std::vector<std::string>;
using barelink::bytes_in;
using barelink::bytes_out;
using barelink::posix::file_store;

// A socket of a device that dies: after so many reads and writes nothing moves any more. It reads little at a time, so
// there are many places to die at; the last write is torn.
class mortal {
public:
    barelink::result<barelink::connect_stage> connect(barelink::endpoint const& to) noexcept {
        return inner_.connect(to);
    }
    barelink::result<std::size_t> read(bytes_out into) noexcept {
        if (dead()) return errc::would_block;
        auto const n = inner_.read(into.first(std::min<std::size_t>(into.size(), 12)));
        if (n && left > 0) --left;
        return n;
    }
    barelink::result<std::size_t> write(bytes_in from) noexcept {
        if (dead()) return errc::would_block;
        bool const last = left == 1;
        if (left > 0) --left;
        return inner_.write(last ? from.first((from.size() + 1) / 2) : from);
    }
    void        close() noexcept { inner_.close(); }
    std::size_t watch(std::span<pollfd> into, barelink::interest what) noexcept {
        what.room = what.room && !dead();
        return inner_.watch(into, what);
    }
    std::uint32_t longest_sleep(std::uint32_t ms) noexcept { return inner_.longest_sleep(ms); }

    bool dead() const { return left == 0; }
    int  left = -1; // less than 0: lives

private:
    barelink::posix::tcp<> inner_{};
};

using mortal_device = basic_device<mortal, file_store>;
using next_device   = basic_device<barelink::posix::tcp<>, file_store>;

constexpr int messages = 6; // in each direction, alternately of QoS 1 and 2

qos level_of(int i) {
    return i % 2 == 0 ? qos::at_least_once : qos::exactly_once;
}

// One device in two runs, which exchanges messages with another one that lives.
struct scene {
    scene(culture const& c, int death)
        : tells{c.tells_session_present()}, id{(tells ? "run-" : "old-") + std::to_string(death)}, out{"out/" + id},
          in{"in/" + id}, settings{to(c, id)}, friendly{to(c, "friend")} {
        settings.clean_session = false;
        friendly.arrive();
        friendly.subscribe(out, qos::exactly_once);
        for (int i = 0; i < messages; ++i) {
            wanted.push_back(std::to_string(i));
            if (i % 2 != 0) wanted_twos.push_back(wanted.back());
        }
    }

    // The first run: until it is dead, or done.
    void first_run(int death) {
        file_store    store{files.path().c_str(), {.fsync = false}};
        mortal_device d{settings, store};
        d.arrive();
        d.subscribe(in, qos::exactly_once);
        d.socket.left = death;
        for (int i = 0; i < messages; ++i) {
            REQUIRE(d.publish({out, wanted[static_cast<std::size_t>(i)], level_of(i)}, i) == errc::ok);
            REQUIRE(friendly.publish({in, wanted[static_cast<std::size_t>(i)], level_of(i)}, i) == errc::ok);
        }
        until({&friendly, &d}, "the death", [&] { return d.socket.dead() || done(d); });
        read   = d.payloads();
        audit  = d.audit;
        ledger = d.ledger;
        tale   = d.story();
    }
    // The second run, with new memory and the same files.
    void second_run() {
        file_store  store{files.path().c_str(), {.fsync = false}};
        next_device d{settings, store};
        d.audit  = audit;
        d.ledger = ledger;
        d.audit.ended();
        auto const asked = d.audit.sent["SUBSCRIBE"];
        REQUIRE(d.mqtt.connect() == errc::ok);
        until({&friendly, &d}, "the rest", [&] {
            auto both = read;
            for (auto const& x : d.payloads()) both.push_back(x);
            return d.mqtt.online() && done(d) && complete(both) && complete(friendly.payloads()) && d.audit.settled() &&
                   friendly.audit.settled();
        });
        CHECK(d.last(event_type::connected).what.session_present == tells);
        CHECK(d.audit.sent["SUBSCRIBE"] == asked);
        CHECK(d.count(event_type::uncertain) + d.count(event_type::rejected) == 0);
        for (auto const& x : d.payloads()) read.push_back(x);
        audit = d.audit;
        tale += d.story();
        d.leave();
    }
    bool done(party const& d) const { return d.ledger.empty() && friendly.ledger.empty(); }

    bool complete(words const& got) const {
        return std::all_of(wanted.begin(), wanted.end(),
                           [&](auto const& x) { return std::find(got.begin(), got.end(), x) != got.end(); });
    }

    // All have come; those of QoS 2 once and in order.
    void judge(words const& got) const {
        INFO(tale << friendly.story());
        words twos;
        for (auto const& x : got) {
            if (std::stoi(x) % 2 != 0) twos.push_back(x);
        }
        CHECK(twos == wanted_twos);
        CHECK(complete(got));
    }

    bool                         tells;
    std::string                  id, out, in, tale;
    options                      settings;
    device                       friendly;
    directory                    files;
    words                        wanted, wanted_twos, read;
    auditor                      audit;
    std::map<std::uint16_t, int> ledger;
};

} // namespace

TEST_CASE("a program that is ended anywhere goes on with QoS 1 and 2 from its files", "[interop]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            int unfinished = 0;
            for (int death = 1; death <= 16; ++death) {
                INFO("dead after " << death << " reads and writes");
                scene s{c, death};
                s.first_run(death);
                unfinished += s.ledger.empty() ? 0 : 1;
                s.second_run();
                s.judge(s.read); // in both runs together
                s.judge(s.friendly.payloads());
                CHECK(s.audit.faults == words{});
                CHECK(s.friendly.audit.faults == words{});
                file_store left{s.files.path().c_str()};
                char       record[4096];
                auto const first = left.restore(record);
                CHECK(first.error == errc::ok);
                CHECK(first.value.key.from == barelink::store_key::side::none);
            }
            CHECK(unfinished >= 4); // late deaths may find nothing left to do
        }
    }
}
