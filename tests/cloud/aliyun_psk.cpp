// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/aliyun/psk.hpp>

#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include "base/check_both.hpp"
#include "cloud/kit.hpp"

using namespace barelink;
using namespace cloud_tests;

namespace {

constexpr aliyun::identity device{"a1AbCdEfGhI", "dev01", "0123456789abcdef0123456789abcdef"};

constexpr bool signs() {
    recorder   engine;
    char       room[128] = {};
    auto const k         = aliyun::make_psk(room, device, engine);
    return k && engine.content.view() == "ida1AbCdEfGhI&dev01timestamp2524608000000" && k.value.key.starts_with("A5A5");
}

constexpr errc refuses(aliyun::identity const& id, errc broken = errc::ok) {
    recorder engine;
    engine.broken  = broken;
    char room[128] = {};
    return aliyun::make_psk(room, id, engine).error;
}

}  // namespace

TEST_CASE("vector I: a pre-shared key from DeviceSecret", "[cloud][aliyun][vector-I]") {
    CHECK_BOTH(signs());
    wolfcrypt  engine;
    tight      room(53 + 64);
    auto const k = aliyun::make_psk(room, device, engine);
    REQUIRE(k);
    CHECK(k.value.identity == "devicename|hmacsha256|a1AbCdEfGhI&dev01|2524608000000");
    CHECK(k.value.key == "B9139AC2D6E0C3CF96761558160752B065601035F2DE68678751A18692383BE0");
    tight less(53 + 63);
    CHECK(aliyun::make_psk(less, device, engine).error == errc::text_too_long);
}

TEST_CASE("a pre-shared key needs the whole identity", "[cloud][aliyun]") {
    CHECK_BOTH(refuses({"", "d", "s"}) == errc::bad_product_key);
    CHECK_BOTH(refuses({"p", "", "s"}) == errc::bad_device_name);
    CHECK_BOTH(refuses({"p", "d", ""}) == errc::bad_device_secret);
    CHECK_BOTH(refuses(device, errc::crypto_failed) == errc::crypto_failed);
}
