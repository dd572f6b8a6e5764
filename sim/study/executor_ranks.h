/* SPDX-License-Identifier: GPL-3.0-or-later */
/* executor_ranks.h - an executor of several processes that send each other messages.
 *
 * Rank 0 hands out item numbers on demand and keeps a few in reserve with each rank while many are
 * left, at the end one for each thread; it takes what comes back at once, and passes it on to all
 * ranks whenever RANKS_PASS_BYTES of it are there, and at the end of the batch. Items are run
 * meanwhile, on all ranks, as long as no more than RANKS_HELD_BYTES wait to be passed on.
 * Nobody waits busily: the thread that talks sleeps until one of its items is finished, at most
 * RANKS_MAX_WAIT_NS.
 *
 * Invariants:
 * 1. items are handed out in increasing order, none after one that failed, and what was handed out
 *    is run to its end: so which error is the lowest does not depend on the ranks;
 * 2. every rank has taken the same items when a batch is over, and knows alike whether it failed or
 *    was interrupted; between two batches is_interrupted (ranks_watch) does not change;
 * 3. a rank that leaves early, or asks for another batch than rank 0's, fails the batch: it never
 *    counts as one that works.
 * A process that dies takes the job with it; that is the business of whoever started the job. */
#ifndef CAPSIM_SIM_STUDY_EXECUTOR_RANKS_H
#define CAPSIM_SIM_STUDY_EXECUTOR_RANKS_H

#include "sim/study/executor.h"
#include <stdint.h>

/* Each time costs a message to every rank: with 1,000 of them 1 ms. */
#define RANKS_PASS_BYTES ((size_t)16 << 20)
#define RANKS_HELD_BYTES ((size_t)32 << 20)
#define RANKS_MAX_WAIT_NS INT64_C(500000)

/* How messages travel: in order from one rank to another. */
struct ranks_link {
    void *context;
    unsigned rank, count; /* this one, of how many */
    /* Sends size bytes, the caller's again when it returns. It waits for no answer. */
    void (*send)(void *context, unsigned to, const void *bytes, size_t size);
    /* The next message that is there, into the empty parcel. False: none; it does not wait. */
    bool (*receive)(void *context, struct parcel *message, unsigned *from);
    /* size bytes from rank 0 to all. Every rank calls it, in the same order, and it returns when
     * they are there, or rank 0's again. */
    void (*broadcast)(void *context, void *bytes, size_t size);
    /* Rank 0: the same, without waiting. The bytes are its own again, and another broadcast may
     * begin, once has_passed has said so; that has to be asked, for it is what goes on with it. */
    void (*begin_broadcast)(void *context, void *bytes, size_t size);
    bool (*has_passed)(void *context);
};

struct ranks {
    const struct ranks_link *link;
    struct executor executor;
    const atomic_bool *is_watched; /* of rank 0: the user's wish to stop */
    atomic_bool is_interrupted;    /* what all have agreed on            */
    uint64_t batch;                /* number of the batch that runs, or ran last */
    bool has_ended;                /* not rank 0: it has said that all is over   */
    bool has_left;
    bool *gone; /* [count]; rank 0: who has left */
    struct parcel message, records, outgoing;
    struct parcel held, passing; /* rank 0: what all are to have, and what is on its way to them */
    struct arena *arena;
    uint64_t items; /* handed out by rank 0 so far, in all batches */
};

/* Makes link's ranks an executor, ranks->executor. ranks and link stay where they are. */
void ranks_open(struct ranks *ranks, const struct ranks_link *link);

/* What replications_options.is_interrupted is to be: on rank 0 it follows `watched` from one batch
 * to the next, on the others it follows rank 0. */
const atomic_bool *ranks_watch(struct ranks *ranks, const atomic_bool *watched);

/* Leaves: rank 0 tells all others that it is over and waits until they have left; another rank says
 * why it leaves ("" when it is not known to be early) and waits until it is over. */
void ranks_close(struct ranks *ranks, const char *reason);

#endif
