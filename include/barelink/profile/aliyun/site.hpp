// SPDX-License-Identifier: BSL-1.0
// Where a device of Alibaba Cloud IoT finds its broker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/endpoint.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/link/credentials.hpp>

namespace barelink::inline v0::aliyun {

// The broker. What options::host says comes before all of it. Lifetime: the views as long as the profile.
struct site {
    std::string_view region   = {};         // of a public instance, such as "cn-shanghai"
    std::string_view instance = {};         // instead: the id of an enterprise instance, or of a newer public one
    std::uint16_t    port     = mqtt_port;  // or tls_port
};

inline constexpr std::size_t host_room = 96;

namespace detail {
// Writes the place into `to` if nobody has named one. Returns bad_product_key, bad_address, text_too_long.
constexpr errc find(bytes_out room, endpoint& to, std::string_view product_key, site const& where) noexcept {
    if (!to.host.empty()) return errc::ok;
    auto const host = where.instance.empty() ? public_host(room, product_key, where.region)
                                             : instance_host(room, where.instance);
    if (host) to = {host.value, where.port};
    return host.error;
}
}  // namespace detail

}  // namespace barelink::inline v0::aliyun
