/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dialect.h - "dialect": the settings of a known pool for the keys that a connection_pool
 * leaves out.
 *
 * They are put into the object while it is read, so every key is read in one way, and are gone
 * afterwards; each is recorded as an assumption that names the version. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_DIALECT_H
#define CAPSIM_INPUTS_SCENARIO_READ_DIALECT_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/dialect.h"

struct read_dialect {
    const struct dialect *dialect; /* NULL: none                                    */
    uint64_t laid;                 /* bit i: default i stands in the object for now */
};

/* The key "dialect" of the pool that is open at `at`; puts in the defaults. */
bool read_dialect_begin(struct json_cursor *at, struct read_dialect *context);

/* The value under key is a default of the dialect: it is not in the file. */
bool read_dialect_laid(const struct read_dialect *context, const char *key);

/* All keys are read: sets what has no key, warns of what the dialect ignores, takes the defaults
 * back out. */
void read_dialect_end(struct json_cursor *at, const struct read_dialect *context,
                      struct pool_spec *pool);

#endif
