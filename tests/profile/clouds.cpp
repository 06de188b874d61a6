// SPDX-License-Identifier: BSL-1.0
// AWS, Azure, Tencent and Huawei: place, login, rules and, where the time is signed, the way back before the end.
#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/profile/aws.hpp>
#include <barelink/profile/azure.hpp>
#include <barelink/profile/huawei.hpp>
#include <barelink/profile/tencent.hpp>

#include "profile/kit.hpp"
#include "support/catch.hpp"

using namespace profile_tests;

namespace {

// Vectors K, L and M end in 2030, or begin in 2025.
constexpr wall_time an_hour_before{time_trust::trusted, 1'893'456'000 - 3'600};
constexpr wall_time in_april{time_trust::trusted, 1'744'595'999};  // 2025-04-14 01:59:59

constexpr azure::identity   hub{"myhub.azure-devices.net", "dev01", {}};
constexpr azure::shared_key key{"ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1", {}};
constexpr std::string_view  sas =
    "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev01"
    "&sig=g96wU%2BQrKVuIhuEhP5AqzUT7VQmX%2BNl916LfviWXaLU%3D&se=1893456000";

// Only the profile, without a client.
template <class Profile>
errc ask(Profile& p, login& out, lease& with) {
    with = {.now = {77}};
    return p.refresh(out, with);
}

}  // namespace

TEST_CASE("a device with an Azure key comes back with a new token before the hub hangs up", "[profile][azure]") {
    using profile = azure::key_device<wolfcrypt, hand_calendar>;
    wolfcrypt             engine;
    hand_calendar         calendar{an_hour_before};
    profile               device{hub, key, engine, calendar};
    bench<small, profile> b;
    b.o.host         = {};
    b.o.keep_alive_s = 1'177;
    b.power_on(device);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.host == "myhub.azure-devices.net:8883");
    CHECK(b.net.written.find("myhub.azure-devices.net/dev01/?api-version=2021-04-12") != std::string::npos);
    CHECK(b.net.written.find(sas) != std::string::npos);
    REQUIRE(b.online());
    b.o.keep_alive_s = 0;
    CHECK(b.c->publish({.topic = "t", .payload = std::string(262'145, 'x')}).error == errc::payload_too_long);
    std::uint32_t waited = 0;
    std::string   told;
    for (int i = 0; i < 100 && told.empty(); ++i) {
        auto const sleep = b.sleep();
        waited += sleep;
        b.clock.ms += sleep;
        told = b.settle();
        if (b.net.said().find("PINGREQ") != std::string::npos) told += b.hears(std::string_view{"\xD0\x00", 2});
    }
    CHECK(told == "disconnected renewal 1");
    CHECK(waited == 3'570'000);
    calendar.time.s += 3'570;
    b.after(1);
    CHECK(b.net.written.find("&se=1893459570") != std::string::npos);
    CHECK(b.online(true));
}

TEST_CASE("a login that needs the time says so until somebody knows it", "[profile][azure]") {
    using profile = azure::key_device<wolfcrypt, hand_calendar>;
    wolfcrypt             engine;
    hand_calendar         calendar;
    profile               device{hub, key, engine, calendar};
    bench<small, profile> b;
    b.o.host = {};
    b.power_on(device);
    CHECK(b.c->connect() == errc::clock_unknown);
    calendar.time = an_hour_before;
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    // It is lost while the device is on line, for instance with the battery of the clock.
    calendar.time.trust = time_trust::floor;
    b.net.read_error    = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    CHECK(b.after(1'000) == "disconnected clock_unknown 2000");
    calendar.time.trust = time_trust::trusted;
    b.net.written.clear();
    CHECK(b.after(2'000) == "");
    REQUIRE(b.online(true));
    // A calendar that goes wrong makes tokens that the hub refuses; that is not tried again at once.
    calendar.time.s  = 86'400;
    b.net.read_error = errc::closed_by_peer;
    b.after(20'000);
    b.after(60'000);
    CHECK(b.net.written.find("&se=90000") != std::string::npos);
    CHECK(b.hears(std::string_view{"\x20\x02\x00\x05", 4}) == "disconnected not_authorized 60000");
    calendar.time = an_hour_before;
    b.net.written.clear();
    CHECK(b.after(60'000) == "");
    CHECK(b.online(true));
}

TEST_CASE("Azure: lives that cannot be, modules, certificates", "[profile][azure]") {
    wolfcrypt     engine;
    hand_calendar calendar{an_hour_before};
    login         out;
    lease         with;
    for (std::uint32_t const bad : {0U, 24U * 86'400U + 1U}) {
        azure::key_device device{hub, key, engine, calendar, bad};
        CHECK(ask(device, out, with) == errc::bad_option);
        CHECK_FALSE(with.valid_until.armed);
    }
    azure::key_device longest{hub, key, engine, calendar, 24U * 86'400U};
    CHECK(ask(longest, out, with) == errc::ok);
    CHECK(with.valid_until == deadline{{77U + 24U * 86'400'000U}, true});
    azure::key_device wrong{hub, {"no base64"}, engine, calendar};
    CHECK(ask(wrong, out, with) == errc::bad_device_secret);

    azure::certificate_device<> own{{"myhub.azure-devices.net", "dev01", "m"}};
    CHECK(ask(own, out, with) == errc::ok);
    CHECK(out.client_id == "dev01/m");
    CHECK(out.password.data() == nullptr);
    CHECK(with.to.host == "myhub.azure-devices.net");
    CHECK(with.to.port == 8883);
    CHECK_FALSE(with.valid_until.armed);
}

TEST_CASE("AWS knows a device by its certificate, or asks an authorizer", "[profile][aws]") {
    using profile = aws::certificate_device;
    profile               device{"pump-7", {"a1b2c3", "eu-central-1"}};
    bench<small, profile> b;
    b.o.host = {};
    b.power_on(device);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.host == "a1b2c3-ats.iot.eu-central-1.amazonaws.com:8883");
    CHECK(b.net.written.find("pump-7") != std::string::npos);
    REQUIRE(b.online());
    CHECK(b.c->publish({.topic = "1/2/3/4/5/6/7/8/9", .payload = "x"}).error == errc::bad_topic);
    CHECK(b.c->publish({.topic = "t", .payload = std::string(131'073, 'x')}).error == errc::payload_too_long);

    login out;
    lease with;
    aws::authorizer_device<> asked{"pump-7", {.name = "mine", .user_name = "me"}, {"a", "b", aws::tls_port}};
    CHECK(ask(asked, out, with) == errc::ok);
    CHECK(out.user_name == "me?x-amz-customauthorizer-name=mine");
    CHECK(with.to.port == 443);
    aws::certificate_device nobody{"", {"a", "b"}}, nowhere{"id", {"a/", "b"}};
    CHECK(ask(nobody, out, with) == errc::bad_client_id);
    CHECK(ask(nowhere, out, with) == errc::bad_address);
}

TEST_CASE("Tencent: a word of chance and an expiry in each user name", "[profile][tencent]") {
    wolfcrypt           engine;
    hand_calendar       calendar{an_hour_before};
    hand_dice           dice;
    tencent::key_device device{{"ABC123DEF4", "dev01", "dGVuY2VudC1wc2stMDEyMw=="}, engine, calendar, dice};
    login               out;
    lease               with;
    CHECK(ask(device, out, with) == errc::ok);
    CHECK(out.client_id == "ABC123DEF4dev01");
    CHECK(out.user_name == "ABC123DEF4dev01;12010126;42;1893456000");
    CHECK(out.password.ends_with(";hmacsha256"));
    CHECK(with.to.host == "ABC123DEF4.iotcloud.tencentdevices.com");
    CHECK(with.to.port == 1883);
    CHECK(with.valid_until == deadline{{77 + 3'600'000}, true});
    CHECK(ask(device, out, with) == errc::ok);
    CHECK(out.user_name == "ABC123DEF4dev01;12010126;43;1893456000");
    calendar.time.trust = time_trust::unknown;
    CHECK(ask(device, out, with) == errc::clock_unknown);
    static_assert(platform_policy<decltype(device)>);
    CHECK(device.check_message({.topic = "t"}, 16'385) == errc::payload_too_long);
    CHECK(device.check_connect(901, {}) == errc::bad_keep_alive);
}

TEST_CASE("Huawei: the hour is signed, and known if it is checked", "[profile][huawei]") {
    wolfcrypt             engine;
    hand_calendar         calendar{in_april};
    huawei::secret_device device{{"dev", "12345678"}, huawei::hour_is::checked, engine, calendar};
    login                 out;
    lease                 with;
    CHECK(ask(device, out, with) == errc::ok);
    CHECK(out.client_id == "dev_0_1_2025041401");
    CHECK(out.password == "c75150e6cb841417396819e4d2ee4358a416344a03a083e3a8567074ddec820a");
    CHECK_FALSE(with.valid_until.armed);
    calendar.time.s += 1;
    CHECK(ask(device, out, with) == errc::ok);
    CHECK(out.client_id == "dev_0_1_2025041402");
    calendar.time = {};
    CHECK(ask(device, out, with) == errc::clock_unknown);
    huawei::secret_device careless{{"dev", "12345678"}, huawei::hour_is::unchecked, engine, calendar};
    CHECK(ask(careless, out, with) == errc::ok);
    CHECK(out.client_id == "dev_0_0_1970010100");
}
