// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: the tables exceed the budget
#include <barelink/client/storage.hpp>

using barelink::limits;

#ifdef CORRECTED
static_assert(barelink::check_budget<limits{.rx_bytes = 200, .tx_bytes = 264}, 1000>());
#else
static_assert(barelink::check_budget<limits{.rx_bytes = 500, .tx_bytes = 500}, 1000>());
#endif
