// SPDX-License-Identifier: BSL-1.0
// A device with an X.509 certificate learns its own name at its first connection.
#pragma once

#include <span>
#include <string_view>

#include <barelink/base/bytes.hpp>
#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/answer.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/json.hpp>

namespace barelink::inline v0::aliyun {

// Comes without a subscription.
inline constexpr std::string_view x509_identity_topic = "/ext/auth/identity/response";

// Reads the payload of that message. Returns malformed_json, too_many_tokens, missing_field, text_too_long. Lifetime:
// views of `room`.
[[nodiscard]] inline result<identity> read_x509_identity(std::string_view payload, std::span<json_token> tokens,
                                                         bytes_out room) noexcept {
    auto const parsed = json::parse(payload, tokens);
    if (!parsed) return parsed.error;
    builder    out{room};
    auto const product_key = detail::field(out, parsed.value["productKey"]);
    auto const device_name = detail::field(out, parsed.value["deviceName"]);
    if (out.error() != errc::ok) return out.error();
    return identity{product_key, device_name, {}};
}

}  // namespace barelink::inline v0::aliyun
