// SPDX-License-Identifier: BSL-1.0
// The CONNACK codes of 3.x as reasons of 5.0.
#pragma once

#include <barelink/wire/reason.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0::testing {

[[nodiscard]] constexpr reason_code reason_for(connect_return code) noexcept {
    switch (code) {
    case connect_return::accepted: return reason_code::success;
    case connect_return::unacceptable_version: return reason_code::unsupported_protocol_version;
    case connect_return::identifier_rejected: return reason_code::client_identifier_not_valid;
    case connect_return::server_unavailable: return reason_code::server_unavailable;
    case connect_return::bad_credentials: return reason_code::bad_user_name_or_password;
    case connect_return::not_authorized: return reason_code::not_authorized;
    }
    return reason_code::unspecified_error;
}

}  // namespace barelink::inline v0::testing
