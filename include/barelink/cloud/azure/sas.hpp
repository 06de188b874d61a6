// SPDX-License-Identifier: BSL-1.0
// A shared access signature of Azure: a MAC over what may be used and until when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/percent.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::azure {

// A key as the portal shows it. Lifetime: borrowed by the functions that take it.
struct shared_key {
    std::string_view base64  = {};
    std::string_view policy  = {};  // empty for the key of a device
};

// Bytes of a key, decoded. The service makes 32 and 64.
inline constexpr std::size_t key_max = 64;

// Appends a token that is good until `expiry`, seconds since 1970, for a resource given in pieces, such as
// "hub.azure-devices.net/devices/dev01". Errors of `out`: bad_device_secret for a key that is not base64 or has more
// than key_max bytes, crypto_failed, text_too_long.
template <class Engine, class... Piece>
    requires mac_engine<Engine> && base64_codec<Engine>
constexpr void add_sas_token(builder& out, shared_key const& key, std::uint64_t expiry, Engine& engine,
                             Piece const&... resource) noexcept {
    constexpr std::string_view begin = "SharedAccessSignature sr=";

    char    decoded[key_max + 2] = {};  // and what a decoder may want for the padding
    char    mac[32]              = {};
    char    code[44]             = {};
    char    seconds[20]          = {};
    builder digits{seconds};
    digits << expiry;

    // What is signed is what the token shows, escapes and all.
    auto const before = out.view().size();
    out << begin;
    (void)(out << ... << percent{resource});
    auto const encoded = slice(out.view(), before + begin.size());
    auto const size    = engine.decode_base64(key.base64, decoded);
    if (!size || size.value == 0 || size.value > key_max) return out.fail(errc::bad_device_secret);
    auto error = make_mac(engine, digest::sha256, {decoded, size.value}, mac, encoded, "\n", digits.view());
    wipe(decoded);
    auto const written = engine.encode_base64({mac, sizeof(mac)}, code);
    if (error == errc::ok) error = written.error;
    if (error != errc::ok) return out.fail(error);
    out << "&sig=" << percent{{code, written.value}} << "&se=" << digits.view();
    if (!key.policy.empty()) out << "&skn=" << percent{key.policy};
}

}  // namespace barelink::inline v0::azure
