/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/request_phase.h"

#define TO(phase) (1u << PHASE_##phase)

/* An attempt ends from anywhere: the record is free, waits for the next attempt or for the
 * customer, or starts over at once. */
#define ENDS (TO(FREE) | TO(BACKOFF) | TO(THINKING) | TO(READY))

static const struct {
    const char *name;
    bool has_event;
    unsigned next; /* bits: TO */
} phases[PHASES] = {
    [PHASE_FREE] = {"free", false, TO(READY)},
    [PHASE_READY] = {"ready", false,
                     ENDS | TO(DELAYED) | TO(WORKING) | TO(WAITING) | TO(OPENING) | TO(CHECKOUT) |
                         TO(QUEUED)},
    [PHASE_DELAYED] = {"delayed", true, ENDS},
    [PHASE_WORKING] = {"working", false, ENDS},
    [PHASE_WAITING] = {"waiting", false, ENDS | TO(OPENING) | TO(CHECKOUT)},
    [PHASE_OPENING] = {"opening", true, ENDS},
    [PHASE_CHECKOUT] = {"checkout", true, ENDS},
    [PHASE_QUEUED] = {"queued", false, ENDS},
    [PHASE_BACKOFF] = {"backoff", true, TO(READY) | TO(FREE) | TO(THINKING)},
    [PHASE_THINKING] = {"thinking", true, TO(READY) | TO(FREE)},
};

const char *request_phase_name(enum request_phase phase)
{
    return phases[phase].name;
}

bool request_phase_may_follow(enum request_phase from, enum request_phase to)
{
    return from < PHASES && to < PHASES && (phases[from].next >> to & 1u) != 0;
}

bool request_phase_has_event(enum request_phase phase)
{
    return phases[phase].has_event;
}
