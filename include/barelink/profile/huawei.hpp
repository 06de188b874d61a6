// SPDX-License-Identifier: BSL-1.0
// A device of Huawei IoTDA. With it a client is one line:
//
//   huawei::secret_device device{{id, secret}, huawei::hour_is::checked, engine, calendar};
//   client                mqtt{memory, tls, clock, my_options, device};
#pragma once

#include <cstddef>
#include <cstdint>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/huawei/iotda.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/crypto/engine.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/link/wall_clock.hpp>
#include <barelink/profile/signed_until.hpp>

namespace barelink::inline v0::huawei {

// Credentials and rules of a client: signed with the hour of each connect. The console shows the host, which goes into
// options::host, with tls_port in options::port. Lifetime: what it is made of must outlive it.
template <mac_engine Engine, wall_clock Wall, std::size_t RoomBytes = 256>
class secret_device : public platform_rules<limits> {
public:
    constexpr secret_device(identity const& id, hour_is checked, Engine& engine, Wall& wall) noexcept
        : id_{id}, checked_{checked}, engine_{&engine}, wall_{&wall} {}

    // Returns clock_unknown if the hour is checked and nobody knows it, what secret_login() does.
    constexpr errc refresh(login& out, lease&) noexcept {
        auto const now = v0::detail::known_time(*wall_);
        if (!now && checked_ == hour_is::checked) return now.error;
        auto const made = secret_login(room_, id_, checked_, now.value, *engine_);
        if (made) out = made.value;
        return made.error;
    }

private:
    identity id_;
    hour_is  checked_;
    Engine*  engine_;
    Wall*    wall_;
    char     room_[RoomBytes] = {};
};

}  // namespace barelink::inline v0::huawei
