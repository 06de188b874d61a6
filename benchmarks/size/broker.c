// SPDX-License-Identifier: BSL-1.0
// Replaces stub.c on the host: a scripted broker inside the transport functions. It proves that the program whose size
// is measured does the job: it counts every packet, checks what the job promises and reports at the end.
// JOB_DROP=1 leaves the first QoS 1 publish of each session unanswered and then cuts the link once.
#include "hal.h"
#include <stdio.h>
#include <string.h>
#ifndef JOB_DROP
#define JOB_DROP 0
#endif

enum { sessions = 3, steps = 100, drop_at_step = 10 };
enum { connect = 1, publish = 3, pubrec = 5, pubrel = 6, subscribe = 8, pingreq = 12 };

static char const command[] = "turn-on-relay-07";

static uint8_t  in[8192], out[8192];
static size_t   in_size, out_first, out_last;
static uint32_t now = 0xffffff00u; // the clock wraps in the first session
static int      outer, inner, connected, version, dropped, cut;
static unsigned seen[16], published[3], messages[3], acked, results, errors;

static void wrong(char const* what) {
    errors++;
    fprintf(stderr, "broker: %s\n", what);
}

static void put(void const* bytes, size_t size) {
    if (out_first == out_last) out_first = out_last = 0;
    if (out_last + size > sizeof out) {
        wrong("the client does not read");
        return;
    }
    memcpy(out + out_last, bytes, size);
    out_last += size;
}

// An acknowledgement with the packet id of the request.
static void answer(uint8_t first, uint8_t const* id) {
    uint8_t const ack[] = {first, 2, id[0], id[1]};
    put(ack, sizeof ack);
}

static void send_command(int qos) {
    size_t const  topic = strlen(JOB_SUB), text = strlen(command);
    size_t const  left   = 2 + topic + (qos ? 2u : 0u) + (version == 5) + text;
    uint8_t const head[] = {(uint8_t)(0x30 | qos << 1), (uint8_t)left, 0, (uint8_t)topic};
    uint8_t const id[]   = {0x12, (uint8_t)(0x34 + qos)};
    put(head, sizeof head);
    put(JOB_SUB, topic);
    if (qos) put(id, sizeof id);
    if (version == 5) put("", 1);
    put(command, text);
}

static int is_text(uint8_t const** at, uint8_t const* end, char const* text) {
    size_t const size = strlen(text);
    if ((size_t)(end - *at) < 2 + size || (size_t)((*at)[0] << 8 | (*at)[1]) != size) return 0;
    int const same = memcmp(*at + 2, text, size) == 0;
    *at += 2 + size;
    return same;
}

static void on_connect(uint8_t const* body, size_t size) {
    uint8_t const* end = body + size;
    version            = body[6];
    uint8_t const* at  = body + 10;
    if (version == 5) at += 1 + at[0];
    if (body[7] != 0xc2) wrong("connect flags are not user, password, clean");
    if ((body[8] << 8 | body[9]) != JOB_KEEPALIVE) wrong("keep-alive is not the job's");
    if (!is_text(&at, end, JOB_CLIENT_ID)) wrong("client id is not the job's");
    if (!is_text(&at, end, JOB_USER)) wrong("user is not the job's");
    if (!is_text(&at, end, JOB_PASS)) wrong("password is not the job's");
    if (at != end) wrong("bytes after the password");
    connected = 1;
    put(version == 5 ? "\x20\x03\0\0" : "\x20\x02\0", version == 5 ? 5 : 4);
}

static void on_subscribe(uint8_t const* body, size_t size) {
    uint8_t const* at  = body + 2 + (version == 5 ? 1 + body[2] : 0);
    uint8_t const  qos = body[size - 1] & 3;
    if (!is_text(&at, body + size, JOB_SUB)) wrong("filter is not the job's");
    if (qos != JOB_MAXQOS) wrong("subscription is not for the job's QoS");
    uint8_t const ack3[] = {0x90, 3, body[0], body[1], qos}, ack5[] = {0x90, 4, body[0], body[1], 0, qos};
    if (version == 5)
        put(ack5, sizeof ack5);
    else
        put(ack3, sizeof ack3);
    send_command(qos ? 1 : 0);
    if (qos == 2) send_command(2);
}

