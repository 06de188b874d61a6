// SPDX-License-Identifier: BSL-1.0
// The request of the HTTPS authentication, and the login that follows from its answer.
#include <barelink/cloud/aliyun/https_auth.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using aliyun::connect_options;
using aliyun::identity;

namespace {

constexpr std::string_view absent = {};

constexpr bool asks(std::string_view body, std::string_view content, identity const& id, connect_options const& o) {
    recorder   engine;
    char       room[400] = {};
    auto const text      = aliyun::auth_body(room, id, o, engine);
    return text && text.value == body && engine.content.view() == content && engine.key.view() == id.device_secret;
}

constexpr errc refuses(identity const& id, connect_options const& o, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[400] = {};
    return aliyun::auth_body(room, id, o, engine).error;
}

std::string sign(digest method) {
    wolfcrypt             engine;
    tight                 room(400);
    connect_options const options{.method = method, .client_id = "123", .timestamp = "123"};
    auto const            body = aliyun::auth_body(room, {"123", "test", "secret"}, options, engine);
    return body ? std::string{body.value.substr(body.value.find("&sign=") + 6)} : "error";
}

constexpr bool logs_in() {
    char                      room[aliyun::login_room] = {};
    aliyun::auth_answer const a{200, "id", "token", "host", 1883};
    auto const l = aliyun::token_login(room, {"pk", "dev", ""}, {.mode = aliyun::secure_mode::https_tls}, a);
    return l && l.value.client_id == "pk.dev|securemode=-1,signmethod=hmacsha256,timestamp=2524608000000|" &&
           l.value.user_name == "id" && l.value.password == "token";
}

}  // namespace

TEST_CASE("vector F: the platform's example of the request", "[cloud][aliyun][vector-F]") {
    CHECK_BOTH(asks("productKey=123&deviceName=test&clientId=123&timestamp=123&signmethod=hmacmd5&version=default"
                    "&resources=mqtt&sign=a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
                    "clientId123deviceNametestproductKey123timestamp123", {"123", "test", "secret"},
                    {.method = digest::md5, .client_id = "123", .timestamp = "123"}));
    CHECK(sign(digest::md5) == "7f9c0941a986fe6d3ad883eda7efda9c");
    CHECK(sign(digest::sha1) == "17b3ca175a2c737c69be476e761ea62b2356e100");
    CHECK(sign(digest::sha256) == "f0a12a0784236f598657c2ec54f03a3c0497e3a3728316c008b971746a2d27f0");
}

TEST_CASE("openssl says the same of requests", "[cloud][aliyun][openssl]") {
    for (auto const& v : vectors::aliyun_auth_all) {
        wolfcrypt  engine;
        tight      room(v.expected_body.size());
        auto const body =
            aliyun::auth_body(room, {v.product_key, v.device_name, v.secret},
                              {.method = v.method, .client_id = v.client_id, .timestamp = v.timestamp}, engine);
        CHECK(body.value == v.expected_body);
        tight less(v.expected_body.size() - 1);
        CHECK(aliyun::auth_body(less, {v.product_key, v.device_name, v.secret},
                                {.method = v.method, .client_id = v.client_id, .timestamp = v.timestamp}, engine)
                  .error == errc::text_too_long);
    }
}

TEST_CASE("names are escaped in the body and signed as they are", "[cloud][aliyun]") {
    CHECK_BOTH(asks("productKey=pk&deviceName=a%40b%3A&clientId=pk.a%40b%3A&signmethod=hmacmd5&version=default"
                    "&resources=mqtt&sign=a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
                    "clientIdpk.a@b:deviceNamea@b:productKeypk", {"pk", "a@b:", "s"},
                    {.method = digest::md5, .timestamp = absent}));
}

TEST_CASE("a wrong request is refused before it is sent", "[cloud][aliyun]") {
    CHECK_BOTH(refuses({"", "d", "s"}, {}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"p", "", "s"}, {}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"p", "d", ""}, {}) == errc::bad_device_secret);
    CHECK_BOTH(refuses({"p", "d", "s"}, {.client_id = "a|"}) == errc::bad_client_id);
    CHECK_BOTH(refuses({"p", "d", "s"}, {.timestamp = "now"}) == errc::bad_timestamp);
    CHECK_BOTH(refuses({"p", "d", "s"}, {}, errc::crypto_failed) == errc::crypto_failed);
}

TEST_CASE("the token becomes the password", "[cloud][aliyun]") {
    CHECK_BOTH(logs_in());
    char room[aliyun::login_room] = {};
    CHECK(aliyun::token_login(room, {"pk", "dev", ""}, {}, {}).error == errc::missing_field);
    CHECK(aliyun::token_login(room, {"pk", "", ""}, {}, {200, "i", "t", "h", 1}).error == errc::bad_device_name);
    CHECK(aliyun::token_login(bytes_out{room, 20}, {"pk", "d", ""}, {}, {200, "i", "t", "h", 1}).error ==
          errc::text_too_long);
}
