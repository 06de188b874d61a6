// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_a_topic_must_not_be_empty
#include <barelink/topic/literal.hpp>

#ifdef CORRECTED
constexpr auto topic = barelink::topic_filter("a");
#else
constexpr auto topic = barelink::topic_filter("");
#endif
static_assert(!topic.empty());
