// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/aws/sigv4.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;

namespace {

constexpr aws::access      example{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};
constexpr std::string_view host = "example-ats.iot.us-east-1.amazonaws.com";
constexpr std::uint64_t    then = 1'440'938'160;  // 2015-08-30 12:36:00 UTC
constexpr std::string_view unsigned_path =
    "/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fiotdevicegateway%2Faws4_request"
    "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Signature=";

constexpr bool host_is(std::string_view expected, std::string_view prefix, std::string_view region) {
    char room[80] = {};
    return aws::host(room, prefix, region) == result<std::string_view>{expected};
}

constexpr errc refuses(aws::access const& a, std::string_view at = host, std::string_view region = "us-east-1",
                       std::uint64_t now = then, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[512] = {};
    return aws::websocket_request(room, a, at, region, now, engine).error;
}

// An engine that breaks at each of its digests and MACs in turn.
constexpr bool fails_each_time() {
    for (int n = 0; n < 6; ++n) {
        recorder engine;
        engine.breaks  = n;
        char room[512] = {};
        auto const r   = aws::websocket_request(room, example, host, "us-east-1", then, engine);
        if (r.error != errc::crypto_failed || engine.begun != n + 1) return false;
    }
    return true;
}

constexpr bool asks_by_path() {
    recorder   engine;
    char       room[512] = {};
    auto const path      = aws::websocket_request(room, example, host, "us-east-1", then, engine);
    return path.value.starts_with(unsigned_path) && path.value.size() == unsigned_path.size() + 64 &&
           engine.content.view().starts_with(
               "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iotdevicegateway/aws4_request\na5a5");
}

constexpr bool user_is(std::string_view expected, aws::authorizer const& a) {
    char       room[128] = {};
    auto const l         = aws::authorizer_login(room, "dev", a);
    return l && l.value.user_name == expected && l.value.client_id == "dev" && l.value.password == a.password;
}

constexpr errc user_refused(std::string_view client_id, aws::authorizer const& a) {
    char room[64] = {};
    return aws::authorizer_login(room, client_id, a).error;
}

}  // namespace

TEST_CASE("vector J: the request that opens a WebSocket, signed", "[cloud][aws][vector-J]") {
    CHECK_BOTH(asks_by_path());
    wolfcrypt  engine;
    tight      room(unsigned_path.size() + 64);
    auto const path = aws::websocket_request(room, example, host, "us-east-1", then, engine);
    REQUIRE(path);
    CHECK(path.value.starts_with(unsigned_path));
    CHECK(path.value.ends_with("=026c20a61bae0c9e109ab3720b96164d965f64dfc0dd03bfc9f1152ab1d323f9"));
}

TEST_CASE("vector J: the hash of the request", "[cloud][aws][vector-J]") {
    wolfcrypt  engine;
    char       digits[64] = {};
    auto const query      = unsigned_path.substr(6, unsigned_path.find("&X-Amz-Signature=") - 6);
    REQUIRE(aws::detail::request_hash(engine, query, host, digits) == errc::ok);
    CHECK(text_of(digits) == "712389d419ae867be9828aaf69d6810028f57230c51d87a82faf0b3e538e05df");
}

TEST_CASE("openssl says the same of signed requests", "[cloud][aws][openssl]") {
    for (auto const& v : vectors::aws_websocket_all) {
        wolfcrypt         engine;
        aws::access const a{v.access_key, v.secret_key, v.session_token};
        tight             room(v.expected_path.size());
        CHECK(aws::websocket_request(room, a, v.host, v.region, v.now, engine).value == v.expected_path);
        tight less(v.expected_path.size() - 1);
        CHECK(aws::websocket_request(less, a, v.host, v.region, v.now, engine).error == errc::text_too_long);
    }
}

TEST_CASE("a request that cannot be signed is refused", "[cloud][aws]") {
    CHECK_BOTH(refuses(example) == errc::ok);
    CHECK_BOTH(refuses({"", "secret", {}}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"a/b", "secret", {}}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"key", "", {}}) == errc::bad_device_secret);
    CHECK_BOTH(refuses(example, "a/b") == errc::bad_address);
    CHECK_BOTH(refuses(example, host, "us/1") == errc::bad_address);
    CHECK_BOTH(refuses(example, host, "") == errc::bad_address);
    CHECK_BOTH(refuses(example, host, "us-east-1", utc_last + 1) == errc::bad_timestamp);
    CHECK_BOTH(refuses(example, host, "us-east-1", then, errc::crypto_failed) == errc::crypto_failed);
}

