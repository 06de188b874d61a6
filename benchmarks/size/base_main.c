// SPDX-License-Identifier: BSL-1.0
// The empty job. It touches each stub once so that both images keep them.
#include "hal.h"

int main(void) {
    char c = 0;
    hal_send(&c, 1);
    hal_recv(&c, 1);
    hal_ms();
    hal_message(&c, 1, &c, 1, 0);
    hal_acked(0);
    while (hal_running(0)) hal_result(0);
    return 0;
}
