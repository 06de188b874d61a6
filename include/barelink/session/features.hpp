// SPDX-License-Identifier: BSL-1.0
// What the engine can do at all. The only thing it is a template on: what is off leaves no byte in the program, and
// two clients with the same features share all their code.
#pragma once

#include <barelink/wire/types.hpp>

namespace barelink::inline v0 {

struct features {
    bool v3_1         = false;
    bool v3_1_1       = true;
    bool v5           = false;
    qos  highest_qos  = qos::exactly_once;  // of messages in both directions
    bool chunks       = false;              // options::chunks may be set
    bool sources      = false;              // payloads may be pulled from a payload_source
    bool deferred_ack = false;              // options::manual_ack may be set
    bool persistent   = false;              // tells its changes to a store
    bool aliases_in   = false;              // options_5::topic_alias_maximum may be set
    bool aliases_out  = false;              // topics are shortened where the Server allows it
    bool auth         = false;              // enhanced authentication [4.12]

    [[nodiscard]] constexpr bool has(version v) const noexcept {
        return (v == version::v3_1 && v3_1) || (v == version::v3_1_1 && v3_1_1) || (v == version::v5 && v5);
    }
    // The version that is spoken if there is just one, else version{}.
    [[nodiscard]] constexpr version only() const noexcept {
        if (v3_1 + v3_1_1 + v5 != 1) return version{};
        return v3_1 ? version::v3_1 : v5 ? version::v5 : version::v3_1_1;
    }
    [[nodiscard]] constexpr bool has(qos level) const noexcept { return level <= highest_qos; }

    friend constexpr bool operator==(features const&, features const&) = default;
};

}  // namespace barelink::inline v0
