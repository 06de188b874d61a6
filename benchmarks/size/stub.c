// SPDX-License-Identifier: BSL-1.0
// Transport, clock and sinks over a volatile, so that no compiler can guess an answer. Never built with LTO.
#include "hal.h"

int volatile hal_v;

int hal_send(void const* bytes, size_t size) {
    hal_v = ((char const volatile*)bytes)[0];
    (void)size;
    return hal_v;
}

int hal_recv(void* bytes, size_t size) {
    ((char volatile*)bytes)[0] = (char)hal_v;
    (void)size;
    return hal_v;
}

uint32_t hal_ms(void) {
    return (uint32_t)hal_v;
}

int hal_running(int where) {
    hal_v = where;
    return hal_v;
}

void hal_result(int rc) {
    hal_v = rc;
}

void hal_message(char const* topic, size_t topic_size, void const* payload, size_t payload_size, int qos) {
    hal_v = topic[0] + (int)topic_size + ((char const*)payload)[0] + (int)payload_size + qos;
}

void hal_acked(int what) {
    hal_v = what;
}

int hal_dial(void) {
    return hal_v;
}
