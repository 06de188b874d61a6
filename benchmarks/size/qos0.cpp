// SPDX-License-Identifier: BSL-1.0
// Sends and receives QoS 0.
namespace {
constexpr bool reconnects = false;
}

#include "job.hpp"
