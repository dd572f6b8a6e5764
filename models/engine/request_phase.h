/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_phase.h - the places that a request can be in, and from which to which it can go. */
#ifndef CAPSIM_MODELS_ENGINE_REQUEST_PHASE_H
#define CAPSIM_MODELS_ENGINE_REQUEST_PHASE_H

#include <stdbool.h>

enum request_phase {
    PHASE_FREE,
    PHASE_READY, /* runs its operations, or is about to at this instant                     */
    PHASE_DELAYED,
    PHASE_WORKING,  /* on a cpu                                                                */
    PHASE_WAITING,  /* in a pool's queue                                                       */
    PHASE_OPENING,  /* a connection opens for it                                               */
    PHASE_CHECKOUT, /* an open connection is being made ready for it                          */
    PHASE_QUEUED,  /* waits at a station that is no pool; its operation's verb says of which kind */
    PHASE_BACKOFF, /* waits for its next attempt                                             */
    PHASE_THINKING, /* no request: a customer of a closed workload is away until its event    */
    PHASES
};

/* What a phase is called: "waiting". */
const char *request_phase_name(enum request_phase phase);
/* True if a request can go from one to the other. */
bool request_phase_may_follow(enum request_phase from, enum request_phase to);
/* True if a request has an event pending in it. */
bool request_phase_has_event(enum request_phase phase);

#endif
