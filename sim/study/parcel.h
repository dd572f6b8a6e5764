/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parcel.h - what a work item leaves behind, as bytes, so that another process can have run it.
 *
 * Bytes are those of this program on this kind of machine: a parcel goes from one process of a job
 * to another, and into no file. */
#ifndef CAPSIM_SIM_STUDY_PARCEL_H
#define CAPSIM_SIM_STUDY_PARCEL_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

struct parcel {
    struct arena *arena; /* its memory; NULL: it is only read */
    char *bytes;
    size_t size, room; /* written; of the memory */
    size_t at;         /* read so far */
};

/* An empty one with memory of its own, and the end of that. */
struct parcel parcel_open(void);
void parcel_close(struct parcel *parcel);

/* An empty one in arena. */
struct parcel parcel_in(struct arena *arena);

/* One over bytes that are there, to be read. */
struct parcel parcel_over(const void *bytes, size_t size);

/* Empties it and keeps its memory. */
void parcel_clear(struct parcel *parcel);

/* Room for size further bytes at its end, not yet set; they count as written. */
void *parcel_extend(struct parcel *parcel, size_t size);

/* Adds size bytes (0 allowed). */
void parcel_put(struct parcel *parcel, const void *bytes, size_t size);

/* Takes the next size bytes. False, and nothing taken, when it has fewer. */
bool parcel_get(struct parcel *parcel, void *bytes, size_t size);

/* The next size bytes where they are, of any alignment; NULL when it has fewer. */
const void *parcel_skip(struct parcel *parcel, size_t size);

#endif
