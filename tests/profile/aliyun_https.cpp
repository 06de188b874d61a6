// SPDX-License-Identifier: BSL-1.0
// From three texts to a connected device by HTTPS, again and again, with every way to fail.
#include <barelink/profile/aliyun/https.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "profile/kit.hpp"
#include "support/catch.hpp"

using namespace profile_tests;

namespace {

// Vector F of the platform, hmacsha1.
constexpr aliyun::identity        device{"123", "test", "secret"};
constexpr aliyun::connect_options how{.method = digest::sha1, .client_id = "123", .timestamp = "123"};
constexpr aliyun::service         region{.region = "cn-shanghai"};
constexpr std::string_view        sign = "&sign=17b3ca175a2c737c69be476e761ea62b2356e100";

std::string grant(std::string_view number = "7") {
    std::string const n{number};
    return R"({"code":200,"data":{"iotId":"id)" + n + R"(","iotToken":"tok)" + n +
           R"(","resources":{"mqtt":{"host":"mq)" + n + R"(.example","port":1884}}},"message":"success"})";
}

// The client connects by one transport and asks by another one, or by the same.
template <class Web = web_end, aliyun::https_limits Room = aliyun::https_limits{}>
struct house {
    using profile = aliyun::https_device<Web, wolfcrypt, Room>;

    wolfcrypt                engine = {};
    aliyun::https_room<Room> room   = {};
    web_end                  web    = {};
    bench<small, profile>    b      = {};
    profile                  who;

    house() requires std::same_as<Web, web_end> : who{room, web, device, region, engine, how} { prepare(); }
    house() requires std::same_as<Web, far_end> : who{room, b.net, device, region, engine, how} { prepare(); }

    void prepare() {
        b.o.host = {};
        web.answers(grant());
        b.power_on(who);
    }
    // From an answer to the end of the attempt, in words.
    std::string attempt(std::string_view body, std::string_view status = "200 OK") {
        web.answers(body, status);
        return attempt();
    }
    std::string attempt() {
        std::string told;
        for (int i = 0; i < 1'100 && told.empty() && b.net.written.empty(); ++i) {
            told = b.turn();
            b.clock.ms += b.sleep() < 50 ? b.sleep() : 50;
        }
        return told;
    }
    // Waits until the next attempt begins.
    void wait() { b.clock.ms += b.sleep(); }
};

}  // namespace

TEST_CASE("token and broker are asked for before each connect", "[profile][aliyun]") {
    house<> h;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.who.error() == errc::would_block);
    CHECK(h.attempt() == "");
    CHECK(h.web.host == "iot-auth.cn-shanghai.aliyuncs.com:443");
    CHECK(h.web.asked.starts_with("POST /auth/devicename HTTP/1.1\r\nHost: iot-auth.cn-shanghai.aliyuncs.com\r\n"));
    CHECK(h.web.asked.ends_with(sign));
    CHECK_FALSE(h.web.open);
    CHECK(h.b.net.host == "mq7.example:1884");
    CHECK(h.b.net.written.find("123|securemode=-1,signmethod=hmacsha1,timestamp=123|") != std::string::npos);
    CHECK(h.b.net.written.find("id7") != std::string::npos);
    CHECK(h.b.net.written.find("tok7") != std::string::npos);
    CHECK(h.who.error() == errc::ok);
    CHECK(h.who.code() == 200);
    REQUIRE(h.b.online());

    // The broker has moved.
    h.web.answers(grant("8"));
    h.b.net.read_error = errc::closed_by_peer;
    CHECK(h.b.settle() == "disconnected closed_by_peer 1000");
    h.wait();
    CHECK(h.attempt() == "");
    CHECK(h.web.connects == 2);
    CHECK(h.b.net.host == "mq8.example:1884");
    CHECK(h.b.net.written.find("tok8") != std::string::npos);
    CHECK(h.b.net.written.find("tok7") == std::string::npos);
    CHECK(h.b.online(true));
}

TEST_CASE("a host of one's own comes before the one that the service names", "[profile][aliyun]") {
    house<> h;
    h.b.o.host = "stand-in";
    h.b.o.port = 1885;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.attempt() == "");
    CHECK(h.web.host == "iot-auth.cn-shanghai.aliyuncs.com:443");
    CHECK(h.b.net.host == "stand-in:1885");
    CHECK(h.b.net.written.find("tok7") != std::string::npos);
}

TEST_CASE("service and broker may be reached by one and the same transport", "[profile][aliyun]") {
    house<far_end> h;
    REQUIRE(h.b.c->connect() == errc::ok);
    for (int i = 0; i < 5; ++i) CHECK(h.b.turn() == "");
    CHECK(h.b.net.host == "iot-auth.cn-shanghai.aliyuncs.com:443");
    CHECK(h.b.net.written.ends_with(sign));
    CHECK(h.b.c->wants().bytes);
    h.b.net.written.clear();
    h.web.answers(grant());
    CHECK(h.b.hears(h.web.answer) == "");
    CHECK(h.b.net.host == "mq7.example:1884");
    CHECK(h.b.net.closes == 2);  // one by power_on()
    CHECK(h.b.online());
}

