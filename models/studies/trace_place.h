/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_place.h - where a request's operation is done, and what requests and stations are called in
 * a trace. Used by trace.c. */
#ifndef CAPSIM_MODELS_STUDIES_TRACE_PLACE_H
#define CAPSIM_MODELS_STUDIES_TRACE_PLACE_H

#include "models/engine/replication_state.h"

enum { TRACE_NAME_SIZE = 300 };

/* The copy of a station; STATION_KINDS: none. */
struct trace_place {
    enum station_number kind;
    uint32_t copy;
};

/* Where the operation of a request that is present is done; a release: where what it took last is
 * from. */
struct trace_place trace_place_find(const struct replication_state *system,
                                    struct request *request);
/* How many requests wait there, on a processor work there; -1: it is no place. */
int64_t trace_place_count(const struct replication_state *system, struct trace_place place);
/* "db_pool", or "api.cpu.2" of copy 2 of several; NULL: it is no place. text[TRACE_NAME_SIZE] may
 * hold it. */
const char *trace_place_name(const struct replication_state *system, struct trace_place place,
                             char *text);
/* "api:17": the 17th request of its class. Returns text[TRACE_NAME_SIZE]. */
const char *trace_place_name_request(const struct replication_state *system,
                                     const struct class_state *class, uint32_t index, char *text);
/* The name of the step of a delay; NULL: it has none, or the operation is no delay. */
const char *trace_place_name_delay(const struct replication_state *system,
                                   const struct class_state *class,
                                   const struct operation *operation);

#endif
