/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random_parts.h - what a random scenario is made of, between the files of random_scenario.h.
 *
 * Each part is a JSON value that its caller owns. Times are short and often whole milliseconds, so
 * that things meet at one instant. */
#ifndef CAPSIM_TESTS_SUPPORT_RANDOM_PARTS_H
#define CAPSIM_TESTS_SUPPORT_RANDOM_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RANDOM_MAX_SERVICES = 2,
    RANDOM_MAX_STATIONS = 10,
    RANDOM_MAX_WORKLOADS = 3,
    RANDOM_NO_SERVICE = -1
};

enum random_kind { RANDOM_POOL, RANDOM_CPU, RANDOM_LIMITER, RANDOM_BUFFER, RANDOM_KINDS };

/* A resource that is there. */
struct random_station {
    enum random_kind kind;
    char name[16];
    int service;         /* that it belongs to, or RANDOM_NO_SERVICE                              */
    int64_t size;        /* places of a pool, bytes of a buffer                                   */
    bool is_thread_pool; /* else of connections                                                   */
    bool is_database;    /* of a cpu                                                              */
    bool refuses;        /* a database that accepts fewer connections than may be asked for       */
};

struct random_maker {
    const uint8_t *bytes; /* [size], of which `at` were taken */
    size_t size, at;
    bool runs_dry;
    bool least_busy[RANDOM_MAX_SERVICES]; /* how a service is balanced */
    int services;
    struct random_station stations[RANDOM_MAX_STATIONS];
    size_t station_count;
    /* While the steps of a workload are made. */
    int workload, steps_left;
    bool is_visited[RANDOM_MAX_SERVICES];
    bool may_spawn; /* the workload after this one */
    bool has_rows;  /* of a trace, with a column "work" */
};

/* A whole number from 0, below count <= 256; true in so many of a hundred cases. */
int random_below(struct random_maker *maker, int count);
bool random_chance(struct random_maker *maker, int percent);
/* One of words[count]. */
const char *random_word(struct random_maker *maker, const char *const *words, int count);

/* "7ms", from least to most; a law of a time with a mean of at most `most` ms, of a mean above 0 if
 * is_positive. */
json_t *random_ms(struct random_maker *maker, int least, int most);
json_t *random_law(struct random_maker *maker, int most);
json_t *random_positive_law(struct random_maker *maker, int most);

/* Puts the services and the resources into scenario, and notes them as stations. */
void random_add_resources(struct random_maker *maker, json_t *scenario);
/* The number of stations of a kind. */
int random_count(const struct random_maker *maker, enum random_kind kind);
/* Number index of them. */
const struct random_station *random_station(const struct random_maker *maker, enum random_kind kind,
                                            int index);

/* A list of steps; those of a workload that must take time begin with some. */
json_t *random_steps(struct random_maker *maker, bool takes_time);
/* Steps that empty every buffer. */
json_t *random_drains(struct random_maker *maker);

/* What arrives for a workload that others do not spawn. */
json_t *random_arrivals(struct random_maker *maker, bool *is_load_test);

#endif
