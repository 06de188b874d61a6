// SPDX-License-Identifier: BSL-1.0
// Where Alibaba Cloud IoT listens. Regions come and go, so they are texts; any host of your own works as well.
#pragma once

#include <cstdint>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/cloud/sign.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/slice.hpp>

namespace barelink::inline v0::aliyun {

inline constexpr std::uint16_t mqtt_port      = 1883;  // with TLS and, for old accounts, without
inline constexpr std::uint16_t tls_port       = 443;   // with TLS only; also where firewalls let nothing else pass
inline constexpr std::uint16_t websocket_port = 443;   // ws and wss
inline constexpr std::uint16_t https_port     = 443;

inline constexpr std::string_view websocket_path     = "/mqtt";
inline constexpr std::string_view websocket_protocol = "mqtt";

// Devices with an X.509 certificate; one region has it.
inline constexpr std::string_view x509_host = "x509.itls.cn-shanghai.aliyuncs.com";
inline constexpr std::uint16_t    x509_port = 1883;

// What the HTTPS services are sent, and how many milliseconds a device gives them.
inline constexpr std::string_view form_type       = "application/x-www-form-urlencoded";
inline constexpr std::uint32_t    auth_timeout_ms = 10'000;

// What follows the instance id in the host of an enterprise instance.
inline constexpr std::string_view instance_domain = ".mqtt.iothub.aliyuncs.com";

namespace detail {
constexpr result<std::string_view> host(bytes_out room, std::string_view before, std::string_view name,
                                        std::string_view middle, std::string_view region,
                                        std::string_view after) noexcept {
    builder out{room};
    out << before << name << middle << region << after;
    return out.take();
}
}  // namespace detail

// The host of a public instance, such as region `cn-shanghai`. Returns bad_product_key, bad_address for a region that
// cannot be part of a host, text_too_long.
[[nodiscard]] constexpr result<std::string_view> public_host(bytes_out room, std::string_view product_key,
                                                             std::string_view region) noexcept {
    if (!detail::is_word(product_key, product_key_max, ".") || !detail::is_host(product_key)) {
        return errc::bad_product_key;
    }
    if (!detail::is_host(region)) return errc::bad_address;
    return detail::host(room, {}, product_key, ".iot-as-mqtt.", region, ".aliyuncs.com");
}

// The host of an enterprise instance or of a newer public one; the console shows its id. Returns bad_address,
// text_too_long.
[[nodiscard]] constexpr result<std::string_view> instance_host(bytes_out room, std::string_view instance_id) noexcept {
    if (!detail::is_host(instance_id)) return errc::bad_address;
    return detail::host(room, {}, instance_id, instance_domain, {}, {});
}

// The id of an instance, from its host; empty for every other host.
[[nodiscard]] constexpr std::string_view instance_of(std::string_view host) noexcept {
    if (!host.ends_with(instance_domain)) return {};
    return slice(host, 0, host.size() - instance_domain.size());
}

// Where auth_path and register_path are asked for by HTTPS. Returns bad_address, text_too_long.
[[nodiscard]] constexpr result<std::string_view> auth_host(bytes_out room, std::string_view region) noexcept {
    if (!detail::is_host(region)) return errc::bad_address;
    return detail::host(room, "iot-auth.", region, ".aliyuncs.com", {}, {});
}

}  // namespace barelink::inline v0::aliyun
