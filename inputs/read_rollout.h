/* read_rollout.h - "rollout": the change of a running service from one setting to another.
 *
 * What it may change is checked apart, when both settings are known. */
#ifndef CAPSIM_INPUTS_READ_ROLLOUT_H
#define CAPSIM_INPUTS_READ_ROLLOUT_H

#include "inputs/reader.h"

/* Reads the value at `at` (none: *rollout stays NULL) for a scenario whose services and run are
 * read; names[name_count]: of all settings. */
bool read_rollout(struct reader *at, const char *const *names, size_t name_count,
                  const struct scenario *scenario, const struct rollout_spec **rollout);

/* Fails, at the override that is at fault, unless the rollout can carry all that is different
 * between its two settings: pools of its service (or, without one, of none). reading: of the file
 * as written. */
bool read_rollout_check(struct reading *reading, const struct rollout_spec *rollout,
                        const struct setting_spec *from, const struct setting_spec *to);

#endif
