/* SPDX-License-Identifier: GPL-3.0-or-later */
/* station_kind.h - the kinds of resources: one constant row for each, and everything that differs
 * between them outside the main loop.
 *
 * A row says what a kind is called in the format, where its specs stand in a scenario, what its
 * stations count, which metrics and self-checks those make, how requests use it, what a rollout may
 * change, and what one more of it is. Whoever goes over all resources goes over the rows. Each is
 * written in models/stations, beside its state (<station>_kind.c); those below know only its
 * shape, and call what is in it with what they have. Pools are the first kind: the main loop takes
 * and gives them without looking at a row, and every number of a pool's copy is the same as its
 * number among all stations. The order of the rows is the order of the metrics. */
#ifndef CAPSIM_MODELS_SPEC_STATION_KIND_H
#define CAPSIM_MODELS_SPEC_STATION_KIND_H

#include "models/spec/spec.h"

struct metric_row;
struct request;
struct replication_state;
struct replica_change;
struct presence;
struct observation;

/* All metrics of one kind of thing: see metric_catalogue.h. */
struct metric_owner {
    const char *name; /* "a connection or thread pool" */
    const struct metric_row *rows;
    size_t count;
};

/* Where the specs of a kind stand in a scenario, in bytes; see STATION_SPECS. */
struct station_place {
    size_t list, number;          /* of the array and of its length, in struct scenario          */
    size_t size;                  /* of one spec                                                 */
    size_t name, copies, service; /* in a spec                                                  */
};
#define STATION_SPECS(type, list_member, number_member)                                            \
    {                                                                                              \
        offsetof(struct scenario, list_member), offsetof(struct scenario, number_member),          \
            sizeof(struct type), offsetof(struct type, name), offsetof(struct type, copies),       \
            offsetof(struct type, service)                                                         \
    }

/* What requests do with a kind of station, pools and processors aside: the main loop has theirs. */
struct station_verb {
    enum step_kind step; /* of a scenario; STEP_HOLD for both ends of a hold                   */
    enum station_number kind;
    bool may_wait; /* the request may be QUEUED there until it goes on                         */
    /* Does it to copy number `copy` for a request whose operation this is. True when the request
     * goes on now; false when it waits or has failed. */
    bool (*run)(struct replication_state *system, uint32_t copy, uint32_t id,
                struct request *request);
    const char *did;     /* "puts into": in a trace, when it is done                           */
    const char *refusal; /* why a request fails there at once; NULL: it does not               */
};

/* How many requests wait for a copy, or work on it, and how many of it are held. */
struct station_use {
    int64_t waiting, held;
};

/* What a rollout shows of a kind, and may do to it. */
struct station_rollout {
    const char *in_place[6];   /* keys that change without a restart; NULL behind the last        */
    const char *in_place_text; /* "max, min and threads": the same in a message                  */
    /* Whether no rollout can change that key ("acquire_timeout.mean") of this spec: then why, else
     * NULL. NULL: it can. */
    const char *(*find_obstacle)(const void *spec, const char *key);
    const char *const *series;   /* metrics of which each window is kept; NULL behind the last  */
    const char *const *followed; /* metrics of each phase; likewise                              */
    bool is_always_followed;     /* whatever service it is in, and before the workloads          */
    bool (*is_followed)(const void *spec); /* followed although it is in another service; NULL    */
};

/* What the bottleneck study and its report need. */
struct station_amount {
    int rank;            /* among equals the lowest comes first; the services come last          */
    const char *word;    /* "rate limiter" */
    const char *awaited; /* "its cores": what of it is waited for; NULL: it                     */
    const char *unit;    /* of the amount; "" for things that are counted                        */
    double (*of)(const void *spec);
    bool (*change)(void *spec, int64_t by); /* by one more or less; false when that cannot be     */
    const char *(*thing)(const void *spec); /* "connection"; NULL: the amount has a unit          */
    const char *full; /* metric that says how much of it is in use, as a share or as an amount  */
    bool is_full_an_amount;
    double (*asked)(const struct scenario *spec, const double *rates_per_s,
                    size_t i); /* in place of
                                                     full: what asks for it per second; or NULL */
};

