// SPDX-License-Identifier: BSL-1.0
// Enhanced authentication of 5.0 [4.12], as --auth-method and --auth-secret ask for it.
#pragma once

#include <string_view>

namespace console {

struct authentication {
    std::string_view method = {};
    std::string_view secret = {};

    // What is wrong with it, nullptr if nothing is. A method is spoken by a policy of the client, and it has none.
    [[nodiscard]] constexpr char const* fault() const noexcept {
        if (method.empty() && secret.empty()) return nullptr;
        if (method.empty()) return "is missing: --auth-secret needs it";
        return "names a method that this console does not speak";
    }
};

}  // namespace console
