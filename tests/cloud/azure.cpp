// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/azure/hub.hpp>

#include <string>
#include <string_view>

#include <barelink/cloud/azure/limits.hpp>
#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using azure::identity;

namespace {

constexpr identity device{"myhub.azure-devices.net", "dev01", {}};
constexpr identity module{"myhub.azure-devices.net", "dev01", "mod1"};

constexpr bool signs(identity const& id, azure::shared_key const& key, std::string_view content,
                     std::string_view password) {
    recorder   engine;
    char       room[400] = {};
    auto const l         = azure::key_login(room, id, key, 1'893'456'000, engine);
    return l && engine.content.view() == content && engine.key.view() == "secret" && l.value.password == password;
}

constexpr bool says(std::string_view client_id, std::string_view user, identity const& id, std::string_view model) {
    char       room[400] = {};
    auto const l         = azure::certificate_login(room, id, model);
    return l && l.value.client_id == client_id && l.value.user_name == user && l.value.password.data() == nullptr;
}

constexpr errc refuses(identity const& id, std::string_view key, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[400] = {};
    return azure::key_login(room, id, {key, {}}, 1, engine).error;
}

template <class Make>
constexpr bool topic_is(std::string_view expected, Make make) {
    char room[80] = {};
    return make(bytes_out{room}) == result<std::string_view>{expected};
}

}  // namespace

TEST_CASE("vector K: a token of a device", "[cloud][azure][vector-K]") {
    CHECK_BOTH(signs(device, {"[secret]", {}}, "myhub.azure-devices.net%2Fdevices%2Fdev01\n1893456000",
                     "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev01&sig=%3D&se=1893456000"));
    wolfcrypt  engine;
    tight      room(400);
    auto const l = azure::key_login(room, device, {"ZGV2aWNlLWtleS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1", {}},
                                    1'893'456'000, engine);
    REQUIRE(l);
    CHECK(l.value.password == "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev01"
                              "&sig=g96wU%2BQrKVuIhuEhP5AqzUT7VQmX%2BNl916LfviWXaLU%3D&se=1893456000");
    CHECK(l.value.client_id == "dev01");
    CHECK(l.value.user_name == "myhub.azure-devices.net/dev01/?api-version=2021-04-12");
}

TEST_CASE("openssl says the same of tokens", "[cloud][azure][openssl]") {
    for (auto const& v : vectors::azure_hub_all) {
        wolfcrypt      engine;
        identity const id{v.hub, v.device, v.module};
        auto const     size = v.expected_client_id.size() + v.expected_user.size() + v.expected_password.size();
        tight          room(size);
        auto const     l = azure::key_login(room, id, {v.key, v.policy}, v.expiry, engine);
        CHECK(l.error == errc::ok);
        CHECK(l.value.client_id == v.expected_client_id);
        CHECK(l.value.user_name == v.expected_user);
        CHECK(l.value.password == v.expected_password);
        tight less(size - 1);
        CHECK(azure::key_login(less, id, {v.key, v.policy}, v.expiry, engine).error == errc::text_too_long);
    }
}

TEST_CASE("modules, policies and models are named", "[cloud][azure]") {
    CHECK_BOTH(signs(module, {"[secret]", "device"},
                     "myhub.azure-devices.net%2Fdevices%2Fdev01%2Fmodules%2Fmod1\n1893456000",
                     "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev01%2Fmodules%2Fmod1&sig=%3D"
                     "&se=1893456000&skn=device"));
    CHECK_BOTH(says("dev01", "myhub.azure-devices.net/dev01/?api-version=2021-04-12", device, ""));
    CHECK_BOTH(says("dev01/mod1", "myhub.azure-devices.net/dev01/mod1/?api-version=2021-04-12", module, ""));
    CHECK_BOTH(says("dev01", "myhub.azure-devices.net/dev01/?api-version=2021-04-12&model-id=dtmi%3Aa%3Bb", device,
                    "dtmi:a;b"));
}

TEST_CASE("each wrong value for azure has its own error", "[cloud][azure]") {
    CHECK_BOTH(refuses(device, "[secret]") == errc::ok);
    CHECK_BOTH(refuses({"", "d", {}}, "[k]") == errc::bad_address);
    CHECK_BOTH(refuses({"h/", "d", {}}, "[k]") == errc::bad_address);
    CHECK_BOTH(refuses({"h", "", {}}, "[k]") == errc::bad_device_name);
    CHECK_BOTH(refuses({"h", "a/b", {}}, "[k]") == errc::bad_device_name);
    CHECK_BOTH(refuses({"h", "d", "a/b"}, "[k]") == errc::bad_device_name);
    CHECK_BOTH(refuses(device, "secret") == errc::bad_device_secret);
    CHECK_BOTH(refuses(device, "[]") == errc::bad_device_secret);
    CHECK_BOTH(refuses(device, "[k]", errc::crypto_failed) == errc::crypto_failed);
    wolfcrypt         engine;
    char              room[400] = {};
    std::string const key(88, 'A');
    CHECK(azure::key_login(room, device, {key, {}}, 1, engine).error == errc::bad_device_secret);
    CHECK(azure::key_login(room, device, {key.substr(0, 84) + "AA==", {}}, 1, engine).error == errc::ok);
}

TEST_CASE("the longest names are signed", "[cloud][azure]") {
    wolfcrypt         engine;
    tight             room(4000);
    std::string const name(128, '%');
    CHECK(azure::key_login(room, {std::string(253, 'h'), name, name}, {"AAAA", {}}, 1, engine).error == errc::ok);
}

TEST_CASE("topics of the hub", "[cloud][azure][topics]") {
    CHECK_BOTH(topic_is("devices/dev01/messages/events/",
                        [](bytes_out room) { return azure::telemetry_topic(room, device); }));
    CHECK_BOTH(topic_is("devices/dev01/modules/mod1/messages/events/a=1",
                        [](bytes_out room) { return azure::telemetry_topic(room, module, "a=1"); }));
    CHECK_BOTH(topic_is("devices/dev01/messages/devicebound/#",
                        [](bytes_out room) { return azure::inbound_filter(room, device); }));
    CHECK_BOTH(topic_is("$iothub/twin/GET/?$rid=7", [](bytes_out room) { return azure::twin_get(room, 7); }));
    CHECK_BOTH(topic_is("$iothub/twin/PATCH/properties/reported/?$rid=8",
                        [](bytes_out room) { return azure::twin_report(room, 8); }));
    char room[80] = {};
    CHECK(azure::telemetry_topic(room, {"h", "a/b", {}}).error == errc::bad_device_name);
    CHECK(azure::telemetry_topic(bytes_out{room, 9}, device).error == errc::text_too_long);
}

TEST_CASE("a method call is answered under its request", "[cloud][azure][topics]") {
    constexpr auto call = azure::read_method_call("$iothub/methods/POST/reboot/?$rid=1a");
    STATIC_REQUIRE(call.value.method == "reboot");
    STATIC_REQUIRE(call.value.request == "1a");
    CHECK_BOTH(topic_is("$iothub/methods/res/200/?$rid=1a",
                        [&](bytes_out room) { return azure::method_answer(room, call.value, 200); }));
    CHECK_BOTH(azure::read_method_call("$iothub/methods/POST/reboot").error == errc::bad_topic);
    CHECK_BOTH(azure::read_method_call("$iothub/methods/POST/reboot/?$rid=").error == errc::bad_topic);
    CHECK_BOTH(azure::read_method_call("$iothub/methods/POST//?$rid=1").error == errc::bad_topic);
    CHECK_BOTH(azure::read_method_call("devices/x").error == errc::bad_topic);
}

TEST_CASE("Azure takes 256 KB and keep alives up to 1177 seconds", "[cloud][azure][limits]") {
    CHECK_BOTH(check_connection(azure::limits, 1177) == errc::ok);
    CHECK_BOTH(check_connection(azure::limits, 1178) == errc::bad_keep_alive);
    CHECK_BOTH(check_publish(azure::limits, {"a", "", qos::exactly_once, false}) == errc::bad_qos);
    CHECK(check_publish(azure::limits, {"a", std::string(262'144, 'x'), {}, true}) == errc::ok);
    CHECK(check_publish(azure::limits, {"a", std::string(262'145, 'x'), {}, true}) == errc::payload_too_long);
    STATIC_REQUIRE(azure::keep_alive_s(0) == 0);
}
