/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file_order.h - snapshots in the order of their names.
 *
 * A shell gives stats_after.csv before stats_before.csv and stats.10.csv before stats.2.csv, and a
 * snapshot without a stamp does not say when it was made. Files whose names differ in nothing but
 * numbers, or in words such as before and after, are read in the order of these; all others stay
 * where they are. */
#ifndef CAPSIM_INPUTS_TELEMETRY_FILE_ORDER_H
#define CAPSIM_INPUTS_TELEMETRY_FILE_ORDER_H

#include "sim/base/arena.h"
#include <stddef.h>

/* The numbers of paths[count] in the order in which they are to be read. */
const size_t *file_order_of(const char *const *paths, size_t count, struct arena *arena);

#endif
