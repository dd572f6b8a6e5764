/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observed.h - what telemetry shows, in one form whatever the source.
 *
 * The one rule: a time is of a kind, and nothing turns one into another in silence.
 *   service   work itself: nobody waits in it
 *   hold      how long a connection, a thread or a slot was taken
 *   wait      asked until granted
 *   response  arrival to completion, waits included
 *   connect   until a connection is open;  think: between a user's requests
 *   count     events in the range;  rate: events per second;  gauge: a level that was sampled
 *
 * Memory is bounded whatever the length of the files: values go into a log-linear histogram
 * (sim/stats/histogram.h; 4 KiB for each octave that occurs) with exact moments, arrivals into
 * counts by window at fixed scales, levels into batches, and the first OBSERVED_MOST_REQUESTS
 * requests of a file are kept singly. Names are in the arena. Times are ns since 1970 UTC. */
#ifndef CAPSIM_INPUTS_TELEMETRY_OBSERVED_H
#define CAPSIM_INPUTS_TELEMETRY_OBSERVED_H

#include "sim/base/arena.h"
#include "sim/base/wide.h"
#include "sim/stats/histogram.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum observed_kind {
    OBSERVED_SERVICE,
    OBSERVED_HOLD,
    OBSERVED_WAIT,
    OBSERVED_RESPONSE,
    OBSERVED_CONNECT,
    OBSERVED_THINK,
    OBSERVED_COUNT,
    OBSERVED_RATE,
    OBSERVED_GAUGE,
    OBSERVED_KINDS
};
/* "service" ... in the order of the enum. */
extern const char *const observed_kind_names[OBSERVED_KINDS];
/* The kind of that name, or OBSERVED_KINDS. */
enum observed_kind observed_find_kind(const char *name);

/* How much of a figure is known. */
enum observed_form {
    OBSERVED_VALUES,  /* single values: count, moments and the histogram                       */
    OBSERVED_BUCKETS, /* counts between bounds, and mean from their sum: interval-censored     */
    OBSERVED_MOMENTS, /* count, mean, and sd where it is not NaN                               */
    OBSERVED_LEVELS,  /* samples of a level: mean and standard error from batch means          */
    OBSERVED_TOTAL    /* one number: value                                                     */
};
extern const char *const observed_form_names[OBSERVED_TOTAL + 1];

enum {
    OBSERVED_OCTAVES = HISTOGRAM_BUCKETS >> HISTOGRAM_SUB_BITS,
    OBSERVED_MOST_REQUESTS = 1 << 20,
    OBSERVED_MOST_FIGURES = 2000,
    OBSERVED_MOST_LEVELS = 64,
    OBSERVED_BATCHES = 256, /* of a level: even; pairs are joined when they are full */
    OBSERVED_SCALES = 5,
    OBSERVED_MOST_WINDOWS = 2048, /* of the rate over time; pairs are joined when they are full */
    OBSERVED_OPEN_WINDOWS = 4096  /* of one scale: how far out of order a log may be */
};

struct observed_figure {
    enum observed_kind kind;
    enum observed_form form;
    const char *resource; /* "requests", "pool", "pooler", "database", "proxy", "cpu.api", ... */
    const char *metric; /* the source's own name: "Ta", "total_xact_time", "usage"               */
    const char *class;  /* of requests or statements; "": all together                           */
    const char *unit;   /* "s", "1/s", "1", "B"                                                  */
    const char *method; /* how it came about, in one line                                        */
    size_t file;        /* number of the (last) file that it came from                           */
    uint64_t count;     /* values, or samples of a level                                         */
    double value;       /* TOTAL; else NaN                                                       */
    double mean, sd;    /* in unit; NaN: unknown. Of VALUES and LEVELS after observed_finish     */
    double standard_error, least, largest; /* NaN: unknown; of the mean                           */
    int64_t resolution_ns; /* step of the values; 0: finer than it matters                    */
    int64_t truncated_below_ns; /* smaller ones are not in the file; 0: all are */
    double sampled_share; /* of all that happened, this share is in the file; 1: all         */
    bool is_biased;       /* must not be averaged: method says why                           */

