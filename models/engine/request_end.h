/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_end.h - a request leaves the system: inlined where that happens for every request. */
#ifndef CAPSIM_MODELS_ENGINE_REQUEST_END_H
#define CAPSIM_MODELS_ENGINE_REQUEST_END_H

#include "models/stations/arrivals.h"

/* The request is not there any more; its record is. */
static inline void request_leave_system(struct replication_state *system, struct class_state *class)
{
    time_average_decrease_alone(class->in_system, system->now);
    if (__builtin_expect(class->has_more_levels, 0))
        arrivals_change_levels(system, class, -1);
}

/* And its record is free. */
static inline void request_free(struct replication_state *system, uint32_t id,
                                struct request *request)
{
    request_leave_system(system, request->state.class);
    replication_set_phase(system, request, PHASE_FREE);
    request->next = system->free_first;
    system->free_first = id;
}

/* All its steps are done: its response is observed. */
static inline void request_finish(struct replication_state *system, uint32_t id,
                                  struct request *request)
{
    struct class_state *class = request->state.class;
    replication_observe_end(system, class->response, request->arrived);
    request_free(system, id, request);
}

#endif
