// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink_this_cloud_refuses_the_keep_alive
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/aliyun/topics.hpp>

#ifdef CORRECTED
constexpr auto value = barelink::aliyun::keep_alive_s(1200);
#else
constexpr auto value = barelink::aliyun::keep_alive_s(1201);
#endif
