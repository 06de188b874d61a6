// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/tencent/hub.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using tencent::identity;

namespace {

constexpr identity                 device{"ABC123DEF4", "dev01", "dGVuY2VudC1wc2stMDEyMw=="};
constexpr tencent::connect_options options{digest::sha256, "E4F3Q", 1'893'456'000};

constexpr bool signs() {
    recorder   engine;
    char       room[256] = {};
    auto const l         = tencent::key_login(room, {"ABC123DEF4", "dev01", "[k]"}, options, engine);
    return l && engine.content.view() == "ABC123DEF4dev01;12010126;E4F3Q;1893456000" && engine.key.view() == "k" &&
           l.value.client_id == "ABC123DEF4dev01" && l.value.user_name == engine.content.view() &&
           l.value.password.size() == 64 + 11;
}

constexpr errc refuses(identity const& id, tencent::connect_options const& o = options, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[256] = {};
    return tencent::key_login(room, id, o, engine).error;
}

template <class Make>
constexpr bool is(std::string_view expected, Make make) {
    char room[80] = {};
    return make(bytes_out{room}) == result<std::string_view>{expected};
}

}  // namespace

TEST_CASE("vector L: a device with a key", "[cloud][tencent][vector-L]") {
    CHECK_BOTH(signs());
    wolfcrypt engine;
    tight     room(256);
    CHECK(tencent::key_login(room, device, options, engine).value.password ==
          "4af08f6ae20d35e242e8cb7df6e50889b02556309ceac3b1911d912256d6d6f7;hmacsha256");
    auto other   = options;
    other.method = digest::sha1;
    CHECK(tencent::key_login(room, device, other, engine).value.password ==
          "be119d77d1821e8ee447171452e325bdcab1622c;hmacsha1");
}

TEST_CASE("openssl says the same of passwords", "[cloud][tencent][openssl]") {
    for (auto const& v : vectors::tencent_hub_all) {
        wolfcrypt  engine;
        auto const size = v.expected_client_id.size() + v.expected_user.size() + v.expected_password.size();
        tight      room(size);
        auto const l = tencent::key_login(room, {v.product, v.device, v.key}, {v.method, v.nonce, v.expiry}, engine);
        CHECK(l.error == errc::ok);
        CHECK(l.value.client_id == v.expected_client_id);
        CHECK(l.value.user_name == v.expected_user);
        CHECK(l.value.password == v.expected_password);
        tight less(size - 1);
        CHECK(tencent::key_login(less, {v.product, v.device, v.key}, {v.method, v.nonce, v.expiry}, engine).error ==
              errc::text_too_long);
    }
}

TEST_CASE("each wrong value for tencent has its own error", "[cloud][tencent]") {
    CHECK_BOTH(refuses({"p", "d", "[k]"}) == errc::ok);
    CHECK_BOTH(refuses({"", "d", "[k]"}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"p;", "d", "[k]"}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"p", "", "[k]"}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"p", "d;1", "[k]"}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"p", "d", "k"}) == errc::bad_device_secret);
    CHECK_BOTH(refuses({"p", "d", "[]"}) == errc::bad_device_secret);
    CHECK_BOTH(refuses({"p", "d", "[k]"}, {digest::md5, "n", 1}) == errc::bad_option);
    CHECK_BOTH(refuses({"p", "d", "[k]"}, {digest::sha1, "", 1}) == errc::bad_option);
    CHECK_BOTH(refuses({"p", "d", "[k]"}, {digest::sha1, "a;b", 1}) == errc::bad_option);
    CHECK_BOTH(refuses({"p", "d", "[k]"}, options, errc::crypto_failed) == errc::crypto_failed);
}

TEST_CASE("a certificate stands for the key", "[cloud][tencent]") {
    char       room[80] = {};
    auto const l        = tencent::certificate_login(room, {"P", "d", ""}, options);
    CHECK(l.value.client_id == "Pd");
    CHECK(l.value.user_name == "Pd;12010126;E4F3Q;1893456000");
    CHECK(l.value.password.data() == nullptr);
    CHECK(tencent::certificate_login(room, {"P", "d", ""}, {digest::sha1, "", 1}).error == errc::bad_option);
}

TEST_CASE("host and topics", "[cloud][tencent][topics]") {
    CHECK_BOTH(is("ABC.iotcloud.tencentdevices.com", [](bytes_out room) { return tencent::host(room, "ABC"); }));
    CHECK_BOTH(is("ABC123DEF4/dev01/event", [](bytes_out room) { return tencent::topic(room, device, "event"); }));
    CHECK_BOTH(is("$shadow/operation/ABC123DEF4/dev01",
                  [](bytes_out room) { return tencent::shadow_topic(room, device); }));
    CHECK_BOTH(is("$shadow/operation/result/ABC123DEF4/dev01",
                  [](bytes_out room) { return tencent::shadow_result_topic(room, device); }));
    CHECK_BOTH(is("$ota/report/ABC123DEF4/dev01",
                  [](bytes_out room) { return tencent::ota_report_topic(room, device); }));
    CHECK_BOTH(is("$ota/update/ABC123DEF4/dev01",
                  [](bytes_out room) { return tencent::ota_update_topic(room, device); }));
    char room[80] = {};
    CHECK(tencent::host(room, "a.b").error == errc::bad_product_key);
    CHECK(tencent::topic(room, {"p", "a/b", ""}, "x").error == errc::bad_device_name);
    CHECK(tencent::topic(bytes_out{room, 4}, device, "x").error == errc::text_too_long);
}

TEST_CASE("Tencent takes 16 KB, keep alives up to 900 seconds, no will and nothing retained",
          "[cloud][tencent][limits]") {
    using tencent::limits;
    CHECK_BOTH(check_connection(limits, 900) == errc::ok);
    CHECK_BOTH(check_connection(limits, 901) == errc::bad_keep_alive);
    CHECK_BOTH(check_connection(limits, 60, {"w", "x", {}, false}) == errc::bad_will);
    CHECK_BOTH(check_publish(limits, {"a", "", {}, true}) == errc::bad_retain);
    CHECK_BOTH(check_publish(limits, {"a", "", qos::exactly_once, false}) == errc::bad_qos);
    CHECK(check_publish(limits, {"a", std::string(16'384, 'x'), {}, false}) == errc::ok);
    CHECK(check_publish(limits, {"a", std::string(16'385, 'x'), {}, false}) == errc::payload_too_long);
    CHECK(check_publish(limits, {std::string(256, 't'), "", {}, false}) == errc::topic_too_long);
    STATIC_REQUIRE(tencent::keep_alive_s(900) == 900);
}
