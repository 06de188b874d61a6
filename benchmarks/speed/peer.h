// SPDX-License-Identifier: BSL-1.0
// What every peer of the comparison shares: one command line, one job, one line of result.
//   peer HOST PORT MODE COUNT SIZE
//   pub0, pub1, pub2   COUNT publishes of SIZE bytes; QoS 1 and 2 keep 16 outstanding and refill on each
//                      acknowledgement; QoS 0 ends with one acknowledged publish, so that nothing is still on its way
//   recv0, recv1       asks the sink for COUNT publishes and takes them
//   rtt                COUNT times: one QoS 1 publish of SIZE bytes to a topic of its own, until the message is back;
//                      the acknowledgement is then waited for, but not counted
//   fleet              COUNT idle clients in one process (where the peer can), SIZE bytes for each of two buffers where
//                      the peer has such
#ifndef BENCHMARKS_SPEED_PEER_H
#define BENCHMARKS_SPEED_PEER_H
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define PEER_TOPIC "bench/speed/device-001/telemetry" // 32 bytes
#define PEER_ASK_TOPIC "sink/send"                    // the sink answers "COUNT QOS SIZE" with publishes to PEER_TOPIC
#define PEER_WINDOW 16
#define PEER_KEEP_ALIVE 600

struct peer_job {
    char const*     host;
    int             port;
    char const*     mode;
    int             qos;
    int             receives;
    int             round_trips;
    unsigned        count;
    unsigned        size;
    char*           payload;
    struct timespec start;
    struct timespec lap;
    float*          laps; // microseconds
    unsigned        laps_size;
};

static inline void peer_fail(char const* what) {
    fprintf(stderr, "peer: %s\n", what);
    exit(1);
}

static inline double peer_seconds(struct timespec from) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from.tv_sec) + 1e-9 * (double)(now.tv_nsec - from.tv_nsec);
}

static inline struct peer_job peer_arguments(int argc, char** argv) {
    struct peer_job job;
    memset(&job, 0, sizeof job);
    if (argc < 6) peer_fail("usage: HOST PORT pub0|pub1|pub2|recv0|recv1|rtt|fleet COUNT SIZE");
    job.host        = argv[1];
    job.port        = atoi(argv[2]);
    job.mode        = argv[3];
    job.qos         = job.mode[strlen(job.mode) - 1] - '0';
    job.receives    = strncmp(job.mode, "recv", 4) == 0;
    job.count       = (unsigned)strtoul(argv[4], NULL, 10);
    job.size        = (unsigned)strtoul(argv[5], NULL, 10);
    int const fleet = strcmp(job.mode, "fleet") == 0;
    job.round_trips = strcmp(job.mode, "rtt") == 0;
    if (job.round_trips) job.qos = 1;
    if (!fleet && (job.qos < 0 || job.qos > 2)) peer_fail("unknown mode");
    job.payload = (char*)malloc(job.size + 1);
    job.laps    = (float*)calloc(job.round_trips ? job.count : 1, sizeof(float));
    if (!job.payload || !job.laps) peer_fail("no memory");
    memset(job.payload, 'x', job.size);
    clock_gettime(CLOCK_MONOTONIC, &job.start);
    return job;
}

// Call when connected: the result counts from here.
static inline void peer_started(struct peer_job* job) {
    clock_gettime(CLOCK_MONOTONIC, &job->start);
}

static inline void peer_lap_begins(struct peer_job* job) {
    clock_gettime(CLOCK_MONOTONIC, &job->lap);
}

static inline void peer_lap_ends(struct peer_job* job) {
    job->laps[job->laps_size++] = (float)(1e6 * peer_seconds(job->lap));
}

static inline int peer_later(void const* a, void const* b) {
    float const x = *(float const*)a, y = *(float const*)b;
    return (x > y) - (x < y);
}

// The request to the sink, in text.
static inline int peer_request(struct peer_job const* job, char* text, size_t room) {
    return snprintf(text, room, "%u %d %u", job->count, job->qos, job->size);
}

static inline void peer_finished(struct peer_job const* job) {
    double const  seconds = peer_seconds(job->start);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double const cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                       1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    printf("mode=%s count=%u size=%u seconds=%.6f cpu_seconds=%.6f", job->mode, job->count, job->size, seconds, cpu);
    if (job->laps_size != 0) {
        qsort(job->laps, job->laps_size, sizeof(float), peer_later);
        printf(" p50_us=%.1f", (double)job->laps[job->laps_size / 2]);
    }
    printf("\n");
}

// Memory that belongs to this process alone, in KiB.
static inline long peer_private_kib(void) {
    FILE* file = fopen("/proc/self/smaps_rollup", "r");
    char  line[256];
    long  sum = 0, value;
    if (!file) peer_fail("no /proc/self/smaps_rollup");
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Private_Clean: %ld", &value) == 1 || sscanf(line, "Private_Dirty: %ld", &value) == 1)
            sum += value;
    fclose(file);
    return sum;
}

static inline void peer_many_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static inline void peer_fleet_result(unsigned clients, long before_kib, long after_kib) {
    printf("mode=fleet count=%u bytes_per_client=%.0f\n", clients,
           (double)(after_kib - before_kib) * 1024.0 / (double)clients);
}
#endif
