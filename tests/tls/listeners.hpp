// SPDX-License-Identifier: BSL-1.0
// A mosquitto with one listener for each way to be reached over TLS, on free loopback ports.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace listeners {

enum kind : std::size_t { ec, rsa, mutual, psk, plain, count };

inline constexpr char identity[] = "device-1";
inline constexpr char key[]      = "0123456789abcdef";  // the bytes; mosquitto's file has them in hexadecimal

// Whether a broker is installed. If not, the program ends with status 77, "skipped" for meson, unless something failed.
bool available();

class broker {
public:
    broker();
    ~broker();
    broker(broker const&)            = delete;
    broker& operator=(broker const&) = delete;

    std::uint16_t port(kind k) const { return ports_[k]; }

private:
    bool start();
    void stop();

    std::array<std::uint16_t, count> ports_ = {};
    std::string                      log_   = {};
    pid_t                            child_ = -1;
};

}  // namespace listeners
