/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernel_checks.h - the numbered invariants of events.h and calendar.h as code.
 *
 * A check returns which invariant is broken, as text, or NULL. It changes nothing. Cost: O(ids +
 * slots), of a calendar also its words. */
#ifndef CAPSIM_SIM_KERNEL_KERNEL_CHECKS_H
#define CAPSIM_SIM_KERNEL_KERNEL_CHECKS_H

#include "sim/kernel/calendar.h"

/* Of a list of events; "events (1): ...". */
const char *events_check(const struct events *events);
/* Of a calendar and its far list; "calendar (1): ...", "events (1): ...". *id: whose event it is
 * about, if it is about one; else as it was. */
const char *calendar_check(const struct calendar *calendar, uint32_t *id);

/* True if id has an event. */
static inline bool calendar_has(const struct calendar *calendar, uint32_t id)
{
    return calendar->entry[id].next != CALENDAR_NONE || calendar->far.slot_of[id] != EVENTS_NO_SLOT;
}

#endif
