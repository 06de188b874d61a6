// SPDX-License-Identifier: BSL-1.0
// The program qos1 with a second client of other sizes.
namespace {
constexpr bool reconnects = false;
}

#define JOB_OTHER
#include "job.hpp"
