/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_context.h - what all readers of one scenario under one setting share: where a message
 * points, what was assumed, what is worth a warning, which files were read.
 *
 * A value may come from the file, from a setting's override or from the command line. An error in
 * it must point at where the user wrote it: override_places[] remembers. */
#ifndef CAPSIM_INPUTS_SCENARIO_PARSE_CONTEXT_H
#define CAPSIM_INPUTS_SCENARIO_PARSE_CONTEXT_H

#include "inputs/deployed/deployed.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/locate.h"
#include "inputs/scenario/trace_file.h"
#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <jansson.h>

/* Where a value stands in a file that is deployed. */
struct deployed_place {
    const char *file; /* as the scenario names it */
    struct locate_place place;
};

/* A value that an override put into the tree of the file. Pointers are RFC 6901. */
struct override_place {
    const char *pointer; /* where in the tree it stands now                                  */
    const char *origin;  /* where in the file it was written; NULL: on the command line      */
    const char *option;  /* "--set resources.db_pool.max=0", for messages; NULL: in the file */
    const struct deployed_place *deployed; /* what origin maps; NULL: origin is the value itself */
};

/* A key that is written with another word: where it stands now, and where in the file. */
struct renamed_place {
    const char *pointer, *written;
    struct renamed_place *older;
};

/* A trace that was read: what makes it this one, and what came of it. */
struct trace_input {
    const char *key; /* file, columns and unit as text */
    struct arrival_trace trace;
    struct trace_facts facts;
    struct trace_input *next;
};

/* What is asked of a file that is deployed: keys[count]. */
struct deployed_wish {
    const char *file;
    enum deployed_format format;
    const char *const *keys;
    size_t count;
};

/* A file that is deployed, and all that settings asked of it so far. */
struct deployed_input {
    const char *file, *text, *hash;
    enum deployed_format format;
    size_t length, number; /* number: of the input list */
    const char **keys;     /* [count] */
    struct deployed_value *values;
    size_t count;
    struct deployed_input *next;
};

/* Files that the scenario names, each read once whatever the number of settings. */
struct input_list {
    const char **files, **texts; /* texts: NULL of a trace */
    size_t *lengths;
    const char **hashes; /* of a trace, and of a deployed file, whose text is an extract */
    size_t count, capacity;
    struct deployed_input *deployed; /* newest first */
    struct trace_input *traces;      /* newest first */
};

/* The values that a request of the workload brings, while its steps are read. */
struct trace_names {
    const char *const *names; /* [count] */
    const double *means_s;
    size_t count;
};

/* Is told what the readers would take, whatever they find: this is how the tests hold the schema
 * against the code. pointer, what and names are good during the call. */
struct context_observer {
    void *context;
    /* The object there may have these keys (ends with NULL). what: as in messages. */
    void (*see_keys)(void *context, const char *pointer, const char *what, const char *const *keys);
    /* The text there must be one of names[count]; or, of a step, one of these keys is due. */
    void (*see_names)(void *context, const char *pointer, const char *what,
                      const char *const *names, size_t count);
};

struct parse_context {
    struct arena *arena; /* of everything that is kept */
    struct error *err;
    const char *file, *text; /* the scenario's, as plain JSON (plain_json.h) */
    size_t length;
    json_t *root;        /* with the overrides applied              */
    const char *setting; /* NULL: the file as written, for messages */
    struct override_place *override_places;
    size_t override_place_count;
    struct renamed_place *renamed; /* newest first */
    struct input_list *inputs;
    const struct input_copy *copies; /* [copy_count] what files are read from; NULL: the folder */
    size_t copy_count;
    struct assumption *defaults; /* taken so far, and laws fitted */
    size_t default_count, default_capacity;
    const char **warnings;
    size_t warning_count, warning_capacity;
    const struct trace_names *trace;         /* NULL outside of the steps of a trace's workload */
    const struct context_observer *observer; /* NULL: none */
};

/* Completes the message in err, unless it has a place already, with file, line, column and pointer:
 * those of the override that put the value there, or else of the file. Returns false. */
bool context_place(const struct parse_context *context, const char *pointer, enum locate_part part);

/* From now on what is at pointer, in the tree, is known to stand at written. Both must stay. */
void context_rename(struct parse_context *context, const char *pointer, const char *written);

/* Records a default, or a law's fitted parameters (is_default false; their source is capsim).
 * Copies value. key must stay. */
void context_assume(struct parse_context *context, const char *key, const char *value,
                    const char *note, bool is_default);
/* Marks the latest as doubtful, for `validate`. Copies doubt. */
void context_doubt(struct parse_context *context, const char *doubt);
/* The recorded default of a key, or NULL. */
struct assumption *context_find_default(const struct parse_context *context, const char *key);

/* Adds a warning; the text is copied. */
void context_warn(struct parse_context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes of a file that the scenario names. name is relative to the scenario's folder and may
 * not leave it. The error has no place yet. */
bool context_open_file(struct parse_context *context, const char *name, const char **text,
                       size_t *length);

/* The values of a file that is deployed, into values[wish->count]. As context_open_file; and as
 * deployed_read. What other settings asked of the file stays in its extract. */
bool context_open_deployed(struct parse_context *context, const struct deployed_wish *wish,
                           struct deployed_value *values, size_t *missing);

/* The rows of a trace that the scenario names, in columns columns[count], the first the arrival's,
 * with numbers in units of unit_ns. As context_open_file; *facts stays. Of *trace, rounds, round
 * and scale are left to the caller. */
bool context_open_trace(struct parse_context *context, const char *name, const char *const *columns,
                        size_t count, double unit_ns, struct arrival_trace *trace,
                        const struct trace_facts **facts);

#endif
