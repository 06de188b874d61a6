// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::versions must name at least one
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.versions = version_set{true, false}}>());
#else
static_assert(barelink::check_limits<limits{.versions = version_set{false, false}}>());
#endif
