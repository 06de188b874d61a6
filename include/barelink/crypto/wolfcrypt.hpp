// SPDX-License-Identifier: BSL-1.0
// The engine of crypto/engine.hpp by wolfCrypt. Link with wolfSSL, whose licence is not ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#ifndef WOLFSSL_USER_SETTINGS
#include <wolfssl/options.h>
#endif
#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/coding.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/random.h>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/crypto/engine.hpp>

namespace barelink::inline v0 {

// Satisfies base64_codec; an engine of your own may derive from it. No state, no heap.
struct wolfcrypt_base64 {
    static result<std::size_t> encode_base64(std::string_view from, bytes_out to) noexcept {
        // wolfCrypt writes no zero behind it and needs exactly this.
        if ((from.size() + 2) / 3 * 4 > to.size()) return errc::text_too_long;
        auto size = static_cast<word32>(to.size());
        if (from.empty()) return std::size_t{0};
        if (Base64_Encode_NoNl(bytes(from), static_cast<word32>(from.size()), bytes(to), &size) != 0) {
            return errc::crypto_failed;
        }
        return std::size_t{size};
    }
    static result<std::size_t> decode_base64(std::string_view from, bytes_out to) noexcept {
        if (from.empty()) return std::size_t{0};
        if (from.size() % 4 != 0) return errc::malformed_text;
        // wolfCrypt takes line breaks, and drops what is left over at the end: only the full length is right.
        auto const padding  = from.ends_with("==") ? 2U : from.ends_with("=") ? 1U : 0U;
        auto const expected = from.size() / 4 * 3 - padding;
        if (from.size() / 4 * 3 > to.size()) return errc::text_too_long;
        auto size = static_cast<word32>(to.size());
        if (Base64_Decode(bytes(from), static_cast<word32>(from.size()), bytes(to), &size) != 0 || size != expected) {
            return errc::malformed_text;
        }
        return std::size_t{size};
    }

protected:
    static byte const* bytes(std::string_view text) noexcept { return reinterpret_cast<byte const*>(text.data()); }
    static byte* bytes(bytes_out to) noexcept { return reinterpret_cast<byte*>(to.data()); }
};

// Satisfies mac_engine, digest_engine and base64_codec. Holds the state of one digest, about 1 KiB with the settings
// of a desktop: a local variable or a member, used by one caller at a time. No heap with wolfCrypt's usual settings.
class wolfcrypt : public wolfcrypt_base64 {
public:
    wolfcrypt() noexcept = default;
    wolfcrypt(wolfcrypt const&) = delete;
    wolfcrypt& operator=(wolfcrypt const&) = delete;

    errc mac_begin(digest kind, std::string_view key) noexcept {
        if (wc_HmacInit(&hmac_, nullptr, INVALID_DEVID) != 0) return errc::crypto_failed;
        // An empty key is allowed; wolfCrypt refuses a null pointer.
        auto const* const data = key.empty() ? reinterpret_cast<byte const*>("") : bytes(key);
        return ok(wc_HmacSetKey(&hmac_, type(kind), data, static_cast<word32>(key.size())));
    }
    errc mac_add(std::string_view text) noexcept {
        return text.empty() ? errc::ok : ok(wc_HmacUpdate(&hmac_, bytes(text), static_cast<word32>(text.size())));
    }
    // Nothing of the key is left in the engine afterwards.
    errc mac_end(bytes_out to) noexcept {
        auto const done = ok(wc_HmacFinal(&hmac_, bytes(to)));
        wc_HmacFree(&hmac_);
        wipe({reinterpret_cast<char*>(&hmac_), sizeof(hmac_)});  // which that does not do
        return done;
    }

    errc digest_begin(digest kind) noexcept {
        kind_ = kind;
        return ok(wc_HashInit(&hash_, type(kind)));
    }
    errc digest_add(std::string_view text) noexcept {
        if (text.empty()) return errc::ok;
        return ok(wc_HashUpdate(&hash_, type(kind_), bytes(text), static_cast<word32>(text.size())));
    }
    errc digest_end(bytes_out to) noexcept {
        auto const done = ok(wc_HashFinal(&hash_, type(kind_), bytes(to)));
        wc_HashFree(&hash_, type(kind_));
        return done;
    }

private:
    static errc ok(int status) noexcept { return status == 0 ? errc::ok : errc::crypto_failed; }
    // A digest that wolfCrypt was built without is refused by its functions.
    static wc_HashType type(digest kind) noexcept {
        return kind == digest::md5 ? WC_HASH_TYPE_MD5 : kind == digest::sha1 ? WC_HASH_TYPE_SHA : WC_HASH_TYPE_SHA256;
    }

    union {
        Hmac       hmac_ = {};
        wc_HashAlg hash_;
    };
    digest kind_ = digest::sha256;
};

#ifndef WC_NO_RNG
// Satisfies random_source by wolfCrypt's generator, seeded anew at each call from the source that wolfCrypt was built
// with. No state. The generator's state of that time comes from wolfCrypt's allocator, which is the pool of tls/ where
// that is used; none with WOLFSSL_NO_MALLOC.
struct wolfcrypt_random {
    static errc fill(bytes_out to) noexcept {
        WC_RNG rng;
        if (wc_InitRng(&rng) != 0) return errc::crypto_failed;
        auto const status = wc_RNG_GenerateBlock(&rng, reinterpret_cast<byte*>(to.data()),
                                                 static_cast<word32>(to.size()));
        return wc_FreeRng(&rng) == 0 && status == 0 ? errc::ok : errc::crypto_failed;
    }
};
#endif

}  // namespace barelink::inline v0
