// SPDX-License-Identifier: BSL-1.0
// The certificate is the one it says it is, ends when it says, and has not ended.
#include <barelink/cloud/aliyun/root_certificate.hpp>

#include <ctime>
#include <string>
#include <string_view>

#include <wolfssl/options.h>

#include <wolfssl/ssl.h>

#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/text/hex.hpp>

#include "support/catch.hpp"

using namespace barelink;

namespace {

// The DER bytes of the PEM text.
std::string der() {
    std::string base64;
    for (auto rest = aliyun::root_certificate; !rest.empty();) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        if (!line.starts_with("-----")) base64 += line;
    }
    std::string bytes(base64.size(), '\0');
    auto const  size = wolfcrypt_base64::decode_base64(base64, bytes);
    REQUIRE(size);
    return bytes.substr(0, size.value);
}

}  // namespace

TEST_CASE("the root certificate is GlobalSign's", "[cloud][aliyun][certificate]") {
    wolfcrypt engine;
    char      sum[32]    = {};
    char      digits[64] = {};
    builder   out{digits};
    REQUIRE(make_digest(engine, digest::sha256, sum, der()) == errc::ok);
    out << hex{bytes_in{sum}};
    CHECK(out.view() == "ebd41040e4bb3ec742c9e381d31ef2a41a48b6685c96e7cef3c1df6cd4331c99");
}

TEST_CASE("the root certificate ends when it says", "[cloud][aliyun][certificate]") {
    // UTCTime of the end of its validity [RFC 5280, 4.1.2.5.1].
    CHECK(der().find("280128120000Z") != std::string::npos);
    std::tm end = {};
    end.tm_year = 2028 - 1900;
    end.tm_mon  = 0;
    end.tm_mday = 28;
    end.tm_hour = 12;
    CHECK(timegm(&end) == aliyun::root_certificate_ends);
}

TEST_CASE("the root certificate lives for half a year more", "[cloud][aliyun][certificate]") {
    CHECK(std::time(nullptr) < aliyun::root_certificate_ends - 180 * 24 * 60 * 60);
}

TEST_CASE("a TLS library takes the root certificate", "[cloud][aliyun][certificate]") {
    wolfSSL_Init();
    auto* const context = wolfSSL_CTX_new(wolfTLSv1_2_client_method());
    REQUIRE(context != nullptr);
    auto const* const pem = reinterpret_cast<unsigned char const*>(aliyun::root_certificate.data());
    CHECK(wolfSSL_CTX_load_verify_buffer(context, pem, static_cast<long>(aliyun::root_certificate.size()),
                                         WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS);
    wolfSSL_CTX_free(context);
    wolfSSL_Cleanup();
}
