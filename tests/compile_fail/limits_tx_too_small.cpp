// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::tx_bytes must be at least 32
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.tx_bytes = 32, .topic_bytes = 22}>());
#else
static_assert(barelink::check_limits<limits{.tx_bytes = 31, .topic_bytes = 22}>());
#endif
