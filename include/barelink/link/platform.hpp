// SPDX-License-Identifier: BSL-1.0
// What a platform refuses, although MQTT allows it: a policy of the client, asked before anything is queued or sent.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// `static constexpr qos highest_qos` is compared with limits::highest_qos while compiling; the rest is asked:
//
//   errc check_message(message const& m, size_t payload)          before each publish; `m.payload` may be empty
//   errc check_filter(string_view filter, qos level)              before each subscribe
//   errc check_connect(uint16_t keep_alive_s, message const& will)  before each client::connect(); no topic: no will
//
// What is not ok is returned to the caller. cloud/rules.hpp makes one of a platform's limits.
template <class T>
concept platform_policy = requires(T const& t, message const& m, std::string_view filter, qos level) {
    { T::highest_qos } -> std::convertible_to<qos>;
    { t.check_message(m, std::size_t{}) } noexcept -> std::same_as<errc>;
    { t.check_filter(filter, level) } noexcept -> std::same_as<errc>;
    { t.check_connect(std::uint16_t{}, m) } noexcept -> std::same_as<errc>;
};

// Everything that MQTT allows.
struct any_platform {
    static constexpr qos  highest_qos = qos::exactly_once;
    static constexpr errc check_message(message const&, std::size_t) noexcept { return errc::ok; }
    static constexpr errc check_filter(std::string_view, qos) noexcept { return errc::ok; }
    static constexpr errc check_connect(std::uint16_t, message const&) noexcept { return errc::ok; }
};

}  // namespace barelink::inline v0
