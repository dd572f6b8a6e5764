/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shard.h - which part of a sweep this process runs: "2/8", or as a scheduler says. */
#ifndef CAPSIM_INPUTS_CLI_SHARD_H
#define CAPSIM_INPUTS_CLI_SHARD_H

#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

struct shard {
    size_t index, count; /* 0 <= index < count; count 0: there are no shards */
};

enum { SHARD_MAX = 100000 };

/* Reads "I/N", 1 <= I <= N; "auto/N", where I is SLURM_ARRAY_TASK_ID counted from
 * SLURM_ARRAY_TASK_MIN, or JOB_COMPLETION_INDEX (Kubernetes, from 0); or "auto", where N is
 * SLURM_ARRAY_TASK_COUNT. STATUS_USAGE when it is none, or the environment does not say. */
bool shard_read(const char *text, struct shard *shard, struct error *err);

#endif
