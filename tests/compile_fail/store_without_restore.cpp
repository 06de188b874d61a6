// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: a store needs `errc put\(store_key, bytes_in\) noexcept`
// EXPECT: `result<stored_record> restore\(bytes_out\) noexcept`
#include <barelink/link/store.hpp>

using namespace barelink;

struct flash {
    errc put(store_key, bytes_in) noexcept;
    errc erase(store_key) noexcept;
#ifdef CORRECTED
    result<stored_record> restore(bytes_out) noexcept;
#endif
};
static_assert(check_store<flash>());
