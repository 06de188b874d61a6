// SPDX-License-Identifier: BSL-1.0
// A device of AWS IoT Core. With it a client is one line:
//
//   aws::certificate_device device{"pump-7", {"a1b2c3", "eu-central-1"}};
//   client                  mqtt{memory, tls, clock, my_options, device};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/aws/connect.hpp>
#include <barelink/cloud/aws/limits.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/link/credentials.hpp>

namespace barelink::inline v0::aws {

// The endpoint of an account. What options::host says comes before it. On port 443 tls::settings::alpn has to be
// alpn_certificate or, for an authorizer, alpn_authorizer. Lifetime: the views as long as the profile.
struct site {
    std::string_view prefix = {};
    std::string_view region = {};
    std::uint16_t    port   = mqtt_port;  // or tls_port
};

namespace detail {
using namespace v0::detail;

// Returns bad_address, text_too_long.
constexpr errc find(bytes_out room, endpoint& to, site const& where) noexcept {
    if (!to.host.empty()) return errc::ok;
    auto const name = host(room, where.prefix, where.region);
    if (name) to = {name.value, where.port};
    return name.error;
}
}  // namespace detail

inline constexpr std::size_t host_room = 96;

// Credentials and rules of a client, for a device with a certificate, which goes into tls::settings. Lifetime: what it
// is made of must outlive it.
class certificate_device : public platform_rules<limits> {
public:
    constexpr certificate_device(std::string_view client_id, site const& where) noexcept
        : client_id_{client_id}, where_{where} {}

    // Returns bad_client_id, bad_address, text_too_long.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (auto const e = detail::find(host_, with.to, where_); e != errc::ok) return e;
        auto const made = certificate_login(client_id_);
        if (made) out = made.value;
        return made.error;
    }

private:
    std::string_view client_id_;
    site             where_;
    char             host_[host_room] = {};
};

// The same for a device that a custom authorizer looks at; on port 443. `who` may be changed before each connect.
template <std::size_t RoomBytes = 512>
class authorizer_device : public platform_rules<limits> {
public:
    constexpr authorizer_device(std::string_view client_id, authorizer const& asked, site const& where) noexcept
        : who{asked}, client_id_{client_id}, where_{where} {}

    // Returns what authorizer_login() does, bad_address, text_too_long.
    constexpr errc refresh(login& out, lease& with) noexcept {
        if (auto const e = detail::find(host_, with.to, where_); e != errc::ok) return e;
        auto const made = authorizer_login(room_, client_id_, who);
        if (made) out = made.value;
        return made.error;
    }

    authorizer who;

private:
    std::string_view client_id_;
    site             where_;
    char             host_[host_room] = {};
    char             room_[RoomBytes] = {};
};

}  // namespace barelink::inline v0::aws
