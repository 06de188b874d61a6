// SPDX-License-Identifier: BSL-1.0
// MQTT over WebSocket on AWS: the path of the opening request carries a Signature Version 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aws/connect.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/hex.hpp>
#include <barelink/text/percent.hpp>
#include <barelink/text/slice.hpp>
#include <barelink/text/utc.hpp>

namespace barelink::inline v0::aws {

// Lifetime: borrowed by the functions that take it.
struct access {
    std::string_view access_key    = {};
    std::string_view secret_key    = {};
    std::string_view session_token = {};  // of temporary credentials
};

// The server takes a signature for five minutes around its time.
inline constexpr std::uint32_t signature_lifetime_s = 300;

namespace detail {
using namespace v0::detail;

inline constexpr std::string_view service   = "iotdevicegateway";
inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view scope_end = "aws4_request";

// Derives a key for one day, region and service from the secret: four MACs, each the key of the next one.
template <mac_engine Engine>
constexpr errc day_key(Engine& engine, std::string_view secret, std::string_view day, std::string_view region,
                       bytes_out key) noexcept {
    char    first[4 + 128] = {};
    builder start{first};
    start << "AWS4" << secret;
    if (start.error() != errc::ok) return errc::bad_device_secret;
    auto error = make_mac(engine, digest::sha256, start.view(), key, day);
    for (auto const part : {region, service, scope_end}) {
        if (error == errc::ok) error = make_mac(engine, digest::sha256, text_of(key), key, part);
    }
    wipe(first);
    return error;
}

// The hash of the request, as hexadecimal digits: GET of the path with no body and no header but the host.
template <digest_engine Engine>
constexpr errc request_hash(Engine& engine, std::string_view query, std::string_view host, bytes_out digits) noexcept {
    constexpr std::string_view hash_of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    char                       hash[32]        = {};
    auto const error = make_digest(engine, digest::sha256, hash, "GET\n", websocket_path, "\n", query, "\nhost:", host,
                                   "\n\nhost\n", hash_of_nothing);
    builder    out{digits};
    out << hex{hash};
    return error;
}
}  // namespace detail

// The path and query for the opening request, signed at `now` (seconds since 1970: a clock that is wrong by more than
// five minutes is refused by the server). Returns bad_product_key for the access key, bad_device_secret for the secret
// key, bad_address, bad_timestamp, crypto_failed, text_too_long. Lifetime: a view of `room`.
template <class Engine>
    requires mac_engine<Engine> && digest_engine<Engine>
[[nodiscard]] constexpr result<std::string_view> websocket_request(bytes_out room, access const& a,
                                                                   std::string_view host, std::string_view region,
                                                                   std::uint64_t now, Engine& engine) noexcept {
    if (!detail::is_word(a.access_key, 128, "/")) return errc::bad_product_key;
    if (!detail::is_word(a.secret_key, 128, {})) return errc::bad_device_secret;
    if (!detail::is_host(host) || !detail::is_word(region, 32, "/&?=%")) return errc::bad_address;
    if (now > utc_last) return errc::bad_timestamp;

    char       words[8 + 16 + 2] = {};
    builder    times{words};
    auto const day   = (times << utc_date{utc(now)}).take().value;
    auto const stamp = (times << utc_stamp{utc(now)}).take().value;

    builder    out{room};
    auto const add_scope = [&](std::string_view slash) {
        out << day << slash << region << slash << detail::service << slash << detail::scope_end;
    };
    out << websocket_path << "?X-Amz-Algorithm=" << detail::algorithm << "&X-Amz-Credential=" << percent{a.access_key}
        << "%2F";
    add_scope("%2F");
    out << "&X-Amz-Date=" << stamp << "&X-Amz-SignedHeaders=host";
    if (out.error() != errc::ok) return out.error();

    char       request[64] = {};
    char       key[32]     = {};
    auto const query       = slice(out.view(), websocket_path.size() + 1);
    auto       error       = detail::request_hash(engine, query, host, request);
    if (error == errc::ok) error = detail::day_key(engine, a.secret_key, day, region, key);
    if (error != errc::ok) return error;
    out << "&X-Amz-Signature=";
    detail::add_mac(out, engine, digest::sha256, text_of(key), detail::algorithm, "\n", stamp, "\n", day, "/", region,
                    "/", detail::service, "/", detail::scope_end, "\n", text_of(request));
    wipe(key);
    // This service wants the token behind the signature, not in it.
    if (!a.session_token.empty()) out << "&X-Amz-Security-Token=" << percent{a.session_token};
    return out.take();
}

}  // namespace barelink::inline v0::aws
