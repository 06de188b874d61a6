// SPDX-License-Identifier: BSL-1.0
// What aws.cpp, azure.cpp, huawei.cpp and tencent.cpp share: the command line, and a device that says one thing and
// leaves. What differs between clouds is in those files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include <barelink/barelink.hpp>
#include <barelink/crypto/wolfcrypt.hpp>
#include <barelink/port/posix/clock.hpp>
#include <barelink/port/posix/entropy.hpp>

#include "console/tls.hpp"

namespace cloud {

inline constexpr barelink::limits sizes{
    .highest_qos = barelink::qos::at_least_once, .rx_bytes = 512, .tx_bytes = 1024};

// `N` words that say who the device is, then options: --host and --port for another place than the cloud's own, and
// those of console/tls_options.hpp.
template <std::size_t N>
class command_line {
public:
    // Whether it can be understood; else it was said on stderr how it should be.
    bool read(int argc, char** argv, char const* usage) noexcept {
        std::span<char* const> words{argv, static_cast<std::size_t>(argc)};
        std::size_t            count = 0;
        for (words = words.subspan(1); !words.empty();) {
            std::string_view const word  = words[0];
            int const              taken = tls.take(words);
            std::size_t            used  = 1;
            if (taken < 0) return false;
            if (taken > 0) {
                used = static_cast<std::size_t>(taken);
            } else if (word == "--host" && words.size() > 1) {
                mqtt.host = words[1];
                used      = 2;
            } else if (word == "--port" && words.size() > 1) {
                auto const port = std::strtoul(words[1], nullptr, 10);
                if (port < 1 || port > 65'535) count = N + 1;
                mqtt.port = static_cast<std::uint16_t>(port);
                used      = 2;
            } else if (count < N && !word.starts_with("--")) {
                who_[count++] = word;
            } else {
                count = N + 1;
            }
            words = words.subspan(used);
        }
        if (count != N) std::fprintf(stderr, "usage: %s [--host HOST --port PORT] [TLS]\n%s\n", usage, tls.help.data());
        return count == N;
    }
    // These clouds speak nothing else.
    void always_secured() noexcept {
        char        word[] = "--tls";
        char* const words[]{word};
        tls.take(words);
    }
    std::string_view operator[](std::size_t i) const noexcept { return who_[i]; }

    secure::tls_options tls  = {};
    barelink::options   mqtt = {.keep_alive_s = 120, .reconnect = false};

private:
    std::array<std::string_view, N> who_ = {};
};

// Connects, publishes, waits until the cloud has it, leaves. Returns the exit status.
template <std::size_t N, class Profile>
int say_hello(command_line<N> const& words, Profile& profile, barelink::result<std::string_view> const& topic) {
    using barelink::event_type;
    static constinit barelink::storage<sizes> memory{};

    secure::network        network{words.tls};
    barelink::posix::clock clock;
    barelink::client<secure::network, barelink::posix::clock, sizes, Profile> mqtt{memory, network, clock, words.mqtt,
                                                                                   profile};

    auto why       = topic ? mqtt.connect() : topic.error;
    bool delivered = false;
    for (bool over = why != barelink::errc::ok; !over;) {
        mqtt.yield(100, [&](barelink::event const& e) {
            if (e.type == event_type::connected) {
                std::puts("connected");
                network.describe(stdout);
                auto const id = mqtt.publish(
                    {.topic = topic.value, .payload = "hello", .level = barelink::qos::at_least_once});
                why  = id.error;
                over = !id;
            } else if (e.type == event_type::delivered) {
                std::printf("delivered to %.*s\n", static_cast<int>(topic.value.size()), topic.value.data());
                delivered = true;
                (void)mqtt.disconnect();
            } else if (e.type == event_type::disconnected) {
                why  = e.cause;
                over = true;
            }
        });
    }
    if (delivered) return 0;
    auto const text = barelink::name(why);
    std::fprintf(stderr, "failed: %.*s\n", static_cast<int>(text.size()), text.data());
    network.describe(stderr);
    return 1;
}

}  // namespace cloud
