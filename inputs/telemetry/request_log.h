/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_log.h - a log with one line for each request, whatever its layout: classes by route,
 * arrivals, and each of the layout's times as a figure of its own kind.
 *
 * A class is named after the route without its variable parts: "/item/5888", "/item/:id" and
 * "/item/{id}?page=2" are all `item`; what has no name is `root`. Where one route is met with two
 * methods the second is `post_item`. Checks of health (/healthz, /health, /readyz, ...) are left
 * out and counted. At most REQUEST_LOG_CLASSES classes; the rest are `other`. */
#ifndef CAPSIM_INPUTS_TELEMETRY_REQUEST_LOG_H
#define CAPSIM_INPUTS_TELEMETRY_REQUEST_LOG_H

#include "inputs/telemetry/telemetry.h"

enum { REQUEST_LOG_CLASSES = 64, REQUEST_LOG_TIMES = 6, REQUEST_LOG_NAME = 48 };

/* A time of the layout. The first is the response. */
struct request_time {
    enum observed_kind kind;
    const char *resource, *metric;
};

/* A request. */
struct request_seen {
    struct slice method, route;          /* empty: unknown */
    int64_t stamp_ns;                    /* arrival, or, if stamp_is_end, completion; -1: unknown */
    int64_t times_ns[REQUEST_LOG_TIMES]; /* -1: unknown */
    int64_t stamp_resolution_ns, resolution_ns;
    int64_t cut_ns; /* what the writer cut off each response on average: of single requests that is
                       put back, figures stay as written */
    bool is_failed;
};

struct request_log {
    struct telemetry_reading *reading;
    const struct request_time *times;
    size_t time_count;
    bool stamp_is_end;
    struct observed_arrivals *arrivals;
    struct observed_requests *requests; /* made with the first that has a stamp */
    struct name_table raw;              /* routes as they are in the log */
    uint16_t *class_of_raw;
    const char **methods; /* [REQUEST_LOG_CLASSES] with which the class was first met */
    struct name_table classes;
    struct observed_figure *figures[REQUEST_LOG_CLASSES][REQUEST_LOG_TIMES];
};

/* Starts a log whose lines have these times[count]. */
void request_log_begin(struct request_log *log, struct telemetry_reading *reading,
                       const struct request_time *times, size_t count, bool stamp_is_end);
/* Takes a request, or drops it with the reason. */
void request_log_add(struct request_log *log, const struct request_seen *seen);
/* Ends it: a log without any stamp keeps no arrivals. */
void request_log_end(struct request_log *log);

/* A request of which nothing is known yet. */
struct request_seen request_log_nothing(void);
/* Writes the class of a route; "" for a check of health. */
void request_log_name(struct slice route, char name[REQUEST_LOG_NAME]);

#endif
