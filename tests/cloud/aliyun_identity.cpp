// SPDX-License-Identifier: BSL-1.0
#include <barelink/cloud/aliyun/identity.hpp>

#include <string>

#include <barelink/cloud/aliyun/explain.hpp>

#include "base/check_both.hpp"

using namespace barelink;
using aliyun::check;
using aliyun::identity;

TEST_CASE("the three texts have lengths, and each has its own error", "[cloud][aliyun]") {
    CHECK_BOTH(check(identity{"pk", "dev", "secret"}) == errc::ok);
    CHECK_BOTH(check(identity{"", "dev", "secret"}) == errc::bad_product_key);
    CHECK_BOTH(check(identity{"pk", "", "secret"}) == errc::bad_device_name);
    CHECK_BOTH(check(identity{"pk", "dev", ""}) == errc::bad_device_secret);
    CHECK_BOTH(check_name(identity{"pk", "dev", ""}) == errc::ok);
    auto const is = [](std::size_t pk, std::size_t dn, std::size_t ds) {
        std::string const key(pk, 'k'), name(dn, 'n'), secret(ds, 's');
        return check(identity{key, name, secret});
    };
    CHECK(is(20, 32, 64) == errc::ok);
    CHECK(is(21, 32, 64) == errc::bad_product_key);
    CHECK(is(20, 33, 64) == errc::bad_device_name);
    CHECK(is(20, 32, 65) == errc::bad_device_secret);
}

TEST_CASE("characters that separate fields or levels are refused", "[cloud][aliyun]") {
    CHECK_BOTH(check(identity{"a1AbCdEfGhI", "dev-01_@.:", "!|&=,/ "}) == errc::bad_device_secret);
    CHECK_BOTH(check(identity{"a1AbCdEfGhI", "dev-01_@.:", "!|&=,/"}) == errc::ok);
    for (char const* bad : {"a&b", "a|b", "a/b", "a+b", "a#b", "a b", "a\nb", "\xC3\xA4", "a=b", "a,b"}) {
        CAPTURE(bad);
        CHECK(check(identity{bad, "dev", "s"}) == errc::bad_product_key);
        CHECK(check(identity{"pk", bad, "s"}) == errc::bad_device_name);
    }
    CHECK(check(identity{"pk", "dev", {"a\0b", 3}}) == errc::bad_device_secret);
}

TEST_CASE("sign methods have the platform's names", "[cloud][aliyun]") {
    CHECK_BOTH(aliyun::sign_method(digest::md5) == "hmacmd5");
    CHECK_BOTH(aliyun::sign_method(digest::sha1) == "hmacsha1");
    CHECK_BOTH(aliyun::sign_method(digest::sha256) == "hmacsha256");
}

TEST_CASE("what a cause means there is said in a sentence", "[cloud][aliyun]") {
    CHECK_BOTH(aliyun::explain(errc::server_unavailable).find("iotToken") != std::string_view::npos);
    CHECK_BOTH(aliyun::explain(errc::device_secret_refused).find("DeviceSecret") != std::string_view::npos);
    CHECK_BOTH(aliyun::explain(errc::identifier_rejected).find("keep alive") != std::string_view::npos);
    CHECK_BOTH(aliyun::explain(errc::ok).empty());
}
