// SPDX-License-Identifier: BSL-1.0
// Direct connection: the vectors A to E, those of openssl, and every refusal.
#include <barelink/cloud/aliyun/connect.hpp>

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/text/hex.hpp>
#include <barelink/wire/connect.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"
#include "vectors.hpp"

using namespace barelink;
using namespace cloud_tests;
using aliyun::connect_options;
using aliyun::identity;
using aliyun::secure_mode;

namespace {

constexpr std::string_view absent = {};

std::string password(identity const& id, connect_options const& o) {
    wolfcrypt  engine;
    tight      room(aliyun::login_room);
    auto const l = aliyun::direct_login(room, id, o, engine);
    return l ? std::string{l.value.password} : "error";
}

// What is signed, and with which key.
constexpr bool signs(std::string_view content, identity const& id, connect_options const& o) {
    recorder   engine;
    char       room[aliyun::login_room] = {};
    auto const l                        = aliyun::direct_login(room, id, o, engine);
    return l && engine.content.view() == content && engine.key.view() == id.device_secret && engine.kind == o.method &&
           l.value.password.size() == 2 * digest_size(o.method) && l.value.password.starts_with("a5a5");
}

constexpr bool says(std::string_view client_id, std::string_view user, identity const& id, connect_options const& o) {
    recorder   engine;
    char       room[400] = {};
    auto const l         = aliyun::direct_login(room, id, o, engine);
    return l && l.value.client_id == client_id && l.value.user_name == user;
}

constexpr errc refuses(identity const& id, connect_options const& o, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[400] = {};
    return aliyun::direct_login(room, id, o, engine).error;
}

constexpr identity      device{"pk", "device", "secret"};
constexpr identity      sdk_like{"a1AbCdEfGhI", "dev01", "0123456789abcdef0123456789abcdef"};
constexpr connect_options with(digest method, std::string_view client_id, std::string_view timestamp) {
    return {.method = method, .client_id = client_id, .timestamp = timestamp};
}
constexpr digest all_methods[] = {digest::md5, digest::sha1, digest::sha256};

}  // namespace

TEST_CASE("vector A: the platform's own example", "[cloud][aliyun][vector-A]") {
    CHECK_BOTH(signs("clientId12345deviceNamedeviceproductKeypktimestamp789", device,
                     with(digest::sha1, "12345", "789")));
    CHECK(password(device, with(digest::md5, "12345", "789")) == "14b198324fe55e1d3c88f2e705e201ee");
    CHECK(password(device, with(digest::sha1, "12345", "789")) == "fafd82a3d602b37fb0fa8b7892f24a477f851a14");
    CHECK(password(device, with(digest::sha256, "12345", "789")) ==
          "6074a46a91b1ebb2cc4ea42790ad0e80202c9843859fc292e57c4eb19fad9e57");
}

TEST_CASE("vector B: without a timestamp", "[cloud][aliyun][vector-B]") {
    CHECK_BOTH(signs("clientId12345deviceNamedeviceproductKeypk", device, with(digest::md5, "12345", absent)));
    CHECK(password(device, with(digest::md5, "12345", absent)) == "2ce7304ec0ddd548eb1492d65ac0b334");
    CHECK(password(device, with(digest::sha1, "12345", absent)) == "3504e4df7ce4766d30f796ee973c9ce7fc5425cb");
    CHECK(password(device, with(digest::sha256, "12345", absent)) ==
          "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090");
}

TEST_CASE("vector C: what is left out is filled in as Alibaba's devices do", "[cloud][aliyun][vector-C]") {
    CHECK(password(sdk_like, {.method = digest::md5}) == "b0a652a13e04d8818d6455a88d99471a");
    CHECK(password(sdk_like, {.method = digest::sha1}) == "eeb61c75af55008c1be0ef835713d274f2da1361");
    CHECK(password(sdk_like, {}) == "3bf1c2729df392d9368ef6ae8c39d2df167616af38adc551e309acd08b22db64");
    CHECK_BOTH(says("a1AbCdEfGhI.dev01|securemode=2,signmethod=hmacsha256,timestamp=2524608000000|",
                    "dev01&a1AbCdEfGhI", sdk_like, {}));
}

TEST_CASE("vector D: a client id that the server assigns", "[cloud][aliyun][vector-D]") {
    CHECK_BOTH(signs("clientIddeviceNamedeviceproductKeypktimestamp789", device, with(digest::md5, "", "789")));
    CHECK(password(device, with(digest::md5, "", "789")) == "dff63b0b51e5d507df6a185345afe8bb");
    CHECK(password(device, with(digest::sha1, "", "789")) == "735e40232681df75f43b7d4edd4abe050047d5b4");
    CHECK(password(device, with(digest::sha256, "", "789")) ==
          "edae1c344f3351171fcb02f81675761aabf913b7ce139a132b87cd446fbba070");
    CHECK_BOTH(says("|securemode=2,signmethod=hmacsha256,timestamp=789|", "device&pk", device,
                    with(digest::sha256, "", "789")));
}

TEST_CASE("vector E: the whole CONNECT of vector A", "[cloud][aliyun][vector-E]") {
    wolfcrypt  engine;
    tight      room(aliyun::login_room);
    auto const l = aliyun::direct_login(
        room, device,
        {.method = digest::sha1, .mode = secure_mode::tcp, .client_id = "12345", .timestamp = "789"}, engine);
    REQUIRE(l);
    connect_packet const packet{.clean_session = true,
                                .keep_alive_s  = 300,
                                .client_id     = l.value.client_id,
                                .user_name     = l.value.user_name,
                                .password      = l.value.password};
    char       wire[200] = {};
    auto const size      = encode_connect(wire, packet);
    REQUIRE(size);
    char    digits[400] = {};
    builder out{digits};
    out << hex{bytes_in{wire, size.value}};
    CHECK(out.view() ==
          "107600044d51545404c2012c003531323334357c7365637572656d6f64653d332c7369676e6d6574"
          "686f643d686d6163736861312c74696d657374616d703d3738397c000964657669636526706b0028"
          "66616664383261336436303262333766623066613862373839326632346134373766383531613134");
}