static void on_publish(uint8_t first, uint8_t const* body, size_t size) {
    int const      qos = first >> 1 & 3;
    uint8_t const* at  = body;
    if (qos > JOB_MAXQOS) {
        wrong("publish above the job's QoS");
        return;
    }
    published[qos]++;
    if (!is_text(&at, body + size, JOB_PUB)) wrong("topic is not the job's");
    uint8_t const* id = at;
    if (qos) at += 2;
    if (version == 5) at++;
    if (body + size - at != 16 || at[0] != 1 || at[15] != 16) wrong("payload is not the job's");
    if (JOB_DROP && qos == 1 && !dropped) return;
    if (qos == 1) answer(0x40, id);
    if (qos == 2) answer(0x50, id);
}

static void handle(uint8_t first, uint8_t const* body, size_t size) {
    int const type = first >> 4;
    seen[type]++;
    if (connected == (type == connect)) wrong(connected ? "second CONNECT" : "first packet is not CONNECT");
    switch (type) {
    case connect:
        on_connect(body, size);
        break;
    case publish:
        on_publish(first, body, size);
        break;
    case pubrec:
        answer(0x62, body);
        break;
    case pubrel:
        answer(0x70, body);
        break;
    case subscribe:
        on_subscribe(body, size);
        break;
    case pingreq:
        put("\xd0", 2);
        break;
    default:
        break;
    }
}

static void new_stream(void) {
    in_size = out_first = out_last = 0;
    connected                      = 0;
}

// The link breaks at one call; the next call belongs to a new connection.
static int broken(void) {
    if (!cut) return 0;
    cut = 0;
    new_stream();
    return 1;
}

int hal_send(void const* bytes, size_t size) {
    if (broken()) return -1;
    if (in_size + size > sizeof in) {
        wrong("packet too long");
        return -1;
    }
    memcpy(in + in_size, bytes, size);
    in_size += size;
    for (;;) {
        size_t head = 1, body = 0, shift = 0;
        do {
            if (head == in_size || head > 4 || in_size == 0) return (int)size;
            body |= (size_t)(in[head] & 127) << shift;
            shift += 7;
        } while (in[head++] & 128);
        if (in_size < head + body) return (int)size;
        handle(in[0], in + head, body);
        in_size -= head + body;
        memmove(in, in + head + body, in_size);
    }
}

int hal_recv(void* bytes, size_t size) {
    if (broken()) return -1;
    size_t const ready = out_last - out_first;
    if (size > ready) size = ready;
    memcpy(bytes, out + out_first, size);
    out_first += size;
    if (size == 0) now += 50;
    return (int)size;
}

uint32_t hal_ms(void) {
    return now;
}

void hal_result(int rc) {
    results++;
    if (rc != 0) wrong("the job returned an error");
}

void hal_message(char const* topic, size_t topic_size, void const* payload, size_t payload_size, int qos) {
    if (qos >= 0 && qos < 3) messages[qos]++;
    int const same_topic = topic_size == strlen(JOB_SUB) && memcmp(topic, JOB_SUB, topic_size) == 0;
    int const same_text  = payload_size == strlen(command) && memcmp(payload, command, payload_size) == 0;
    if (!same_topic || !same_text) wrong("the message delivered is not the one sent");
}

void hal_acked(int what) {
    (void)what;
    acked++;
}

int hal_running(int where) {
    if (where == 0) {
        if (outer++ == sessions) return 0;
        inner = dropped = cut = 0;
        new_stream();
        return 1;
    }
    now += 1000;
    if (JOB_DROP && inner == drop_at_step) dropped = cut = 1;
    return inner++ < steps;
}

__attribute__((destructor)) static void report(void) {
    printf("connect=%u subscribe=%u pub0=%u pub1=%u pub2=%u ", seen[1], seen[8], published[0], published[1],
           published[2]);
    printf("puback=%u pubrec=%u pubrel=%u pubcomp=%u ping=%u disconnect=%u ", seen[4], seen[5], seen[6], seen[7],
           seen[12], seen[14]);
    printf("msg0=%u msg1=%u msg2=%u acked=%u results=%u errs=%u\n", messages[0], messages[1], messages[2], acked,
           results, errors);
}
