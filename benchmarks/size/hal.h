// SPDX-License-Identifier: BSL-1.0
// The size job: seven functions over a client's public API, and the little world that they run in.
#ifndef BENCHMARKS_SIZE_HAL_H
#define BENCHMARKS_SIZE_HAL_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// The transport does not block: > 0 bytes moved, 0 would block, < 0 the link is gone. After an error the next call
// belongs to a new connection.
int      hal_send(void const* bytes, size_t size);
int      hal_recv(void* bytes, size_t size);
uint32_t hal_ms(void);
int      hal_dial(void); // of calls.hpp alone: 0 while the transport connects, 1 when it stands

// The application's side, outside of what is measured.
int  hal_running(int where); // loop control: 0 outer loop, 1 inner loop
void hal_result(int rc);     // 0 is success
void hal_message(char const* topic, size_t topic_size, void const* payload, size_t payload_size, int qos);
void hal_acked(int what); // one call per publish that was acknowledged to its end

// The job. Each returns 0 or an error; job_process is called in a loop and returns 0 also while the client reconnects.
int job_init(void);
int job_connect(void);
int job_subscribe(char const* filter, int qos);
int job_publish(char const* topic, void const* payload, size_t size, int qos);
int job_process(void);
int job_ping(void); // empty where the client pings by itself
int job_disconnect(void);

#define JOB_CLIENT_ID "dev-0001"
#define JOB_USER "user0001"
#define JOB_PASS "secret01"
#define JOB_KEEPALIVE 60
#define JOB_SUB "cmd/dev-0001"
#define JOB_PUB "tele/dev-0001"
#define JOB_BUF 1024
#define JOB_INFLIGHT 8
#define JOB_TIMEOUT 5000
#define JOB_NI __attribute__((noinline))

// Highest QoS of the job: 0, 1 or 2.
#ifndef JOB_MAXQOS
#define JOB_MAXQOS 1
#endif

#ifdef __cplusplus
}
#endif
#endif
