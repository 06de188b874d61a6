// SPDX-License-Identifier: BSL-1.0
// libmosquitto, one thread, mosquitto_loop, TCP_NODELAY on (off is its default).
#include "peer.h"
#include <mosquitto.h>
#include <sys/epoll.h>

static unsigned connected, subscribed, completed, received;

static void on_connect(struct mosquitto* m, void* context, int rc) {
    (void)m, (void)context;
    if (rc != 0) peer_fail("mosquitto: refused");
    connected++;
}

static void on_subscribe(struct mosquitto* m, void* context, int id, int count, int const* granted) {
    (void)m, (void)context, (void)id, (void)count, (void)granted;
    subscribed++;
}

static void on_publish(struct mosquitto* m, void* context, int id) {
    (void)m, (void)context, (void)id;
    completed++;
}

static void on_message(struct mosquitto* m, void* context, struct mosquitto_message const* message) {
    (void)m, (void)context, (void)message;
    received++;
}

static void check(int rc) {
    if (rc != MOSQ_ERR_SUCCESS) peer_fail(mosquitto_strerror(rc));
}

static struct mosquitto* open_client(struct peer_job const* job) {
    struct mosquitto* m = mosquitto_new(NULL, true, NULL);
    if (!m) peer_fail("mosquitto: no memory");
    mosquitto_connect_callback_set(m, on_connect);
    mosquitto_subscribe_callback_set(m, on_subscribe);
    mosquitto_publish_callback_set(m, on_publish);
    mosquitto_message_callback_set(m, on_message);
    check(mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1));
    check(mosquitto_connect(m, job->host, job->port, PEER_KEEP_ALIVE));
    return m;
}

static void loop_until(struct mosquitto* m, unsigned const* counter, unsigned value) {
    while (*counter < value) check(mosquitto_loop(m, 1000, 1));
}

static void send_one(struct mosquitto* m, struct peer_job const* job, int qos) {
    check(mosquitto_publish(m, NULL, PEER_TOPIC, (int)job->size, job->payload, qos, false));
}

static void publish(struct mosquitto* m, struct peer_job const* job) {
    unsigned made = 0;
    if (job->qos == 0) {
        for (; made < job->count; made++) {
            send_one(m, job, 0);
            while (mosquitto_want_write(m)) check(mosquitto_loop(m, 1000, 1));
        }
        send_one(m, job, 1);
        loop_until(m, &completed, job->count + 1);
        return;
    }
    while (completed < job->count) {
        for (; made < job->count && made - completed < PEER_WINDOW; made++) send_one(m, job, job->qos);
        check(mosquitto_loop(m, 1000, 1));
    }
}

static void subscribe(struct mosquitto* m, struct peer_job const* job) {
    check(mosquitto_subscribe(m, NULL, PEER_TOPIC, job->qos));
    loop_until(m, &subscribed, 1);
}

static void receive(struct mosquitto* m, struct peer_job const* job) {
    char text[64];
    subscribe(m, job);
    int const size = peer_request(job, text, sizeof text);
    check(mosquitto_publish(m, NULL, PEER_ASK_TOPIC, size, text, 0, false));
    loop_until(m, &received, job->count);
}

static void round_trips(struct mosquitto* m, struct peer_job* job) {
    subscribe(m, job);
    for (unsigned i = 1; i <= job->count; i++) {
        peer_lap_begins(job);
        send_one(m, job, 1);
        loop_until(m, &received, i);
        peer_lap_ends(job);
        loop_until(m, &completed, i);
    }
}

// mosquitto_loop uses select() and stops at about 340 clients; an own epoll loop does not.
static void fleet(struct peer_job const* job) {
    peer_many_files();
    struct mosquitto** all    = (struct mosquitto**)calloc(job->count, sizeof *all);
    int const          events = epoll_create1(0);
    if (!all) peer_fail("mosquitto: no memory");
    memset(all, 1, job->count * sizeof *all);
    long const before = peer_private_kib();
    for (unsigned i = 0; i < job->count; i++) {
        all[i]                   = open_client(job);
        struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = i}};
        epoll_ctl(events, EPOLL_CTL_ADD, mosquitto_socket(all[i]), &event);
        while (connected <= i) {
            struct epoll_event ready;
            if (epoll_wait(events, &ready, 1, 1000) == 1) check(mosquitto_loop_read(all[ready.data.u32], 1));
        }
    }
    peer_fleet_result(job->count, before, peer_private_kib());
    for (unsigned i = 0; i < job->count; i++) mosquitto_disconnect(all[i]), mosquitto_destroy(all[i]);
    free(all);
}

int main(int argc, char** argv) {
    struct peer_job job = peer_arguments(argc, argv);
    mosquitto_lib_init();
    if (strcmp(job.mode, "fleet") == 0) {
        fleet(&job);
    } else {
        struct mosquitto* m = open_client(&job);
        loop_until(m, &connected, 1);
        peer_started(&job);
        if (job.receives)
            receive(m, &job);
        else if (job.round_trips)
            round_trips(m, &job);
        else
            publish(m, &job);
        peer_finished(&job);
        mosquitto_disconnect(m);
        mosquitto_destroy(m);
    }
    mosquitto_lib_cleanup();
    free(job.payload);
    return 0;
}
