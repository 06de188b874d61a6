// SPDX-License-Identifier: BSL-1.0
// From three texts to a login: the HTTPS authentication by the HTTP client, over a pipe, with every way to fail.
#include <barelink/cloud/aliyun/https_auth.hpp>

#include <string>
#include <string_view>

#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/crypto/wolfcrypt.hpp>

#include "http/kit.hpp"
#include "support/catch.hpp"

using namespace barelink;
using namespace http_tests;

namespace {

constexpr aliyun::identity device{"123", "test", "secret"};
// Vector F, hmacsha1.
constexpr aliyun::connect_options options{
    .method = digest::sha1, .mode = aliyun::secure_mode::https_tls, .client_id = "123", .timestamp = "123"};
constexpr std::string_view granted =
    R"({"code":200,"data":{"iotId":"id7","iotToken":"tok7","resources":{"mqtt":{"host":"mq.example","port":1883}}}})";

std::string http_answer(std::string_view status, std::string_view body) {
    std::string answer{"HTTP/1.1 "};
    answer.append(status).append("\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    char    digits[8] = {};
    builder size{digits};
    size << hex_digit(static_cast<unsigned>(body.size() >> 8)) << hex_digit((body.size() >> 4) & 15U)
         << hex_digit(body.size() & 15U);
    return answer.append(size.view()).append("\r\n").append(body).append("\r\n0\r\n\r\n");
}

struct outcome {
    errc        error = errc::ok;
    login       as    = {};
    std::string host  = {};
    std::string sent  = {};
};

// What a device does before each connect.
struct authentication {
    char       request_room[320]            = {};
    char       answer_room[128]             = {};
    char       login_room[aliyun::login_room] = {};
    json_token tokens[aliyun::answer_tokens] = {};

    outcome run(std::string const& answer, conditions const& c = {}) {
        wolfcrypt  engine;
        auto const body = aliyun::auth_body(request_room, device, options, engine);
        if (!body) return {body.error};
        char       host[64] = {};
        auto const to       = aliyun::auth_host(host, "cn-shanghai");
        talk       web{c};
        auto const got = web.run({.what         = http::method::post,
                                  .to           = {true, to.value, aliyun::https_port, aliyun::auth_path},
                                  .content_type = aliyun::form_type,
                                  .body         = body.value,
                                  .any_status   = true,
                                  .timeout_ms   = aliyun::auth_timeout_ms},
                                 answer);
        if (got != errc::ok) return {got};
        // Some refusals come as a status, others as a code behind a good status.
        if (web.client().answer().status != 200) return {aliyun::error_of(web.client().answer().status)};
        auto const a = aliyun::read_auth_answer(web.kept(), tokens, answer_room);
        if (!a) return {a.error};
        auto const l = aliyun::token_login(login_room, device, options, a.value);
        return {l.error, l.value, std::string{a.value.host}, std::string{web.seen()}};
    }
};

}  // namespace

TEST_CASE("three texts become a login by HTTPS", "[cloud][aliyun][flow]") {
    authentication auth;
    auto const     o = auth.run(http_answer("200 OK", granted));
    REQUIRE(o.error == errc::ok);
    CHECK(o.host == "mq.example");
    CHECK(o.as.client_id == "123|securemode=-1,signmethod=hmacsha1,timestamp=123|");
    CHECK(o.as.user_name == "id7");
    CHECK(o.as.password == "tok7");
    CHECK(o.sent.starts_with("POST /auth/devicename HTTP/1.1\r\nHost: iot-auth.cn-shanghai.aliyuncs.com\r\n"));
    CHECK(o.sent.find("Content-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
    CHECK(o.sent.ends_with("&sign=17b3ca175a2c737c69be476e761ea62b2356e100"));
}

TEST_CASE("each failure of the flow has its own error, and the next try succeeds", "[cloud][aliyun][flow]") {
    authentication auth;
    auto const     good = http_answer("200 OK", granted);
    CHECK(auth.run(http_answer("200 OK", R"({"code":400,"message":"x"})")).error == errc::identity_refused);
    CHECK(auth.run(http_answer("400 Bad Request", R"({"code":400})")).error == errc::identity_refused);
    CHECK(auth.run(http_answer("200 OK", R"({"code":401})")).error == errc::device_secret_refused);
    CHECK(auth.run(http_answer("200 OK", R"({"code":5001})")).error == errc::device_unknown);
    CHECK(auth.run(http_answer("200 OK", R"({"code":6200})")).error == errc::authentication_type_refused);
    CHECK(auth.run(http_answer("500 Oops", "x")).error == errc::server_unavailable);
    CHECK(auth.run(http_answer("200 OK", "<html>")).error == errc::malformed_json);
    CHECK(auth.run(http_answer("200 OK", R"({"code":200})")).error == errc::missing_field);
    CHECK(auth.run(http_answer("200 OK", std::string(300, 'x'))).error == errc::body_refused);
    CHECK(auth.run("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n").error == errc::malformed_response);
    CHECK(auth.run(good).error == errc::ok);
}

TEST_CASE("the flow survives an answer that is cut off at any byte", "[cloud][aliyun][flow]") {
    authentication auth;
    auto const     good = http_answer("200 OK", granted);
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        CAPTURE(cut);
        CHECK(auth.run(good, {.cut = cut}).error == errc::closed_by_peer);
    }
    CHECK(auth.run(good).error == errc::ok);
}

TEST_CASE("the flow survives an answer that comes in pieces of any size", "[cloud][aliyun][flow]") {
    authentication auth;
    auto const     good = http_answer("200 OK", granted);
    for (std::size_t size = 1; size <= 64; ++size) CHECK(auth.run(good, {.read_max = size}).as.password == "tok7");
}
