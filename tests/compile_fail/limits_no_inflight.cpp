// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::inflight must be at least 1
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.highest_qos = qos::at_most_once, .inflight = 0}>());
#else
static_assert(barelink::check_limits<limits{.inflight = 0}>());
#endif
