/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buffer.h - a place for data of limited capacity, filled by some requests and emptied by others.
 *
 * What does not fit is dropped and its request goes on, or the request waits, in the order of the
 * discipline, until enough is drained; no request passes one that goes first, even with something
 * smaller. What is larger than the whole buffer never fits: it is dropped either way. Cost: O(1)
 * for each put, O(admitted) for a drain; no events.
 * Invariants:
 * (1) 0 <= level <= capacity, or, after a reload to less, level does not grow;
 * (2) the request that goes next does not fit;
 * (3) level is what was put since the start less what was drained or lost;
 * (4) a request that is PUTTING is in exactly one queue.
 * station_checks.h has them as code. */
#ifndef CAPSIM_MODELS_STATIONS_BUFFER_H
#define CAPSIM_MODELS_STATIONS_BUFFER_H

#include "models/stations/waiting.h"

struct buffer {
    const struct buffer_spec *spec;
    struct time_average *level; /* bytes */
    struct time_average *queue;
    struct tally *wait;
    uint64_t *counts; /* BUFFER_COUNTS */
    struct waiting waiting;
    int64_t put_bytes, drained_bytes; /* since observation began; what was lost is drained      */
    int64_t level_before;             /* when it began                                          */
    uint64_t queue_time; /* of all that left the queue, for the self-check [ns, modulo 2^64] */
};

/* Makes copy number `number` (program.h) empty. */
void buffer_init(struct replication_state *system, uint32_t number);
/* Puts what the request's operation says. Returns true when the request goes on now, false when it
 * waits. */
bool buffer_put(struct replication_state *system, struct buffer *buffer, uint32_t id,
                struct request *request);
/* Whether there is room now for what a request that is PUTTING puts. */
bool buffer_fits(const struct replication_state *system, const struct buffer *buffer, uint32_t id);
/* Empties it, then admits the requests that wait. */
void buffer_drain(struct replication_state *system, struct buffer *buffer);
/* Takes a request that is PUTTING out of the queue because its time is up elsewhere. */
void buffer_abandon(struct replication_state *system, struct buffer *buffer, uint32_t id,
                    struct request *request);
/* Its process stops: what was in it is lost. No request waits. Returns the bytes. */
int64_t buffer_lose(struct replication_state *system, struct buffer *buffer);
/* It is empty, no request waits: from now on with other values. */
void buffer_renew(struct replication_state *system, struct buffer *buffer,
                  const struct buffer_spec *spec);
/* Its capacity changes while it goes on; nothing else of spec differs. Admits what fits now. */
void buffer_reload(struct replication_state *system, struct buffer *buffer,
                   const struct buffer_spec *spec);
/* Starts the sums of the self-check afresh. */
void buffer_restart(struct buffer *buffer);

#endif
