// SPDX-License-Identifier: BSL-1.0
// The program qos1 in MQTT 5.0.
namespace {
constexpr bool reconnects = false;
}

#include "job.hpp"