TEST_CASE("an engine that breaks in the middle signs nothing", "[cloud][aws]") { CHECK_BOTH(fails_each_time()); }

TEST_CASE("hosts are those of the account", "[cloud][aws]") {
    CHECK_BOTH(host_is("a1b2c3-ats.iot.eu-central-1.amazonaws.com", "a1b2c3", "eu-central-1"));
    char room[80] = {};
    CHECK(aws::host(room, "", "eu").error == errc::bad_address);
    CHECK(aws::host(room, "a", "e/u").error == errc::bad_address);
    CHECK(aws::host(bytes_out{room, 20}, "a", "eu").error == errc::text_too_long);
}

TEST_CASE("names for ALPN have their form on the wire", "[cloud][aws]") {
    CHECK_BOTH(aws::alpn_certificate.size() == 0x0E);
    CHECK_BOTH(aws::alpn_certificate == "\x78\x2d\x61\x6d\x7a\x6e\x2d\x6d\x71\x74\x74\x2d\x63\x61");
    CHECK_BOTH(aws::alpn_authorizer == "mqtt");
}

TEST_CASE("a client certificate needs a client id only", "[cloud][aws]") {
    CHECK(aws::certificate_login("dev").value.client_id == "dev");
    CHECK(aws::certificate_login("dev").value.user_name.data() == nullptr);
    CHECK(aws::certificate_login("").error == errc::bad_client_id);
    CHECK(aws::certificate_login(std::string(128, 'c')).error == errc::ok);
    CHECK(aws::certificate_login(std::string(129, 'c')).error == errc::bad_client_id);
}

TEST_CASE("an authorizer is told by the user name", "[cloud][aws]") {
    CHECK_BOTH(user_is("", {}));
    CHECK_BOTH(user_is("u", {.user_name = "u", .password = "p"}));
    CHECK_BOTH(user_is("u?x-amz-customauthorizer-name=my%20one", {.name = "my one", .user_name = "u"}));
    CHECK_BOTH(user_is("?x-amz-customauthorizer-name=n&x-amz-customauthorizer-signature=a%2Bb%3D&tok=1%262",
                       {"n", "tok", "1&2", "a+b=", {}, {}}));
    CHECK_BOTH(user_is("?tok=1", {.token_name = "tok", .token = "1"}));
    CHECK_BOTH(user_refused("dev", {.user_name = "a?b"}) == errc::bad_user_name);
    CHECK_BOTH(user_refused("dev", {.token = "1"}) == errc::bad_user_name);
    CHECK_BOTH(user_refused("", {}) == errc::bad_client_id);
    CHECK_BOTH(user_refused("d", {.name = "0123456789012345678901234567890123456789"}) == errc::text_too_long);
}

TEST_CASE("AWS takes 128 KB on topics of 256 bytes and eight levels", "[cloud][aws][limits]") {
    using aws::limits;
    CHECK_BOTH(check_publish(limits, {"a/b/c/d/e/f/g/h", "", qos::at_least_once, true}) == errc::ok);
    CHECK_BOTH(check_publish(limits, {"a/b/c/d/e/f/g/h/i", "", qos::at_least_once, true}) == errc::bad_topic);
    CHECK_BOTH(check_publish(limits, {"a", "", qos::exactly_once, false}) == errc::bad_qos);
    CHECK(check_publish(limits, {std::string(256, 't'), "", {}, false}) == errc::ok);
    CHECK(check_publish(limits, {std::string(257, 't'), "", {}, false}) == errc::topic_too_long);
    CHECK(check_publish(limits, {"a", std::string(131'072, 'x'), {}, false}) == errc::ok);
    CHECK(check_publish(limits, {"a", std::string(131'073, 'x'), {}, false}) == errc::payload_too_long);
    CHECK_BOTH(check_connection(limits, 29) == errc::bad_keep_alive);
    CHECK_BOTH(check_connection(limits, 1200, {"w", "x", qos::at_least_once, true}) == errc::ok);
    STATIC_REQUIRE(aws::topic_name("$aws/things/t/shadow/update") == "$aws/things/t/shadow/update");
    STATIC_REQUIRE(aws::topic_filter("$aws/things/t/shadow/+/accepted").size() == 31);
    STATIC_REQUIRE(aws::keep_alive_s(1200) == 1200);
}
