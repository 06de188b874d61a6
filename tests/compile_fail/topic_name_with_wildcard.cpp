// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_a_topic_name_must_not_have_a_wildcard
#include <barelink/topic/literal.hpp>

#ifdef CORRECTED
constexpr auto topic = barelink::topic_name("a/7/b");
#else
constexpr auto topic = barelink::topic_name("a/+/b");
#endif
static_assert(!topic.empty());