TEST_CASE("a week later the client comes back with another token before the first one ends", "[profile][aliyun]") {
    house<> h;
    h.b.o.keep_alive_s = 1'200;
    h.b.o.reconnect    = true;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.attempt() == "");
    REQUIRE(h.b.online());
    h.who.token_life_ms = 0;
    h.web.answers(grant("8"));
    // Pings are answered.
    std::uint32_t waited = 0;
    std::string   told;
    for (int i = 0; i < 10'000 && told.empty(); ++i) {
        auto const sleep = h.b.sleep();
        waited += sleep;
        h.b.clock.ms += sleep;
        told = h.b.settle();
        if (h.b.net.said().find("PINGREQ") != std::string::npos) told += h.b.hears(std::string_view{"\xD0\x00", 2});
    }
    CHECK(told == "disconnected renewal 1");
    CHECK(waited / 1'000 >= 7 * 24 * 3'600 - 31);
    CHECK(waited / 1'000 <= 7 * 24 * 3'600 - 29);
    h.wait();
    CHECK(h.attempt() == "");
    CHECK(h.b.net.written.find("tok8") != std::string::npos);
    CHECK(h.b.online(true));
}

TEST_CASE("a token that the broker takes no longer is replaced by another one", "[profile][aliyun]") {
    house<> h;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.attempt() == "");
    REQUIRE(h.b.online());
    h.b.net.read_error = errc::closed_by_peer;
    CHECK(h.b.settle() == "disconnected closed_by_peer 1000");
    h.wait();
    CHECK(h.attempt() == "");
    // What the platform says to a wrong iotId or iotToken.
    CHECK(h.b.hears(std::string_view{"\x20\x02\x00\x03", 4}) == "disconnected server_unavailable 2000");
    h.web.answers(grant("9"));
    h.b.net.written.clear();
    h.wait();
    CHECK(h.attempt() == "");
    CHECK(h.b.net.written.find("tok9") != std::string::npos);
    CHECK(h.b.online(true));
}

TEST_CASE("each refusal and each bad answer has its own error, and the device recovers", "[profile][aliyun]") {
    struct row {
        std::string_view body, status, told;
        std::uint32_t    code;
    };
    static constexpr row rows[] = {
        {R"({"code":400,"message":"x"})", "200 OK", "disconnected identity_refused 60000", 400},
        {R"({"code":400})", "400 Bad Request", "disconnected identity_refused 60000", 400},
        {R"({"code":401})", "200 OK", "disconnected device_secret_refused 60000", 401},
        {R"({"code":460})", "200 OK", "disconnected parameter_refused 60000", 460},
        {R"({"code":500})", "200 OK", "disconnected server_unavailable 1000", 500},
        {R"({"code":"5001"})", "200 OK", "disconnected device_unknown 60000", 5001},
        {R"({"code":6200})", "200 OK", "disconnected authentication_type_refused 60000", 6200},
        {R"({"code":7})", "200 OK", "disconnected cloud_failed 1000", 7},
        {"Oops", "503 Service Unavailable", "disconnected cloud_failed 1000", 503},
        {"<html>a portal</html>", "200 OK", "disconnected malformed_json 1000", 200},
        {R"({"code":200,"data":{})", "200 OK", "disconnected malformed_json 1000", 200},
        {R"({"code":200,"data":{"iotId":"a","iotToken":"b"}})", "200 OK", "disconnected missing_field 1000", 200},
        {R"({"code":200,"data":{"iotId":"a","iotToken":"b","resources":{"mqtt":{"host":"a b","port":1}}}})", "200 OK",
         "disconnected missing_field 1000", 200},
    };
    for (auto const& r : rows) {
        CAPTURE(r.body, r.status);
        house<> h;
        REQUIRE(h.b.c->connect() == errc::ok);
        CHECK(h.attempt(r.body, r.status) == r.told);
        CHECK(h.who.code() == r.code);
        CHECK(h.who.error() != errc::ok);
        CHECK(h.b.net.connects == 0);
        CHECK_FALSE(h.web.open);
        h.wait();
        CHECK(h.attempt(grant()) == "");
        CHECK(h.b.online());
    }
}

