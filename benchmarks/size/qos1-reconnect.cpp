// SPDX-License-Identifier: BSL-1.0
// qos1, and comes back by itself: backoff, credentials before every connect, subscriptions renewed.
namespace {
constexpr bool reconnects = true;
}

#define JOB_CREDENTIALS
#include "job.hpp"
