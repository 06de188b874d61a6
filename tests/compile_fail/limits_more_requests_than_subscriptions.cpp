// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::subscribe_requests must not be above
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.subscriptions = 4, .subscribe_requests = 4}>());
#else
static_assert(barelink::check_limits<limits{.subscriptions = 3, .subscribe_requests = 4}>());
#endif
