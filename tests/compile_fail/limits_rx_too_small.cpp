// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::rx_bytes must be at least 64
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.rx_bytes = 64}>());
#else
static_assert(barelink::check_limits<limits{.rx_bytes = 63}>());
#endif
