// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/rules.hpp>

#include "base/check_both.hpp"

using namespace barelink;

namespace {

constexpr std::string_view long_topic =
    "/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "012345678901234567890123456";  // 128 bytes
constexpr platform_limits small{.payload_max = 4, .topic_max = 8, .slashes_max = 2};
constexpr platform_limits none{.highest_qos = qos::exactly_once, .retain = true, .will = true};

constexpr message on(std::string_view topic, std::string_view payload = {}, qos level = qos::at_most_once,
                     bool retain = false) {
    return {topic, payload, level, retain};
}

}  // namespace

TEST_CASE("a platform without limits takes what MQTT takes", "[cloud][limits]") {
    CHECK_BOTH(check_publish(none, on("a/b", "x", qos::exactly_once, true)) == errc::ok);
    CHECK_BOTH(check_publish(none, on("")) == errc::bad_topic);
    CHECK_BOTH(check_publish(none, on("a/+")) == errc::bad_topic);
    CHECK_BOTH(check_publish(none, on("a\xFF")) == errc::bad_topic);
    CHECK_BOTH(check_subscription(none, "#", qos::exactly_once) == errc::ok);
    CHECK_BOTH(check_subscription(none, "a#", qos::at_most_once) == errc::bad_filter);
    CHECK_BOTH(check_connection(none, 0) == errc::ok);
    CHECK_BOTH(check_connection(none, 0xFFFF, on("w", "x", qos::exactly_once, true)) == errc::ok);
}

TEST_CASE("each limit has its own error and ends where it says", "[cloud][limits]") {
    CHECK_BOTH(check_publish(small, on("a/b/c", "1234")) == errc::ok);
    CHECK_BOTH(check_publish(small, on("a/b/c", "12345")) == errc::payload_too_long);
    CHECK_BOTH(check_publish(small, on("12345678")) == errc::ok);
    CHECK_BOTH(check_publish(small, on("123456789")) == errc::topic_too_long);
    CHECK_BOTH(check_publish(small, on("a/b/c/d")) == errc::bad_topic);
    CHECK_BOTH(check_publish(small, on("a", "", qos::at_least_once)) == errc::ok);
    CHECK_BOTH(check_publish(small, on("a", "", qos::exactly_once)) == errc::bad_qos);
    CHECK_BOTH(check_publish(small, on("a", "", qos::at_most_once, true)) == errc::bad_retain);
    CHECK_BOTH(check_subscription(small, "a/+/#", qos::at_least_once) == errc::ok);
    CHECK_BOTH(check_subscription(small, "a/+/c/#", qos::at_least_once) == errc::bad_filter);
    CHECK_BOTH(check_subscription(small, "123456789", qos::at_least_once) == errc::topic_too_long);
    CHECK_BOTH(check_subscription(small, "a", qos::exactly_once) == errc::bad_qos);
    CHECK_BOTH(check_connection(small, 60, on("w")) == errc::bad_will);
}

TEST_CASE("Alibaba Cloud takes QoS 0 and 1 on topics of 128 bytes that begin with a slash", "[cloud][aliyun][limits]") {
    using aliyun::limits;
    STATIC_REQUIRE(long_topic.size() == 128);
    CHECK_BOTH(check_publish(limits, on(long_topic, "x", qos::at_least_once)) == errc::ok);
    CHECK(check_publish(limits, on(std::string{long_topic} + "x")) == errc::topic_too_long);
    CHECK_BOTH(check_publish(limits, on("a/b")) == errc::bad_topic);
    CHECK_BOTH(check_publish(limits, on("/a", "", qos::exactly_once)) == errc::bad_qos);
    CHECK_BOTH(check_publish(limits, on("/a", "", qos::at_most_once, true)) == errc::bad_retain);
    CHECK_BOTH(check_subscription(limits, "/a/+", qos::at_least_once) == errc::ok);
    CHECK_BOTH(check_subscription(limits, "/a/+", qos::exactly_once) == errc::bad_qos);
    CHECK_BOTH(check_subscription(limits, "a", qos::at_most_once) == errc::bad_filter);
}

TEST_CASE("Alibaba Cloud takes packets of 256 KB", "[cloud][aliyun][limits]") {
    std::string const payload(256U * 1024U, 'x');
    auto const        size = payload.size() - 5 - 2 - 2 - 2;
    CHECK(check_publish(aliyun::limits, on("/a", std::string_view{payload}.substr(0, size))) == errc::ok);
    CHECK(check_publish(aliyun::limits, on("/a", std::string_view{payload}.substr(0, size + 1))) ==
          errc::payload_too_long);
}

TEST_CASE("Alibaba Cloud takes keep alives of 30 to 1200 seconds, and wills in MQTT 5.0 only",
          "[cloud][aliyun][limits]") {
    CHECK_BOTH(check_connection(aliyun::limits, 0) == errc::bad_keep_alive);
    CHECK_BOTH(check_connection(aliyun::limits, 29) == errc::bad_keep_alive);
    CHECK_BOTH(check_connection(aliyun::limits, 30) == errc::ok);
    CHECK_BOTH(check_connection(aliyun::limits, 1200) == errc::ok);
    CHECK_BOTH(check_connection(aliyun::limits, 1201) == errc::bad_keep_alive);
    CHECK_BOTH(check_connection(aliyun::limits, 60, on("/w")) == errc::bad_will);
    CHECK_BOTH(check_connection(aliyun::limits_v5, 60, on("/w", "", qos::at_least_once, true)) == errc::ok);
    CHECK_BOTH(check_connection(aliyun::limits_v5, 60, on("w")) == errc::bad_will);
}

TEST_CASE("values that are known early are checked while compiling", "[cloud][aliyun][limits]") {
    STATIC_REQUIRE(aliyun::topic_name("/pk/dev/user/update") == "/pk/dev/user/update");
    STATIC_REQUIRE(aliyun::topic_filter("/pk/dev/user/+") == "/pk/dev/user/+");
    STATIC_REQUIRE(aliyun::keep_alive_s(aliyun::keep_alive_advised_s) == 300);
    STATIC_REQUIRE(aliyun::level(qos::at_least_once) == qos::at_least_once);
}

TEST_CASE("of a shared subscription of 5.0 the filter counts, not the name of the group", "[cloud][aliyun][limits]") {
    using five = platform_rules<aliyun::limits_v5>;
    CHECK_BOTH(five::check_filter("/a1/+/update", qos::at_least_once) == errc::ok);
    CHECK_BOTH(five::check_filter("$share/group//a1/+/update", qos::at_least_once) == errc::ok);
    CHECK_BOTH(five::check_filter("$share/group//a1", qos::exactly_once) == errc::bad_qos);
    CHECK_BOTH(five::check_filter("$share/group/a1", qos::at_least_once) == errc::bad_filter);
    CHECK_BOTH(five::check_filter("$share/group", qos::at_least_once) == errc::bad_filter);
    CHECK(five::check_filter("$share/group/" + std::string{long_topic}, qos::at_least_once) == errc::ok);
    CHECK(five::check_filter("$share/group/" + std::string{long_topic} + "x", qos::at_least_once) ==
          errc::topic_too_long);
    // 3.1.1 has none.
    CHECK_BOTH(platform_rules<aliyun::limits>::check_filter("$share/group//a1", qos::at_least_once) ==
               errc::bad_filter);
}
