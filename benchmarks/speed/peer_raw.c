// SPDX-License-Identifier: BSL-1.0
// The floor: packets encoded beforehand, one write a message, replies counted and not looked into.
// A sixth argument "bulk" joins what is ready into one write: 64 KiB at QoS 0, the window at QoS 1 and 2.
#include "peer.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { connack = 2, publish = 3, puback = 4, pubrec = 5, pubcomp = 7, suback = 9 };

static int      file;
static uint8_t  in[256 * 1024], acks[256 * 1024];
static size_t   have;
static uint8_t  packet[64 * 1024];
static size_t   packet_size, id_at;
static unsigned seen[16];

static void put(void const* bytes, size_t size) {
    for (char const* at = (char const*)bytes; size > 0;) {
        ssize_t const done = write(file, at, size);
        if (done <= 0) peer_fail("raw: the connection is lost");
        at += done;
        size -= (size_t)done;
    }
}

static void open_connection(struct peer_job const* job) {
    struct addrinfo hints = {0}, *found;
    char            port[8];
    int const       on = 1;
    hints.ai_socktype  = SOCK_STREAM;
    snprintf(port, sizeof port, "%d", job->port);
    if (getaddrinfo(job->host, port, &hints, &found) != 0) peer_fail("raw: unknown host");
    file = socket(found->ai_family, SOCK_STREAM, 0);
    if (connect(file, found->ai_addr, found->ai_addrlen) != 0) peer_fail("raw: no connection");
    freeaddrinfo(found);
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Writes a publish to `to` and returns its size; *id is where the packet id is.
static size_t encode(uint8_t* to, char const* topic, int qos, void const* payload, size_t size, size_t* id) {
    size_t const name = strlen(topic);
    size_t       left = 2 + name + (qos ? 2u : 0u) + size, at = 0;
    to[at++] = (uint8_t)(0x30 | qos << 1);
    for (; left > 127; left >>= 7) to[at++] = (uint8_t)(left | 128);
    to[at++] = (uint8_t)left;
    to[at++] = 0;
    to[at++] = (uint8_t)name;
    memcpy(to + at, topic, name);
    at += name;
    *id = at;
    if (qos) to[at++] = 0, to[at++] = 1;
    memcpy(to + at, payload, size);
    return at + size;
}

// Reads once, counts packets by type and sends the acknowledgements that they ask for in one write.
static void take(void) {
    ssize_t const got = read(file, in + have, sizeof in - have);
    if (got <= 0) peer_fail("raw: the connection is lost");
    have += (size_t)got;
    size_t at = 0, acks_size = 0;
    while (have - at >= 2) {
        size_t head = 1, left = 0, shift = 0;
        int    more = 1;
        for (; more && at + head < have; head++, shift += 7) {
            left |= (size_t)(in[at + head] & 127) << shift;
            more = in[at + head] & 128;
        }
        if (more || have - at < head + left) break;
        int const      type = in[at] >> 4;
        uint8_t const* id   = in + at + head;
        if (type == publish) id += 2 + (id[0] << 8 | id[1]);
        if ((type == publish && in[at] & 2) || type == pubrec) {
            uint8_t const ack[] = {type == publish ? 0x40 : 0x62, 2, id[0], id[1]};
            memcpy(acks + acks_size, ack, sizeof ack);
            acks_size += sizeof ack;
        }
        seen[type]++;
        at += head + left;
    }
    put(acks, acks_size);
    have -= at;
    memmove(in, in + at, have);
}

static void wait_for(int type) {
    for (unsigned const before = seen[type]; seen[type] == before;) take();
}

static void connect_and_greet(struct peer_job const* job) {
    static uint8_t const greeting[] = {0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 2, 88, 0, 3, 'r', 'a', 'w'};
    open_connection(job);
    put(greeting, sizeof greeting);
    wait_for(connack);
}

static void publish_fast(struct peer_job const* job, int bulk) {
    static uint8_t joined[64 * 1024];
    size_t const   each = bulk ? sizeof joined / packet_size : 1;
    for (size_t i = 0; i < each; i++) memcpy(joined + i * packet_size, packet, packet_size);
    for (size_t left = job->count; left > 0;) {
        size_t const now = left < each ? left : each;
        put(joined, now * packet_size);
        left -= now;
    }
    put(packet, encode(packet, PEER_TOPIC, 1, "", 0, &id_at));
    wait_for(puback);
}

static void publish_with_window(struct peer_job const* job, int bulk) {
    uint8_t* const joined = (uint8_t*)malloc(PEER_WINDOW * packet_size);
    int const      last   = job->qos == 1 ? puback : pubcomp;
    unsigned       made = 0, id = 0;
    if (!joined) peer_fail("raw: no memory");
    while (seen[last] < job->count) {
        size_t used = 0;
        for (; made < job->count && made - seen[last] < PEER_WINDOW; made++) {
            id                = id % 65535 + 1;
            packet[id_at]     = (uint8_t)(id >> 8);
            packet[id_at + 1] = (uint8_t)id;
            if (!bulk) put(packet, packet_size);
            if (bulk) memcpy(joined + used, packet, packet_size), used += packet_size;
        }
        put(joined, used);
        take();
    }
    free(joined);
}

static void subscribe(struct peer_job const* job) {
    size_t  name        = strlen(PEER_TOPIC);
    uint8_t request[64] = {0x82, (uint8_t)(name + 5), 0, 1, 0, (uint8_t)name};
    memcpy(request + 6, PEER_TOPIC, name);
    request[6 + name] = (uint8_t)job->qos;
    put(request, name + 7);
    wait_for(suback);
}

static void receive(struct peer_job const* job) {
    char text[64];
    subscribe(job);
    size_t const size = (size_t)peer_request(job, text, sizeof text);
    put(packet, encode(packet, PEER_ASK_TOPIC, 0, text, size, &id_at));
    while (seen[publish] < job->count) take();
}

static void round_trips(struct peer_job* job) {
    subscribe(job);
    while (seen[publish] < job->count) {
        peer_lap_begins(job);
        put(packet, packet_size);
        wait_for(publish);
        peer_lap_ends(job);
        while (seen[puback] < seen[publish]) take();
    }
}

int main(int argc, char** argv) {
    struct peer_job job  = peer_arguments(argc, argv);
    int const       bulk = argc > 6 && strcmp(argv[6], "bulk") == 0;
    if (job.size > sizeof packet - 64) peer_fail("raw: payload too long");
    connect_and_greet(&job);
    peer_started(&job);
    packet_size = encode(packet, PEER_TOPIC, job.qos, job.payload, job.size, &id_at);
    if (job.receives)
        receive(&job);
    else if (job.round_trips)
        round_trips(&job);
    else if (job.qos == 0)
        publish_fast(&job, bulk);
    else
        publish_with_window(&job, bulk);
    peer_finished(&job);
    put("\xe0", 2);
    free(job.payload);
    return 0;
}
