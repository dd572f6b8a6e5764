/* SPDX-License-Identifier: GPL-3.0-or-later */
#define REPLICATION_LOOP_WATCHED
#include "models/engine/replication_loop.h"

bool watched_loop_run_until(struct replication_state *system, int64_t until,
                            struct watcher *watcher)
{
    system->watcher = watcher;
    return run_loop(system, until);
}
