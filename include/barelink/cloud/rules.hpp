// SPDX-License-Identifier: BSL-1.0
// The limits of a platform as a policy of a client: what is forbidden there is refused before it is queued.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <barelink/base/errc.hpp>
#include <barelink/cloud/limits.hpp>
#include <barelink/topic/shared.hpp>
#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

// Satisfies platform_policy (link/platform.hpp). The profiles derive from it; alone it goes with logins of your own:
// `platform_rules<aws::limits> rules; client mqtt{memory, tls, clock, my_options, rules};`
template <platform_limits Limits>
struct platform_rules {
    static constexpr qos highest_qos = Limits.highest_qos;

    static constexpr errc check_message(message const& m, std::size_t payload) noexcept {
        return check_publish(Limits, m, payload);
    }
    static constexpr errc check_filter(std::string_view filter, qos level) noexcept {
        // The name of the group is nothing to the platform's topics.
        if constexpr (Limits.shared) {
            if (!is_shared_form(filter)) return errc::bad_filter;
            filter = split_shared(filter).filter;
        }
        return check_subscription(Limits, filter, level);
    }
    static constexpr errc check_connect(std::uint16_t keep_alive_s, message const& will) noexcept {
        return check_connection(Limits, keep_alive_s, will);
    }
};

}  // namespace barelink::inline v0