    wide_int sum; /* VALUES [ns] */
    wide_uint sum_squares;
    int64_t least_ns, largest_ns;
    uint64_t *octaves[OBSERVED_OCTAVES]; /* [1 << HISTOGRAM_SUB_BITS] counts each; NULL: none */

    size_t bucket_count; /* BUCKETS: bucket i has the values in (tops[i - 1], tops[i]] */
    double *bucket_tops; /* [s]; the last is INFINITY */
    uint64_t *bucket_counts;

    struct observed_batches *batches; /* LEVELS */
};

/* Batches of consecutive samples of a level. */
struct observed_batches {
    double sums[OBSERVED_BATCHES];
    size_t used;
    uint64_t batch_size, in_last; /* samples */
    double least, largest;
};

/* Arrivals counted in windows of one width. */
struct observed_scale {
    int64_t window_ns;
    int64_t lowest;   /* number of the first open window (start / window_ns) */
    int64_t first;    /* number of the window of the first arrival */
    uint32_t *open;   /* [OBSERVED_OPEN_WINDOWS], a ring */
    uint64_t windows; /* after observed_finish: that lie within the range whole */
    double sum, sum_squares;
    uint64_t late;     /* arrivals before the lowest open window: not in the sums */
    double dispersion; /* variance over mean of the counts, after observed_finish; NaN: unknown */
    bool has_begun;
};

struct observed_arrivals {
    size_t file;
    const char *resource; /* "requests", "statements"     */
    bool stamps_are_ends; /* computed as end - response */
    uint64_t count, failed;
    int64_t first_ns, last_ns; /* arrivals  */
    int64_t resolution_ns;     /* of the stamps; scales below it say nothing */
    struct observed_scale scales[OBSERVED_SCALES];
    /* The rate over time: counts[window_count] windows of window_ns from origin_ns. */
    int64_t origin_ns, window_ns;
    size_t window_count;
    uint32_t *counts;
};

/* The first requests of a file one by one, in the order of the file. */
struct observed_requests {
    size_t file;
    int64_t *start_ns, *response_ns;
    uint16_t *class;            /* index into classes */
    bool *is_failed;            /* with an error of the server */
    const char *const *classes; /* names */
    size_t class_count, count, capacity;
    uint64_t total;
    bool is_application; /* written by the application itself: the pool's wait is inside */
};

/* A size or a setting that a file tells. */
struct observed_setting {
    const char *path; /* "pool.max" */
    double value;
    const char *unit; /* "1" or "s" */
    const char *text; /* as it was written */
    size_t file;
};

/* What so many clients that do not think got done. */
struct observed_level {
    double clients, per_s;
};

struct observed_drop {
    size_t file;
    const char *reason;
    uint64_t rows;
    uint64_t first_line;
};

struct observed_file {
    const char *path, *format, *sign; /* sign: by what the format was told */
    const char *packing;              /* "" or "gzip" ... */
    char sha256[65];
    uint64_t bytes, lines, rows; /* rows: that were taken */
    int64_t first_ns, last_ns;   /* INT64_MAX and INT64_MIN: no stamps */
    bool has_zone;               /* its stamps have a known offset */
};

/* Something that the reader of the report must know. */
struct observed_finding {
    bool is_contradiction;
    const char *text;
};

struct observed {
    struct arena *arena;
    struct observed_file *files;
    size_t file_count;
    struct observed_figure **figures;
    size_t figure_count;
    struct observed_arrivals **arrivals;
    size_t arrival_count;
    struct observed_requests **requests;
    size_t request_count;
    struct observed_setting *settings;
    size_t setting_count;
    struct observed_level *levels; /* of tables of load levels */
    size_t level_count;
    struct observed_drop *drops;
    size_t drop_count;
    struct observed_finding *findings;
    size_t finding_count;
    double sampled_share;  /* of all requests that came, so many are in the logs of them; 1: all */
    bool knows_contention; /* load_levels.h */
    bool is_full;          /* more than OBSERVED_MOST_FIGURES figures: the rest was left out */
};

