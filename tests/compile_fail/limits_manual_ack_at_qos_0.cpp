// SPDX-License-Identifier: BSL-1.0
// EXPECT-FIRST: barelink: limits::manual_ack needs
#include <barelink/client/limits.hpp>

using barelink::limits;
using barelink::qos;
using barelink::version_set;

#ifdef CORRECTED
static_assert(barelink::check_limits<limits{.highest_qos = qos::at_least_once, .manual_ack = true}>());
#else
static_assert(barelink::check_limits<limits{.highest_qos = qos::at_most_once, .manual_ack = true}>());
#endif
