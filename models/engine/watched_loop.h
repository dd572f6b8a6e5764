/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watched_loop.h - the main loop for somebody who watches: the same events as
 * replication_run_until, told one by one. A loop of its own, so that the fast one pays nothing. */
#ifndef CAPSIM_MODELS_ENGINE_WATCHED_LOOP_H
#define CAPSIM_MODELS_ENGINE_WATCHED_LOOP_H

#include "models/engine/replication_state.h"

/* A watcher is the first member of what it belongs to. It changes nothing. */
struct watcher {
    /* An event is about to happen, at system->now: that of request `number`, or an alarm
     * (model_internal.h). */
    void (*begin)(struct watcher *watcher, const struct replication_state *system, bool is_alarm,
                  uint32_t number);
    /* The request is about to run its next operation. */
    void (*operation)(struct watcher *watcher, const struct replication_state *system, uint32_t id);
    /* All that follows from the event at its instant has happened. */
    void (*end)(struct watcher *watcher, const struct replication_state *system);
};

/* As replication_run_until. */
bool watched_loop_run_until(struct replication_state *system, int64_t until,
                            struct watcher *watcher);

#endif
