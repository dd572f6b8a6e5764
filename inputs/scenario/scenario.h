/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - a scenario file to checked structs, or one error that says where and what instead.
 *
 * The order: the bytes are read whole; jansson parses them; for each chosen setting its overrides,
 * then the command line's, are applied to a copy of the tree; the tree is read key by key. A key
 * that no reader looked up is an error, so a misspelling cannot be ignored. A default that was
 * taken is recorded as an assumption. */
#ifndef CAPSIM_INPUTS_SCENARIO_SCENARIO_H
#define CAPSIM_INPUTS_SCENARIO_SCENARIO_H

#include "inputs/json/input_file.h"
#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"

struct context_observer; /* parse_context.h */

struct scenario_request {
    const char *file;                 /* a path, or "-" for standard input                      */
    const char *label;                /* what the set calls it; NULL: as file                   */
    const char *const *setting_names; /* --setting; none: all of the file                       */
    size_t setting_count;
    const struct override *overrides; /* --set path=value, applied to every setting; values are as
                                         typed: JSON, or else a string without quotes */
    size_t override_count, varied_count; /* of these the last varied_count come from --vary */
    bool rehearses; /* read the two settings of the rollout, which must be there, and what their
                       criteria compare with; `duration` is then the rollout's watch         */
    const char *seed, *replications,
        *duration; /* --seed 7, --replications 10:40, --duration 1h; NULL: as in the file.
                                         Checked like the keys run.seed, run.replications,
                      run.duration, but named as options in messages and not listed among a
                      setting's overrides */
    const struct context_observer *observer; /* of the reading of all settings; NULL: none */
    const char *const *series;               /* --series: metrics, checked by the model */
    size_t series_count;
    const char *text; /* the file's bytes, read before, text_length of them; NULL: read file */
    size_t text_length;
    const struct input_copy
        *copies; /* [copy_count] of the files that it names: read from these, and
                                        from no others; NULL: from its folder */
    size_t copy_count;
    const struct uncertain_draw
        *draws; /* for uncertain inputs (uncertain.h); none: central values */
    size_t draw_count;
};

/* Reads and checks everything. Settings: "baseline" first, then those of the file in its order;
 * with setting_names only those, plus any that a criterion of theirs compares with
 * (no_worse_than). */
bool scenario_read(const struct scenario_request *request, struct arena *arena,
                   struct scenario_set *set, struct error *err);

/* A scenario that is read again and again under further overrides, and parsed once. */
struct scenario_file;

/* As scenario_read; *file, in arena, is to be closed too, even when false is returned. */
bool scenario_open(const struct scenario_request *request, struct arena *arena,
                   struct scenario_file **file, struct scenario_set *set, struct error *err);

/* The setting called name (which exists) with overrides[count] behind all others, in the arena of
 * scenario_open. Messages call them --vary. Files that only this variant names join the set's. */
bool scenario_read_variant(struct scenario_file *file, const char *name,
                           const struct override *overrides, size_t count,
                           struct setting_spec *variant, struct error *err);

/* NULL is allowed. The set is closed by scenario_close, after this. */
void scenario_close_file(struct scenario_file *file);

/* Lets go of the files behind the set's traces: nothing can be replicated any more. Also right for
 * a set of zeros, and twice. A set that could not be read is closed already. */
void scenario_close(struct scenario_set *set);

#endif
