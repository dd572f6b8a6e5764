/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_catalogue.h - every metric that there is: of what, in which unit, how it comes about,
 * which statistics it has, what reports show of it, and what it means in words.
 *
 * A row is a metric of one kind of thing (an owner: a pool, a workload ...). metrics.c makes the
 * columns of a scenario from the rows; a column carries what it is of (struct metric_identity), so
 * that nobody has to take its name apart. A name is "<resource>.<metric>[.<statistic>]", of the
 * system as a whole without the resource; only what a user types is looked up by name
 * (metric_catalogue_find). The order of the rows is the order of the columns, and with that of the
 * results. */
#ifndef CAPSIM_MODELS_METRICS_METRIC_CATALOGUE_H
#define CAPSIM_MODELS_METRICS_METRIC_CATALOGUE_H

#include "models/spec/station_kind.h"
#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum metric_statistic {
    STATISTIC_MEAN, /* of a level: its time average, which has no suffix */
    STATISTIC_SD,
    STATISTIC_P50,
    STATISTIC_P75,
    STATISTIC_P90,
    STATISTIC_P95,
    STATISTIC_P99,
    STATISTIC_P999,
    STATISTIC_MAX,
    STATISTIC_PEAK,
    STATISTIC_COUNT,
    STATISTIC_NONE = STATISTIC_COUNT /* of a share or a rate: there is one number */
};

enum metric_shape {
    METRIC_LEVEL,   /* a time average; with .max and .peak                                */
    METRIC_TALLY,   /* observed per request or cycle: .mean, .sd, quantiles, .max          */
    METRIC_MEAN,    /* the mean of a tally over `whole`                                   */
    METRIC_NONZERO, /* share of a tally's observations above zero                         */
    METRIC_SHARE,   /* counts over counts                                                 */
    METRIC_RATE     /* a count per second                                                 */
};

/* What a reader may look for whatever it is of. */
enum metric_role {
    ROLE_OTHER,
    ROLE_USE,        /* share of a capacity that is in use                                 */
    ROLE_CONNECTION, /* how connections, or what is held, are used                        */
    ROLE_DATABASE,   /* connections that a database has                                   */
    ROLE_WAIT,       /* of requests, for a station                                        */
    ROLE_RESPONSE,
    ROLE_STEP,     /* time in a named step                                                    */
    ROLE_FAILURES, /* requests that failed, whatever the reason                        */
    ROLE_ERRORS,   /* ... for one                                                      */
    ROLE_CONNECTION_ERRORS, /* both ROLE_CONNECTION and ROLE_ERRORS                             */
    ROLE_RETRIES,
    ROLE_THROUGHPUT,
    ROLE_CYCLE,
    ROLE_DUTY
};

enum { METRIC_NO_CLUSTER = -1 };
#define METRIC_COUNT(number) (UINT32_C(1) << (number))

struct metric_row {
    const char *name; /* "wait", "wait.probability"; "step.<step>" stands for each named step   */
    const char *unit; /* of struct column                                                      */
    enum metric_shape shape;
    int at;                /* of LEVEL, TALLY, MEAN, NONZERO: number of the level or tally     */
    int cluster;           /* of NONZERO, SHARE: the tally over the same requests              */
    uint32_t counts, of;   /* SHARE: counts (METRIC_COUNT) over counts; RATE: counts, one      */
    uint32_t shown;        /* METRIC_COUNT of the statistics that reports show people          */
    uint32_t shown_inside; /* likewise when it is of a service's resource, or of a class       */
    uint32_t shown_worst;  /* likewise of the worst replica's                                 */
    enum metric_role role;
    bool larger_is_better;
    bool is_queue; /* LEVEL: of what waits or is present, whose time average is skewed         */
    bool is_ratio; /* SHARE: may be above 1, or of things that do not fail by chance            */
    /* Whether thing number `number` of the scenario has it; NULL: each has. */
    bool (*is_there)(const struct scenario *spec, size_t number);
    /* What the value is a share of: of LEVEL, the capacity of one copy; of MEAN [s]. NULL: 1. */
    double (*whole)(const struct scenario *spec, size_t number);
    const char *meaning; /* a sentence for `capsim explain` and the manual                      */
};

/* Who has metrics: each kind of station by its number, then these. */
enum {
    METRIC_OWNER_WORKLOAD = STATION_KINDS, /* or a class of one                             */
    METRIC_OWNER_CYCLE,
    METRIC_OWNER_SYSTEM,
    METRIC_OWNERS
};
const struct metric_owner *metric_owner(size_t number);

/* What a column is. */
struct metric_identity {
    const struct metric_row *row; /* NULL: no metric of the catalogue, such as a self-check       */
    const char *resource;         /* "db_pool", "api.report"; NULL: of the whole system          */
    const char *metric;           /* "wait"; "step.query"                                        */
    enum metric_statistic statistic;
    bool is_worst; /* of the worst copy of a service's resource                                  */
    bool is_shown; /* reports show it to people                                                  */
};

/* Of the statistics: their names and meanings, by number. */
struct metric_statistic_words {
    const char *name, *meaning;
};
extern const struct metric_statistic_words metric_statistics[STATISTIC_COUNT];

/* "p95"; NULL for STATISTIC_NONE. */
const char *metric_statistic_name(enum metric_statistic statistic);
/* The quantile that a statistic is, 0.5 to 0.999; NaN for one that is none. */
double metric_statistic_quantile(enum metric_statistic statistic);
/* True for the highest of the whole run (max, peak), which has no value in a window. */
bool metric_is_extreme(const struct metric_identity *identity);

/* Whether `reports` show that statistic of the row. is_inside: it is of a service's resource, or of
 * a class. */
bool metric_is_shown(const struct metric_row *row, enum metric_statistic statistic, bool is_inside,
                     bool is_worst);

/* What the name that somebody typed says, by looking it up from its end: "db_pool.wait.p95", or
 * "wait.p95", or "wait" alone (STATISTIC_NONE where it would have several). The first row that
 * fits, from row `from` on, counted through all owners; returns the place behind it, or 0 when
 * there is none. resource and metric are in arena; resource is NULL when the name has none. */
size_t metric_catalogue_find(const char *name, size_t from, struct arena *arena,
                             struct metric_identity *identity, const struct metric_owner **owner);
/* The first that it can be; its row is NULL when the catalogue has none. Never NULL. */
const struct metric_identity *metric_catalogue_identity(const char *name, struct arena *arena);
/* The identity that a report wrote in parts; statistic NULL: none. row is NULL when the catalogue
 * has no such metric. */
struct metric_identity metric_catalogue_identify(const char *resource, const char *metric,
                                                 const char *statistic, bool is_worst);

#endif
