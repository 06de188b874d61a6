// SPDX-License-Identifier: BSL-1.0
// A device of Tencent IoT Hub. With it a client is one line:
//
//   tencent::key_device device{{product, name, key}, engine, calendar, entropy};
//   client              mqtt{memory, net, clock, my_options, device};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/cloud/tencent/hub.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/link/entropy.hpp>
#include <barelink/link/wall_clock.hpp>
#include <barelink/profile/signed_until.hpp>
#include <barelink/text/builder.hpp>

namespace barelink::inline v0::tencent {

inline constexpr std::size_t host_room = 64;

namespace detail {
constexpr errc find(bytes_out room, endpoint& to, std::string_view product, std::uint16_t port) noexcept {
    if (!to.host.empty()) return errc::ok;
    auto const name = host(room, product);
    if (name) to = {name.value, port};
    return name.error;
}
}  // namespace detail

// Credentials and rules of a client, for a device with a key: a new signature for each connect, and the client comes
// back with another one before it expires. Lifetime: what it is made of must outlive it.
template <class Engine, wall_clock Wall, entropy_source Entropy>
    requires mac_engine<Engine> && base64_codec<Engine>
class key_device : public platform_rules<limits> {
public:
    constexpr key_device(identity const& id, Engine& engine, Wall& wall, Entropy& entropy, std::uint32_t life_s = 3'600,
                         std::uint16_t port = mqtt_port) noexcept
        : id_{id}, life_s_{life_s}, port_{port}, engine_{&engine}, wall_{&wall}, entropy_{&entropy} {}

    // Returns clock_unknown, bad_option for a life of 0 or above 24 days, what key_login() does.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (auto const e = detail::find(host_, with.to, id_.product, port_); e != errc::ok) return e;
        auto const until = detail::signed_until(*wall_, life_s_, with);
        if (!until) return until.error;
        char       digits[10] = {};
        builder    nonce{digits};
        nonce << entropy_->draw();
        auto const made = key_login(room_, id_, {.nonce = nonce.view(), .expiry = until.value}, *engine_);
        if (made) out = made.value;
        return made.error;
    }

private:
    identity      id_;
    std::uint32_t life_s_;
    std::uint16_t port_;
    Engine*       engine_;
    Wall*         wall_;
    Entropy*      entropy_;
    char          host_[host_room] = {};
    char          room_[320]       = {};
};

}  // namespace barelink::inline v0::tencent
