/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_request.h - what `capsim trace` is asked for, from its options. */
#ifndef CAPSIM_INPUTS_GUIDE_TRACE_REQUEST_H
#define CAPSIM_INPUTS_GUIDE_TRACE_REQUEST_H

#include "inputs/cli/cli.h"
#include "models/studies/trace.h"

/* Fills query from --request WORKLOAD:N, --from and --to, or --first-failure, exactly one of them,
 * and --replication; texts in arena. Anything else is a STATUS_USAGE error that says what is
 * accepted, and so is a format that trace does not write. Whether there is such a workload shows in
 * trace_run. */
bool trace_request_read(const struct cli *cli, struct arena *arena, struct trace_query *query,
                        struct error *err);

#endif
