/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals.h - what arrives: when, how many at once, of which class.
 *
 * The next arrival is kept beside the event heap, as an alarm. Interarrival times and the values
 * that each request needs are drawn in blocks (program.h). */
#ifndef CAPSIM_MODELS_STATIONS_ARRIVALS_H
#define CAPSIM_MODELS_STATIONS_ARRIVALS_H

#include "models/engine/replication_state.h"
#include "models/spec/profile.h"

/* Where an MMPP is. */
struct mmpp_cursor {
    uint32_t state, stays; /* stays: number of the current one */
    int64_t left;          /* of the current stay [ns]         */
    uint32_t stream;
};

/* Where a trace is: the last two blocks of 64 rows, because a request takes its values when the
 * block after its own may have been fetched. */
struct trace_cursor {
    int64_t *cells;   /* [2 * STREAM_BLOCK * (1 + value_count)]                           */
    int64_t last;     /* arrival fetched last [ns]                                        */
    double begin;     /* time of the trace when the simulation begins [ns]                */
    uint64_t skipped; /* rows that were over then                                         */
    uint64_t taken;   /* rows, by a load test                                             */
    bool is_over;
};

/* The customers of a closed workload or a load test. */
struct crowd {
    uint32_t *thinks;                            /* [customers] how often each has begun to think */
    uint32_t *of_record;                         /* [records when all were there] its customer    */
    uint64_t sent;                               /* requests, of a load test                      */
    int64_t end_ns;                              /* of a load test: nothing is sent from then on */
    int64_t active;                              /* of a load test: have not stopped yet          */
    uint32_t stream, first_stream, start_stream; /* of thoughts; of what is left at time 0 */
};

struct source {
    const struct workload_spec *spec;
    struct class_state *first_class; /* those of the workload follow it */
    uint32_t alarm;
    uint32_t instants, requests; /* so far */
    uint32_t arrival_stream, batch_stream, class_stream;
    bool has_batches; /* arrivals_draw_batch says how many come; of customers none does     */
    bool is_plain;    /* one class, and no values of a trace                               */
    int64_t interarrivals[STREAM_BLOCK];   /* of the current 64 instants             */
    uint32_t class_words[4][STREAM_BLOCK]; /* of the current 64 requests, with a mix */
    struct mmpp_cursor mmpp;
    struct profile_cursor profile;
    struct trace_cursor trace;
    struct crowd crowd;
    struct cycle *cycle; /* cycle.h; NULL: not a cycle */
};

/* Starts workload number `number`: its first arrival is set as alarm number `alarm`. */
void arrivals_init(struct replication_state *system, uint32_t number, uint32_t alarm);

/* Used by arrivals_fast.h, which has what runs for every request. Each draws the next block of 64
 * or one value: interarrival times; the size of the batch that arrives now, 0 of customers; a
 * class's draw. */
void arrivals_refill(struct replication_state *system, struct source *source);
uint32_t arrivals_draw_batch(struct replication_state *system, const struct source *source);
/* For a source that is not plain: chooses the class of request number id of a mix, and gives it the
 * values of its row of the trace. */
struct class_state *arrivals_choose_class(struct replication_state *system, struct source *source,
                                          uint32_t id);
void arrivals_fill_blocks(const struct replication_state *system, struct class_state *class,
                          uint32_t index);
/* One request more or less (change: 1 or -1) in the levels that few classes have: of the mix as a
 * whole, of the memory. */
void arrivals_change_levels(struct replication_state *system, const struct class_state *class,
                            int64_t change);
/* Counts arrivals at one instant, and ends a replication whose law of many zeros would keep the
 * clock still for ever. */
void arrivals_guard_instant(struct replication_state *system, const struct source *source);

/* The request of a customer has ended, and its record is his to think in: he thinks and comes
 * again, or stops, when the load test is over. The last to stop ends the replication. A job of a
 * cycle ends for good. */
void arrivals_customer_returns(struct replication_state *system, uint32_t id);
/* The customer has thought: his record becomes a new request, which goes on. */
void arrivals_customer_asks(struct replication_state *system, uint32_t id);

#endif
