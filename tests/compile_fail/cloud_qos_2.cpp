// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_this_cloud_refuses_the_quality_of_service
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/aliyun/topics.hpp>

#ifdef CORRECTED
constexpr auto value = barelink::aliyun::level(barelink::qos::at_least_once);
#else
constexpr auto value = barelink::aliyun::level(barelink::qos::exactly_once);
#endif
