/* workload.h - what arrives: when, how many at once, of which class.
 *
 * The next arrival is kept beside the event heap, as an alarm. Interarrival times and the values
 * that each request needs are drawn in blocks (program.h). */
#ifndef CAPSIM_MODELS_WORKLOAD_H
#define CAPSIM_MODELS_WORKLOAD_H

#include "models/system_state.h"

struct source {
    const struct workload_spec *spec;
    uint32_t first_class; /* of the program                                             */
    uint32_t alarm;
    uint32_t instants, requests; /* so far                                                     */
    uint32_t arrival_stream, batch_stream, class_stream;
    int64_t interarrivals[STREAM_BLOCK];   /* of the current 64 instants                          */
    uint32_t class_words[4][STREAM_BLOCK]; /* of the current 64 requests, with a mix            */
};

/* Starts workload number `number`: its first arrival is set as alarm number `alarm`. */
void source_init(struct system *system, uint32_t number, uint32_t alarm);

/* Used by workload_fast.h, which has what runs for every request. Each draws the next block of 64
 * or one value: interarrival times; the size of the batch that arrives now; the class of the next
 * request of a mix; a class's draw. */
void source_refill(struct system *system, struct source *source);
uint32_t source_draw_batch(struct system *system, const struct source *source);
uint32_t source_choose_class(struct system *system, struct source *source);
void source_fill_block(const struct system *system, const struct draw *draw, uint32_t index,
                       int64_t block[STREAM_BLOCK]);
/* Counts arrivals at one instant, and ends a replication whose law of many zeros would keep the
 * clock still for ever. */
void source_guard_instant(struct system *system, const struct source *source);

#endif
