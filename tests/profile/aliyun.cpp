// SPDX-License-Identifier: BSL-1.0
// Devices of Alibaba Cloud IoT that sign, register or have a certificate; what is refused; the numbers of the C SDK.
#include <string>
#include <string_view>

#include <barelink/cloud/aliyun/explain.hpp>
#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/profile/aliyun/c_sdk.hpp>
#include <barelink/profile/aliyun/direct.hpp>
#include <barelink/profile/aliyun/registration.hpp>
#include <barelink/profile/aliyun/x509.hpp>

#include "profile/kit.hpp"
#include "support/catch.hpp"

using namespace profile_tests;

namespace {

constexpr aliyun::identity vector_a{"pk", "device", "secret"};
// Vector A of the platform.
constexpr std::string_view password_a = "6074a46a91b1ebb2cc4ea42790ad0e80202c9843859fc292e57c4eb19fad9e57";
// Vector G, hmacsha256.
constexpr aliyun::applicant applicant{"al123456789", "device1", "productsecret01", "123"};
constexpr std::string_view  sign_g = "28204b8959e7a9204e4ac28b15767e62a31b1bf0992c921f64d1057f1cf202b7";

constexpr std::string_view refused_4{"\x20\x02\x00\x04", 4};

std::string push(std::string_view topic, std::string_view payload) {
    std::string body;
    body += '\0';
    body += static_cast<char>(topic.size());
    body.append(topic).append(payload);
    return "0" + std::string(1, static_cast<char>(body.size())) + body;
}

using direct = aliyun::direct_device<wolfcrypt>;

}  // namespace

