// SPDX-License-Identifier: BSL-1.0
// The job of qos1-reconnect for a device of a cloud: which one comes from the build, as a number. 0 is the job itself.
#include <barelink/link/wall_clock.hpp>
#include <barelink/profile/aliyun/direct.hpp>
#include <barelink/profile/aliyun/https.hpp>
#include <barelink/profile/aliyun/x509.hpp>
#include <barelink/profile/aws.hpp>
#include <barelink/profile/azure.hpp>
#include <barelink/profile/huawei.hpp>
#include <barelink/profile/tencent.hpp>

#define JOB_CREDENTIALS
#if PROFILE > 0
#define JOB_PROFILE "../profiles/credentials.hpp"
#define JOB_HOST std::string_view{}
#endif

namespace {
constexpr bool reconnects = true;
}

#include "../size/job.hpp"
