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
struct replication_state;
struct request;
struct replica_change;
struct station_check;

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

struct station_kind {
    const char *formats[3]; /* what "kind" says in a scenario; NULL behind the last            */
    struct station_place place;
    int levels, tallies, counts; /* of one station (statistics.h)                               */
    bool has_capacity;           /* what of it is there changes in a rollout                   */
    struct metric_owner metrics;
};

extern const struct station_kind *const station_kinds[STATION_KINDS];

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
