// SPDX-License-Identifier: BSL-1.0
// How long to wait before the next attempt.
#pragma once

#include <cstdint>

#include <barelink/base/errc.hpp>

namespace barelink::inline v0 {

// Of a secure channel: what is wrong with a certificate, a key or the settings of one side. A handshake costs both
// much, so a fleet must not hammer a server with failed ones; and each device comes back when the server was mended.
// Not: what a clock that is set, a server that is started or the network mends by itself.
[[nodiscard]] constexpr bool security_cannot_heal(errc why) noexcept {
    return (why >= errc::tls_unknown_authority && why <= errc::tls_nothing_common) ||
           (why >= errc::tls_bad_trust && why <= errc::tls_bad_name);
}

// True for what stays wrong however often one tries: somebody has to change something first.
[[nodiscard]] constexpr bool cannot_heal(errc why) noexcept {
    return why == errc::bad_credentials || why == errc::not_authorized || why == errc::identifier_rejected ||
           why == errc::unacceptable_version || why == errc::replaced || why == errc::credentials_failed ||
           why == errc::banned || why == errc::auth_method_refused || why == errc::auth_failed ||
           security_cannot_heal(why) || culprit_of(why) == culprit::misuse;
}

struct backoff_limits {
    std::uint32_t ms_min = 1'000;
    std::uint32_t ms_max = 60'000;
    bool          jitter = true;
};

// Doubles the wait from failure to failure, up to a maximum.
class backoff {
public:
    // A link has lived long enough to be trusted again.
    constexpr void reset() noexcept { failures_ = 0; }

    // The wait after one more failure. `random`: any 32 bits; with jitter half of the wait depends on them, so that a
    // fleet that lost its broker at one moment does not come back at one moment. What cannot heal waits the maximum.
    constexpr std::uint32_t next(errc why, backoff_limits const& limits, std::uint32_t random) noexcept {
        if (cannot_heal(why)) return limits.ms_max;
        auto wait = limits.ms_min < limits.ms_max ? limits.ms_min : limits.ms_max;
        for (std::uint8_t i = 0; i < failures_; ++i) wait = wait > limits.ms_max / 2 ? limits.ms_max : 2 * wait;
        if (failures_ < 31) ++failures_;
        return limits.jitter ? wait - scale(wait / 2, random) : wait;
    }

private:
    // value * random / 2^32 to within 2^-16, in 32-bit arithmetic: a Cortex-M0 has no other.
    static constexpr std::uint32_t scale(std::uint32_t value, std::uint32_t random) noexcept {
        auto const r = random >> 16;
        return (value >> 16) * r + (((value & 0xFFFFU) * r) >> 16);
    }

    std::uint8_t failures_ = 0;
};

// Tells a takeover from a failure where the protocol does not say it (before 5.0): the Server hung up, accepted us
// again at the first attempt, and hung up once more soon after. Then somebody else uses our client id.
class takeover_detector {
public:
    // A connection has ended. Returns whether another device is taken to be the reason.
    constexpr bool ended(bool was_online, errc why, bool lived_long) noexcept {
        bool const hung_up   = was_online && (why == errc::closed_by_peer || why == errc::connection_reset);
        bool const suspicion = hung_up && !lived_long && hung_up_before_;
        hung_up_before_      = hung_up;
        return suspicion;
    }

private:
    bool hung_up_before_ = false;
};

}  // namespace barelink::inline v0
