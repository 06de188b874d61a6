// SPDX-License-Identifier: BSL-1.0
// What the end of a connection means on Alibaba Cloud IoT. For logs and consoles.
#pragma once

#include <string_view>

#include <barelink/base/errc.hpp>

namespace barelink::inline v0::aliyun {

// A sentence on what to look at, for the causes of a failed connect or an ended connection; empty for any other value.
// Some violations end the connection without CONNACK: then it is closed_by_peer. Lifetime: static.
[[nodiscard]] constexpr std::string_view explain(errc cause) noexcept {
    switch (cause) {
    case errc::unacceptable_version: return "CONNACK 1: the instance does not speak this version of MQTT";
    case errc::identifier_rejected:
        return "CONNACK 2: the list in the client id is wrong, or the keep alive is not within 30 to 1200 seconds";
    case errc::server_unavailable:
        return "CONNACK 3: the server is not available; after HTTPS authentication: iotId or iotToken is wrong";
    case errc::bad_credentials:
        return "CONNACK 4: user name or password; check ProductKey, DeviceName and DeviceSecret, and the sign method";
    case errc::not_authorized: return "CONNACK 5: the device is disabled or belongs to another instance or region";
    case errc::identity_refused: return "400: ProductKey, DeviceName and DeviceSecret do not belong together";
    case errc::device_secret_refused: return "401: the signature is wrong; check DeviceSecret or ProductSecret";
    case errc::parameter_refused: return "460: a parameter of the request is wrong";
    case errc::device_unknown: return "5001: there is no device with this ProductKey and DeviceName in this region";
    case errc::authentication_type_refused: return "6200: the product was made for another kind of authentication";
    case errc::replaced: return "another connection uses this ProductKey and DeviceName";
    case errc::closed_by_peer:
        return "hung up: QoS 2, a packet above 256 KB, too many messages a second, or another connection of the device";
    case errc::subscription_refused: return "SUBACK 0x80: the topic does not allow this device to subscribe";
    default: return {};
    }
}

}  // namespace barelink::inline v0::aliyun
