// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::highest_qos must be one of the three levels
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.highest_qos = static_cast<qos>(2)}>());
#else
static_assert(barelink::check_limits<limits{.highest_qos = static_cast<qos>(3)}>());
#endif
