// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/huawei/iotda.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using huawei::hour_is;
using huawei::identity;

namespace {

constexpr std::uint64_t then = 1'744'594'259;  // 2025-04-14 01:30:59 UTC

constexpr bool signs(std::string_view client_id, hour_is checked) {
    recorder   engine;
    char       room[128] = {};
    auto const l         = huawei::secret_login(room, {"dev", "12345678"}, checked, then, engine);
    return l && engine.key.view() == "2025041401" && engine.content.view() == "12345678" &&
           l.value.client_id == client_id && l.value.user_name == "dev";
}

constexpr errc refuses(identity const& id, std::uint64_t now = then, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[128] = {};
    return huawei::secret_login(room, id, hour_is::checked, now, engine).error;
}

template <class Make>
constexpr bool is(std::string_view expected, Make make) {
    char room[80] = {};
    return make(bytes_out{room}) == result<std::string_view>{expected};
}

}  // namespace

TEST_CASE("vector M: the hour is the key of the password", "[cloud][huawei][vector-M]") {
    CHECK_BOTH(signs("dev_0_0_2025041401", hour_is::unchecked));
    CHECK_BOTH(signs("dev_0_1_2025041401", hour_is::checked));
    wolfcrypt  engine;
    tight      room(128);
    auto const l = huawei::secret_login(room, {"dev", "12345678"}, hour_is::unchecked, then, engine);
    CHECK(l.value.password == "c75150e6cb841417396819e4d2ee4358a416344a03a083e3a8567074ddec820a");
}

TEST_CASE("openssl says the same of hourly passwords", "[cloud][huawei][openssl]") {
    for (auto const& v : vectors::huawei_iotda_all) {
        wolfcrypt  engine;
        auto const size    = 2 * v.device.size() + huawei::login_room_without_ids;
        auto const checked = v.checked != 0 ? hour_is::checked : hour_is::unchecked;
        tight      room(size);
        auto const l = huawei::secret_login(room, {v.device, v.secret}, checked, v.now, engine);
        CHECK(l.error == errc::ok);
        CHECK(l.value.client_id == v.expected_client_id);
        CHECK(l.value.user_name == v.expected_user);
        CHECK(l.value.password == v.expected_password);
        tight less(size - 1);
        CHECK(huawei::secret_login(less, {v.device, v.secret}, checked, v.now, engine).error == errc::text_too_long);
    }
}

TEST_CASE("each wrong value for huawei has its own error", "[cloud][huawei]") {
    CHECK_BOTH(refuses({"d", "s"}) == errc::ok);
    CHECK_BOTH(refuses({"", "s"}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"a/b", "s"}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"d", ""}) == errc::bad_device_secret);
    CHECK_BOTH(refuses({"d", "s"}, utc_last + 1) == errc::bad_timestamp);
    CHECK_BOTH(refuses({"d", "s"}, then, errc::crypto_failed) == errc::crypto_failed);
}

TEST_CASE("topics of a device", "[cloud][huawei][topics]") {
    CHECK_BOTH(is("$oc/devices/d/sys/messages/up", [](bytes_out room) { return huawei::message_topic(room, "d"); }));
    CHECK_BOTH(is("$oc/devices/d/sys/messages/down", [](bytes_out room) { return huawei::inbound_topic(room, "d"); }));
    CHECK_BOTH(is("$oc/devices/d/sys/properties/report",
                  [](bytes_out room) { return huawei::property_topic(room, "d"); }));
    CHECK_BOTH(is("$oc/devices/d/sys/events/up", [](bytes_out room) { return huawei::event_topic(room, "d"); }));
    CHECK_BOTH(is("$oc/devices/d/sys/commands/#", [](bytes_out room) { return huawei::command_filter(room, "d"); }));
    CHECK_BOTH(is("$oc/devices/d/sys/commands/response/request_id=7f", [](bytes_out room) {
        return huawei::command_answer(room, "d", "$oc/devices/d/sys/commands/request_id=7f");
    }));
    char room[80] = {};
    CHECK(huawei::command_answer(room, "d", "$oc/devices/d/sys/messages/down").error == errc::bad_topic);
    CHECK(huawei::message_topic(room, "a/b").error == errc::bad_device_name);
    CHECK(huawei::message_topic(bytes_out{room, 8}, "d").error == errc::text_too_long);
}

TEST_CASE("Huawei takes 1 MB and keep alives of 30 to 1200 seconds", "[cloud][huawei][limits]") {
    using huawei::limits;
    CHECK_BOTH(check_connection(limits, huawei::keep_alive_advised_s) == errc::ok);
    CHECK_BOTH(check_connection(limits, 29) == errc::bad_keep_alive);
    CHECK_BOTH(check_connection(limits, 1201) == errc::bad_keep_alive);
    CHECK_BOTH(check_publish(limits, {"a", "", qos::exactly_once, false}) == errc::bad_qos);
    CHECK(check_publish(limits, {"a", std::string(1'048'576, 'x'), {}, false}) == errc::ok);
    CHECK(check_publish(limits, {"a", std::string(1'048'577, 'x'), {}, false}) == errc::payload_too_long);
    STATIC_REQUIRE(huawei::keep_alive_s(120) == 120);
}
