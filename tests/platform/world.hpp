// SPDX-License-Identifier: BSL-1.0
// What surrounds the device of device.cpp: its command line, a clock that can be wrong, and a network that leads to the
// stand-in whatever name is dialled.
#pragma once

#include <time.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <barelink/port/posix/tcp.hpp>
#include <barelink/tls/wolfssl.hpp>

namespace platform_tests {

using namespace barelink;

inline void say(char const* what, std::string_view a = {}, std::string_view b = {}) {
    std::printf("%s%s%.*s%s%.*s\n", what, a.empty() ? "" : " ", static_cast<int>(a.size()), a.data(),
                b.empty() ? "" : " ", static_cast<int>(b.size()), b.data());
    std::fflush(stdout);
}

class command_line {
public:
    command_line(int argc, char** argv) : argc_{argc}, argv_{argv} {}
    std::string_view cloud() const { return argc_ > 1 ? argv_[1] : ""; }
    std::string_view operator()(std::string_view key, std::string_view otherwise = {}) const {
        for (int i = 2; i < argc_; ++i) {
            std::string_view const word = argv_[i];
            if (word.size() > key.size() && word[key.size()] == '=' && word.starts_with(key)) {
                return word.substr(key.size() + 1);
            }
        }
        return otherwise;
    }
    unsigned number(std::string_view key, unsigned otherwise) const {
        auto const text = (*this)(key);
        return text.empty() ? otherwise : static_cast<unsigned>(std::strtoul(text.data(), nullptr, 10));
    }

private:
    int    argc_;
    char** argv_;
};

// The clock of the device, which can be wrong.
struct wrong_clock {
    std::int64_t shift = 0;
    wall_time    now() const noexcept {
        timespec t{};
        ::clock_gettime(CLOCK_REALTIME, &t);
        return {time_trust::trusted, static_cast<std::uint64_t>(t.tv_sec + shift)};
    }
};
static_assert(check_wall_clock<wrong_clock>());

inline constinit wrong_clock calendar{};

// Debian's wolfSSL makes tables of curve points: up to 5 MB in a handshake.
inline constinit tls::pool<8 * 1024 * 1024> memory{};

// TLS sees the names of the clouds, TCP the stand-in.
class rerouted : public posix::tcp<> {
public:
    explicit rerouted(command_line const& words) : words_{words} {}
    result<connect_stage> connect(endpoint const& to) noexcept {
        char digits[8];
        std::snprintf(digits, sizeof digits, "%u", to.port);
        return posix::tcp<>::connect({"127.0.0.1", static_cast<std::uint16_t>(words_.number(digits, to.port))});
    }

private:
    command_line const& words_;
};
using network = tls::wolfssl<rerouted, tls::wolfssl_library<memory, calendar>>;

template <std::size_t N>
bytes_in read_file(std::string_view name, std::array<char, N>& into) {
    std::FILE* const from = name.empty() ? nullptr : std::fopen(name.data(), "rb");
    if (from == nullptr) return {};
    auto const size = std::fread(into.data(), 1, N, from);
    std::fclose(from);
    return bytes_in{into}.first(size);
}

struct files {
    std::array<char, 4096> ca{}, certificate{}, key{};
    bytes_in               trust[1] = {};
    tls::settings          settings = {};

    explicit files(command_line const& words) {
        trust[0]             = read_file(words("ca"), ca);
        settings.trust       = trust;
        settings.certificate = read_file(words("cert"), certificate);
        settings.private_key = read_file(words("key"), key);
        settings.alpn        = words("alpn");
    }
};

}  // namespace platform_tests
