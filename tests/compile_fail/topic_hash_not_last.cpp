// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_hash_must_be_the_last_level_and_alone_in_it
#include <barelink/topic/literal.hpp>

#ifdef CORRECTED
constexpr auto topic = barelink::topic_filter("a/b/#");
#else
constexpr auto topic = barelink::topic_filter("a/#/b");
#endif
static_assert(!topic.empty());
