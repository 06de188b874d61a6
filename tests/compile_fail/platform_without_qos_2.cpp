// SPDX-License-Identifier: BSL-1.0
// EXPECT: barelink: this platform does not have limits::highest_qos: lower it to at_least_once
#include <barelink/client/client.hpp>
#include <barelink/cloud/aws/limits.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/testing/clock.hpp>
#include <barelink/testing/pipe.hpp>

using namespace barelink;

#ifdef CORRECTED
constexpr limits sizes{.highest_qos = qos::at_least_once};
#else
constexpr limits sizes{};
#endif
using rules = platform_rules<aws::limits>;
static_assert(sizeof(client<testing::memory_pipe<>::client_end, testing::manual_clock, sizes, rules>) != 0);
