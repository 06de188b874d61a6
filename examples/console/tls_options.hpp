// SPDX-License-Identifier: BSL-1.0
// The words of a command line about TLS.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>

#ifdef EXAMPLES_WITH_WOLFSSL
#include <barelink/tls/settings.hpp>
#include <barelink/tls/wipe.hpp>
#endif

namespace secure {

#ifdef EXAMPLES_WITH_WOLFSSL

// Reads the options and the files that they name. The files stay in here, the settings are views of them.
class tls_options {
public:
    static constexpr std::string_view help =
        "  --tls              speak TLS, as each of the options below says as well\n"
        "  --ca-file          wants a file with the authorities to trust, PEM or DER\n"
        "  --cert-file        wants a file with our certificate, PEM or DER\n"
        "  --key-file         wants a file with its private key, PEM or DER\n"
        "  --server-name      wants the name in the server's certificate, if it is not that of --host\n"
        "  --alpn             wants protocols with commas between\n"
        "  --psk-identity     wants the name of a shared key\n"
        "  --psk-hex          wants a shared key in hexadecimal\n"
        "  --tls-version      wants 1.2, 1.3 or any";

    tls_options() noexcept { settings_.session = session_; }
    ~tls_options() {
        for (auto& text : files_) barelink::tls::wipe(text);
        barelink::tls::wipe(psk_);
        barelink::tls::wipe(session_);
    }
    tls_options(tls_options const&)            = delete;
    tls_options& operator=(tls_options const&) = delete;

    // Takes an option at the front of `words`. Returns how many words it took, 0 if it is not about TLS; -1 if it
    // cannot be taken, which was said on stderr.
    int take(std::span<char* const> words) noexcept {
        std::string_view const flag = words[0];
        if (flag == "--tls") {
            on_ = true;
            return 1;
        }
        for (auto const& r : rows) {
            if (flag != r.flag) continue;
            on_ = true;  // who says whom to trust must not be connected in the clear
            if (words.size() < 2) return complain(flag, "needs a value");
            value_ = words[1];
            return (this->*r.take)() ? 2 : complain(flag, r.wanted);
        }
        return 0;
    }

    // As --tls, with authorities for the case that --ca-file named none. Lifetime of `trust`: that of the object.
    void turn_on(barelink::bytes_in trust) noexcept {
        on_ = true;
        if (!settings_.trust.empty()) return;
        trust_          = trust;
        settings_.trust = {&trust_, 1};
    }

    [[nodiscard]] bool on() const noexcept { return on_; }
    // Lifetime: that of the object and of the command line.
    [[nodiscard]] barelink::tls::settings const& settings() const noexcept { return settings_; }

private:
    struct row {
        char const* flag;
        bool (tls_options::*take)() noexcept;
        char const* wanted;
    };
    enum file : std::size_t { ca, certificate, key, count };

    bool ca_file() noexcept {
        if (!read(ca, trust_)) return false;
        settings_.trust = {&trust_, 1};
        return true;
    }
    bool cert_file() noexcept { return read(certificate, settings_.certificate); }
    bool key_file() noexcept { return read(key, settings_.private_key); }
    bool server_name() noexcept { return settings_.server = value_, !value_.empty(); }
    bool alpn() noexcept { return settings_.alpn = value_, !value_.empty(); }
    bool psk_identity() noexcept { return settings_.psk.identity = value_, !value_.empty(); }
    bool psk_hex() noexcept {
        auto const digit = [](char c) {
            if (c >= 'a' && c <= 'f') return c - 'a' + 10;
            if (c >= 'A' && c <= 'F') return c - 'A' + 10;
            return c >= '0' && c <= '9' ? c - '0' : 16;
        };
        auto const size = value_.size() / 2;
        if (value_.empty() || value_.size() % 2 != 0 || size > psk_.size()) return false;
        for (std::size_t i = 0; i < size; ++i) {
            int const high = digit(value_[2 * i]), low = digit(value_[2 * i + 1]);
            if (high > 15 || low > 15) return false;
            psk_[i] = static_cast<char>(high << 4 | low);
        }
        settings_.psk.key = barelink::bytes_in{psk_}.first(size);
        return true;
    }
    bool tls_version() noexcept {
        using barelink::tls::versions;
        settings_.version = value_ == "1.2"   ? versions::v1_2
                            : value_ == "1.3" ? versions::v1_3
                                              : versions::v1_2_and_v1_3;
        return value_ == "1.2" || value_ == "1.3" || value_ == "any";
    }

    // The whole file that value_ names, if it is neither empty nor larger than the memory for it.
    bool read(file which, barelink::bytes_in& out) noexcept {
        auto&            memory = files_[which];
        std::FILE* const from   = std::fopen(value_.data(), "rb");
        if (from == nullptr) return false;
        auto const size = std::fread(memory.data(), 1, memory.size(), from);
        std::fclose(from);
        out = barelink::bytes_in{memory}.first(size);
        return size != 0 && size != memory.size();
    }

    static int complain(std::string_view flag, char const* what) noexcept {
        std::fprintf(stderr, "%.*s %s\n", static_cast<int>(flag.size()), flag.data(), what);
        return -1;
    }

    static constexpr row rows[] = {
        {"--ca-file", &tls_options::ca_file, "wants a file that can be read"},
        {"--cert-file", &tls_options::cert_file, "wants a file that can be read"},
        {"--key-file", &tls_options::key_file, "wants a file that can be read"},
        {"--server-name", &tls_options::server_name, "wants a name or an address"},
        {"--alpn", &tls_options::alpn, "wants protocols"},
        {"--psk-identity", &tls_options::psk_identity, "wants a name"},
        {"--psk-hex", &tls_options::psk_hex, "wants up to 64 bytes in hexadecimal"},
        {"--tls-version", &tls_options::tls_version, "wants 1.2, 1.3 or any"},
    };

    std::array<std::array<char, 64 * 1024>, count> files_    = {};
    std::array<char, 64>                           psk_      = {};
    std::array<char, 4096>                         session_  = {};
    barelink::bytes_in                             trust_    = {};
    barelink::tls::settings                        settings_ = {};
    std::string_view                               value_    = {};
    bool                                           on_       = false;
};

#else

struct tls_options {
    static constexpr std::string_view help = "  (built without wolfSSL: no TLS)";
    static constexpr int              take(std::span<char* const>) noexcept { return 0; }
};

#endif

}  // namespace secure
