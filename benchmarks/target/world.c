// SPDX-License-Identifier: BSL-1.0
#include "world.h"
#include "../size/hal.h"
#include "board.h"
#include <string.h>

struct world world = {.latest = sizeof world.down, .room = room_for_all, .stands = 1, .answering = 1};
char const   topic[33] = "bench/speed/device-001/telemetry";

void say(void const* bytes, size_t size) {
    if (world.down_size + size > sizeof world.down) board_fail("the broker says too much");
    memcpy(world.down + world.down_size, bytes, size);
    world.down_size += size;
}

static void say_ack(int first, int high, int low) {
    char const ack[] = {(char)first, 2, (char)high, (char)low};
    say(ack, sizeof ack);
}

void say_connack(int session_present) {
    char const greeting[] = {0x20, 2 + five, (char)session_present, 0, 0};
    say(greeting, 4 + five);
}

void say_pubrel(int id) {
    say_ack(0x62, id >> 8, id);
}

// A packet of the client; `at` is behind its fixed header.
static void answer(char const* packet, char const* at) {
    int const  type = packet[0] & 0xf0;
    int const  qos = packet[0] >> 1 & 3;
    char const granted[] = {(char)0x90, 3 + five, at[0], at[1], 0, 0};
    char const cancelled[] = {(char)0xb0, 2 + 2 * five, at[0], at[1], 0, 0};
    int const  size = at[1];
    switch (type) {
    case 0x10:
        say_connack(world.present);
        break;
    case 0x30:
        if (qos == 0) break;
        say_ack(qos == 1 ? 0x40 : 0x50, at[2 + size], at[3 + size]);
        break;
    case 0x50:
        say_ack(0x62, at[0], at[1]);
        break;
    case 0x60:
        say_ack(0x70, at[0], at[1]);
        break;
    case 0x80:
        say(granted, 5 + five);
        break;
    case 0xa0:
        say(cancelled, 4 + 2 * five);
        break;
    case 0xc0:
        say("\xd0", 2);
        break;
    default:
        break;
    }
}

int outside_send(char const* bytes, size_t size) {
    if (world.gone) return -1;
    if (size > world.room) size = world.room;
    for (size_t at = 0; world.answering && world.room == room_for_all && at < size;) {
        size_t length = 0, i = at + 1;
        for (int shift = 0;; shift += 7) {
            length |= (size_t)(bytes[i] & 0x7f) << shift;
            if (!(bytes[i++] & 0x80)) break;
        }
        answer(bytes + at, bytes + i);
        at = i + length;
    }
    return (int)size;
}

int outside_recv(void* bytes, size_t size) {
    size_t const left = (world.down_size < world.latest ? world.down_size : world.latest) - world.down_at;
    if (left == 0) {
        if (world.down_at == world.down_size) world.down_size = world.down_at = 0;
        return world.gone ? -1 : 0;
    }
    if (size > left) size = left;
    memcpy(bytes, world.down + world.down_at, size);
    world.down_at += size;
    return (int)size;
}

uint32_t outside_ms(void) {
    return world.now;
}

int outside_dial(void) {
    return world.stands;
}

void outside_message(void) {
    board_fail("no such call");
}

void outside_acked(void) {
    board_fail("no such call");
}

void say_publish(int qos, int id, size_t topic_size, size_t payload) {
    static char const body[64];
    size_t const      remaining = 2 + topic_size + (qos ? 2 : 0) + five + payload;
    char const        head[] = {(char)(0x30 | qos << 1), (char)((remaining & 0x7f) | (remaining > 0x7f ? 0x80 : 0)),
                                (char)(remaining >> 7)};
    say(head, remaining > 0x7f ? 3 : 2);
    char const length[] = {0, (char)topic_size};
    char const where[] = {(char)(id >> 8), (char)id};
    say(length, 2);
    say(topic, topic_size);
    if (qos) say(where, 2);
    if (five) say("", 1);
    for (; payload > sizeof body; payload -= sizeof body) say(body, sizeof body);
    say(body, payload);
}
