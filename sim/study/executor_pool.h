/* SPDX-License-Identifier: GPL-3.0-or-later */
/* executor_pool.h - the threads of one rank: item numbers go in, records of what items left behind
 * come out, in the order in which they were finished.
 *
 * Used by one thread, which feeds, collects and is never made to run an item itself: it has to be
 * there for the other ranks. */
#ifndef CAPSIM_SIM_STUDY_EXECUTOR_POOL_H
#define CAPSIM_SIM_STUDY_EXECUTOR_POOL_H

#include "sim/study/executor.h"
#include <pthread.h>
#include <stdint.h>

/* Before the bytes of each item in a parcel of records. A failed one has its struct error there. */
struct executor_record {
    uint64_t item, size;
    uint64_t has_failed;
};

struct executor_pool {
    const struct work *work;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t is_fed, has_finished;
    size_t *queue; /* a ring of [room] item numbers */
    size_t room, first, count;
    bool is_closed;
    struct parcel finished;
    struct arena *arena;
    unsigned threads;
    pthread_t *thread; /* [threads] */
};

/* Starts threads, as many of them as can be; if there is none, the process has no resources left
 * and err says so. */
bool executor_pool_open(struct executor_pool *pool, const struct work *work, unsigned threads,
                        struct error *err);

/* Waits for what was fed, and ends the threads. */
void executor_pool_close(struct executor_pool *pool);

/* Hands out items first..first+count-1. */
void executor_pool_feed(struct executor_pool *pool, size_t first, size_t count);

/* Exchanges the records of what is finished for records, an empty parcel with memory of its own. */
void executor_pool_collect(struct executor_pool *pool, struct parcel *records);

/* Returns once something is finished, at the latest after wait_ns. */
void executor_pool_wait(struct executor_pool *pool, int64_t wait_ns);

#endif
