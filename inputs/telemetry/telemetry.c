/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/telemetry.h"

#include "inputs/json/wording.h"
#include "inputs/telemetry/finish.h"
#include "inputs/telemetry/operational_laws.h"
#include "sim/base/spelling.h"
#include <stdio.h>
#include <sys/stat.h>

struct telemetry *telemetry_create(struct arena *arena)
{
    struct telemetry *telemetry = arena_alloc(arena, sizeof *telemetry);
    *telemetry = (struct telemetry){.arena = arena,
                                    .observed = observed_create(arena),
                                    .prometheus = counters_create(arena),
                                    .pooler = counters_create(arena),
                                    .statements = counters_create(arena),
                                    .from_ns = INT64_MIN,
                                    .to_ns = INT64_MAX};
    return telemetry;
}

/* ---- which format ---------------------------------------------------------------------------- */

static const struct telemetry_format *find_format(const char *as, const char **spec,
                                                  struct arena *arena, struct error *err)
{
    const char *names[TELEMETRY_FORMATS], *colon = strchr(as, ':');
    char shown[WORDING_SIZE];
    size_t count = 0, length = colon ? (size_t)(colon - as) : strlen(as);
    const char *name = slice_copy((struct slice){as, length}, arena);
    *spec = colon ? colon + 1 : NULL;
    for (const struct telemetry_format *format = telemetry_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0)
            return format;
        names[count++] = format->name;
    }
    const char *meant = spelling_nearest(name, names, count);
    error_set(err, STATUS_USAGE,
              "--as: unknown format %s%s%s%s; 'capsim help import' lists the formats",
              wording_quote(name, shown), meant ? "; did you mean '" : "", meant ? meant : "",
              meant ? "'?" : "");
    return NULL;
}

static bool check_spec(const struct telemetry_format *format, const char *spec, struct error *err)
{
    if (spec && !format->spec)
        return error_set(err, STATUS_USAGE, "--as %s takes nothing behind its name", format->name);
    if ((!spec || !spec[0]) && format->needs_spec)
        return error_set(err, STATUS_USAGE, "--as %s needs %s behind a colon", format->name,
                         format->spec);
    return true;
}

/* The one format that accepts the beginning. */
static const struct telemetry_format *detect(struct telemetry_reading *reading)
{
    char could[200] = "";
    const struct telemetry_format *found = NULL;
    size_t count = 0;
    bool is_all;
    struct slice beginning = line_source_peek(reading->source, &is_all);
    for (const struct telemetry_format *format = telemetry_formats; format->name; format++) {
        if (!format->accepts || !format->accepts(beginning, is_all))
            continue;
        wording_append(could, sizeof could, "%s%s", count++ > 0 ? ", " : "", format->name);
        found = format;
    }
    if (count == 1)
        return found;
    if (count > 1)
        telemetry_fail(reading, "could be one of %s: say which with --as", could);
    else
        telemetry_fail(reading, "is of no format that its beginning tells: say which with --as "
                                "('capsim help import' lists the formats)");
    reading->err->line = 0;
    return NULL;
}

