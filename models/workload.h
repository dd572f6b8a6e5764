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

/* The next arrival instant has come: how many requests it brings; sets the alarm for the one after.
 */
uint32_t source_next_batch(struct system *system, struct source *source);

/* Makes one request of the workload at this instant: class chosen, values drawn, counted. Returns
 * its id, or NOBODY with the system's error set. */
uint32_t source_make_request(struct system *system, struct source *source);

#endif
