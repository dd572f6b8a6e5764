/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/replication_loop.h"

bool replication_run_until(struct replication_state *system, int64_t until)
{
    return run_loop(system, until);
}
