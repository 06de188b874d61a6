// SPDX-License-Identifier: BSL-1.0
// Runs a client through every state of a connection, on the emulated board, call by call. Prints "poll STATE N" and
// "event STATE N": the most instructions that one poll() and one next_event() took there; "hour instructions N" and
// "hour wakeups N" of a connected device that has nothing to do; and "stack CALL N", the most bytes that a call used.
// The broker is here, behind the doors of board.S, and not counted.
#include "../size/hal.h"
#include "board.h"
#include "count.h"
#include "world.h"
#include <string.h>

int call_connect(void);
int call_disconnect(void);
int call_publish(char const* topic, void const* payload, size_t size, int level);
int call_subscribe(char const* filter, int level);
int call_unsubscribe(char const* filter);
int call_acknowledge(int id);
int call_poll(void);
int call_next_event(void);
int call_next_deadline(void);
void call_allow_chunks(int on);

enum { rx_bytes = 512, topic_size = 32, large = 3000 };
enum event { none, connected, disconnected, replaced, message, chunk, dropped, subscribed, delivered = 11 };

static char const filter[4][16] = {"cmd/+/1", "cmd/+/2", "cmd/+/3", "cmd/+/4"};

// --- what is measured

enum { states_max = 40 };
static struct {
    char const* name;
    uint32_t    poll, event;
} states[states_max];
static int       state_count;
static char const* in;

static void line(char const* kind, char const* what, uint32_t figure) {
    board_print(kind);
    board_print(" ");
    board_print(what);
    board_print(" ");
    board_print_number(figure);
    board_print("\n");
}

static void note(uint32_t poll, uint32_t event) {
    int i = 0;
    if (!in) return;
    while (i < state_count && strcmp(states[i].name, in) != 0) i++;
    if (i == states_max) board_fail("too many states");
    if (i == state_count) states[state_count++].name = in;
    if (poll > states[i].poll) states[i].poll = poll;
    if (event > states[i].event) states[i].event = event;
}

static struct {
    char const* name;
    unsigned    door; // bytes that a door of board.S leaves on its stack, if it comes to one
    unsigned    most;
} stacks[] = {{"call_poll", 8, 0},      {"call_next_event", 0, 0},  {"call_next_deadline", 0, 0},
              {"call_publish", 0, 0},   {"call_subscribe", 0, 0},   {"call_unsubscribe", 0, 0},
              {"call_connect", 8, 0},   {"call_disconnect", 0, 0},  {"call_acknowledge", 0, 0}};
enum { s_poll, s_event, s_deadline, s_publish, s_subscribe, s_unsubscribe, s_connect, s_disconnect, s_acknowledge };

// A run over everything counts the instructions, a second one the stack: painting takes instructions.
static int painting;

// Makes the call with what is in stack_args. Returns what it returned; its instructions are in *cost.
typedef int any_call(uint32_t, uint32_t, uint32_t, uint32_t);
#define RUN(which, call, cost) run(which, (any_call*)(void (*)(void))(call), cost)
static int run(int which, any_call* call, uint32_t* cost) {
    if (painting) {
        unsigned const used = STACK_OF(call) - stacks[which].door;
        if (used > stacks[which].most) stacks[which].most = used;
        return (int)stack_result;
    }
    count_begin();
    int r = 0;
    COUNTED(r = call(stack_args[0], stack_args[1], stack_args[2], stack_args[3]));
    if (cost) *cost = count_instructions(count_ticks());
    return r;
}

static unsigned seen; // a bit for each event since the state began

static int poll_once(void) {
    uint32_t  took = 0;
    RUN(s_poll, call_poll, &took);
    note(took, 0);
    return 0;
}

static int event_once(void) {
    uint32_t  took = 0;
    int const e = RUN(s_event, call_next_event, &took);
    note(0, took);
    seen |= 1u << e;
    return e;
}

// One turn of a device.
static void turn(void) {
    poll_once();
    while (event_once() != none) continue;
    RUN(s_deadline, call_next_deadline, 0);
}

static void state(char const* name) {
    in = name;
    seen = 0;
}

static void turns(int count) {
    while (count-- > 0) turn();
}

static void expect(enum event e) {
    if (!(seen >> e & 1)) {
        board_print(in);
        board_fail(": an expected event did not come");
    }
}

static void args(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    stack_args[0] = a;
    stack_args[1] = b;
    stack_args[2] = c;
    stack_args[3] = d;
}

static int publish(uint32_t level, char const* name, size_t size) {
    static char const payload[64];
    args((uint32_t)name, (uint32_t)payload, size, level);
    return RUN(s_publish, call_publish, 0);
}

static void connect(void) {
    world.stands = 1;
    world.gone = 0;
    world.down_size = world.down_at = 0;
    if (RUN(s_connect, call_connect, 0) != 0) board_fail("connect");
}

// On line, with nothing in flight.
static void settle(char const* name) {
    world.answering = 1;
    world.room = room_for_all;
    in = 0;
    turns(40);
    state(name);
}

static void cut(void) {
    world.gone = 1;
    turns(2);
    world.gone = 0;
}

static void opening(void) {
    state("off_line");
    turn();
    world.answering = 0;
    connect();
    world.stands = 0;
    state("connecting");
    turns(2);
    world.stands = 1;
    state("sending_CONNECT");
    turn();
    state("waiting_for_CONNACK");
    turns(2);
    for (int i = 0; i < 4; i++) {
        args((uint32_t)filter[i], 2, 0, 0);
        if (RUN(s_subscribe, call_subscribe, 0) != 0) board_fail("subscribe");
    }
    state("CONNACK_and_4_SUBSCRIBE");
    say_connack(0);
    world.answering = 1;
    turns(3);
    expect(connected);
    expect(subscribed);
}

