// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_this_cloud_takes_no_topic_as_long
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/aliyun/topics.hpp>

#ifdef CORRECTED
constexpr auto value = barelink::aliyun::topic_filter(
    "/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "012345678901234567890123456");
#else
constexpr auto value = barelink::aliyun::topic_filter(
    "/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567");
#endif