struct station_kind {
    const char *formats[3]; /* what "kind" says in a scenario; NULL behind the last            */
    struct station_place place;
    int levels, tallies, counts; /* of one station (statistics.h)                               */
    struct metric_owner metrics;
    /* What of it changes in a rollout, of one copy (max, thousandths of a core); NULL: nothing. */
    int64_t (*capacity)(const void *spec);
    /* Self-checks (self_check.h): laws, each with two columns, which are named too. */
    int laws;
    const char *const *law_names, *const *column_names; /* [laws], [2 * laws]                    */
    void (*check)(const struct replication_state *system, size_t i, const struct presence *start,
                  const struct presence *end, int64_t length, struct observation *observation,
                  size_t column);
    /* Copy number `copy` (program.h) in a replication; resource i of the kind in a rollout. */
    const struct station_verb *verbs; /* [verb_count] of steps that are no holds                */
    size_t verb_count;
    const struct station_verb *acquire,
        *release; /* of what can be held, pools aside; or NULL     */
    /* Takes a request that is QUEUED there out of the queue; is_cancelled: it was not its time that
     * was up. */
    void (*abandon)(struct replication_state *system, uint32_t copy, uint32_t id,
                    struct request *request, bool is_cancelled);
    const char *wait_word, *wait_phrase; /* "buffer wait", "wait for room in"                     */
    size_t state_size;
    void (*init)(struct replication_state *system, uint32_t copy); /* NULL: made with its alarm  */
    void (*restart)(struct replication_state *system, uint32_t copy); /* sums of the self-checks */
    void (*stop)(struct replica_change *change, size_t i, uint32_t copy); /* NULL: does nothing   */
    void (*start)(struct replica_change *change, size_t i, uint32_t copy);
    void (*reload)(struct replica_change *change, size_t i, uint32_t copy);
    /* Which numbered invariant of the copy is broken, or NULL; *id: whose request it is about. */
    const char *(*find_broken)(const struct replication_state *system, uint32_t copy, uint32_t *id);
    struct station_use (*count_use)(const struct replication_state *system, uint32_t copy);
    struct station_rollout rollout;
    struct station_amount amount;
};

extern const struct station_kind *const station_kinds[STATION_KINDS];

/* What a step other than a hold does with a station, or NULL. */
const struct station_verb *station_verb_of_step(enum step_kind step);

/* How many resources of a kind the scenario has. */
static inline size_t station_count(const struct scenario *spec, enum station_number kind)
{
    return *(const size_t *)(const void *)((const char *)spec + station_kinds[kind]->place.number);
}

/* The spec of resource i of a kind, of the type that the kind has; cast it. */
static inline const void *station_spec(const struct scenario *spec, enum station_number kind,
                                       size_t i)
{
    const struct station_place *place = &station_kinds[kind]->place;
    const char *list = *(const char *const *)(const void *)((const char *)spec + place->list);
    return list + i * place->size;
}

/* What resource i is called. */
static inline const char *station_name(const struct scenario *spec, enum station_number kind,
                                       size_t i)
{
    const char *at = station_spec(spec, kind, i);
    return *(const char *const *)(const void *)(at + station_kinds[kind]->place.name);
}

/* 1, or the replicas of its service. */
static inline int64_t station_copies(const struct scenario *spec, enum station_number kind,
                                     size_t i)
{
    const char *at = station_spec(spec, kind, i);
    return *(const int64_t *)(const void *)(at + station_kinds[kind]->place.copies);
}

/* Its service, or SPEC_NO_SERVICE. */
static inline size_t station_service(const struct scenario *spec, enum station_number kind,
                                     size_t i)
{
    const char *at = station_spec(spec, kind, i);
    return *(const size_t *)(const void *)(at + station_kinds[kind]->place.service);
}

#endif
