// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::subscribe_requests must be at least 1
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.subscriptions = 0, .subscribe_requests = 0}>());
#else
static_assert(barelink::check_limits<limits{.subscribe_requests = 0}>());
#endif
