// SPDX-License-Identifier: BSL-1.0
// All three levels.
namespace {
constexpr bool reconnects = false;
}

#include "job.hpp"
