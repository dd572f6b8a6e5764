/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telemetry.h - files of logs and counters, each read by the reader of its format into one form
 * (observed.h).
 *
 * A reader is a row of telemetry_formats. Which one reads a file is told by --as, or by the
 * beginning of the file where exactly one row accepts it. Counters of several snapshots, in one
 * file or in files before and after, become differences once all files are read (counters.h). */
#ifndef CAPSIM_INPUTS_TELEMETRY_TELEMETRY_H
#define CAPSIM_INPUTS_TELEMETRY_TELEMETRY_H

#include "inputs/telemetry/counters.h"
#include "inputs/telemetry/line_source.h"
#include "inputs/telemetry/observed.h"

/* --label COLUMN=KIND of a table of one's own: that column is this. */
struct telemetry_label {
    const char *column;   /* "pool.wait_ms": its name in the file */
    const char *resource; /* "pool" */
    const char *metric;   /* "wait_ms" */
    enum observed_kind kind;
};

/* What is carried from file to file. */
struct telemetry {
    struct arena *arena;
    struct observed *observed;
    struct counters prometheus, pooler, statements;
    int64_t from_ns, to_ns; /* only what arrived from <= t < to; INT64_MIN, INT64_MAX: all */
    const struct telemetry_label *labels;
    size_t label_count;
};

/* One file while it is read. */
struct telemetry_reading {
    struct telemetry *all;
    struct observed *observed;
    struct line_source *source;
    struct arena *arena; /* for what lives as long as the form */
    size_t file;
    const char *spec; /* behind the format's name in --as; NULL: none */
    uint64_t rows;    /* taken so far */
    struct error *err;
};

/* A format. */
struct telemetry_format {
    const char *name;
    const char *what; /* "HAProxy http log" */
    const char *sign; /* by what it is told: "a line with [accept date] and five timers" */
    /* True when the beginning of a file (whole lines; all of it if is_all) is of this format. */
    bool (*accepts)(struct slice beginning, bool is_all);
    /* Reads the file; false with the reading's error. */
    bool (*read)(struct telemetry_reading *reading);
    const char *spec; /* what --as NAME:... takes, for messages; NULL: nothing */
    bool needs_spec;
};

enum { TELEMETRY_FORMATS = 64 };
/* The rows; the one behind the last has no name. */
extern const struct telemetry_format telemetry_formats[];

/* An empty state with its form in arena. */
struct telemetry *telemetry_create(struct arena *arena);
/* Reads path, which messages call shown. as: "FORMAT" or "FORMAT:SPEC", NULL: told by the beginning
 * of the file. Errors: it cannot be opened or unpacked; no format or more than one accepts it (the
 * message lists them); nothing in it could be taken; what the reader of the format says. */
bool telemetry_read(struct telemetry *telemetry, const char *path, const char *shown,
                    const char *as, struct error *err);
/* True when the beginning of the file tells exactly one format; not for standard input and pipes,
 * which are read once. */
bool telemetry_is_told(const char *path, const char *shown);
/* Once all files are read: counters become differences, moments are computed, the laws are checked
 * (operational_laws.h). */
bool telemetry_finish(struct telemetry *telemetry, struct error *err);

/* Drops the line that was read last. Returns true: reading goes on. */
bool telemetry_drop(struct telemetry_reading *reading, const char *reason);
/* Fails at the line that was read last: format as for printf. Returns false. */
bool telemetry_fail(struct telemetry_reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Takes a stamp into the file's range; false: it lies outside --from or --to and was dropped. */
bool telemetry_take_time(struct telemetry_reading *reading, int64_t ns);

/* Line number `number` (from 0) of a beginning, without its end; an empty slice: there is none. */
struct slice telemetry_line(struct slice beginning, size_t number);

#endif
