// SPDX-License-Identifier: BSL-1.0
// TLS with a pre-shared key on Alibaba Cloud IoT: what the handshake is given instead of a certificate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/connect.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/hex.hpp>

namespace barelink::inline v0::aliyun {

// The host is {ProductKey} and this; one region has it. The suite is TLS-PSK-WITH-AES-128-CBC-SHA.
inline constexpr std::string_view psk_domain = ".itls.cn-shanghai.aliyuncs.com";
inline constexpr std::uint16_t    psk_port   = 1883;

struct pre_shared_key {
    std::string_view identity = {};
    std::string_view key      = {};  // these 64 characters are the bytes of the key
};

// Returns bad_product_key, bad_device_name, bad_device_secret, crypto_failed, text_too_long. Lifetime: views of `room`.
template <mac_engine Engine>
[[nodiscard]] constexpr result<pre_shared_key> make_psk(bytes_out room, identity const& id, Engine& engine) noexcept {
    if (auto const e = check(id); e != errc::ok) return e;
    builder out{room};
    out << "devicename|hmacsha256|" << id.product_key << '&' << id.device_name << '|' << timeless;
    auto const name    = out.take();
    char       mac[32] = {};
    auto const error   = make_mac(engine, digest::sha256, id.device_secret, mac, "id", id.product_key, "&",
                                  id.device_name, "timestamp", timeless);
    if (error != errc::ok) return error;
    out << hex{mac, true};
    auto const key = out.take();
    if (!key) return key.error;
    return pre_shared_key{name.value, key.value};
}

}  // namespace barelink::inline v0::aliyun
