// SPDX-License-Identifier: BSL-1.0
// What a client remembers of a login that ends; nothing for one whose login does not.
#pragma once

#include <barelink/link/credentials.hpp>

namespace barelink::inline v0::detail {

// All zero at first, as the rest of a client.
struct kept_lease {
    endpoint to       = {{}, 0};
    deadline leave    = {};     // when to leave the connection
    deadline ask_at   = {};     // when to ask for the login that is being fetched
    bool     renewing = false;  // we are leaving because the login ends
};
struct no_lease {
    static constexpr bool renewing = false;
};

// What a cloud's service refuses stays refused until somebody changes something, as not_authorized does.
[[nodiscard]] constexpr bool is_refusal(errc why) noexcept {
    return why >= errc::identity_refused && why <= errc::parameter_refused;
}

// The instant at which to leave a login that is good from `now` on until `end`.
[[nodiscard]] constexpr instant leave_at(instant now, instant end, std::uint32_t margin_ms) noexcept {
    auto const life = end.since(now);
    return now + (life - (margin_ms < life / 2 ? margin_ms : life / 2));
}

}  // namespace barelink::inline v0::detail
