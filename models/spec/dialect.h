/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialect.h - what the connection pools in use do, as settings of the one pool state machine.
 *
 * A dialect gives the keys that the file leaves out (dialect_default), sets what has no key
 * (dialect_apply), and ignores keys that the real pool has no such setting for. The facts are those
 * of the versions named, read in their sources; what is left out is said in dialect.c. */
#ifndef CAPSIM_MODELS_SPEC_DIALECT_H
#define CAPSIM_MODELS_SPEC_DIALECT_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* A key and the value that stands for it, as it would be written: JSON, or else a string without
 * its quotes. */
struct dialect_default {
    const char *key, *value;
};

/* A key that the real pool ignores, or follows in its own way, and how a warning says so: "`min`
 * <effect>". */
struct dialect_note {
    const char *key, *effect;
    bool is_ignored;
};

struct dialect {
    const char *name, *version;             /* "node-postgres", "pg-pool 3.14.0"                  */
    const struct dialect_default *defaults; /* ends with a key of NULL; "=max": the value of max  */
    const struct dialect_note *notes;       /* ends with a key of NULL                            */
    struct pool_rules rules;
    bool limits_connect;  /* a connect has the time limit of an acquire, unless it has its own */
    bool spaces_old;      /* old ones are closed no faster than max in a lifetime              */
    bool has_least_times; /* times below a least one are replaced by the default               */
};

enum { DIALECT_COUNT = 6 };
/* All of them, in the order of their names' list. */
extern const struct dialect dialects[DIALECT_COUNT];

/* Takes back what an ignored key did to the pool. */
void dialect_ignore(struct pool_spec *pool, const char *key);

/* Sets what has no key, and what follows from other settings, once all keys are read. Writes
 * warnings about values that the real pool would replace or not look at into
 * warnings[DIALECT_MAX_WARNINGS], made in arena; returns how many. */
enum { DIALECT_MAX_WARNINGS = 4 };
size_t dialect_apply(const struct dialect *dialect, struct pool_spec *pool, struct arena *arena,
                     const char *warnings[DIALECT_MAX_WARNINGS]);

#endif