TEST_CASE("what is wrong with the way to the service is told as that", "[profile][aliyun]") {
    house<> h;
    for (auto const fault : {errc::resolve_failed, errc::connect_refused, errc::tls_wrong_name, errc::tls_expired,
                             errc::tls_clock_unknown, errc::tls_memory}) {
        CAPTURE(name(fault));
        house<> broken;
        broken.web.fault = fault;
        REQUIRE(broken.b.c->connect() == errc::ok);
        // Nobody hammers a service with handshakes that its certificate makes fail.
        auto const wait = cannot_heal(fault) ? " 60000" : " 1000";
        CHECK(broken.attempt() == "disconnected " + std::string{name(fault)} + wait);
        CHECK(broken.who.error() == fault);
        CHECK(broken.who.code() == 0);
        broken.web.fault = errc::ok;
        broken.wait();
        CHECK(broken.attempt() == "");
        CHECK(broken.b.online());
    }
    h.web.silent = true;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.attempt() == "disconnected response_timeout 1000");
    CHECK_FALSE(h.web.open);
    h.web.silent = false;
    h.wait();
    CHECK(h.attempt(std::string(2'000, 'x')) == "disconnected body_refused 2000");
    h.wait();
    h.web.answer = "HTTP/1.1 200 OK\r\nX: " + std::string(600, 'x') + "\r\n\r\n";
    CHECK(h.attempt() == "disconnected head_too_long 4000");
    h.wait();
    h.web.answer = "SSH-2.0-x\r\n";
    CHECK(h.attempt() == "disconnected malformed_response 8000");
    h.wait();
    CHECK(h.attempt(grant()) == "");
    CHECK(h.b.online());
}

TEST_CASE("an answer that is cut off at any byte is an error, and one in pieces of any size is none",
          "[profile][aliyun]") {
    house<> h;
    h.b.o.backoff_ms_max = 1'000;
    REQUIRE(h.b.c->connect() == errc::ok);
    auto const size = h.web.answer.size();
    for (h.web.cut = 0; h.web.cut < size; ++h.web.cut) {
        CAPTURE(h.web.cut);
        CHECK(h.attempt() == "disconnected closed_by_peer 1000");
        h.wait();
    }
    for (std::size_t piece = 1; piece < 80; piece += 3) {
        CAPTURE(piece);
        house<> other;
        other.web.piece = piece;
        REQUIRE(other.b.c->connect() == errc::ok);
        CHECK(other.attempt() == "");
        CHECK(other.b.net.written.find("tok7") != std::string::npos);
    }
}

TEST_CASE("what identity and options say is refused before anything is sent", "[profile][aliyun]") {
    wolfcrypt            engine;
    aliyun::https_room<> room{};
    web_end              web;
    login                out;
    lease                with;
    auto const why = [&](aliyun::identity const& id, aliyun::service const& where) {
        aliyun::https_device profile{room, web, id, where, engine};
        return profile.refresh(out, with);
    };
    CHECK(why({"", "d", "s"}, region) == errc::bad_product_key);
    CHECK(why({"p", "d/", "s"}, region) == errc::bad_device_name);
    CHECK(why({"p", "d", ""}, region) == errc::bad_device_secret);
    CHECK(why({"p", "d", "s"}, {}) == errc::bad_address);
    CHECK(why({"p", "d", "s"}, {.host = "a b"}) == errc::bad_address);
    CHECK(web.connects == 0);
    aliyun::https_device elsewhere{room, web, {"p", "d", "s"}, {.host = "localhost", .port = 8443}, engine};
    CHECK(elsewhere.refresh(out, with) == errc::would_block);
    CHECK(elsewhere.refresh(out, with) == errc::would_block);
    CHECK(web.host == "localhost:8443");
}

TEST_CASE("who leaves while the service is asked hangs up there", "[profile][aliyun]") {
    house<> h;
    h.web.silent = true;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.b.sleep() == 0);
    CHECK(h.b.turn() == "");
    CHECK(h.web.open);
    CHECK(h.b.sleep() <= 10);
    CHECK(h.b.c->disconnect() == errc::ok);
    CHECK_FALSE(h.web.open);
    CHECK(h.who.error() == errc::not_connected);  // nobody asks any more
    CHECK(h.b.settle() == "disconnected requested 0");
    h.web.silent = false;
    REQUIRE(h.b.c->connect() == errc::ok);
    CHECK(h.attempt() == "");
    CHECK(h.b.online());
}

TEST_CASE("a service may be given more time than the platform's own devices give it", "[profile][aliyun]") {
    wolfcrypt            engine;
    aliyun::https_room<> room{};
    web_end              web;
    web.silent = true;
    aliyun::https_device patient{room, web, device, {.region = "cn-shanghai", .timeout_ms = 25'000}, engine};
    login                out;
    lease                with;
    std::uint32_t        waited = 0;
    for (; waited < 60'000; waited += 500, with.now = with.now + 500) {
        if (patient.refresh(out, with) != errc::would_block) break;
    }
    CHECK(patient.error() == errc::response_timeout);
    CHECK(waited == 25'000);
}

TEST_CASE("memory for names that do not fit is an error, not a shorter name", "[profile][aliyun]") {
    constexpr aliyun::https_limits little{.text_bytes = 320};
    house<web_end, little>         h;
    REQUIRE(h.b.c->connect() == errc::ok);
    std::string long_token = grant();
    long_token.insert(long_token.find("tok7"), std::string(300, 't'));
    CHECK(h.attempt(long_token) == "disconnected text_too_long 1000");
    h.wait();
    CHECK(h.attempt(grant()) == "");
    CHECK(h.b.online());
}
