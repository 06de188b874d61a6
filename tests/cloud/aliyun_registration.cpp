// SPDX-License-Identifier: BSL-1.0
// Dynamic registration over HTTPS and over MQTT, in both variants.
#include <barelink/cloud/aliyun/registration.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using aliyun::applicant;
using aliyun::name_is;

namespace {

constexpr applicant example{"al123456789", "device1", "productsecret01", "123", digest::md5};

std::string sign(digest method) {
    auto a   = example;
    a.method = method;
    wolfcrypt  engine;
    tight      room(400);
    auto const body = aliyun::register_body(room, a, engine);
    return body ? std::string{body.value.substr(body.value.find("&sign=") + 6)} : "error";
}

constexpr bool asks() {
    recorder   engine;
    char       room[400] = {};
    auto const body      = aliyun::register_body(room, example, engine);
    return body.value == "productKey=al123456789&deviceName=device1&random=123&signMethod=hmacmd5"
                         "&sign=a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5" &&
           engine.content.view() == "deviceNamedevice1productKeyal123456789random123" &&
           engine.key.view() == "productsecret01";
}

constexpr bool logs_in(std::string_view client_id, name_is name, std::string_view instance) {
    recorder   engine;
    char       room[400] = {};
    auto const l         = aliyun::register_login(room, example, name, instance, engine);
    return l && l.value.client_id == client_id && l.value.user_name == "device1&al123456789" &&
           l.value.password.size() == 32 &&
           engine.content.view() == "deviceNamedevice1productKeyal123456789random123";
}

constexpr errc refuses(applicant const& a, std::string_view instance = {}) {
    recorder engine;
    char     room[400] = {};
    auto const over_https = aliyun::register_body(room, a, engine).error;
    auto const over_mqtt  = aliyun::register_login(room, a, name_is::registered, instance, engine).error;
    return instance.empty() && over_https != over_mqtt ? errc::ok : over_mqtt;
}

constexpr bool connects(std::string_view client_id, std::string_view extensions) {
    char                       room[200] = {};
    aliyun::registration const r{.product_key = "pk", .device_name = "dev", .client_id = "cid", .device_token = "tok"};
    auto const                 l = aliyun::device_token_login(room, r, extensions);
    return l && l.value.client_id == client_id && l.value.user_name == "dev&pk" && l.value.password == "tok";
}

}  // namespace

TEST_CASE("vector G: the platform's example of a registration", "[cloud][aliyun][vector-G]") {
    CHECK_BOTH(asks());
    CHECK(sign(digest::md5) == "b1527c15ebc7c774f6be54938c1e04b7");
    CHECK(sign(digest::sha1) == "2aa9f75fe360c9a6d0f53e4ef32d9b30fa4525f9");
    CHECK(sign(digest::sha256) == "28204b8959e7a9204e4ac28b15767e62a31b1bf0992c921f64d1057f1cf202b7");
}

TEST_CASE("openssl says the same of registrations", "[cloud][aliyun][openssl]") {
    for (auto const& v : vectors::aliyun_register_all) {
        wolfcrypt       engine;
        applicant const a{v.product_key, v.device_name, v.secret, v.random, v.method};
        tight           room(v.expected_body.size());
        CHECK(aliyun::register_body(room, a, engine).value == v.expected_body);
        tight      other(400);
        auto const name = v.known != 0 ? name_is::registered : name_is::unknown;
        auto const l    = aliyun::register_login(other, a, name, v.instance, engine);
        CHECK(l.value.client_id == v.expected_client_id);
        CHECK(l.value.password == v.expected_password);
    }
}

TEST_CASE("a connection that registers says which variant it is", "[cloud][aliyun]") {
    CHECK_BOTH(logs_in("device1.al123456789|securemode=2,authType=register,random=123,signmethod=hmacmd5|",
                       name_is::registered, ""));
    CHECK_BOTH(logs_in("device1.al123456789|securemode=2,authType=regnwl,random=123,signmethod=hmacmd5|",
                       name_is::unknown, ""));
    CHECK_BOTH(logs_in("device1.al123456789|securemode=2,authType=regnwl,random=123,signmethod=hmacmd5"
                       ",instanceId=iot-06z|",
                       name_is::unknown, "iot-06z"));
}

TEST_CASE("a wrong applicant is refused before anything is sent", "[cloud][aliyun]") {
    CHECK_BOTH(refuses({"", "d", "s", "1"}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"p", "", "s", "1"}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"p", "d", "", "1"}) == errc::bad_product_secret);
    CHECK_BOTH(refuses({"p", "d", "s", ""}) == errc::bad_option);
    CHECK_BOTH(refuses({"p", "d", "s", "1,2"}) == errc::bad_option);
    CHECK_BOTH(refuses({"p", "d", "s", "1"}, "iot|x") == errc::bad_address);
    CHECK_BOTH(refuses({"p", "d", "s", "1"}, "a,b=c") == errc::bad_address);
}

TEST_CASE("the answer comes on either topic", "[cloud][aliyun]") {
    CHECK_BOTH(aliyun::is_registration("/ext/register"));
    CHECK_BOTH(aliyun::is_registration("/ext/regnwl"));
    CHECK_BOTH(!aliyun::is_registration("/ext/register/x"));
    CHECK_BOTH(!aliyun::is_registration(""));
}

TEST_CASE("a device connects with its token", "[cloud][aliyun]") {
    CHECK_BOTH(connects("cid|securemode=-2,authType=connwl|", ""));
    CHECK_BOTH(connects("cid|securemode=-2,authType=connwl,_ss=1,ext=3|", "_ss=1,ext=3"));
    char room[200] = {};
    CHECK(aliyun::device_token_login(room, {0, "pk", "dev", "", "", "tok"}).error == errc::bad_client_id);
    CHECK(aliyun::device_token_login(room, {0, "pk", "dev", "", "a|b", "tok"}).error == errc::bad_client_id);
    CHECK(aliyun::device_token_login(room, {0, "pk", "dev", "", "c", ""}).error == errc::missing_field);
    CHECK(aliyun::device_token_login(room, {0, "pk", "dev", "", "c", "t"}, "|").error == errc::bad_extension);
    CHECK(aliyun::device_token_login(bytes_out{room, 20}, {0, "pk", "dev", "", "c", "t"}).error ==
          errc::text_too_long);
}
