// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: credentials need `errc refresh\(login&\) noexcept`
#include <barelink/link/credentials.hpp>

struct vault {
#ifdef CORRECTED
    barelink::errc refresh(barelink::login&) noexcept;
#else
    bool refresh(barelink::login&) noexcept;
#endif
};
static_assert(barelink::check_credentials<vault>());
