// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::inbound must be at least 1
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.highest_qos = qos::at_least_once, .inbound = 0}>());
#else
static_assert(barelink::check_limits<limits{.inbound = 0}>());
#endif
