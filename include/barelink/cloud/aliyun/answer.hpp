// SPDX-License-Identifier: BSL-1.0
// What all answers of Alibaba Cloud IoT have in common: a code, and data if the code is 200.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/aliyun/identity.hpp>
#include <barelink/text/builder.hpp>
#include <barelink/text/json.hpp>

namespace barelink::inline v0::aliyun {

// Tokens that are enough for each answer of this folder, with members to spare.
inline constexpr std::size_t answer_tokens = 48;

// What a code of the HTTPS services means, or an HTTP status from there. Each names what has to be changed.
[[nodiscard]] constexpr errc error_of(std::uint32_t code) noexcept {
    switch (code) {
    case 200: return errc::ok;
    case 400: return errc::identity_refused;
    case 401: return errc::device_secret_refused;
    case 460: return errc::parameter_refused;
    case 500: return errc::server_unavailable;
    case 5001: return errc::device_unknown;
    case 6200: return errc::authentication_type_refused;
    default: return errc::cloud_failed;
    }
}

namespace detail {
// The text of a string member, without its escapes. The first field that is not there makes `out` an error.
inline std::string_view field(builder& out, json const& value) noexcept {
    auto const e = value.string(out);
    if (e != errc::ok) out.fail(e);
    // An empty text where the cloud owes one is as bad as none.
    if (out.view().empty()) out.fail(errc::missing_field);
    return out.take().value;
}

// Parses an answer. Returns its code beside the error that the code means.
inline result<std::uint32_t> open(std::string_view text, std::span<json_token> tokens, json& root) noexcept {
    auto const parsed = json::parse(text, tokens);
    if (!parsed) return parsed.error;
    root            = parsed.value;
    auto const code = root["code"].number();
    return code ? result<std::uint32_t>{code.value, error_of(code.value)} : code;
}
}  // namespace detail

}  // namespace barelink::inline v0::aliyun
