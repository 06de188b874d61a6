// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_a_topic_of_this_cloud_begins_with_a_slash_and_has_few_levels
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/aliyun/topics.hpp>

#ifdef CORRECTED
constexpr auto value = barelink::aliyun::topic_pattern{"/${productKey}/x"};
#else
constexpr auto value = barelink::aliyun::topic_pattern{"${productKey}/x"};
#endif
