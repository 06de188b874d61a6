// SPDX-License-Identifier: BSL-1.0
// The other unit, see a.cpp.
#include "all_headers.hpp"

using refresh_function = barelink::errc (*)(barelink::login&) noexcept;

refresh_function from_b() noexcept { return &barelink::fixed_credentials::refresh; }
void const*      number_from_b() noexcept { return &barelink::subscription_failure; }
