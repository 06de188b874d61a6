// SPDX-License-Identifier: BSL-1.0
// Runs the size job's objects on the emulated board. Prints, for three exchanges and a turn without anything,
// "instructions WHAT N" and "sends WHAT N" (calls of hal_send), then "stack CALL N", the bytes that each call used. The
// broker is here, behind the doors of board.S, and not counted.
#include "../size/hal.h"
#include "board.h"
#include <string.h>

enum { repetitions = 32, ticks_per_10_instructions = 256, topic_size = 32, payload_size = 64, id_at = 4 + topic_size };
enum { door_on_stack = 8 };

static char const topic[] = "bench/speed/device-001/telemetry";
static char const filter[] = "bench/speed/+/telemetry";
static char       payload[payload_size];

// --- counting

static uint32_t volatile* const systick = (uint32_t volatile*)0xe000e010u; // control, reload, value

static uint32_t started, spent, doors;

__attribute__((noinline)) void count_go(void) {
    started = systick[2];
}

__attribute__((noinline)) void count_stop(void) {
    spent += (started - systick[2]) & 0xffffffu;
    doors++;
}

static uint32_t instructions(uint32_t ticks) {
    return (ticks * 10 + ticks_per_10_instructions / 2) / ticks_per_10_instructions;
}

// What counting itself takes: once for going and stopping, and once more for each door that was passed.
static uint32_t own_cost, door_cost;

#define COUNTED(call)                                                                                                  \
    do {                                                                                                               \
        count_go();                                                                                                    \
        call;                                                                                                          \
        count_stop();                                                                                                  \
        spent -= own_cost;                                                                                             \
        doors--;                                                                                                       \
    } while (0)

static void calibrate(void) {
    systick[1] = 0xffffff;
    systick[2] = 0;
    systick[0] = 5;
    COUNTED((void)0);
    own_cost = spent;
    spent = doors = 0;
    COUNTED(thousand());
    if (instructions(spent) != 1000) board_fail("1000 instructions are not counted as 1000");
    if (stack_of(hundred) != 100) board_fail("100 bytes of stack are not seen as 100");
    spent = doors = 0;
    COUNTED(hal_ms());
    door_cost = spent;
}

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
    spent = doors = 0;
    sends = 0;
}

static NOT_INLINE void report(char const* what) {
    // One instruction of each door is the library's: the call.
    uint32_t const own = doors * (door_cost - ticks_per_10_instructions / 10);
    line("instructions", what, instructions((spent - own) / repetitions));
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

static int subscribe(void) {
    return job_subscribe(filter, 1);
}
static int publish_0(void) {
    return job_publish(topic, payload, payload_size, 0);
}
static int publish_1(void) {
    return job_publish(topic, payload, payload_size, 1);
}

static void stack(char const* what, int (*call)(void)) {
    line("stack", what, stack_of(call) - door_on_stack);
}

int main(void) {
    for (int i = 0; i < payload_size; i++) payload[i] = (char)i;
    calibrate();
    if (job_init() != 0 || job_connect() != 0 || subscribe() != 0) board_fail("not on line");
    publish(0, &published, "publish_0");
    publish(1, &delivered, "publish_1");
    take();
    idle();
    if (received != repetitions || job_disconnect() != 0) board_fail("the exchanges were not complete");

    stack("job_connect", job_connect);
    stack("job_subscribe", subscribe);
    stack("job_publish_0", publish_0);
    stack("job_process_send", job_process);
    stack("job_publish_1", publish_1);
    stack("job_process_delivered", job_process);
    send_message(7);
    stack("job_process_message", job_process);
    stack("job_process_answer", job_process);
    stack("job_disconnect", job_disconnect);
    return 0;
}
