// SPDX-License-Identifier: BSL-1.0
// QoS 0 and 1; eight publishes are kept and sent again after a reconnect, which the program has to ask for.
#include <barelink/client/limits.hpp>

namespace {
constexpr barelink::limits device{.highest_qos        = barelink::qos::at_least_once,
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