TEST_CASE("openssl says the same", "[cloud][aliyun][openssl]") {
    for (auto const& v : vectors::aliyun_direct_all) {
        wolfcrypt  engine;
        tight      room(aliyun::login_room + v.extensions.size() + 1);
        auto const l = aliyun::direct_login(room, {v.product_key, v.device_name, v.secret},
                                            {.method     = v.method,
                                             .mode       = static_cast<secure_mode>(v.mode),
                                             .client_id  = v.client_id,
                                             .timestamp  = v.timestamp,
                                             .extensions = v.extensions},
                                            engine);
        CAPTURE(v.expected_client_id);
        CHECK(l.error == errc::ok);
        CHECK(l.value.client_id == v.expected_client_id);
        CHECK(l.value.user_name == v.expected_user);
        CHECK(l.value.password == v.expected_password);
    }
}

TEST_CASE("modes and extensions stand in the client id", "[cloud][aliyun]") {
    CHECK_BOTH(says("c|securemode=3,signmethod=hmacmd5,timestamp=1,_ss=1,ext=3|", "device&pk", device,
                    {digest::md5, secure_mode::tcp, "c", "1", "_ss=1,ext=3"}));
    CHECK_BOTH(says("c|securemode=-1,signmethod=hmacmd5|", "device&pk", device,
                    {digest::md5, secure_mode::https_tls, "c", absent, ""}));
    CHECK_BOTH(says("c|securemode=-2,signmethod=hmacmd5|", "device&pk", device,
                    {digest::md5, secure_mode::device_token, "c", absent, ""}));
    CHECK_BOTH(says("c|securemode=0,signmethod=hmacmd5|", "device&pk", device,
                    {digest::md5, secure_mode::https_tcp, "c", absent, ""}));
}

TEST_CASE("each wrong value for a direct connection has its own error", "[cloud][aliyun]") {
    CHECK_BOTH(refuses({"", "d", "s"}, {}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"p", "", "s"}, {}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"p", "d", ""}, {}) == errc::bad_device_secret);
    CHECK_BOTH(refuses(device, {.client_id = "a|b"}) == errc::bad_client_id);
    CHECK_BOTH(refuses(device, {.client_id = "a b"}) == errc::bad_client_id);
    CHECK_BOTH(refuses(device, {.client_id = "1234567890123456789012345678901234567890123456789012345678901234"}) ==
               errc::ok);
    CHECK_BOTH(refuses(device, {.client_id = "12345678901234567890123456789012345678901234567890123456789012345"}) ==
               errc::bad_client_id);
    CHECK_BOTH(refuses(device, {.timestamp = ""}) == errc::bad_timestamp);
    CHECK_BOTH(refuses(device, {.timestamp = "-1"}) == errc::bad_timestamp);
    CHECK_BOTH(refuses(device, {.timestamp = "123456789012345678901"}) == errc::bad_timestamp);
    CHECK_BOTH(refuses(device, {.extensions = "a|b"}) == errc::bad_extension);
    CHECK_BOTH(refuses(device, {}, errc::crypto_failed) == errc::crypto_failed);
}

TEST_CASE("the room that is promised is enough for the longest names, and less is an error", "[cloud][aliyun]") {
    std::string const  key(20, 'k'), name(32, 'n'), secret(64, 's'), client(64, 'c');
    std::string const  stamp(20, '9');
    identity const     id{key, name, secret};
    wolfcrypt          engine;
    for (auto const method : all_methods) {
        auto const login = [&](bytes_out room) {
            return aliyun::direct_login(room, id, {.method = method, .client_id = client, .timestamp = stamp}, engine);
        };
        auto const least = least_room(aliyun::login_room, login, length_of);
        CHECK(least > 0);
        if (method == digest::sha256) CHECK(least == static_cast<int>(aliyun::login_room) - 1);
    }
}

TEST_CASE("a certificate stands for DeviceSecret", "[cloud][aliyun]") {
    char       room[aliyun::login_room] = {};
    auto const l = aliyun::x509_login(room, {"pk", "device", ""}, {.timestamp = "789"});
    REQUIRE(l);
    CHECK(l.value.client_id == "pk.device|securemode=2,signmethod=hmacsha256,timestamp=789|");
    CHECK(l.value.user_name == "device&pk");
    CHECK(l.value.password.empty());
    CHECK(l.value.password.data() != nullptr);
}

TEST_CASE("a device that does not know its name yet says none", "[cloud][aliyun]") {
    char       room[aliyun::login_room] = {};
    auto const l = aliyun::x509_login(room, {}, {.client_id = "serial7", .timestamp = absent});
    REQUIRE(l);
    CHECK(l.value.client_id == "serial7|securemode=2,signmethod=hmacsha256|");
    CHECK(l.value.user_name == "&");
    CHECK(aliyun::x509_login(room, {}, {}).error == errc::bad_client_id);
    CHECK(aliyun::x509_login(room, {"pk", "", ""}, {}).error == errc::bad_device_name);
    CHECK(aliyun::x509_login(room, {"", "dev", ""}, {}).error == errc::bad_product_key);
}
