// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::tx_bytes must be at least limits::topic_bytes
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.tx_bytes = 109, .topic_bytes = 100}>());
#else
static_assert(barelink::check_limits<limits{.tx_bytes = 108, .topic_bytes = 100}>());
#endif
