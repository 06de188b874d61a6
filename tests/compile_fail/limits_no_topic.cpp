// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::topic_bytes must be at least 1
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.topic_bytes = 1}>());
#else
static_assert(barelink::check_limits<limits{.topic_bytes = 0}>());
#endif
