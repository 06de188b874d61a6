// SPDX-License-Identifier: BSL-1.0
// Payloads that are pulled while they are sent.
#include <algorithm>
#include <cstdint>
#include <string>

#include "support/catch.hpp"
#include "support/session_kit.hpp"

using namespace kit;

namespace {

constexpr features with_sources{.sources = true};
constexpr features stored{.sources = true, .persistent = true};

// A payload in flash that counts how it is read.
struct flash {
    std::string content = {};
    std::size_t reads = 0;
    std::size_t largest = 0;
    std::size_t broken_from = 0xFFFF'FFFF;  // what lies there cannot be read
    std::uint32_t last = 0;

    explicit flash(std::size_t size, unsigned seed = 1) : content{pattern(size, seed)} {}
    std::size_t read(std::uint32_t offset, bytes_out into) {
        ++reads;
        last = offset;
        largest = std::max(largest, into.size());
        if (offset + into.size() > broken_from) return broken_from > offset ? broken_from - offset : 0;
        return content.copy(into.data(), into.size(), offset);
    }
    payload_source source() { return payload_source::to<&flash::read>(*this); }
    std::string told() const { return payload_words(content); }
};

template <class Rig>
result<packet_id> pulled(Rig& r, std::string_view topic, flash& f, unsigned level) {
    return r.s.publish({.topic = topic, .level = static_cast<qos>(level)}, static_cast<std::uint32_t>(f.content.size()),
                       f.source());
}

}  // namespace