static void quiet(void) {
    settle("idle");
    turns(3);
    state("ping");
    world.now += 56000;
    turns(3);
    world.now += 11000; // the connection counts as stable
}

static void sending(void) {
    for (int level = 0; level < 3; level++) {
        static char const* const names[] = {"sending_QoS_0", "sending_QoS_1", "sending_QoS_2"};
        settle(names[level]);
        if (publish(level, topic, 64) != 0) board_fail("publish");
        turns(4);
    }
    settle("full_ring_QoS_0");
    while (publish(0, "t", 0) == 0) continue;
    turn();
    settle("full_ring_a_byte_a_write");
    while (publish(0, "t", 0) == 0) continue;
    world.room = 1;
    turns(20);
    state("full_ring_no_room");
    world.room = 0;
    turns(3);
    world.answering = 0; // half a packet is on its way
    world.room = 65535;
    turns(2);
    settle("8_answers_at_once");
    while (publish(1, topic, 64) == 0) continue;
    turns(4);
    expect(delivered);
}

static void receiving(void) {
    for (int level = 0; level < 3; level++) {
        static char const* const names[] = {"receiving_QoS_0", "receiving_QoS_1", "receiving_QoS_2"};
        settle(names[level]);
        say_publish(level, 100 + level, topic_size, 64);
        turns(4);
        expect(message);
    }
    settle("receiving_a_full_buffer");
    say_publish(1, 200, topic_size, rx_bytes - 40 - five);
    turns(3);
    expect(message);
    settle("receiving_small_ones");
    for (int i = 0; i < 60; i++) say_publish(1, 300 + i, 1, 0);
    turns(20);
    expect(message);
    settle("receiving_a_byte_a_read");
    say_publish(2, 400, topic_size, 8);
    size_t const size = world.down_size;
    for (size_t i = 1; i <= size; i++) {
        world.down_size = i;
        turn();
    }
    turns(3);
    expect(message);
    call_allow_chunks(1);
    settle("receiving_chunks");
    say_publish(2, 500, topic_size, large);
    turns(20);
    expect(chunk);
    call_allow_chunks(0);
    settle("dropping_a_large_one");
    say_publish(2, 501, topic_size, large);
    turns(20);
    expect(dropped);
    settle("receiving_a_retry");
    say_publish(2, 502, topic_size, 64);
    world.answering = 0;
    turn();
    say_publish(2, 502, topic_size, 64);
    turns(3);
    say_pubrel(502);
    turns(2);
}

static void coming_back(void) {
    settle("connection_lost_full_ring");
    world.answering = 0;
    for (int i = 0; i < 8; i++) publish(1 + i % 2, topic, 48);
    turns(3);
    while (publish(0, "t", 0) == 0) continue;
    cut();
    expect(disconnected);
    state("waiting_to_reconnect");
    turns(2);
    world.now += 2000;
    state("reconnecting");
    turn();
    state("replaying");
    say_connack(1);
    turn();
    expect(connected);
    turns(2);
    state("session_lost");
    cut();
    world.now += 70000;
    turn();
    say_connack(0);
    turns(3);
    expect(connected);
    state("answer_late");
    world.now += 21000;
    turns(2);
    expect(disconnected);
    world.now += 70000;
    world.present = 1;
}

static void leaving(void) {
    settle(0);
    args((uint32_t)filter[0], 0, 0, 0);
    if (RUN(s_unsubscribe, call_unsubscribe, 0) != 0) board_fail("unsubscribe");
    args(1, 0, 0, 0);
    RUN(s_acknowledge, call_acknowledge, 0);
    settle("disconnecting_full_ring");
    while (publish(0, "t", 0) == 0) continue;
    if (RUN(s_disconnect, call_disconnect, 0) != 0) board_fail("disconnect");
    turns(3);
    expect(disconnected);
}

// A device that has nothing to do sleeps until next_deadline(), or until bytes come: the answer to a ping comes later.
static void hour(void) {
    uint32_t instructions = 0, wakeups = 0, took = 0;
    connect();
    settle(0);
    for (uint32_t const end = world.now + 3600 * 1000u; end - world.now < 0x80000000u; wakeups++) {
        int const next = RUN(s_deadline, call_next_deadline, &took);
        instructions += took;
        if (next == -1) board_fail("a device that never wakes up");
        world.now = world.down_at != world.down_size ? world.now + 50 : (uint32_t)next;
        world.latest = world.down_size;
        RUN(s_poll, call_poll, &took);
        do {
            instructions += took;
        } while (RUN(s_event, call_next_event, &took) != none);
        instructions += took;
    }
    world.latest = sizeof world.down;
    line("hour", "instructions", instructions);
    line("hour", "wakeups", wakeups);
    if (RUN(s_disconnect, call_disconnect, 0) != 0) board_fail("disconnect");
    turns(3);
}

static void everything(void) {
    opening();
    quiet();
    sending();
    receiving();
    coming_back();
    leaving();
}

int main(void) {
    count_calibrate();
    everything();
    for (int i = 0; i < state_count; i++) {
        line("poll", states[i].name, states[i].poll);
        line("event", states[i].name, states[i].event);
    }
    hour();
    painting = 1;
    everything();
    for (unsigned i = 0; i < sizeof stacks / sizeof stacks[0]; i++) line("stack", stacks[i].name, stacks[i].most);
    return 0;
}
