// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::answers must be at least 1
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.answers = 1}>());
#else
static_assert(barelink::check_limits<limits{.answers = 0}>());
#endif
