// SPDX-License-Identifier: BSL-1.0
// Who a device is on Alibaba Cloud IoT, and how it signs.
#pragma once

#include <cstddef>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/text/builder.hpp>

namespace barelink::inline v0::aliyun {

namespace detail {
using namespace v0::detail;
}

inline constexpr std::size_t product_key_max = 20;
inline constexpr std::size_t device_name_max = 32;
inline constexpr std::size_t secret_max      = 64;  // DeviceSecret and ProductSecret
inline constexpr std::size_t client_id_max   = 64;  // the part before the first bar

// The three texts that the console gives out. Lifetime: borrowed by the functions that take it.
struct identity {
    std::string_view product_key   = {};
    std::string_view device_name   = {};
    std::string_view device_secret = {};  // empty where something else proves who we are
};

// Returns bad_product_key or bad_device_name: empty, too long, or with a character that separates fields or levels.
[[nodiscard]] constexpr errc check_name(identity const& id) noexcept {
    constexpr std::string_view separators = "&|/+#$,=";
    if (!detail::is_word(id.product_key, product_key_max, separators)) return errc::bad_product_key;
    if (!detail::is_word(id.device_name, device_name_max, separators)) return errc::bad_device_name;
    return errc::ok;
}

// The same, and bad_device_secret.
[[nodiscard]] constexpr errc check(identity const& id) noexcept {
    if (auto const e = check_name(id); e != errc::ok) return e;
    return detail::is_word(id.device_secret, secret_max, {}) ? errc::ok : errc::bad_device_secret;
}

[[nodiscard]] constexpr std::string_view sign_method(digest kind) noexcept {
    return kind == digest::md5 ? "hmacmd5" : kind == digest::sha1 ? "hmacsha1" : "hmacsha256";
}

// What is signed besides the names. A text without data (nullptr) is neither sent nor signed; an empty one is signed.
struct signed_fields {
    std::string_view client_id = {};
    std::string_view timestamp = {};
};

namespace detail {
// The platform sorts fields by name and signs names and values without anything between them.
template <mac_engine Engine>
constexpr void add_signature(builder& out, Engine& engine, digest kind, identity const& id,
                             signed_fields const& f) noexcept {
    std::string_view const client_id = f.client_id.data() != nullptr ? "clientId" : "";
    std::string_view const timestamp = f.timestamp.data() != nullptr ? "timestamp" : "";
    add_mac(out, engine, kind, id.device_secret, client_id, f.client_id, "deviceName", id.device_name, "productKey",
            id.product_key, timestamp, f.timestamp);
}

// Milliseconds since 1970; the platform checks no window, but the form.
[[nodiscard]] constexpr bool good_timestamp(std::string_view text) noexcept {
    return text.data() == nullptr || is_decimal(text, 20);
}
[[nodiscard]] constexpr bool good_client_id(std::string_view text) noexcept {
    return text.empty() || is_word(text, client_id_max, "|");
}
}  // namespace detail

}  // namespace barelink::inline v0::aliyun
