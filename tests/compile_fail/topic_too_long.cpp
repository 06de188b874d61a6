// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_a_topic_must_be_at_most_65535_bytes_long
#include <barelink/topic/literal.hpp>

#define BY_4(x) x x x x
#define BY_16(x) BY_4(x) BY_4(x) BY_4(x) BY_4(x)
#define BY_256(x) BY_16(BY_16(x))
// clang-format off
#ifdef CORRECTED
constexpr auto topic = barelink::topic_filter(BY_256("1234567890abcdef"));
#else
constexpr auto topic = barelink::topic_filter(BY_256("1234567890abcdef") BY_256(BY_16("1234567890abcdef")));
#endif
// clang-format on
static_assert(!topic.empty());
