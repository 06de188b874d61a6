// SPDX-License-Identifier: BSL-1.0
// A device of Alibaba Cloud IoT that signs its logins itself. With it a client is one line:
//
//   aliyun::direct_device device{{product_key, device_name, device_secret}, {.region = "cn-shanghai"}, engine};
//   client                mqtt{memory, tls, clock, my_options, device};
#pragma once

#include <cstddef>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/connect.hpp>
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/aliyun/registration.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/profile/aliyun/site.hpp>

namespace barelink::inline v0::aliyun {

// Bytes for connect_options::extensions in a profile.
inline constexpr std::size_t extensions_room = 64;

// Credentials and rules of a client, for a device with a DeviceSecret. Lifetime: what it is made of must outlive it.
// `Limits`: limits_v5 for a client that speaks 5.0.
template <mac_engine Engine, platform_limits Limits = limits>
class direct_device : public platform_rules<Limits> {
public:
    constexpr direct_device(identity const& id, site const& where, Engine& engine,
                            connect_options const& how = {}) noexcept
        : id_{id}, where_{where}, how_{how}, engine_{&engine} {}

    // Returns what direct_login() does, bad_address, text_too_long.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (auto const e = detail::find(host_, with.to, id_.product_key, where_); e != errc::ok) return e;
        auto const made = direct_login(room_, id_, how_, *engine_);
        if (made) out = made.value;
        return made.error;
    }

private:
    identity        id_;
    site            where_;
    connect_options how_;
    Engine*         engine_;
    char            host_[host_room]                     = {};
    char            room_[login_room + extensions_room] = {};
};

// The same for a device that was registered without a name in the console: it has a client id and a token instead of a
// secret (registration::client_id, device_token). `extensions` as in connect_options.
template <platform_limits Limits = limits>
class token_device : public platform_rules<Limits> {
public:
    constexpr token_device(registration const& got, site const& where, std::string_view extensions = {}) noexcept
        : got_{got}, where_{where}, extensions_{extensions} {}

    // Returns what device_token_login() does, bad_address, text_too_long.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (auto const e = detail::find(host_, with.to, got_.product_key, where_); e != errc::ok) return e;
        auto const made = device_token_login(room_, got_, extensions_);
        if (made) out = made.value;
        return made.error;
    }

private:
    registration     got_;
    site             where_;
    std::string_view extensions_;
    char             host_[host_room]                           = {};
    char             room_[256 + login_room + extensions_room] = {};
};
token_device(registration const&, site const&, std::string_view) -> token_device<>;
token_device(registration const&, site const&) -> token_device<>;

}  // namespace barelink::inline v0::aliyun
