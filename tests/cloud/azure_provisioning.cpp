// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/azure/provisioning.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using azure::enrollment;

namespace {

constexpr std::string_view waiting  = R"({"operationId":"4.2f\/79","status":"assigning"})";
constexpr std::string_view assigned =
    R"({"operationId":"4","status":"assigned","registrationState":)"
    R"({"assignedHub":"h.azure-devices.net","deviceId":"dev01","status":"assigned"}})";

struct reading {
    reading(std::string_view topic, std::string_view payload) : text(payload), room(64) {
        got = azure::read_assignment(topic, text.view(), tokens, room);
    }
    tight                     text;
    tight                     room;
    json_token                tokens[32] = {};
    result<azure::assignment> got        = {};
};

template <class Make>
constexpr bool is(std::string_view expected, Make make) {
    char room[80] = {};
    return make(bytes_out{room}) == result<std::string_view>{expected};
}

constexpr bool logs_in() {
    recorder   engine;
    char       room[256] = {};
    auto const l         = azure::key_login(room, enrollment{"0ne01", "dev 1"}, "[k]", 9, engine);
    auto const m         = azure::key_login(room, enrollment{"0ne01", "dev1"}, "[k]", 9, engine);
    return l.error == errc::bad_device_name && m.value.client_id == "dev1" &&
           m.value.user_name == "0ne01/registrations/dev1/api-version=2019-03-31" &&
           m.value.password == "SharedAccessSignature sr=0ne01%2Fregistrations%2Fdev1&sig=%3D&se=9&skn=registration" &&
           engine.content.view() == "0ne01%2Fregistrations%2Fdev1\n9";
}

}  // namespace

TEST_CASE("a device logs in to be assigned", "[cloud][azure]") {
    CHECK_BOTH(logs_in());
    char room[80] = {};
    CHECK(azure::certificate_login(room, enrollment{"0ne01", "dev1"}).value.password.data() == nullptr);
    CHECK(azure::certificate_login(room, enrollment{"", "dev1"}).error == errc::bad_product_key);
    CHECK(azure::certificate_login(bytes_out{room, 9}, enrollment{"0ne01", "dev1"}).error == errc::text_too_long);
}

TEST_CASE("openssl says the same of tokens to be assigned with", "[cloud][azure][openssl]") {
    for (auto const& v : vectors::azure_provisioning_all) {
        wolfcrypt  engine;
        tight      room(v.expected_user.size() + v.expected_password.size());
        auto const l = azure::key_login(room, enrollment{v.scope, v.registration_id}, v.key, v.expiry, engine);
        CHECK(l.value.client_id == v.registration_id);
        CHECK(l.value.user_name == v.expected_user);
        CHECK(l.value.password == v.expected_password);
    }
}

TEST_CASE("topics and payload of the request", "[cloud][azure][topics]") {
    CHECK_BOTH(is("$dps/registrations/PUT/iotdps-register/?$rid=1",
                  [](bytes_out room) { return azure::register_topic(room, 1); }));
    CHECK_BOTH(is("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=4.2f",
                  [](bytes_out room) { return azure::status_topic(room, 2, "4.2f"); }));
    CHECK_BOTH(is(R"({"registrationId":"de\"v"})",
                  [](bytes_out room) { return azure::register_payload(room, {"s", "de\"v"}); }));
}

TEST_CASE("a device waits, and is assigned", "[cloud][azure]") {
    reading const one("$dps/registrations/res/202/?$rid=1&retry-after=3", waiting);
    CHECK(one.got.error == errc::would_block);
    CHECK(one.got.value.operation == "4.2f/79");
    CHECK(one.got.value.retry_after_s == 3);
    CHECK(one.got.value.status == 202);
    reading const two("$dps/registrations/res/200/?$rid=2", assigned);
    CHECK(two.got.error == errc::ok);
    CHECK(two.got.value.hub == "h.azure-devices.net");
    CHECK(two.got.value.device == "dev01");
    CHECK(two.got.value.retry_after_s == 0);
}

TEST_CASE("a refusal has its error", "[cloud][azure]") {
    auto const error = [](std::string_view status, std::string_view payload = "{}") {
        return reading("$dps/registrations/res/" + std::string{status} + "/?$rid=1", payload).got.error;
    };
    CHECK(error("401") == errc::identity_refused);
    CHECK(error("404") == errc::cloud_failed);
    CHECK(error("429") == errc::server_unavailable);
    CHECK(error("500") == errc::server_unavailable);
    CHECK(error("") == errc::cloud_failed);
    CHECK(error("200", R"({"status":"failed","operationId":"1"})") == errc::cloud_failed);
    CHECK(error("200") == errc::missing_field);
    CHECK(error("200", R"({"status":"assigned"})") == errc::missing_field);
    CHECK(error("202", R"({"status":"assigning"})") == errc::missing_field);
    CHECK(reading("$dps/other", waiting).got.error == errc::bad_topic);
}

TEST_CASE("an assignment that was cut off is refused at every byte", "[cloud][azure]") {
    for (std::size_t size = 0; size < assigned.size(); ++size) {
        CAPTURE(size);
        CHECK(reading("$dps/registrations/res/200/?$rid=2", assigned.substr(0, size)).got.error ==
              errc::malformed_json);
    }
}
