// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: the buffers alone exceed the budget
#include <barelink/client/storage.hpp>

using barelink::limits;

#ifdef CORRECTED
static_assert(barelink::check_budget<limits{.rx_bytes = 200, .tx_bytes = 264}, 1000>());
#else
static_assert(barelink::check_budget<limits{.rx_bytes = 600, .tx_bytes = 401}, 1000>());
#endif
