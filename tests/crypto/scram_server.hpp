// SPDX-License-Identifier: BSL-1.0
// The other side of SCRAM-SHA-256 for the tests [RFC 5802, 3], by wolfCrypt's own PBKDF2.
#pragma once

#include <string>
#include <string_view>

#include <barelink/crypto/wolfcrypt.hpp>

#include <wolfssl/wolfcrypt/pwdbased.h>

namespace scram {

using namespace barelink;

inline constexpr std::string_view rfc_nonce = "rOprNGfwEbeRWgbNEkqO";
inline constexpr std::string_view rfc_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
inline constexpr std::string_view rfc_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
inline constexpr std::string_view rfc_verdict = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

inline std::string encoded(std::string_view from) {
    std::string to((from.size() + 2) / 3 * 4, '?');
    return wolfcrypt_base64::encode_base64(from, to) ? to : "error";
}
inline std::string decoded(std::string_view from) {
    std::string to(from.size() / 4 * 3, '?');
    auto const  size = wolfcrypt_base64::decode_base64(from, to);
    return size ? to.substr(0, size.value) : "error";
}
inline std::string mac(std::string_view key, std::string_view text) {
    wolfcrypt   engine;
    std::string to(32, '?');
    return make_mac(engine, digest::sha256, key, to, text) == errc::ok ? to : "error";
}
inline std::string mixed(std::string a, std::string_view b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

struct server {
    std::string password   = "pencil";
    std::string nonce      = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    std::string salt       = decoded("W22ZaJ0SNY7soEsUEjb6gQ==");
    std::string more       = {};  // behind the iteration count, with its comma
    int         iterations = 4096;

    std::string bare  = {};  // the client's first message without "n,,"
    std::string first = {};  // ours

    // The answer to the client's first message; "" if that has not the form.
    std::string hear_first(std::string_view in) {
        auto const at = in.find(",r=");
        if (in.substr(0, 5) != "n,,n=" || at == in.npos) return "";
        bare  = std::string{in.substr(3)};
        first = "r=" + std::string{in.substr(at + 3)} + nonce + ",s=" + encoded(salt) +
                ",i=" + std::to_string(iterations) + more;
        return first;
    }
    // The verdict on the client's last message; "" if its proof is wrong.
    std::string hear_final(std::string_view in) const {
        auto const at = in.find(",p=");
        if (at == in.npos) return "";
        auto const  all        = bare + "," + first + "," + std::string{in.substr(0, at)};
        auto const  salted     = stretched();
        auto const  stored     = hash(mac(salted, "Client Key"));
        auto const  client_key = mixed(decoded(in.substr(at + 3)), mac(stored, all));
        return hash(client_key) == stored ? "v=" + encoded(mac(mac(salted, "Server Key"), all)) : "";
    }

    std::string stretched() const {
        std::string to(32, '?');
        auto const  bytes = [](std::string const& s) { return reinterpret_cast<byte const*>(s.data()); };
        auto const  done  = wc_PBKDF2(reinterpret_cast<byte*>(to.data()), bytes(password),
                                      static_cast<int>(password.size()), bytes(salt), static_cast<int>(salt.size()),
                                      iterations, 32, WC_SHA256);
        return done == 0 ? to : "error";
    }
    static std::string hash(std::string_view text) {
        wolfcrypt   engine;
        std::string to(32, '?');
        return make_digest(engine, digest::sha256, to, text) == errc::ok ? to : "error";
    }
};

}  // namespace scram
