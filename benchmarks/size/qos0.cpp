// SPDX-License-Identifier: BSL-1.0
// Sends and receives QoS 0.
#include <barelink/client/limits.hpp>

namespace {
constexpr barelink::limits device{.highest_qos        = barelink::qos::at_most_once,
                                  .rx_bytes           = 1024,
                                  .tx_bytes           = 1024,
                                  .answers            = 4,
                                  .inflight           = 8,
                                  .inbound            = 8,
                                  .subscriptions      = 1,
                                  .subscribe_requests = 1,
                                  .topic_bytes        = 64,
                                  .reconnect          = false,
                                  .statistics         = false};
}

#include "job.hpp"
