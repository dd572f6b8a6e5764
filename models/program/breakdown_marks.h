/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breakdown_marks.h - the marks behind operations that take time, and the parts of a request's time
 * that they add to; what they do while a replication runs is in breakdown.h. Used by program.c.
 *
 * The parts are per workload, one for each thing to wait for and each step that takes time by
 * itself; what a request does twice goes into one part. */
#ifndef CAPSIM_MODELS_PROGRAM_BREAKDOWN_MARKS_H
#define CAPSIM_MODELS_PROGRAM_BREAKDOWN_MARKS_H

#include "models/program/program.h"

enum breakdown_kind {
    BREAKDOWN_DELAY, /* a delay or the rows of a fetch; resource: the pool that is held, or none */
    BREAKDOWN_POOL_WAIT,    /* in a pool's queue; resource: the pool */
    BREAKDOWN_CONNECT,      /* a connection is opened or made ready for it; resource: the pool */
    BREAKDOWN_WORK,         /* its own demand; resource: the cpu */
    BREAKDOWN_CPU_WAIT,     /* because others work there too; resource: the cpu */
    BREAKDOWN_STATION_WAIT, /* for a station of another kind; resource: that one */
    BREAKDOWN_BROKEN_OFF, /* in steps that a failure cut short, of requests that were tried again */
    BREAKDOWN_BACKOFF,    /* before another attempt */
    BREAKDOWN_OTHER       /* everything for which there is no part left */
};

enum { BREAKDOWN_MAX_PARTS = 256, BREAKDOWN_NO_RESOURCE = -1 };

/* Steps of one name are one part; so are those without a name under the same named step, or else in
 * the same pool. */
struct breakdown_part {
    enum breakdown_kind kind;
    const char *step; /* the step's name, or that of the one around it; NULL: neither has one */
    int resource; /* index in the scenario, see kind; BREAKDOWN_NO_RESOURCE                      */
    enum station_number station; /* the kind of the resource                                  */
};

/* The parts of a workload while it is compiled, and where the compiler stands. */
struct breakdown_list {
    struct breakdown_part *parts; /* [BREAKDOWN_MAX_PARTS] */
    size_t count;
    const char *within; /* the innermost named step  */
    int holding;        /* the innermost pool        */
};

/* Makes `mark` the operation that belongs behind `timed`, which step has just
 * been compiled to; false when the step takes no time. */
bool breakdown_mark(struct breakdown_list *list, const struct step *step,
                    const struct operation *timed, struct operation *mark);
/* The operations before the first step (behind OPERATION_BEGIN) and before FINISH. */
void breakdown_mark_begin(struct breakdown_list *list, bool has_retry, struct operation *mark);
void breakdown_mark_end(struct operation *mark);

#endif