bool telemetry_is_told(const char *path, const char *shown)
{
    struct stat facts;
    struct error ignored = {0};
    size_t count = 0;
    bool is_all;
    if (strcmp(path, "-") == 0 || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    struct arena *scratch = arena_open();
    struct line_source *source = line_source_open(path, shown, scratch, &ignored);
    if (source) {
        struct slice beginning = line_source_peek(source, &is_all);
        for (const struct telemetry_format *format = telemetry_formats; format->name; format++)
            count += format->accepts && format->accepts(beginning, is_all);
        line_source_close(source);
    }
    arena_close(scratch);
    return count == 1;
}

/* ---- one file -------------------------------------------------------------------------------- */

/* What was dropped most, for a file of which nothing was taken. */
static bool fail_empty(struct telemetry_reading *reading, const struct telemetry_format *format)
{
    const struct observed *observed = reading->observed;
    const struct observed_drop *most = NULL;
    for (size_t i = 0; i < observed->drop_count; i++)
        if (observed->drops[i].file == reading->file &&
            (!most || observed->drops[i].rows > most->rows))
            most = &observed->drops[i];
    if (!most) {
        telemetry_fail(reading, "has no row that could be taken as %s", format->what);
        reading->err->line = 0;
        return false;
    }
    reading->err->line = most->first_line <= INT32_MAX ? (int)most->first_line : 0;
    return telemetry_fail(
        reading, "nothing in it could be taken as %s: %llu row%s like this one (%s)", format->what,
        (unsigned long long)most->rows, most->rows == 1 ? "" : "s", most->reason);
}

static bool read_source(struct telemetry_reading *reading, const char *as)
{
    struct observed_file *file = &reading->observed->files[reading->file];
    const struct telemetry_format *format =
        as ? find_format(as, &reading->spec, reading->arena, reading->err) : detect(reading);
    if (!format || (as && !check_spec(format, reading->spec, reading->err)))
        return false;
    file->format = format->name;
    file->sign = as ? "--as" : format->sign;
    const char *packing = line_source_packing(reading->source);
    const char *wrapping = line_source_wrapping(reading->source);
    file->packing = !wrapping[0]  ? packing
                    : !packing[0] ? wrapping
                                  : arena_printf(reading->arena, "%s, %s", packing, wrapping);
    if (!format->read(reading) || reading->err->status != STATUS_OK)
        return false;
    if (reading->rows == 0)
        return fail_empty(reading, format);
    file = &reading->observed->files[reading->file];
    file->rows = reading->rows;
    file->lines = line_source_line(reading->source);
    if (!line_source_digest(reading->source, file->sha256, reading->err))
        return false;
    file->bytes = line_source_bytes(reading->source);
    return true;
}

bool telemetry_read(struct telemetry *telemetry, const char *path, const char *shown,
                    const char *as, struct error *err)
{
    struct arena *scratch = arena_open();
    struct telemetry_reading reading = {
        .all = telemetry, .observed = telemetry->observed, .arena = telemetry->arena, .err = err};
    reading.source = line_source_open(path, shown, scratch, err);
    bool is_read = reading.source != NULL;
    if (is_read) {
        reading.file = observed_add_file(telemetry->observed, shown);
        is_read = read_source(&reading, as);
        line_source_close(reading.source);
    }
    if (!is_read && err->file[0] == '\0')
        error_set_file(err, shown);
    arena_close(scratch);
    return is_read;
}

/* The user said of this figure what kind it is. */
static bool is_labelled(const void *context, const struct observed_figure *figure)
{
    const struct telemetry *telemetry = context;
    for (size_t i = 0; i < telemetry->label_count; i++)
        if (telemetry->labels[i].kind == figure->kind &&
            strcmp(telemetry->labels[i].resource, figure->resource) == 0 &&
            strcmp(telemetry->labels[i].metric, figure->metric) == 0)
            return true;
    return false;
}

/* Figures of the logs that have a share of all requests say so. */
static void mark_sampled(struct observed *observed)
{
    for (size_t a = 0; a < observed->arrival_count; a++)
        for (size_t i = 0; i < observed->figure_count; i++)
            if (observed->figures[i]->file == observed->arrivals[a]->file)
                observed->figures[i]->sampled_share = observed->sampled_share;
}

bool telemetry_finish(struct telemetry *telemetry, struct error *err)
{
    if (telemetry->observed->file_count == 0)
        return error_set(err, STATUS_USAGE, "there is no file to import");
    finish_prometheus(telemetry);
    finish_pooler(telemetry);
    finish_statements(telemetry);
    observed_finish(telemetry->observed);
    mark_sampled(telemetry->observed);
    return operational_laws_check(telemetry->observed, is_labelled, telemetry, err);
}
