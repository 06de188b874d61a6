// SPDX-License-Identifier: BSL-1.0
// Who is there: sessions that outlive a connection, two devices with one name, and those who are turned away.
#include <cstdint>
#include <string>
#include <vector>

#include <barelink/link/credentials.hpp>

#include "device.hpp"

using namespace interop;

namespace {

using words = std::vector<std::string>;

void settle(party& a) {
    until({&a}, "every exchange to be complete", [&] { return a.audit.settled(); });
    CHECK(a.audit.faults == words{});
}

} // namespace

TEST_CASE("a kept session holds messages and subscriptions while the device is away",
          "[interop][MQTT-3.1.2-4][MQTT-3.1.3-2]") {
    for (auto const& c : cultures()) {
        for (bool const in_order : {true, false}) {
            DYNAMIC_SECTION(c.name << (in_order ? ", left in order" : ", cut off")) {
                std::string const id       = in_order ? "away-left" : "away-cut";
                std::string const filter   = id + "/#";
                auto              settings = to(c, id);
                settings.clean_session     = false;
                device sleeper{settings};
                device sender{to(c, "away-sender")};
                sleeper.arrive();
                sender.arrive();
                CHECK_FALSE(sleeper.last(event_type::connected).what.session_present);
                sleeper.subscribe(filter, qos::exactly_once);
                if (in_order) {
                    sleeper.leave();
                } else {
                    sleeper.cut();
                }
                words expected;
                for (int i = 0; i < 12; ++i) {
                    auto const level = i % 2 == 0 ? qos::at_least_once : qos::exactly_once;
                    expected.push_back(std::to_string(i));
                    sender.deliver({id + "/x", expected.back(), level});
                }
                CHECK(sleeper.count(event_type::message) == 0);
                if (in_order) {
                    sleeper.arrive();
                } else {
                    until({&sleeper}, "to be back", [&] { return sleeper.count(event_type::connected) == 2; });
                }
                until({&sleeper}, "all of them", [&] { return sleeper.count(event_type::message) >= 12; });
                settle(sleeper);
                CHECK(sleeper.payloads() == expected);
                CHECK(sleeper.last(event_type::connected).what.session_present == c.tells_session_present());
                // Without a word about the session (3.1) asking again is the only way to be sure.
                auto& seen = sleeper.audit;
                CHECK(seen.sent["SUBSCRIBE"] == (c.tells_session_present() ? 1 : 2));
                until({&sleeper}, "SUBACK", [&] { return seen.came["SUBACK"] == seen.sent["SUBSCRIBE"]; });
                sender.deliver({id + "/x", "live", qos::exactly_once});
                until({&sleeper}, "a live one", [&] { return sleeper.payloads().back() == "live"; });
                settle(sleeper);
                settle(sender);
                CHECK(sleeper.count(event_type::message) == 13);

                // A clean session ends the kept one.
                auto const asked = seen.sent["SUBSCRIBE"];
                sleeper.leave();
                device fresh{to(c, id)};
                fresh.arrive();
                CHECK_FALSE(fresh.last(event_type::connected).what.session_present);
                fresh.leave();
                sleeper.arrive();
                CHECK_FALSE(sleeper.last(event_type::connected).what.session_present);
                until({&sleeper}, "to be subscribed anew", [&] {
                    return seen.sent["SUBSCRIBE"] == asked + 1 && seen.came["SUBACK"] == seen.sent["SUBSCRIBE"];
                });
            }
        }
    }
}

TEST_CASE("publishes made while away leave after the return, in their order", "[interop]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            device reader{to(c, "late-reader")};
            device writer{to(c, "late-writer")};
            reader.arrive();
            reader.subscribe("late/#", qos::exactly_once);
            words expected;
            for (int i = 0; i < 8; ++i) {
                expected.push_back(std::to_string(i));
                auto const level = i % 2 == 0 ? qos::exactly_once : qos::at_least_once;
                REQUIRE(writer.publish({"late/x", expected.back(), level}, i) == errc::ok);
            }
            CHECK(writer.publish({"late/x", "9", qos::at_least_once}) == errc::inflight_full);
            CHECK(writer.publish({.topic = "late/x", .payload = "0"}) == errc::not_connected);
            writer.arrive();
            until({&reader, &writer}, "all of them",
                  [&] { return writer.ledger.empty() && reader.count(event_type::message) >= 8; });
            settle(reader);
            settle(writer);
            // QoS 2 may be passed on when it is released, so the order holds for each QoS by itself [4.6].
            words even, odd;
            for (auto const& x : reader.payloads()) (std::stoi(x) % 2 == 0 ? even : odd).push_back(x);
            CHECK(even == words{"0", "2", "4", "6"});
            CHECK(odd == words{"1", "3", "5", "7"});
        }
    }
}