/* An empty form. */
struct observed *observed_create(struct arena *arena);
/* A new file; its number. */
size_t observed_add_file(struct observed *observed, const char *path);
/* Takes a stamp into the file's range. */
void observed_file_time(struct observed *observed, size_t file, int64_t ns);

/* The figure of this file with these labels, made when it is not there. resource, metric and class
 * are copied. Past OBSERVED_MOST_FIGURES all new ones are one that is not in the list. */
struct observed_figure *observed_figure(struct observed *observed, size_t file,
                                        enum observed_kind kind, const char *resource,
                                        const char *metric, const char *class);
/* Adds one value [ns, >= 0] to a figure of single values. */
void observed_add_value(struct observed *observed, struct observed_figure *figure, int64_t ns);
/* Adds `count` values at once, all taken to be ns. */
void observed_add_values(struct observed *observed, struct observed_figure *figure, int64_t ns,
                         uint64_t count);
/* Adds a sample of a level; makes it a figure of levels. */
void observed_add_level(struct observed *observed, struct observed_figure *figure, double level);
/* Makes it one number. */
void observed_set_total(struct observed_figure *figure, double value, const char *unit);
/* Makes it count, mean and sd [s] (sd NaN: unknown), with the standard error that follows. */
void observed_set_moments(struct observed_figure *figure, uint64_t count, double mean_s,
                          double sd_s);
/* Makes it buckets; tops and counts (not cumulative) are copied. mean_s: from the sum; NaN:
 * unknown. */
void observed_set_buckets(struct observed *observed, struct observed_figure *figure, size_t count,
                          const double *tops, const uint64_t *counts, double mean_s);

/* The counter of arrivals of this file. */
struct observed_arrivals *observed_add_arrivals(struct observed *observed, size_t file,
                                                const char *resource);
/* The step of a stamp's last digit, before the arrival is counted. The finest counts: some writers
 * leave out trailing zeros. */
void observed_take_resolution(struct observed_arrivals *arrivals, int64_t resolution_ns);
/* Counts an arrival; stamps may be out of order by OBSERVED_OPEN_WINDOWS windows. */
void observed_add_arrival(struct observed_arrivals *arrivals, int64_t ns);
/* Closes the windows and computes the dispersions; done by observed_finish. */
void observed_finish_arrivals(struct observed_arrivals *arrivals);

/* The list of single requests of this file. */
struct observed_requests *observed_add_requests(struct observed *observed, size_t file);
/* Appends a request while there are fewer than OBSERVED_MOST_REQUESTS. */
void observed_add_request(struct observed *observed, struct observed_requests *requests,
                          int64_t start_ns, int64_t response_ns, size_t class, bool is_failed);

/* A setting that a file tells; the same path again replaces it. */
void observed_set_setting(struct observed *observed, size_t file, const char *path, double value,
                          const char *unit, const char *text);
/* Adds a load level; false: there are OBSERVED_MOST_LEVELS. */
bool observed_add_load(struct observed *observed, double clients, double per_s);
/* The setting, or NULL. */
const struct observed_setting *observed_find_setting(const struct observed *observed,
                                                     const char *path);
/* Counts a row that was not taken. reason must stay. */
void observed_drop(struct observed *observed, size_t file, const char *reason, uint64_t line);
/* Adds a finding; format as for printf. */
void observed_find(struct observed *observed, bool is_contradiction, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Computes means, spreads, standard errors and dispersions, once all files are read. */
void observed_finish(struct observed *observed);

/* The q-quantile [s] of a figure of values (histogram.h) or, interpolated within the bucket, of
 * buckets; NaN for the other forms and beyond the last finite bound. */
double observed_quantile(const struct observed_figure *figure, double q);
/* The first figure with these labels, or NULL; class NULL: the one without a class; metric NULL:
 * any. */
const struct observed_figure *observed_find_figure(const struct observed *observed,
                                                   enum observed_kind kind, const char *resource,
                                                   const char *metric, const char *class);

#endif
