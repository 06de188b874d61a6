// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/aliyun/topics.hpp>

#include <string>
#include <string_view>

#include "base/check_both.hpp"

using namespace barelink;
using aliyun::topic_pattern;

namespace {

constexpr bool expands(std::string_view expected, topic_pattern pattern) {
    char room[128] = {};
    return aliyun::expand(room, pattern, {"pk", "dev-01", ""}) == result<std::string_view>{expected};
}

constexpr bool answers(std::string_view expected, std::string_view request) {
    char room[128] = {};
    return aliyun::rrpc_response(room, request) == result<std::string_view>{expected};
}

constexpr errc refuses(std::string_view request) {
    char room[16] = {};
    return aliyun::rrpc_response(room, request).error;
}

}  // namespace

TEST_CASE("a pattern of the console becomes a topic of the device", "[cloud][aliyun][topics]") {
    CHECK_BOTH(expands("/pk/dev-01/user/update", {"/${productKey}/${deviceName}/user/update"}));
    CHECK_BOTH(expands("/ota/device/inform/pk/dev-01", aliyun::ota_inform));
    CHECK_BOTH(expands("/sys/pk/dev-01/thing/event/property/post", aliyun::property_post));
    CHECK_BOTH(expands("/sys/pk/dev-01/rrpc/request/+", aliyun::rrpc_requests));
    CHECK_BOTH(expands("/ext/ntp/pk/dev-01/response", aliyun::time_response));
    CHECK_BOTH(expands("/broadcast/pk/all", {"/broadcast/${productKey}/all"}));
    CHECK_BOTH(expands("/${other}/$", {"/${other}/$"}));
}

TEST_CASE("a topic longer than the platform takes is refused after the names are in", "[cloud][aliyun][topics]") {
    constexpr topic_pattern pattern{"/${productKey}/${deviceName}/user/"
                                    "0123456789012345678901234567890123456789012345678901234567890123456789"};
    char                    room[200] = {};
    std::string const       key(20, 'k');
    CHECK(aliyun::expand(room, pattern, {key, std::string(30, 'n'), ""}).error == errc::ok);
    CHECK(aliyun::expand(room, pattern, {key, std::string(31, 'n'), ""}).error == errc::topic_too_long);
    CHECK(aliyun::expand(bytes_out{room, 20}, pattern, {key, "n", ""}).error == errc::text_too_long);
    CHECK(aliyun::expand(room, pattern, {"", "n", ""}).error == errc::bad_product_key);
    CHECK(aliyun::expand(room, pattern, {"k", "a/b", ""}).error == errc::bad_device_name);
}

TEST_CASE("an RRPC is answered where the platform waits", "[cloud][aliyun][topics]") {
    CHECK_BOTH(answers("/sys/pk/dev/rrpc/response/123", "/sys/pk/dev/rrpc/request/123"));
    CHECK_BOTH(answers("/ext/rrpc/123/pk/dev/user/get", "/ext/rrpc/123/pk/dev/user/get"));
    CHECK_BOTH(refuses("/pk/dev/user/get") == errc::bad_topic);
    CHECK_BOTH(refuses("") == errc::bad_topic);
    CHECK_BOTH(refuses("/sys/pk/dev/rrpc/request/123") == errc::text_too_long);
}
