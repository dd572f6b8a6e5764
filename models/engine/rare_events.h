/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rare_events.h - the alarms that are no arrivals: apart, so that the main loop stays small. */
#ifndef CAPSIM_MODELS_ENGINE_RARE_EVENTS_H
#define CAPSIM_MODELS_ENGINE_RARE_EVENTS_H

#include "models/engine/model_internal.h"
#include "models/engine/replication_state.h"

/* Wakes what the alarm is for. */
void rare_events_wake(struct replication_state *system, struct alarm_target target);

#endif
