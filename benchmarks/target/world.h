// SPDX-License-Identifier: BSL-1.0
// The broker of states.c, and the transport to it. It looks at what it is sent packet by packet and answers at once.
#ifndef BENCHMARKS_TARGET_WORLD_H
#define BENCHMARKS_TARGET_WORLD_H
#include <stddef.h>
#include <stdint.h>

#ifdef JOB_V5
enum { five = 1 };
#else
enum { five = 0 };
#endif

enum { room_for_all = 65536 };

struct world {
    char     down[4096]; // what the Server has said, and how much of it was read
    size_t   down_size, down_at;
    size_t   latest;    // what is said behind this is still on its way
    size_t   room;      // what one write takes
    uint32_t now;       // ms
    int      stands;    // the transport
    int      gone;      // its peer
    int      answering; // whether the broker does; only to whole packets
    int      present;   // what CONNACK says of the session
};
extern struct world world;
extern char const   topic[33];

void say(void const* bytes, size_t size);
void say_connack(int session_present);
void say_pubrel(int id);
void say_publish(int qos, int id, size_t topic_size, size_t payload);
#endif
