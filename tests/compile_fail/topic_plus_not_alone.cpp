// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_plus_must_fill_a_whole_level
#include <barelink/topic/literal.hpp>

#ifdef CORRECTED
constexpr auto topic = barelink::topic_filter("a/+/c");
#else
constexpr auto topic = barelink::topic_filter("a/b+/c");
#endif
static_assert(!topic.empty());
