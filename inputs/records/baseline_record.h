/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline_record.h - what `capsim baseline save` kept, read back. */
#ifndef CAPSIM_INPUTS_RECORDS_BASELINE_RECORD_H
#define CAPSIM_INPUTS_RECORDS_BASELINE_RECORD_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/study/regression.h"

/* Reads a report, whether baseline save or run wrote it; everything in arena. */
bool baseline_record_read(const char *path, struct arena *arena,
                          struct regression_baseline *baseline, struct error *err);

/* "pool.json" is kept as "pool.baseline.json", in the folder where the program runs; in arena. */
const char *baseline_record_path(const char *scenario, struct arena *arena);

#endif
