// SPDX-License-Identifier: BSL-1.0
// Who is there, in 5.0: sessions that last as long as they are asked to, wills, names, takeovers, brokers that go away.
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "device_5.hpp"

using namespace interop;

namespace {

using words = std::vector<std::string>;

// A session that outlives its connection.
options kept(culture const& c, std::string_view id) {
    auto o          = to(c, id);
    o.clean_session = false;
    return o;
}

} // namespace

TEST_CASE("of 5.0: a session lasts as long as it is asked to", "[interop][MQTT5-3.1.2-23][MQTT5-3.14.2.2.2]") {
    for (auto const& c : cultures_5()) {
        for (bool const stays : {true, false}) {
            DYNAMIC_SECTION(c.name << (stays ? ", kept" : ", not kept")) {
                device_5 d{kept(c, stays ? "lasting" : "fleeting"), {.session_expiry_s = stays ? 300U : 0U}};
                device_5 sender{to(c, "lasting-sender")};
                d.arrive();
                sender.arrive();
                CHECK_FALSE(d.last(event_type::connected).what.session_present);
                d.subscribe("lasting/#", qos::at_least_once);
                d.leave();
                sender.deliver({.topic = "lasting/x", .payload = "away", .level = qos::at_least_once});
                d.arrive();
                CHECK(d.last(event_type::connected).what.session_present == stays);
                if (stays) {
                    CHECK(d.await(1).payload == "away");
                    // It changes its mind.
                    property const end{property_id::session_expiry_interval, 0U};
                    REQUIRE(d.mqtt.disconnect(reason_code::normal_disconnection, {&end, 1}) == errc::ok);
                    until({&d}, "the end", [&] { return !d.mqtt.online() && d.count(event_type::disconnected) == 2; });
                    d.arrive();
                    CHECK_FALSE(d.last(event_type::connected).what.session_present);
                }
                CHECK(d.audit.faults == words{});
            }
        }
    }
}

TEST_CASE("of 5.0: a device without a name comes back under the one that it was given",
          "[interop][MQTT5-3.1.3-6][MQTT5-3.2.2-16]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            device_5 d{kept(c, ""), {.session_expiry_s = 300}};
            d.arrive();
            CHECK_FALSE(d.last(event_type::connected).with().text(property_id::assigned_client_identifier).empty());
            d.subscribe("nameless", qos::at_least_once);
            d.cut();
            until({&d}, "to be back", [&] { return d.count(event_type::connected) == 2; });
            CHECK(d.last(event_type::connected).what.session_present);
            d.deliver({.topic = "nameless", .payload = "x", .level = qos::at_least_once});
            CHECK(d.await(1).payload == "x");
            CHECK(d.audit.sent["SUBSCRIBE"] == 1);
        }
    }
}

TEST_CASE("of 5.0: a will has properties, may be left on purpose, and may be called off in time",
          "[interop][MQTT5-3.1.3-9][MQTT5-3.14.4-3]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            auto settings = kept(c, "will-owner");
            settings.will = {"will/5", "gone", qos::at_least_once, false};
            device_5 witness{to(c, "will-witness")};
            witness.arrive();
            witness.subscribe("will/5", qos::at_least_once);
            property const more[] = {{property_id::content_type, "text/plain"}, {"a", "b"}};
            device_5       owner{settings, {.session_expiry_s = 300, .will_with = more}};
            owner.arrive();
            owner.cut();
            until({&witness, &owner}, "the will", [&] { return witness.count(event_type::message) == 1; });
            auto const& will = witness.last(event_type::message);
            CHECK(will.payload == "gone");
            auto said = words_of(will.with());
            std::sort(said.begin(), said.end());
            CHECK(said == words{"content_type=text/plain", "user_property=a:b"});
            until({&owner}, "to be back", [&] { return owner.mqtt.online(); });
            REQUIRE(owner.mqtt.disconnect(reason_code::disconnect_with_will) == errc::ok);
            until({&witness, &owner}, "the will", [&] { return witness.count(event_type::message) == 2; });

            property const delay{property_id::will_delay_interval, 300U};
            device_5       patient{settings, {.session_expiry_s = 300, .will_with = {&delay, 1}}};
            patient.arrive();
            patient.cut();
            until({&patient}, "to be back", [&] { return patient.count(event_type::connected) == 2; });
            patient.deliver({.topic = "will/5", .payload = "here", .level = qos::at_least_once});
            CHECK(witness.await(3).payload == "here");
            patient.leave();
        }
    }
}

