// SPDX-License-Identifier: BSL-1.0
// Runs the size job's objects on the emulated board. Prints, for three exchanges and a turn without anything,
// "instructions WHAT N" and "sends WHAT N" (calls of hal_send), then "stack CALL N", the bytes that each call used. The
// broker is here, behind the doors of board.S, and not counted.
#include "../size/hal.h"
#include "board.h"
#include "count.h"
#include <string.h>

enum { repetitions = 32, topic_size = 32, payload_size = 64, id_at = 4 + topic_size };
enum { door_on_stack = 8 };

static char const topic[] = "bench/speed/device-001/telemetry";
static char const filter[] = "bench/speed/+/telemetry";
static char       payload[payload_size];

// --- the world

static char     down[256];
static size_t   down_size;
static uint32_t now;
static int      published, acknowledged, received, delivered, sends;

static void say(void const* bytes, size_t size) {
    memcpy(down + down_size, bytes, size);
    down_size += size;
}

int outside_send(char const* packet, size_t size) {
    if (size < 2 || (size_t)packet[1] != size - 2) board_fail("not one whole packet in one write");
    sends++;
    char const ack[] = {0x40, 2, packet[id_at], packet[id_at + 1]};
#ifdef JOB_V5
    char const greeting[] = {0x20, 3, 0, 0, 0};
    char const granted[] = {(char)0x90, 4, packet[2], packet[3], 0, packet[size - 1]};
#else
    char const greeting[] = {0x20, 2, 0, 0};
    char const granted[] = {(char)0x90, 3, packet[2], packet[3], packet[size - 1]};
#endif
    switch (packet[0] & 0xff) {
    case 0x10:
        say(greeting, sizeof greeting);
        break;
    case 0x82:
        say(granted, sizeof granted);
        break;
    case 0x30:
        published++;
        break;
    case 0x32:
        published++;
        say(ack, sizeof ack);
        break;
    case 0x40:
        acknowledged++;
        break;
    case 0xe0:
        break;
    default:
        board_fail("an unexpected packet");
    }
    return (int)size;
}

int outside_recv(void* bytes, size_t size) {
    size_t const count = down_size < size ? down_size : size;
    memcpy(bytes, down, count);
    down_size = 0;
    return (int)count;
}

uint32_t outside_ms(void) {
    return ++now;
}

void outside_message(char const* name, size_t name_size, void const* body, size_t size, int qos) {
    int const same = name_size == topic_size && size == payload_size && qos == 1 &&
                     memcmp(name, topic, name_size) == 0 && memcmp(body, payload, size) == 0;
    if (!same) board_fail("another message than the one sent");
    received++;
}

void outside_acked(int what) {
    (void)what;
    delivered++;
}

static void send_message(int id) {
#ifdef JOB_V5
    char const where[] = {(char)(id >> 8), (char)id, 0};  // and no properties
#else
    char const where[] = {(char)(id >> 8), (char)id};
#endif
    char const head[] = {0x32, 2 + topic_size + sizeof where + payload_size, 0, topic_size};
    say(head, sizeof head);
    say(topic, topic_size);
    say(where, sizeof where);
    say(payload, payload_size);
}

// --- what is measured. profile.py knows these functions by name.

#define NOT_INLINE __attribute__((noinline))

static void line(char const* kind, char const* what, uint32_t figure) {
    board_print(kind);
    board_print(" ");
    board_print(what);
    board_print(" ");
    board_print_number(figure);
    board_print("\n");
}

static void begin(void) {
    count_begin();
    sends = 0;
}

static NOT_INLINE void report(char const* what) {
    line("instructions", what, count_instructions(count_ticks() / repetitions));
    line("sends", what, (uint32_t)sends / repetitions);
}

static void process_until(int const* counter, int value) {
    for (int turns = 0; *counter != value; turns++) {
        if (turns == 4) board_fail("an exchange does not end");
        COUNTED(job_process());
    }
}

static NOT_INLINE void publish(int qos, int const* counter, char const* what) {
    int const before = *counter;
    begin();
    for (int i = 1; i <= repetitions; i++) {
        COUNTED(job_publish(topic, payload, payload_size, qos));
        process_until(counter, before + i);
    }
    report(what);
}

static NOT_INLINE void take(void) {
    int const before = acknowledged;
    begin();
    for (int i = 1; i <= repetitions; i++) {
        send_message(i);
        process_until(&acknowledged, before + i);
    }
    report("inbound_1");
}

static NOT_INLINE void idle(void) {
    begin();
    for (int i = 0; i < repetitions; i++) COUNTED(job_process());
    report("idle");
}

static void publish_args(uint32_t qos) {
    uint32_t const args[] = {(uint32_t)topic, (uint32_t)payload, payload_size, qos};
    memcpy(stack_args, args, sizeof stack_args);
}

static void stack(char const* what, unsigned used) {
    line("stack", what, used - door_on_stack);
}

int main(void) {
    for (int i = 0; i < payload_size; i++) payload[i] = (char)i;
    count_calibrate();
    if (job_init() != 0 || job_connect() != 0 || job_subscribe(filter, 1) != 0) board_fail("not on line");
    publish(0, &published, "publish_0");
    publish(1, &delivered, "publish_1");
    take();
    idle();
    if (received != repetitions || job_disconnect() != 0) board_fail("the exchanges were not complete");

    stack("job_connect", STACK_OF(job_connect));
    stack_args[0] = (uint32_t)filter;
    stack_args[1] = 1;
    stack("job_subscribe", STACK_OF(job_subscribe));
    // These two come to no door.
    publish_args(0);
    line("stack", "job_publish_0", STACK_OF(job_publish));
    stack("job_process_send", STACK_OF(job_process));
    publish_args(1);
    line("stack", "job_publish_1", STACK_OF(job_publish));
    stack("job_process_delivered", STACK_OF(job_process));
    send_message(7);
    stack("job_process_message", STACK_OF(job_process));
    stack("job_process_answer", STACK_OF(job_process));
    stack("job_disconnect", STACK_OF(job_disconnect));
    return 0;
}
