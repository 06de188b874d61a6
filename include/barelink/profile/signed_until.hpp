// SPDX-License-Identifier: BSL-1.0
// Logins that are signed with the time and end by the calendar.
#pragma once

#include <cstdint>

#include <barelink/base/errc.hpp>
#include <barelink/link/credentials.hpp>
#include <barelink/link/wall_clock.hpp>

namespace barelink::inline v0::detail {

// The longest life of a login, 24 days: what the client's clock can count.
inline constexpr std::uint32_t login_life_max_s = 24U * 24U * 3600U;

// The time, if somebody really knows it: a login that is signed with a guess is refused.
template <wall_clock Wall>
[[nodiscard]] constexpr result<std::uint64_t> known_time(Wall& wall) noexcept {
    auto const t = wall.now();
    return t.trust == time_trust::trusted ? result<std::uint64_t>{t.s} : result<std::uint64_t>{errc::clock_unknown};
}

// When a login ends that is good for `life_s` seconds from now on; the client is told by its own clock.
template <wall_clock Wall>
[[nodiscard]] constexpr result<std::uint64_t> signed_until(Wall& wall, std::uint32_t life_s, lease& with) noexcept {
    if (life_s == 0 || life_s > login_life_max_s) return errc::bad_option;
    auto const now = known_time(wall);
    if (!now) return now;
    with.valid_until.arm(with.now + life_s * 1'000U);
    return now.value + life_s;
}

}  // namespace barelink::inline v0::detail