TEST_CASE("of 5.0: who is taken over is told and does not come back at once", "[interop][MQTT5-3.1.4-3]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            auto settings           = to(c, "double");
            settings.backoff_ms_max = 3'600'000;
            device_5 first{settings};
            device_5 second{settings};
            first.arrive();
            second.arrive();
            until({&first}, "the end", [&] { return first.count(event_type::disconnected) == 1; });
            auto const& why = first.last(event_type::disconnected).what;
            // mosquitto 2.0 hangs up without a word.
            if (c.who == maker::ejabberd || why.cause == errc::replaced) {
                CHECK(why.cause == errc::replaced);
                CHECK(why.reason == reason_code::session_taken_over);
                CHECK(why.retry_in_ms == 3'600'000);
                CHECK(first.count(event_type::replaced) == 1);
            }
            REQUIRE(first.mqtt.disconnect() == errc::ok);
            if (!second.mqtt.online()) until({&second}, "to be on line", [&] { return second.mqtt.online(); });
            second.deliver({.topic = "double", .payload = "mine", .level = qos::at_least_once});
        }
    }
}

TEST_CASE("of 5.0: a wrong password is told with its reason", "[interop]") {
    for (auto const& c : cultures_5()) {
        DYNAMIC_SECTION(c.name) {
            auto settings           = to(c, "stranger");
            settings.password       = "wrong";
            settings.backoff_ms_max = 3'600'000;
            device_5 stranger{settings};
            REQUIRE(stranger.mqtt.connect() == errc::ok);
            until({&stranger}, "the refusal", [&] { return stranger.count(event_type::disconnected) == 1; });
            auto const& no = stranger.last(event_type::disconnected).what;
            CHECK((no.reason == reason_code::bad_user_name_or_password || no.reason == reason_code::not_authorized));
            CHECK(no.cause == barelink::error_of(no.reason));
            CHECK(no.retry_in_ms == 3'600'000);
        }
    }
}

TEST_CASE("of 5.0: a broker is killed and started again, and everybody goes on", "[interop][MQTT5-4.4.0-1]") {
    for (auto const& c : cultures_5()) {
        for (int const how : {SIGKILL, SIGTERM}) {
            DYNAMIC_SECTION(c.name << (how == SIGKILL ? ", killed" : ", ended")) {
                broker   mortal{c.who, false};
                auto     reading = to(mortal, c.protocol, "restart-in");
                auto     writing = to(mortal, c.protocol, "restart-out");
                reading.clean_session = writing.clean_session = false;
                device_5 reader{reading, {.session_expiry_s = 300}};
                device_5 writer{writing, {.session_expiry_s = 300}};
                reader.arrive();
                writer.arrive();
                reader.subscribe("restart/#", qos::exactly_once, {.identifier = 5});
                int        sent  = 0;
                auto const write = [&](std::string_view text, int end) {
                    for (; sent < end; ++sent) {
                        auto const level = sent % 2 == 0 ? qos::at_least_once : qos::exactly_once;
                        message const m{.topic = "restart/x", .payload = text, .level = level};
                        REQUIRE(writer.publish(m, {{"n", "1"}}, sent) == errc::ok);
                    }
                };
                write("before", 4);
                writer.turn(); // they are on their way
                mortal.stop(how);
                until({&reader, &writer}, "both to notice", [&] {
                    return !reader.mqtt.online() && !writer.mqtt.online() &&
                           reader.count(event_type::disconnected) != 0 && writer.count(event_type::disconnected) != 0;
                });
                write("away", 8);
                reader.forget();
                mortal.start();
                // The reader first: what finds nobody is lost with the session that this broker has not kept.
                until({&reader}, "the reader", [&] {
                    return reader.mqtt.online() &&
                           (reader.last(event_type::connected).what.session_present ||
                            reader.count(event_type::subscribed) != 0);
                });
                until({&reader, &writer}, "every outcome",
                      [&] { return writer.mqtt.online() && writer.ledger.empty(); });
                writer.deliver({.topic = "restart/x", .payload = "end", .level = qos::exactly_once});
                auto const got = [&](std::string_view text) {
                    auto const all = reader.payloads();
                    return std::count(all.begin(), all.end(), text);
                };
                until({&reader}, "the last one", [&] { return got("end") == 1; });
                CHECK(got("away") == 4);
                CHECK(reader.last(event_type::message).with().number(property_id::subscription_identifier) == 5);
                CHECK(reader.audit.faults == words{});
                CHECK(writer.audit.faults == words{});
            }
        }
    }
}
