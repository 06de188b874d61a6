// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_a_topic_must_be_utf8_without_nul
#include <barelink/topic/literal.hpp>

#ifdef CORRECTED
constexpr auto topic = barelink::topic_name("\xC3\xA4");
#else
constexpr auto topic = barelink::topic_name("\xC3");
#endif
static_assert(!topic.empty());
