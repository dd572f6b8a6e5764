/* buffer.h - a place for data of limited capacity, filled by some requests and emptied by others.
 *
 * What does not fit is dropped and its request goes on, or the request waits, in the order of the
 * discipline, until somebody drains enough; nobody passes one who goes first, even with something
 * smaller. What is
 * larger than the whole buffer never fits: it is dropped either way. Cost: O(1) for each put,
 * O(admitted) for a drain; no events. Invariants: (1) 0 <= level <= capacity; (2) whoever
 * goes next does not fit; (3) level is what was put since the start less what was drained. */
#ifndef CAPSIM_MODELS_BUFFER_H
#define CAPSIM_MODELS_BUFFER_H

#include "models/waiting.h"

struct buffer {
    const struct buffer_spec *spec;
    struct time_average *level; /* bytes                                                       */
    struct time_average *queue;
    struct tally *wait;
    uint64_t *counts; /* BUFFER_COUNTS                                                          */
    struct waiting waiting;
    int64_t put_bytes, drained_bytes, level_before; /* since observation began; level then      */
    uint64_t queue_time; /* of all that left the queue, for the self-check [ns, modulo 2^64]    */
};

/* Makes copy number `number` (program.h) empty. */
void buffer_init(struct system *system, uint32_t number);
/* Puts what the request's operation says. Returns true when the request goes on now, false when it
 * waits. */
bool buffer_put(struct system *system, struct buffer *buffer, uint32_t id, struct request *request);
/* Empties it, then admits those who wait. */
void buffer_drain(struct system *system, struct buffer *buffer);
/* Takes a request that is PUTTING out of the queue because its time is up elsewhere. */
void buffer_abandon(struct system *system, struct buffer *buffer, uint32_t id,
                    struct request *request);
/* Starts the sums of the self-check afresh. */
void buffer_restart(struct buffer *buffer);

#endif
