// SPDX-License-Identifier: BSL-1.0
// A device of an Azure IoT Hub. With it a client is one line:
//
//   azure::key_device device{{hub, name}, {key}, engine, calendar};
//   client            mqtt{memory, tls, clock, my_options, device};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/azure/hub.hpp>
#include <barelink/cloud/azure/limits.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/link/wall_clock.hpp>
#include <barelink/profile/signed_until.hpp>

namespace barelink::inline v0::azure {

// Credentials and rules of a client, for a device with a key: a new SAS token for each connect, and the client comes
// back with another one before the hub hangs up. Lifetime: what it is made of must outlive it.
template <class Engine, wall_clock Wall, std::size_t RoomBytes = 512>
    requires mac_engine<Engine> && base64_codec<Engine>
class key_device : public platform_rules<limits> {
public:
    constexpr key_device(identity const& id, shared_key const& key, Engine& engine, Wall& wall,
                         std::uint32_t life_s = 3'600, std::string_view model = {}) noexcept
        : id_{id}, key_{key}, model_{model}, life_s_{life_s}, engine_{&engine}, wall_{&wall} {}

    // Returns clock_unknown, bad_option for a life of 0 or above 24 days, what key_login() does.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (with.to.host.empty()) with.to = {id_.hub, mqtt_port};
        auto const until = detail::signed_until(*wall_, life_s_, with);
        if (!until) return until.error;
        auto const made = key_login(room_, id_, key_, until.value, *engine_, model_);
        if (made) out = made.value;
        return made.error;
    }

private:
    identity         id_;
    shared_key       key_;
    std::string_view model_;
    std::uint32_t    life_s_;
    Engine*          engine_;
    Wall*            wall_;
    char             room_[RoomBytes] = {};
};

// The same for a device with a certificate, which goes into tls::settings.
template <std::size_t RoomBytes = 512>
class certificate_device : public platform_rules<limits> {
public:
    constexpr explicit certificate_device(identity const& id, std::string_view model = {}) noexcept
        : id_{id}, model_{model} {}

    // Returns what certificate_login() does.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (with.to.host.empty()) with.to = {id_.hub, mqtt_port};
        auto const made = certificate_login(room_, id_, model_);
        if (made) out = made.value;
        return made.error;
    }

private:
    identity         id_;
    std::string_view model_;
    char             room_[RoomBytes] = {};
};

}  // namespace barelink::inline v0::azure