TEST_CASE("every size of payload, every level, every size of write", "[session]") {
    for (std::size_t const size : {0U, 1U, 10U, 58U, 59U, 60U, 61U, 100U, 127U, 128U, 1000U, 20'000U}) {
        for (unsigned level = 0; level <= 2; ++level) {
            for (std::size_t const step : {1U, 2U, 7U, 64U, 5000U}) {
                rig<with_sources, sizes{.tx = 64}> r;
                REQUIRE(r.online());
                flash f{size};
                CAPTURE(size, level, step);
                REQUIRE(pulled(r, "t", f, level).value == (level != 0 ? 1 : 0));
                REQUIRE(r.said(step) ==
                        "PUBLISH t=" + f.told() + " q" + std::to_string(level) + (level != 0 ? " #1" : ""));
                if (level == 1) REQUIRE(r.hears(puback(1)) == "delivered #1");
                if (level == 2) REQUIRE(r.hears(pubrec(1) + pubcomp(1)) == "delivered #1");
                // All room and the slot are free again.
                REQUIRE(r.publish("t", std::string(57, 'x'), 1));
            }
        }
    }
}

TEST_CASE("a payload that fits is pulled at once, and needs no slot", "[session]") {
    rig<with_sources, sizes{.tx = 64, .sources = 0}> r;
    REQUIRE(r.online());
    flash f{50};
    REQUIRE(pulled(r, "t", f, 1).value == 1);
    CHECK(f.reads == 1);
    f.content = {};
    CHECK(r.said() == "PUBLISH t=" + payload_words(pattern(50)) + " q1 #1");
    flash large{100};
    CHECK(pulled(r, "t", large, 1).error == errc::sources_full);
}

TEST_CASE("publishes before and after a pulled one keep their order", "[session][4.6]") {
    for (std::size_t const step : {1U, 5U, 1000U}) {
        rig<with_sources, sizes{.tx = 200}> r;
        REQUIRE(r.online());
        flash f{300};
        flash g{400, 2};
        REQUIRE(r.publish("t", "1", 1).value == 1);
        REQUIRE(pulled(r, "f", f, 1).value == 2);
        REQUIRE(r.publish("t", "3", 0));
        REQUIRE(pulled(r, "g", g, 2).value == 3);
        REQUIRE(r.publish("t", "5", 1).value == 4);
        CHECK(r.said(step) == "PUBLISH t=1 q1 #1, PUBLISH f=" + f.told() +
                                  " q1 #2, PUBLISH t=3 q0, PUBLISH g=" + g.told() + " q2 #3, PUBLISH t=5 q1 #4");
    }
}

TEST_CASE("each limit of sources has its own error", "[session]") {
    rig<with_sources, sizes{.tx = 128, .sources = 2}> r;
    flash f{500};
    CHECK(pulled(r, "t", f, 0).error == errc::not_connected);
    REQUIRE(r.online());
    CHECK(pulled(r, "t/+", f, 1).error == errc::bad_topic);
    CHECK(pulled(r, std::string(123, 't'), f, 1).error == errc::publish_too_long);
    CHECK(r.s.publish({.topic = "t"}, 268'435'455, f.source()).error == errc::publish_too_long);
    CHECK(r.s.publish({.topic = "t"}, 0xFFFF'FFFF, f.source()).error == errc::publish_too_long);
    auto const first = pulled(r, "t", f, 1).value;
    auto const second = pulled(r, "t", f, 1).value;
    CHECK(pulled(r, "t", f, 1).error == errc::sources_full);
    auto const number = [](packet_id id) { return " #" + std::to_string(id); };
    CHECK(r.said(10) ==
          "PUBLISH t=" + f.told() + " q1" + number(first) + ", PUBLISH t=" + f.told() + " q1" + number(second));
    CHECK(pulled(r, "t", f, 1).error == errc::sources_full);
    CHECK(r.hears(puback(first)) == "delivered" + number(first));
    CHECK(pulled(r, "t", f, 1).value != 0);
}

TEST_CASE("a refused source publish uses up nothing", "[session]") {
    rig<with_sources, sizes{.tx = 64, .inflight = 1}> r;
    REQUIRE(r.online());
    flash f{30};
    f.broken_from = 10;
    CHECK(pulled(r, "t", f, 1).error == errc::source_failed);
    CHECK(r.said() == "");
    CHECK(r.told() == "");
    CHECK(r.publish("t", std::string(57, 'x'), 1));
    CHECK(r.s.fault() == errc::ok);
}

TEST_CASE("a long topic leaves little scratch, but some", "[session]") {
    for (std::size_t topic = 1; topic <= 70; ++topic) {
        rig<with_sources, sizes{.tx = 64}> r;
        REQUIRE(r.online());
        flash f{200};
        auto const name = std::string(topic, 't');
        auto const id = pulled(r, name, f, 1);
        CAPTURE(topic);
        // On an empty ring nothing will ever free more: either it goes, or it never will.
        REQUIRE((id || id.error == errc::publish_too_long));
        if (id) REQUIRE(r.said(5) == "PUBLISH " + name + "=" + f.told() + " q1 #1");
    }
}

TEST_CASE("a pulled publish is pulled again from the start after a reconnect",
          "[session][MQTT-4.4.0-1][MQTT-3.3.1-1]") {
    for (std::size_t cut = 0; cut <= 309; cut += 3) {
        rig<with_sources, sizes{.tx = 64}> r;
        r.o.clean_session = false;
        REQUIRE(r.online());
        flash f{300};
        REQUIRE(pulled(r, "t", f, 2).value == 1);
        std::size_t sent = 0;
        while (sent < cut) {
            auto const out = r.s.pending_output();
            auto const count = std::min(out.size(), cut - sent);
            if (count == 0) break;
            r.s.sent(count);
            sent += count;
        }
        CHECK(sent == std::min<std::size_t>(cut, 308));  // 1 + 2 + 3 + 2 + 300
        REQUIRE(r.again(true));
        CAPTURE(cut);
        CHECK(r.said(11) == "PUBLISH t=" + f.told() + " q2 #1" + (cut < 308 ? "" : " dup"));
        CHECK(r.hears(pubrec(1) + pubcomp(1)) == "delivered #1");
    }
}

TEST_CASE("a source that fails ends the connection; the publish is rejected, the others live", "[session]") {
    for (std::size_t broken = 0; broken < 290; broken += 17) {
        for (bool const started : {true, false}) {
            rig<with_sources, sizes{.tx = 128}> r;
            r.o.clean_session = false;
            REQUIRE(r.online());
            REQUIRE(r.publish("t", "1", 1).value == 1);
            flash f{300};
            f.broken_from = broken;
            REQUIRE(pulled(r, "f", f, 1).value == 2);
            REQUIRE(r.publish("t", "3", 1).value == 3);
            CAPTURE(broken, started);
            auto const wire = r.output(started ? 5 : 1000);
            CHECK(r.s.fault() == errc::source_failed);
            CHECK(r.s.expire() == errc::source_failed);
            // Not one byte more may leave: it would be taken for the rest of the payload.
            REQUIRE(r.output() == "");
            CHECK(words(wire).find("PUBLISH t=1 q1 #1") == 0);
            CHECK(words(wire).find("BAD") == std::string::npos);
            CHECK(wire.size() <= 8 + 8 + broken);
            CHECK(r.told() == "rejected #2 source_failed");
            REQUIRE(r.again(true));
            CHECK(r.said() == "PUBLISH t=1 q1 #1 dup, PUBLISH t=3 q1 #3");
            CHECK(r.hears(puback(1) + puback(3)) == "delivered #1, delivered #3");
            flash g{300};
            auto const id = pulled(r, "g", g, 1).value;
            CHECK(r.said(9) == "PUBLISH g=" + g.told() + " q1 #" + std::to_string(id));
        }
    }
}

TEST_CASE("no answer leaves after a source has failed in the middle of a packet", "[session]") {
    rig<with_sources, sizes{.tx = 128}> r;
    REQUIRE(r.online());
    flash f{300};
    f.broken_from = 100;
    REQUIRE(pulled(r, "f", f, 0));
    REQUIRE(r.give(publish("in", "", 1, 5)));
    CHECK(r.told() == "message in= q1 #5");
    CHECK(words(text_of(r.s.pending_output())) == "PUBACK 5");
    r.s.sent(4);
    auto const wire = r.output(7);
    CHECK(words(wire).substr(0, 4) == "PART");
    REQUIRE(r.s.fault() == errc::source_failed);
    static_cast<void>(r.give(publish("in", "", 1, 6)));
    r.told();
    CHECK(r.output() == "");
}

TEST_CASE("a source is read once from front to end, in pieces of its scratch", "[session]") {
    rig<with_sources, sizes{.tx = 256}> r;
    REQUIRE(r.online());
    flash f{1000};
    REQUIRE(pulled(r, "t", f, 1));
    CHECK(f.reads == 0);
    for (int i = 0; i < 5; ++i) static_cast<void>(r.s.pending_output());
    CHECK(f.reads == 1);
    static_cast<void>(r.output(10));
    CHECK(f.largest < 256);
    CHECK(f.reads == (1000 + f.largest - 1) / f.largest);
    CHECK(f.last == (f.reads - 1) * f.largest);
}

TEST_CASE("a pulled payload is written while others arrive", "[session]") {
    rig<with_sources, sizes{.tx = 128}> r;
    REQUIRE(r.online());
    flash f{500};
    REQUIRE(pulled(r, "t", f, 1).value == 1);
    std::string wire;
    for (unsigned i = 1; i <= 20; ++i) {
        REQUIRE(r.give(publish("in", "", 1, i)));
        CHECK(r.told() == "message in= q1 #" + std::to_string(i));
        if (i % 4 == 0) static_cast<void>(r.publish("o", std::to_string(i), 0));
        auto const out = r.s.pending_output();
        auto const count = std::min<std::size_t>(out.size(), 30);
        wire.append(out.data(), count);
        r.s.sent(count);
        if (i % 7 == 0) r.told();
        if (!r.s.hungry()) wire += r.output(30);
    }
    wire += r.output(30);
    auto const said = words(wire);
    CHECK(said.find("BAD") == std::string::npos);
    CHECK(said.find("PUBLISH t=" + f.told() + " q1 #1") != std::string::npos);
    for (unsigned i = 1; i <= 20; ++i) CHECK(said.find("PUBACK " + std::to_string(i)) != std::string::npos);
}

TEST_CASE("a store is not given a publish with a source", "[session]") {
    rig<stored, sizes{.tx = 128}> r;
    REQUIRE(r.online());
    flash f{500};
    REQUIRE(pulled(r, "t", f, 1).value == 1);
    CHECK(r.s.kept(1).empty());
    REQUIRE(r.publish("t", "x", 1).value == 2);
    CHECK(text_of(r.s.kept(2)) == std::string_view{publish("t", "x", 1, 2)});
}
