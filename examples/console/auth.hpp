// SPDX-License-Identifier: BSL-1.0
// Enhanced authentication of 5.0 [4.12], as --auth-method and --auth-secret ask for it.
#pragma once

#include <string_view>

#ifdef EXAMPLES_WITH_WOLFSSL
#include <barelink/crypto/scram.hpp>
#include <barelink/crypto/wolfcrypt.hpp>
#else
#include <barelink/link/authenticator.hpp>
#endif

namespace console {

struct auth_words {
    std::string_view method = {};
    std::string_view secret = {};
    std::string_view user   = {};

    [[nodiscard]] constexpr bool on() const noexcept { return !method.empty(); }
};

#ifdef EXAMPLES_WITH_WOLFSSL

// Why the words cannot be obeyed, nullptr if they can.
[[nodiscard]] constexpr char const* find_fault(auth_words const& w) noexcept {
    if (!w.on()) return w.secret.empty() ? nullptr : "is missing: --auth-secret needs it";
    if (w.method != "SCRAM-SHA-256") return "wants SCRAM-SHA-256";
    if (w.user.empty()) return "needs --username";
    return w.secret.empty() ? "needs --auth-secret" : nullptr;
}

// The policy of the client. Without words it keeps out of everything.
class authentication {
public:
    // Lifetime: that of the command line.
    explicit authentication(auth_words const& w) noexcept
        : scram_{engine_, random_, w.on() ? w.user : std::string_view{}, w.secret} {}

    [[nodiscard]] std::string_view method() const noexcept { return scram_.method(); }
    barelink::errc start(std::string_view& out) noexcept { return scram_.start(out); }
    barelink::errc step(std::string_view in, std::string_view& out) noexcept { return scram_.step(in, out); }
    barelink::errc finish(std::string_view in) noexcept { return scram_.finish(in); }

private:
    barelink::wolfcrypt        engine_{};
    barelink::wolfcrypt_random random_{};

    barelink::scram_sha256<barelink::wolfcrypt, barelink::wolfcrypt_random> scram_;
};

#else

[[nodiscard]] constexpr char const* find_fault(auth_words const& w) noexcept {
    return w.on() || !w.secret.empty() ? "needs a console that was built with wolfSSL" : nullptr;
}

struct authentication : barelink::no_authenticator {
    explicit authentication(auth_words const&) noexcept {}
};

#endif

}  // namespace console
