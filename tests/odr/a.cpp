// SPDX-License-Identifier: BSL-1.0
// One of two units of one program; both see every header. A header that defines something twice does not link.
#include "all_headers.hpp"

using refresh_function = barelink::errc (*)(barelink::login&) noexcept;

refresh_function from_b() noexcept;
void const*      number_from_b() noexcept;

// An inline entity is one and the same in both units.
int main() {
    bool const same = from_b() == &barelink::fixed_credentials::refresh &&
                      number_from_b() == &barelink::subscription_failure;
    return same ? 0 : 1;
}