TEST_CASE("a second device with the same id takes over, and they do not duel", "[interop]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            auto settings           = to(c, "double");
            settings.backoff_ms_max = 3'600'000;
            device first{settings};
            device second{settings};
            first.name  = "first";
            second.name = "second";
            first.arrive();
            second.arrive();
            until({&first}, "the end", [&] { return first.count(event_type::disconnected) == 1; });
            auto const& why = first.last(event_type::disconnected).what;
            CHECK((why.cause == errc::closed_by_peer || why.cause == errc::connection_reset));
            CHECK(why.retry_in_ms == 10);
            // Both come back, again and again, but ever more slowly; from the second time on they know why.
            auto const waits = [](device const& d) {
                std::vector<std::uint32_t> all;
                for (auto const& x : d.notes) {
                    if (x.what.type == event_type::disconnected) all.push_back(x.what.retry_in_ms);
                }
                return all;
            };
            until({&first, &second}, "the waits to grow", [&] {
                return first.count(event_type::disconnected) >= 4 && second.count(event_type::disconnected) >= 4;
            });
            for (auto* d : {&first, &second}) {
                INFO(d->name);
                std::uint32_t expected = 10;
                for (auto const ms : waits(*d)) {
                    CHECK(ms == expected);
                    expected *= 2;
                }
                CHECK(d->count(event_type::replaced) == d->count(event_type::disconnected) - 1);
            }
            first.leave();
            until({&second}, "the other to be on line", [&] { return second.mqtt.online(); });
            second.subscribe("double/x", qos::at_least_once);
            second.deliver({"double/x", "mine", qos::at_least_once});
            until({&second}, "its own message", [&] { return second.count(event_type::message) == 1; });
        }
    }
}

namespace {

// A hook whose first answer is wrong.
struct learner {
    int  asked = 0;
    errc refresh(barelink::login& who) noexcept {
        if (++asked == 1) who.password = "wrong";
        return errc::ok;
    }
};

} // namespace

TEST_CASE("a wrong password is told and tried again slowly, with what the hook says then", "[interop]") {
    for (auto const& c : cultures()) {
        DYNAMIC_SECTION(c.name) {
            auto settings           = to(c, "stranger");
            settings.backoff_ms_max = 700;
            learner                                       hook;
            basic_device<barelink::posix::tcp<>, learner> stranger{settings, hook};
            REQUIRE(stranger.mqtt.connect() == errc::ok);
            until({&stranger}, "the refusal", [&] { return stranger.count(event_type::disconnected) == 1; });
            auto const& no = stranger.last(event_type::disconnected).what;
            // Both brokers take code 5 where the standard has code 4 for it; either can't heal by itself.
            CHECK((no.cause == errc::bad_credentials || no.cause == errc::not_authorized));
            CHECK(no.retry_in_ms == 700);
            CHECK(hook.asked == 1);
            CHECK(stranger.pause() > 10);
            until({&stranger}, "to be let in", [&] { return stranger.mqtt.online(); });
            CHECK(hook.asked == 2);
            CHECK(stranger.count(event_type::disconnected) == 1);
            stranger.leave();

            settings.password       = "wrong";
            settings.backoff_ms_max = 3'600'000;
            device hopeless{settings};
            REQUIRE(hopeless.mqtt.connect() == errc::ok);
            until({&hopeless}, "the refusal", [&] { return hopeless.count(event_type::disconnected) == 1; });
            CHECK(hopeless.last(event_type::disconnected).what.retry_in_ms == 3'600'000);
            CHECK(hopeless.pause() > 3'500'000);
        }
    }
}

TEST_CASE("a version that the broker doesn't speak is told and tried again slowly", "[interop]") {
    for (auto const& c : cultures()) {
        if (c.who != maker::ejabberd) continue;
        auto settings           = to(c, "old");
        settings.protocol       = version::v3_1;
        settings.backoff_ms_max = 3'600'000;
        device old{settings};
        REQUIRE(old.mqtt.connect() == errc::ok);
        until({&old}, "the refusal", [&] { return old.count(event_type::disconnected) == 1; });
        CHECK(old.last(event_type::disconnected).what.cause == errc::unacceptable_version);
        CHECK(old.last(event_type::disconnected).what.retry_in_ms == 3'600'000);
    }
}
