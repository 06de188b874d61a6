// SPDX-License-Identifier: BSL-1.0
// Paho C, the asynchronous library as Debian builds it, without persistence. It has no TCP_NODELAY option.
#include "peer.h"
#include <MQTTAsync.h>
#include <semaphore.h>

enum { queued_at_qos_0 = 256 };

static sem_t    connected, subscribed, slots, arrived, finished;
static unsigned received;
static unsigned wanted;

static void on_failure(void* context, MQTTAsync_failureData* data) {
    (void)context, (void)data;
    peer_fail("paho: an operation failed");
}

static void post(void* context, MQTTAsync_successData* data) {
    (void)data;
    sem_post((sem_t*)context);
}

static int on_message(void* context, char* topic, int topic_size, MQTTAsync_message* message) {
    (void)context, (void)topic_size;
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    sem_post(&arrived);
    if (++received == wanted) sem_post(&finished);
    return 1;
}

static void check(int rc) {
    if (rc != MQTTASYNC_SUCCESS) peer_fail("paho: a call was refused");
}

static void wait_for(sem_t* what) {
    while (sem_wait(what) != 0) continue;
}

static MQTTAsync open_client(struct peer_job const* job) {
    MQTTAsync                client;
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    char                     uri[128];
    snprintf(uri, sizeof uri, "tcp://%s:%d", job->host, job->port);
    check(MQTTAsync_create(&client, uri, "paho", MQTTCLIENT_PERSISTENCE_NONE, NULL));
    check(MQTTAsync_setCallbacks(client, NULL, NULL, on_message, NULL));
    options.keepAliveInterval = PEER_KEEP_ALIVE;
    options.cleansession      = 1;
    options.maxInflight       = PEER_WINDOW;
    options.onSuccess         = post;
    options.onFailure         = on_failure;
    options.context           = &connected;
    check(MQTTAsync_connect(client, &options));
    wait_for(&connected);
    return client;
}

static void send_one(MQTTAsync client, char const* topic, void const* payload, unsigned size, int qos) {
    MQTTAsync_responseOptions answer = MQTTAsync_responseOptions_initializer;
    answer.onSuccess                 = post;
    answer.onFailure                 = on_failure;
    answer.context                   = &slots;
    wait_for(&slots);
    check(MQTTAsync_send(client, topic, (int)size, payload, qos, 0, &answer));
}

static void publish(MQTTAsync client, struct peer_job const* job) {
    unsigned const window = job->qos == 0 ? queued_at_qos_0 : PEER_WINDOW;
    sem_init(&slots, 0, window);
    for (unsigned i = 0; i < job->count; i++) send_one(client, PEER_TOPIC, job->payload, job->size, job->qos);
    if (job->qos == 0) send_one(client, PEER_TOPIC, job->payload, job->size, 1);
    for (unsigned i = 0; i < window; i++) wait_for(&slots);
}

static void subscribe(MQTTAsync client, struct peer_job const* job) {
    MQTTAsync_responseOptions answer = MQTTAsync_responseOptions_initializer;
    answer.onSuccess = post;
    answer.onFailure = on_failure;
    answer.context   = &subscribed;
    check(MQTTAsync_subscribe(client, PEER_TOPIC, job->qos, &answer));
    wait_for(&subscribed);
}

static void receive(MQTTAsync client, struct peer_job const* job) {
    char text[64];
    wanted = job->count;
    sem_init(&slots, 0, 1);
    subscribe(client, job);
    int const size = peer_request(job, text, sizeof text);
    send_one(client, PEER_ASK_TOPIC, text, (unsigned)size, 0);
    wait_for(&finished);
}

static void round_trips(MQTTAsync client, struct peer_job* job) {
    sem_init(&slots, 0, 1);
    subscribe(client, job);
    for (unsigned i = 0; i < job->count; i++) {
        peer_lap_begins(job);
        send_one(client, PEER_TOPIC, job->payload, job->size, 1);
        wait_for(&arrived);
        peer_lap_ends(job);
    }
    wait_for(&slots);
}

int main(int argc, char** argv) {
    struct peer_job job = peer_arguments(argc, argv);
    if (strcmp(job.mode, "fleet") == 0) peer_fail("paho: no fleet mode");
    sem_init(&connected, 0, 0);
    sem_init(&subscribed, 0, 0);
    sem_init(&arrived, 0, 0);
    sem_init(&finished, 0, 0);
    MQTTAsync client = open_client(&job);
    peer_started(&job);
    if (job.receives)
        receive(client, &job);
    else if (job.round_trips)
        round_trips(client, &job);
    else
        publish(client, &job);
    peer_finished(&job);
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
    sem_init(&finished, 0, 0);
    options.onSuccess = post;
    options.onFailure = on_failure;
    options.context   = &finished;
    check(MQTTAsync_disconnect(client, &options));
    wait_for(&finished);
    MQTTAsync_destroy(&client);
    free(job.payload);
    return 0;
}
