// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/aliyun/endpoint.hpp>

#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

enum class kind { open, instance, auth };

constexpr result<std::string_view> host(char (&room)[80], kind which, std::string_view name, std::string_view region) {
    return which == kind::open       ? aliyun::public_host(room, name, region)
           : which == kind::instance ? aliyun::instance_host(room, name)
                                     : aliyun::auth_host(room, region);
}
constexpr bool is(std::string_view expected, kind which, std::string_view name,
                  std::string_view region = "cn-shanghai") {
    char room[80] = {};
    return host(room, which, name, region) == result<std::string_view>{expected};
}
constexpr errc refuses(kind which, std::string_view name, std::string_view region = "cn-shanghai") {
    char room[80] = {};
    return host(room, which, name, region).error;
}

}  // namespace

TEST_CASE("each kind of instance has its host", "[cloud][aliyun]") {
    CHECK_BOTH(is("a1AbCdEfGhI.iot-as-mqtt.cn-shanghai.aliyuncs.com", kind::open, "a1AbCdEfGhI"));
    CHECK_BOTH(is("pk.iot-as-mqtt.eu-central-1.aliyuncs.com", kind::open, "pk", "eu-central-1"));
    CHECK_BOTH(is("iot-06z00abc.mqtt.iothub.aliyuncs.com", kind::instance, "iot-06z00abc"));
    CHECK_BOTH(is("iot-auth.ap-southeast-1.aliyuncs.com", kind::auth, "", "ap-southeast-1"));
}

TEST_CASE("what cannot be part of a host is refused", "[cloud][aliyun]") {
    CHECK_BOTH(refuses(kind::open, "") == errc::bad_product_key);
    CHECK_BOTH(refuses(kind::open, "a.b") == errc::bad_product_key);
    CHECK_BOTH(refuses(kind::open, "a/b") == errc::bad_product_key);
    CHECK_BOTH(refuses(kind::open, "012345678901234567890") == errc::bad_product_key);
    CHECK_BOTH(refuses(kind::open, "pk", "") == errc::bad_address);
    CHECK_BOTH(refuses(kind::open, "pk", "evil.example/") == errc::bad_address);
    CHECK_BOTH(refuses(kind::instance, "") == errc::bad_address);
    CHECK_BOTH(refuses(kind::instance, "user@evil") == errc::bad_address);
    CHECK_BOTH(refuses(kind::auth, "", "cn shanghai") == errc::bad_address);
}

TEST_CASE("a host that does not fit is an error", "[cloud][aliyun]") {
    char room[47] = {};
    CHECK(aliyun::public_host(room, "a1AbCdEfGhI", "cn-shanghai").error == errc::text_too_long);
    CHECK(aliyun::public_host(room, "a1AbCdEfGh", "cn-shanghai").error == errc::ok);
}

TEST_CASE("an instance is known by its host", "[cloud][aliyun]") {
    CHECK_BOTH(aliyun::instance_of("iot-06z00abc.mqtt.iothub.aliyuncs.com") == "iot-06z00abc");
    CHECK_BOTH(aliyun::instance_of("a1.iot-as-mqtt.cn-shanghai.aliyuncs.com").empty());
    CHECK_BOTH(aliyun::instance_of("").empty());
}
