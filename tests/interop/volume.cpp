// SPDX-License-Identifier: BSL-1.0
// Large messages through small buffers, and many small ones.
#include <cstdint>
#include <string>
#include <vector>

#include <barelink/session/sources.hpp>

#include "device.hpp"

using namespace interop;

namespace {

using words = std::vector<std::string>;

constexpr std::uint32_t megabyte = 1'000'000;
constexpr qos           levels[] = {qos::at_most_once, qos::at_least_once, qos::exactly_once};

// A payload that nobody holds as a whole: each byte follows from its place.
char byte_at(std::uint32_t offset) {
    return static_cast<char>((offset * 2'654'435'761U) >> 24);
}

struct generator {
    std::size_t read(std::uint32_t offset, barelink::bytes_out into) {
        ++calls;
        for (auto& b : into) b = byte_at(offset++);
        return into.size();
    }
    int calls = 0;
};

// Puts the chunks of one message side by side and compares.
struct inspector {
    void see(event const& e) {
        if (e.type == event_type::chunk) {
            largest = e.payload.size() > largest ? e.payload.size() : largest;
            good    = good && e.offset == next && e.size == megabyte;
            for (char const b : e.payload) good = good && b == byte_at(next++);
        } else if (e.type == event_type::message) {
            complete = next == e.size && e.payload.empty();
            level    = e.level;
        }
    }
    std::uint32_t next     = 0;
    std::size_t   largest  = 0;
    bool          good     = true;
    bool          complete = false;
    qos           level    = {};
};

void check(party& a) {
    until({&a}, "every exchange to be complete", [&] { return a.audit.settled(); });
    CHECK(a.audit.faults == words{});
}

} // namespace

TEST_CASE("a megabyte goes out from a source and comes in by chunks, through buffers of 4 KB", "[interop]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            auto chunked   = to(c, "large-in");
            chunked.chunks = true;
            device reader{chunked};
            device whole{to(c, "large-not")}; // takes no chunks
            device writer{to(c, "large-out")};
            for (auto* d : {&reader, &whole, &writer}) d->arrive();
            for (auto* d : {&reader, &whole}) d->subscribe("large/#", qos::exactly_once);
            reader.keep_notes = false;
            for (auto const level : levels) {
                generator from;
                inspector seen;
                reader.on_event = [&](event const& e) { seen.see(e); };
                whole.notes.clear();
                auto const topic = "large/" + std::to_string(number(level));
                auto const id    = writer.mqtt.publish({.topic = topic, .level = level}, megabyte,
                                                       barelink::payload_source::to<&generator::read>(from));
                REQUIRE(id.error == errc::ok);
                if (id.value != 0) writer.enter(id.value, 0);
                until({&reader, &whole, &writer}, "the whole of it",
                      [&] { return seen.complete && writer.ledger.empty() && whole.count(event_type::dropped) == 1; });
                INFO(topic);
                CHECK(seen.good);
                CHECK(seen.level == level);
                CHECK(seen.largest <= usual.rx_bytes);
                CHECK(from.calls >= static_cast<int>(megabyte / usual.tx_bytes));
                auto const& dropped = whole.last(event_type::dropped);
                CHECK(dropped.topic == topic);
                CHECK(dropped.what.size == megabyte);
                CHECK(dropped.what.cause == errc::message_too_long);
            }
            reader.on_event = {};
            // All links live.
            REQUIRE(writer.publish({.topic = "large/x", .payload = "small", .level = qos::at_least_once}) == errc::ok);
            until({&reader, &whole, &writer}, "a small one",
                  [&] { return whole.count(event_type::message) == 1 && writer.ledger.empty(); });
            CHECK(whole.last(event_type::message).payload == "small");
            for (auto* d : {&reader, &whole, &writer}) {
                check(*d);
                CHECK(d->mqtt.stats().connects == 1);
                CHECK(d->mqtt.online());
            }
        }
    }
}

TEST_CASE("20,000 small messages at QoS 0, and as many at QoS 1", "[interop]") {
    constexpr int count = 20'000;
    for (auto const& c : cultures()) {
        if (!c.tells_session_present()) continue; // the old version would show nothing new
        DYNAMIC_SECTION(c.name) {
            device reader{to(c, "many-in")};
            device writer{to(c, "many-out")};
            reader.arrive();
            writer.arrive();
            reader.keep_notes = writer.keep_notes = false;
            for (auto const level : {qos::at_most_once, qos::at_least_once}) {
                auto const topic = "many/" + std::to_string(number(level));
                int        read = 0, wrong = 0, sent = 0, delivered = 0, full = 0;
                reader.on_event = [&](event const& e) {
                    if (e.type != event_type::message) return;
                    wrong += e.payload == std::to_string(read) ? 0 : 1;
                    ++read;
                };
                writer.on_outcome = [&](event_type type, int) { delivered += type == event_type::delivered ? 1 : 0; };
                REQUIRE(reader.mqtt.subscribe(topic, level) == errc::ok);
                until({&reader}, "SUBACK", [&] { return reader.audit.came["SUBACK"] == number(level) + 1; });
                until({&reader, &writer}, "all to be read", [&] {
                    // A broker may drop QoS 0 for a reader that is slow, so nobody runs far ahead.
                    while (sent < count && sent - read < 500) {
                        errc const e = writer.publish({topic, std::to_string(sent), level}, sent);
                        full += e == errc::ring_full || e == errc::inflight_full ? 1 : 0;
                        if (e != errc::ok) break;
                        ++sent;
                    }
                    return read >= count && writer.ledger.empty();
                });
                INFO(topic);
                CHECK(read == count);
                CHECK(wrong == 0);
                CHECK(full > 0); // the limits were reached again and again
                CHECK(delivered == (level == qos::at_least_once ? count : 0));
            }
            reader.on_event   = {};
            writer.on_outcome = {};
            check(reader);
            check(writer);
            CHECK(writer.mqtt.stats().dropped == 0);
            CHECK(writer.mqtt.stats().writes < writer.mqtt.stats().messages_out); // they leave together
            CHECK(reader.mqtt.stats().messages_in == 2 * count);
        }
    }
}
