// SPDX-License-Identifier: BSL-1.0
#include "hal.h"

static uint8_t const payload[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

int main(void) {
    job_init();
    while (hal_running(0)) {
        int rc = job_connect();
        if (!rc) rc = job_subscribe(JOB_SUB, JOB_MAXQOS);
        if (!rc) rc = job_publish(JOB_PUB, payload, sizeof payload, 0);
#if JOB_MAXQOS > 0
        if (!rc) rc = job_publish(JOB_PUB, payload, sizeof payload, 1);
#endif
#if JOB_MAXQOS > 1
        if (!rc) rc = job_publish(JOB_PUB, payload, sizeof payload, 2);
#endif
        while (!rc && hal_running(1)) rc = job_process();
        if (!rc) rc = job_ping();
        job_disconnect();
        hal_result(rc);
    }
    return 0;
}
