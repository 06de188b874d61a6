// SPDX-License-Identifier: BSL-1.0
// The defaults of Alibaba's C SDK 2.02 as a client here has them, for a device that comes from there:
//
//   static constinit storage<aliyun::c_sdk_limits> memory{};
//   constexpr options                              mine = aliyun::c_sdk_options;
#pragma once

#include <barelink/client/limits.hpp>
#include <barelink/cloud/aliyun/limits.hpp>
#include <barelink/cloud/rules.hpp>
#include <barelink/session/options.hpp>

namespace barelink::inline v0::aliyun {

// IOTX_MC_REPUB_NUM_MAX, IOTX_MC_SUB_NUM_MAX and IOTX_MC_SUB_REQUEST_NUM_MAX; its buffers are the caller's, so that the
// bytes here are those of its samples. Its topics end at 64 characters: here they have the platform's 128.
inline constexpr v0::limits c_sdk_limits{
    .versions           = version::v3_1_1,
    .highest_qos        = qos::at_least_once,
    .rx_bytes           = 1024,
    .tx_bytes           = 1024,
    .inflight           = 20,
    .subscriptions      = 10,
    .subscribe_requests = 10,
    .topic_bytes        = 128,
};

// Waits of 1, 2, 4 ... 60 s with jitter; a request has 2 s, a SUBACK twice that; credentials, which are the HTTPS
// authentication there, have 10 s; each connection begins a clean session. What is not the same: one ping without an
// answer ends a connection, not three; a PUBACK that is late ends it too, where the SDK sends the message again.
inline constexpr options c_sdk_options{
    .protocol               = version::v3_1_1,
    .clean_session          = true,
    .keep_alive_s           = 60,
    .credentials_timeout_ms = 10'000,
    .request_timeout_ms     = 2'000,
    .reconnect              = true,
    .jitter                 = true,
    .backoff_ms_min         = 1'000,
    .backoff_ms_max         = 60'000,
};

// The keep alive that the SDK keeps to: 60 to 180 s in its code. Its manual says up to 300 s, the platform takes 30 to
// 1200 s. As a type for the profiles: direct_device<Engine, c_sdk_rules>.
inline constexpr platform_limits c_sdk_rules = [] {
    auto rules             = limits;
    rules.keep_alive_min_s = 60;
    rules.keep_alive_max_s = 180;
    return rules;
}();

}  // namespace barelink::inline v0::aliyun
