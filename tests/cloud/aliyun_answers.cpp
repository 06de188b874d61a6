// SPDX-License-Identifier: BSL-1.0
// Answers of the platform: good ones, each code, and everything that can be wrong with them.
#include <barelink/cloud/aliyun/answer.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <barelink/cloud/aliyun/https_auth.hpp>
#include <barelink/cloud/aliyun/registration.hpp>
#include <barelink/cloud/aliyun/x509.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"

using namespace barelink;
using namespace cloud_tests;

namespace {

constexpr std::string_view granted =
    R"({"code":200,"data":{"iotId":"42Ze0mk35","iotToken":"^1Wm\/0==","resources":{"mqtt":)"
    R"({"host":"a1.iot-as-mqtt.cn-shanghai.aliyuncs.com","port":1883}}},"message":"success"})";
constexpr std::string_view registered =
    R"({"code":200,"data":{"productKey":"pk","deviceName":"dev","deviceSecret":"a-secret"},"message":"ok"})";
constexpr std::string_view with_secret = R"({"productKey":"pk","deviceName":"dev","deviceSecret":"a-secret"})";
constexpr std::string_view with_token =
    R"({"productKey":"pk","deviceName":"dev","clientId":"cid","deviceToken":"tok\u0065n"})";

// An answer and the memory that it is read with.
template <auto Read>
struct reading {
    explicit reading(std::string_view body, std::size_t room_size = 256) : text(body), room(room_size) {
        got = Read(text.view(), std::span{tokens}, room);
    }
    tight      text;
    tight      room;
    json_token tokens[aliyun::answer_tokens] = {};
    decltype(Read({}, {}, {})) got = {};
};
using auth_reading     = reading<aliyun::read_auth_answer>;
using register_reading = reading<aliyun::read_register_answer>;
using pushed_reading   = reading<aliyun::read_registration>;
using x509_reading     = reading<aliyun::read_x509_identity>;

// Every beginning of a good answer is refused, and nothing is taken from it.
template <class Reading>
bool refuses_every_cut(std::string_view good) {
    for (std::size_t size = 0; size < good.size(); ++size) {
        if (Reading(good.substr(0, size)).got.error != errc::malformed_json) return false;
    }
    return Reading(good).got.error == errc::ok;
}

// Without any one member the answer is refused as lacking one.
template <class Reading>
bool needs(std::string_view good, std::initializer_list<std::string_view> keys) {
    for (auto const key : keys) {
        std::string spoiled{good};
        spoiled.replace(spoiled.find(key), 1, "X");
        if (Reading(spoiled).got.error != errc::missing_field) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("codes name what has to be changed", "[cloud][aliyun]") {
    CHECK_BOTH(aliyun::error_of(200) == errc::ok);
    CHECK_BOTH(aliyun::error_of(400) == errc::identity_refused);
    CHECK_BOTH(aliyun::error_of(401) == errc::device_secret_refused);
    CHECK_BOTH(aliyun::error_of(460) == errc::parameter_refused);
    CHECK_BOTH(aliyun::error_of(500) == errc::server_unavailable);
    CHECK_BOTH(aliyun::error_of(5001) == errc::device_unknown);
    CHECK_BOTH(aliyun::error_of(6200) == errc::authentication_type_refused);
    CHECK_BOTH(aliyun::error_of(0) == errc::cloud_failed);
    CHECK_BOTH(aliyun::error_of(777) == errc::cloud_failed);
}

TEST_CASE("an authentication gives token and broker", "[cloud][aliyun]") {
    auth_reading const r(granted);
    REQUIRE(r.got);
    auto const& a = r.got.value;
    CHECK(a.code == 200);
    CHECK(a.iot_id == "42Ze0mk35");
    CHECK(a.iot_token == "^1Wm/0==");
    CHECK(a.host == "a1.iot-as-mqtt.cn-shanghai.aliyuncs.com");
    CHECK(a.port == 1883);
}

TEST_CASE("a code that is no success comes with its error, with and without data", "[cloud][aliyun]") {
    for (auto const& [code, error] : {std::pair{"400", errc::identity_refused},
                                      {"401", errc::device_secret_refused},
                                      {"460", errc::parameter_refused},
                                      {"500", errc::server_unavailable},
                                      {"5001", errc::device_unknown},
                                      {"6200", errc::authentication_type_refused},
                                      {"12345", errc::cloud_failed}}) {
        CAPTURE(code);
        for (auto const& body : {std::string{R"({"code":)"} + code + R"(,"message":"no"})",
                                 std::string{R"({"code":")"} + code + R"(","data":{"iotId":"x"},"message":"no"})"}) {
            auth_reading const r(body);
            CHECK(r.got.error == error);
            CHECK(r.got.value.code == static_cast<std::uint32_t>(std::stoul(code)));
            CHECK(r.got.value.iot_id.empty());
            CHECK(register_reading(body).got.error == error);
        }
    }
}

TEST_CASE("an answer that was cut off is refused at every byte", "[cloud][aliyun]") {
    CHECK(refuses_every_cut<auth_reading>(granted));
    CHECK(refuses_every_cut<register_reading>(registered));
    CHECK(refuses_every_cut<pushed_reading>(with_secret));
    CHECK(refuses_every_cut<pushed_reading>(with_token));
    CHECK(refuses_every_cut<x509_reading>(R"({"productKey":"pk","deviceName":"dev"})"));
}

TEST_CASE("an answer without one of its members is refused", "[cloud][aliyun]") {
    CHECK(needs<auth_reading>(granted, {"code", "data", "iotId", "iotToken", "resources", "mqtt\"", "host", "port"}));
    CHECK(needs<register_reading>(registered, {"code", "data", "productKey", "deviceName", "deviceSecret"}));
    CHECK(needs<pushed_reading>(with_secret, {"productKey", "deviceName", "deviceSecret"}));
    CHECK(needs<pushed_reading>(with_token, {"productKey", "deviceName", "clientId", "deviceToken"}));
}

TEST_CASE("a member of another kind, or empty, is refused", "[cloud][aliyun]") {
    auto const spoiled = [](std::string_view what, std::string_view by) {
        std::string body{granted};
        body.replace(body.find(what), what.size(), by);
        return auth_reading(body).got.error;
    };
    CHECK(spoiled("1883", "\"1883\"") == errc::ok);
    CHECK(spoiled("1883", "0") == errc::missing_field);
    CHECK(spoiled("1883", "65536") == errc::missing_field);
    CHECK(spoiled("1883", "null") == errc::missing_field);
    CHECK(spoiled("\"42Ze0mk35\"", "42") == errc::missing_field);
    CHECK(spoiled("\"42Ze0mk35\"", "\"\"") == errc::missing_field);
    CHECK(spoiled("\"42Ze0mk35\"", "{}") == errc::missing_field);
    CHECK(spoiled("a1.iot", "a1/iot") == errc::missing_field);
    CHECK(spoiled("a1.iot", "a1\\u0000iot") == errc::missing_field);
    CHECK(spoiled("a1.iot", "a1\\ud800iot") == errc::malformed_json);
    CHECK(spoiled("200", "\"ok\"") == errc::malformed_json);
    CHECK(spoiled("200", "-1") == errc::malformed_json);
}

TEST_CASE("an answer that is not JSON is refused", "[cloud][aliyun]") {
    for (std::string_view const body :
         {"", "<html><body>502 Bad Gateway</body></html>", "null", "[]", "{}", "\"code\"", "200", "{\"code\":200}x"}) {
        CAPTURE(body);
        CHECK_FALSE(auth_reading(body).got);
    }
}

TEST_CASE("an answer larger than its memory is an error, at every size", "[cloud][aliyun]") {
    auto const least = least_room(
        128,
        [](bytes_out room) {
            json_token tokens[aliyun::answer_tokens] = {};
            return aliyun::read_auth_answer(granted, tokens, room);
        },
        [](auto const& a) { return a.iot_id.size() + a.iot_token.size() + a.host.size(); });
    CHECK(least == 9 + 8 + 39);
    json_token few[8] = {};
    char       room[128];
    CHECK(aliyun::read_auth_answer(granted, few, room).error == errc::too_many_tokens);
}

TEST_CASE("a registration gives the secret", "[cloud][aliyun]") {
    register_reading const r(registered);
    REQUIRE(r.got);
    CHECK(r.got.value.product_key == "pk");
    CHECK(r.got.value.device_name == "dev");
    CHECK(r.got.value.device_secret == "a-secret");
}

TEST_CASE("a registration by message gives a secret, or a client id and a token", "[cloud][aliyun]") {
    pushed_reading const one(with_secret);
    REQUIRE(one.got);
    CHECK(one.got.value.device_secret == "a-secret");
    CHECK(one.got.value.device_token.empty());
    pushed_reading const two(with_token);
    REQUIRE(two.got);
    CHECK(two.got.value.client_id == "cid");
    CHECK(two.got.value.device_token == "token");
    CHECK(two.got.value.device_secret.empty());
}

TEST_CASE("a device with a certificate is told its name", "[cloud][aliyun]") {
    x509_reading const r(R"({"deviceName":"dev","productKey":"pk"})");
    REQUIRE(r.got);
    CHECK(r.got.value.product_key == "pk");
    CHECK(r.got.value.device_name == "dev");
    CHECK(r.got.value.device_secret.empty());
}
