/* system.h - the system while it is read: resources by name, and which holds wait inside which.
 *
 * Resources are read first, so that a step can name one. */
#ifndef CAPSIM_INPUTS_SYSTEM_H
#define CAPSIM_INPUTS_SYSTEM_H

#include "inputs/reader.h"
#include "models/spec.h"

/* Somewhere a request that holds `from` asks for `to`. */
struct nesting {
    size_t from, to;     /* indices of pools                                          */
    bool is_bounded;     /* a timeout ends the wait                                   */
    bool is_guarded;     /* another pool is held around both, which limits who gets here */
    const char *pointer; /* of the inner hold                                         */
};

struct system {
    struct pool_spec *pools; /* room for every resource of the file                     */
    size_t pool_count;
    bool *is_used;           /* [pool_count]: some step holds it                        */
    json_t *names;           /* resource name -> index, for look-up; freed by the caller */
    bool has_priority_queue; /* some resource's discipline is priority                   */
    size_t step_count;       /* read so far                                              */
    struct nesting *nestings;
    size_t nesting_count, nesting_capacity;
};

/* The index of a pool by name; false, with the nearest valid name, when there is none. at: where
 * the name stands. */
bool system_find_pool(const struct system *system, const struct reader *at, size_t *pool);

/* Records a hold inside a hold. */
void system_add_nesting(struct system *system, struct arena *arena, struct nesting nesting);

#endif