TEST_CASE("a device with a secret is one object: place, login and rules", "[profile][aliyun]") {
    constexpr aliyun::connect_options how{.client_id = "12345", .timestamp = "789"};
    wolfcrypt                         engine;
    direct                            device{vector_a, {.region = "cn-shanghai"}, engine, how};
    bench<small, direct>              b;
    b.o.host = {};
    b.power_on(device);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.host == "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com:1883");
    CHECK(b.net.written.find("12345|securemode=2,signmethod=hmacsha256,timestamp=789|") != std::string::npos);
    CHECK(b.net.written.find("device&pk") != std::string::npos);
    CHECK(b.net.written.find(password_a) != std::string::npos);
    REQUIRE(b.online());
    // The secret does not end.
    b.o.keep_alive_s = 0;
    CHECK(b.sleep() <= 60'000);

    // QoS, retained messages, topics, size: refused before anything is queued.
    b.net.said();
    CHECK(b.c->publish({.topic = "/a", .payload = "x", .level = qos::exactly_once}).error == errc::bad_qos);
    CHECK(b.c->publish({.topic = "/a", .payload = "x", .retain = true}).error == errc::bad_retain);
    CHECK(b.c->publish({.topic = "a", .payload = "x"}).error == errc::bad_topic);
    CHECK(b.c->publish({.topic = "/a/+", .payload = "x"}).error == errc::bad_topic);
    CHECK(b.c->publish({.topic = std::string(128, '/') + "x", .payload = "x"}).error == errc::topic_too_long);
    CHECK(b.c->publish({.topic = "/a", .payload = std::string(300'000, 'x')}).error == errc::payload_too_long);
    CHECK(b.c->subscribe("/a", qos::exactly_once) == errc::bad_qos);
    CHECK(b.c->subscribe("a/#", qos::at_least_once) == errc::bad_filter);
    CHECK(b.settle() == "");
    CHECK(b.net.said() == "");
    CHECK(b.c->publish({.topic = "/a", .payload = "x", .level = qos::at_least_once}));
    CHECK(b.c->subscribe("/a/#", qos::at_least_once) == errc::ok);
    CHECK(b.settle() == "");
    CHECK(b.net.said() != "");
}

TEST_CASE("what the platform refuses in CONNECT is refused before the first attempt", "[profile][aliyun]") {
    wolfcrypt            engine;
    direct               device{vector_a, {.region = "cn-shanghai"}, engine};
    bench<small, direct> b;
    b.power_on(device);
    b.o.keep_alive_s = 29;
    CHECK(b.c->connect() == errc::bad_keep_alive);
    b.o.keep_alive_s = 1'201;
    CHECK(b.c->connect() == errc::bad_keep_alive);
    b.o.keep_alive_s = 1'200;
    b.o.will         = {.topic = "/w", .payload = "x"};
    CHECK(b.c->connect() == errc::bad_will);
    b.o.will = {};
    CHECK(b.c->connect() == errc::ok);
    b.settle();
    // A host of one's own comes before the platform's.
    CHECK(b.net.host == "broker:1883");
}

TEST_CASE("payloads that are pulled and messages of a mailbox are refused likewise", "[profile][aliyun]") {
    constexpr limits with_sources{.highest_qos = qos::at_least_once, .sources = 1};
    wolfcrypt        engine;
    direct           device{vector_a, {.region = "cn-shanghai"}, engine};
    mailbox<512>     letters;
    bench<with_sources, direct, mailbox<512>> b;
    b.power_on(device, letters);
    REQUIRE(b.c->connect() == errc::ok);
    REQUIRE(b.online());
    auto const pull = [](void*, std::uint32_t, bytes_out into) { return into.size(); };
    CHECK(b.c->publish({.topic = "/a"}, 262'144, {pull, nullptr}).error == errc::payload_too_long);
    CHECK(b.c->publish({.topic = "a"}, 10, {pull, nullptr}).error == errc::bad_topic);
    CHECK(b.c->publish({.topic = "/a"}, 10, {pull, nullptr}));
    CHECK(letters.post({.topic = "alarm", .payload = "fire"}) == errc::ok);
    CHECK(b.settle().find("dropped") != std::string::npos);
}

TEST_CASE("an identity that cannot be one is named by connect()", "[profile][aliyun]") {
    wolfcrypt engine;
    auto const why = [&](aliyun::identity const& id, aliyun::site const& where) {
        direct               device{id, where, engine};
        bench<small, direct> b;
        b.o.host = {};
        b.power_on(device);
        return b.c->connect();
    };
    CHECK(why({"", "d", "s"}, {.region = "r"}) == errc::bad_product_key);
    CHECK(why({"p", "d&", "s"}, {.region = "r"}) == errc::bad_device_name);
    CHECK(why({"p", "d", " "}, {.region = "r"}) == errc::bad_device_secret);
    CHECK(why({"p", "d", "s"}, {}) == errc::bad_address);
    CHECK(why({"p", "d", "s"}, {.instance = "iot-1/x"}) == errc::bad_address);
    CHECK(why({"p", "d", "s"}, {.instance = "iot-1"}) == errc::ok);
}

TEST_CASE("a wrong secret and a second device of the same name are told in the platform's words", "[profile][aliyun]") {
    wolfcrypt            engine;
    direct               device{vector_a, {.instance = "iot-06", .port = aliyun::tls_port}, engine};
    bench<small, direct> b;
    b.o.host = {};
    b.power_on(device);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.host == "iot-06.mqtt.iothub.aliyuncs.com:443");
    CHECK(b.hears(refused_4) == "disconnected bad_credentials 60000");
    CHECK(aliyun::explain(errc::bad_credentials).find("DeviceSecret") != std::string_view::npos);
    b.net.written.clear();
    b.after(60'000);
    REQUIRE(b.online());
    // Thrown out, taken again at once, thrown out again: somebody else uses the names.
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    b.net.written.clear();
    b.after(1'000);
    REQUIRE(b.online());
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle().starts_with("replaced, disconnected closed_by_peer"));
    CHECK_FALSE(aliyun::explain(errc::replaced).empty());
}

TEST_CASE("a device with a certificate learns its name at its first connection", "[profile][aliyun]") {
    aliyun::x509_device<>               device{{.client_id = "serial7"}};
    bench<small, aliyun::x509_device<>> b;
    b.o.host = {};
    b.power_on(device);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.host == "x509.itls.cn-shanghai.aliyuncs.com:1883");
    CHECK(b.net.written.find("serial7|securemode=2,") != std::string::npos);
    REQUIRE(b.online());
    CHECK(device.take("/else", "{}") == errc::would_block);
    CHECK(device.take(aliyun::x509_identity_topic, "{") == errc::malformed_json);
    CHECK(device.take(aliyun::x509_identity_topic, R"({"productKey":"a1"})") == errc::missing_field);
    CHECK(device.take(aliyun::x509_identity_topic, R"({"productKey":"a1","deviceName":"dev"})") == errc::ok);
    CHECK(device.id().product_key == "a1");
    CHECK(device.id().device_name == "dev");
    // What comes later and cannot be read does not take the name away.
    CHECK(device.take(aliyun::x509_identity_topic, R"({"productKey":"zz"})") == errc::missing_field);
    CHECK(device.id().product_key == "a1");
    CHECK(device.id().device_name == "dev");
    b.net.read_error = errc::closed_by_peer;
    CHECK(b.settle() == "disconnected closed_by_peer 1000");
    b.net.written.clear();
    b.after(1'000);
    CHECK(b.net.written.find("dev&a1") != std::string::npos);
    CHECK(b.net.written.find("serial7|securemode=2,") != std::string::npos);
    CHECK(b.online());
}

TEST_CASE("by HTTPS a registered name becomes a secret", "[profile][aliyun]") {
    wolfcrypt                  engine;
    web_end                    web;
    aliyun::https_room<>       room{};
    aliyun::https_registration r{room, web, {.region = "cn-shanghai"}, engine};
    instant                    now{0xFFFF'FFF0U};
    auto const                 run = [&](aliyun::applicant const& a = applicant) {
        auto e = r.start(a, now);
        for (int i = 0; i < 2'000 && (e == errc::ok || e == errc::would_block); ++i) {
            e = r.poll(now);
            if (e != errc::would_block) return e;
            auto const pause = r.next_deadline(now).left(now);
            CHECK(pause <= 10);
            now = now + pause;
        }
        return e;
    };
    constexpr std::string_view good =
        R"({"code":200,"data":{"productKey":"al123456789","deviceName":"device1","deviceSecret":"s3cret"}})";

    CHECK(r.poll(now) == errc::not_connected);
    web.answers(good);
    CHECK(run() == errc::ok);
    CHECK(r.got().device_secret == "s3cret");
    CHECK(r.got().code == 200);
    CHECK(web.host == "iot-auth.cn-shanghai.aliyuncs.com:443");
    CHECK(web.asked.starts_with("POST /auth/register/device HTTP/1.1\r\n"));
    CHECK(web.asked.ends_with(sign_g));
    CHECK(r.poll(now) == errc::ok);

    struct row {
        std::string_view body;
        errc             error;
    };
    for (auto const& [body, error] :
         {row{R"({"code":400})", errc::identity_refused}, row{R"({"code":401})", errc::device_secret_refused},
          row{R"({"code":6200})", errc::authentication_type_refused}, row{R"({"code":5001})", errc::device_unknown},
          row{R"({"code":200,"data":{}})", errc::missing_field}, row{"{", errc::malformed_json},
          row{"", errc::malformed_json}}) {
        CAPTURE(body);
        web.answers(body);
        CHECK(run() == error);
        CHECK(r.got().device_secret.empty());
        CHECK_FALSE(web.open);
    }
    web.answers(std::string(2'000, ' '));
    CHECK(run() == errc::body_refused);
    CHECK(run({"", "d", "s", "1"}) == errc::bad_product_key);
    CHECK(run({"p", "d", "", "1"}) == errc::bad_product_secret);
    CHECK(run({"p", "d", "s", ""}) == errc::bad_option);
    web.fault = errc::resolve_failed;
    CHECK(run() == errc::resolve_failed);
    web.fault  = errc::ok;
    web.silent = true;
    CHECK(run() == errc::response_timeout);
    web.silent = false;
    web.answers(good);
    for (web.cut = 0; web.cut < web.answer.size(); ++web.cut) CHECK(run() == errc::closed_by_peer);
    web.cut = std::string::npos;
    CHECK(run() == errc::ok);
    CHECK(r.got().device_secret == "s3cret");
}

TEST_CASE("by MQTT a name, registered or not, becomes a secret or a token", "[profile][aliyun]") {
    using registrar = aliyun::mqtt_registration<wolfcrypt>;
    wolfcrypt               engine;
    auto const              name = GENERATE(aliyun::name_is::registered, aliyun::name_is::unknown);
    bool const              known = name == aliyun::name_is::registered;
    registrar               r{applicant, name, {.instance = "iot-06"}, engine};
    bench<small, registrar> b;
    b.o.host      = {};
    b.o.reconnect = false;
    b.power_on(r);
    REQUIRE(b.c->connect() == errc::ok);
    b.settle();
    CHECK(b.net.host == "iot-06.mqtt.iothub.aliyuncs.com:1883");
    CHECK(b.net.written.find(known ? "authType=register," : "authType=regnwl,") != std::string::npos);
    CHECK(b.net.written.find("instanceId=iot-06|") != std::string::npos);
    CHECK(b.net.written.find(sign_g) != std::string::npos);
    REQUIRE(b.online());
    SECTION("the answer comes by itself") {
        constexpr std::string_view secret = R"({"productKey":"pk","deviceName":"device","deviceSecret":"secret"})";
        constexpr std::string_view token =
            R"({"productKey":"pk","deviceName":"device","clientId":"c7","deviceToken":"t"})";
        b.net.incoming += known ? push("/ext/register", secret) : push("/ext/regnwl", token);
        auto told = errc::would_block;
        for (int i = 0; i < 10; ++i) {
            b.c->poll([&](event const& e) {
                if (e.type == event_type::message) told = r.take(e.topic, e.payload);
                if (told == errc::ok && b.c->online()) CHECK(b.c->disconnect() == errc::ok);
            });
        }
        CHECK(told == errc::ok);
        CHECK(b.net.said() == "DISCONNECT");
        // Once is enough: what comes later takes nothing away.
        CHECK(r.take("/ext/register", R"({"productKey":"zz","deviceName":"zzzzzz"})") == errc::would_block);
        CHECK(r.got().product_key == "pk");
        if (known) {
            CHECK(r.got().device_secret == "secret");
        } else {
            // With the token it is a device.
            aliyun::token_device device{r.got(), {.region = "cn-shanghai"}};
            login                out;
            lease                with;
            CHECK(device.refresh(out, with) == errc::ok);
            CHECK(out.client_id == "c7|securemode=-2,authType=connwl|");
            CHECK(out.user_name == "device&pk");
            CHECK(out.password == "t");
            CHECK(with.to.host == "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com");
        }
    }
    SECTION("each bad answer has its own error") {
        CHECK(r.take("/sys/else", "{}") == errc::would_block);
        CHECK(r.take("/ext/register", "{") == errc::malformed_json);
        CHECK(r.take("/ext/register", R"({"productKey":"pk","deviceName":"device"})") == errc::missing_field);
        CHECK(r.take("/ext/regnwl", "[" + std::string(60, '1') + "]") == errc::missing_field);
        CHECK(r.take("/ext/regnwl", std::string(60, '[') + std::string(60, ']')) == errc::too_many_tokens);
        auto const long_secret =
            R"({"productKey":"pk","deviceName":"d","deviceSecret":")" + std::string(600, 's') + "\"}";
        CHECK(r.take("/ext/register", long_secret) == errc::text_too_long);
    }
    SECTION("the cloud hangs up when its time is over") {
        b.net.read_error = errc::closed_by_peer;
        CHECK(b.settle() == "disconnected closed_by_peer 0");
        CHECK(r.got().device_secret.empty());
    }
}

TEST_CASE("one preset has the C SDK's numbers", "[profile][aliyun]") {
    using aliyun::c_sdk_limits;
    using aliyun::c_sdk_options;
    STATIC_REQUIRE(c_sdk_limits.inflight == 20);            // IOTX_MC_REPUB_NUM_MAX
    STATIC_REQUIRE(c_sdk_limits.subscriptions == 10);       // IOTX_MC_SUB_NUM_MAX
    STATIC_REQUIRE(c_sdk_limits.subscribe_requests == 10);  // IOTX_MC_SUB_REQUEST_NUM_MAX
    STATIC_REQUIRE(c_sdk_limits.highest_qos == qos::at_least_once);
    STATIC_REQUIRE(c_sdk_limits.versions == version_set{version::v3_1_1});
    STATIC_REQUIRE(c_sdk_options.request_timeout_ms == 2'000);
    STATIC_REQUIRE(c_sdk_options.credentials_timeout_ms == 10'000);
    STATIC_REQUIRE(check_limits<c_sdk_limits>());

    using sdk_device = aliyun::direct_device<wolfcrypt, aliyun::c_sdk_rules>;
    wolfcrypt                       engine;
    sdk_device                      device{vector_a, {.region = "cn-shanghai"}, engine};
    bench<c_sdk_limits, sdk_device> b;
    b.o        = aliyun::c_sdk_options;
    b.o.jitter = false;
    b.power_on(device);
    for (std::uint16_t const bad : {std::uint16_t{59}, std::uint16_t{181}}) {
        b.o.keep_alive_s = bad;
        CHECK(b.c->connect() == errc::bad_keep_alive);
    }
    b.o.keep_alive_s = 60;
    b.net.stages.assign(9, errc::connect_refused);
    REQUIRE(b.c->connect() == errc::ok);
    // Backoff: 1 s to 60 s, each twice the one before.
    std::string waits;
    auto        told = b.settle();
    while (told.starts_with("disconnected connect_refused ")) {
        waits += told.substr(28);
        told = b.after(static_cast<std::uint32_t>(std::stoul(told.substr(29))));
    }
    CHECK(waits == " 1000 2000 4000 8000 16000 32000 60000 60000 60000");
    b.o.keep_alive_s = 0;
    REQUIRE(b.online());
    b.net.said();

    // Tables: 20 publishes, 10 subscriptions, all of which may be asked for at one time.
    for (int i = 0; i < 20; ++i) CHECK(b.c->publish({.topic = "/a", .payload = "x", .level = qos::at_least_once}));
    CHECK(b.c->publish({.topic = "/a", .payload = "x", .level = qos::at_least_once}).error == errc::inflight_full);
    static constexpr char const* filters[] = {"/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"};
    for (auto const* filter : filters) CHECK(b.c->subscribe(filter, qos::at_most_once) == errc::ok);
    CHECK(b.c->subscribe("/10", qos::at_most_once) == errc::subscriptions_full);
    CHECK(b.settle() == "");

    // SUBACK: twice the time of a request.
    CHECK(b.after(3'999) == "");
    CHECK(b.after(1).starts_with("subscribe_failed /0 subscribe_timeout"));
}
