// SPDX-License-Identifier: BSL-1.0
// QoS 0 and 1; eight publishes are kept and sent again after a reconnect, which the program has to ask for.
namespace {
constexpr bool reconnects = false;
}

#include "job.hpp"
