/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/import_job.h"

#include "inputs/json/wording.h"
#include "inputs/telemetry/file_order.h"
#include "inputs/telemetry/observed_json.h"
#include "inputs/telemetry/observed_text.h"
#include "inputs/telemetry/stamp.h"
#include "inputs/telemetry/telemetry.h"
#include "reports/files/atomic_file.h"
#include "reports/files/folder.h"
#include "sim/base/spelling.h"
#include <stdio.h>
#include <string.h>

/* ---- the command line ------------------------------------------------------------------------ */

static bool read_time(const char *option, const char *text, int64_t *ns, struct error *err)
{
    struct stamp stamp;
    char shown[WORDING_SIZE];
    struct slice slice = text ? slice_of(text) : (struct slice){0};
    if (!text)
        return true;
    if (stamp_parse_epoch(slice, &stamp) ||
        (stamp_parse(slice, &stamp) && stamp.length == slice.length)) {
        *ns = stamp.ns;
        return true;
    }
    return error_set(err, STATUS_USAGE,
                     "--%s must be a time such as 2026-12-01T01:20:03Z or 1796088003; got %s",
                     option, wording_quote(text, shown));
}

/* "10%", "0.1" or "1/10" */
static bool read_sampled(const char *text, struct observed *observed, struct error *err)
{
    char shown[WORDING_SIZE];
    double share = 0, of = 1;
    struct slice rest = text ? slice_of(text) : (struct slice){0}, first = slice_cut(&rest, '/');
    if (!text)
        return true;
    bool is_percent = first.length > 0 && first.at[first.length - 1] == '%';
    first.length -= is_percent;
    bool is_number = slice_to_number(first, false, &share) &&
                     (!rest.at || rest.length == 0 || slice_to_number(rest, false, &of));
    share = of > 0 ? share / of / (is_percent ? 100 : 1) : 0;
    if (!is_number || !(share > 0) || share > 1 || share < 1e-6)
        return error_set(err, STATUS_USAGE,
                         "--sampled must be a share above 0 of up to 100%%, such as 10%% or 1/10; "
                         "got %s",
                         wording_quote(text, shown));
    observed->sampled_share = share;
    return true;
}

/* "pool.wait_ms=wait" */
static bool read_label(const char *text, struct telemetry_label *label, struct arena *arena,
                       struct error *err)
{
    char shown[WORDING_SIZE];
    const char *equals = strrchr(text, '='), *dot = strchr(text, '.');
    if (!equals || !dot || dot > equals || dot == text || dot + 1 == equals)
        return error_set(err, STATUS_USAGE,
                         "--label must be RESOURCE.METRIC=KIND, such as "
                         "pool.wait_ms=wait; got %s",
                         wording_quote(text, shown));
    label->kind = observed_find_kind(equals + 1);
    if (label->kind == OBSERVED_KINDS) {
        const char *meant = spelling_nearest(equals + 1, observed_kind_names, OBSERVED_KINDS);
        return error_set(err, STATUS_USAGE,
                         "--label: a kind is service, hold, wait, response, connect, think, count, "
                         "rate or gauge; got %s%s%s%s",
                         wording_quote(equals + 1, shown), meant ? "; did you mean '" : "",
                         meant ? meant : "", meant ? "'?" : "");
    }
    label->column = slice_copy((struct slice){text, (size_t)(equals - text)}, arena);
    label->resource = slice_copy((struct slice){text, (size_t)(dot - text)}, arena);
    label->metric = slice_copy((struct slice){dot + 1, (size_t)(equals - dot - 1)}, arena);
    return true;
}

static bool read_labels(const struct cli *cli, struct telemetry *telemetry, struct error *err)
{
    const struct cli_values *given = &cli->given[CLI_OPTION_LABEL];
    struct telemetry_label *labels = arena_array(telemetry->arena, given->count, sizeof *labels);
    for (size_t i = 0; i < given->count; i++)
        if (!read_label(given->values[i], &labels[i], telemetry->arena, err))
            return false;
    telemetry->labels = labels;
    telemetry->label_count = given->count;
    return true;
}

/* Sizes that no file tells: "resources.pool.max" is the setting pool.max. */
static bool take_sizes(const struct cli *cli, struct telemetry *telemetry, struct error *err)
{
    static const char *const paths[] = {"resources.pool.max", "resources.pool.min",
                                        "resources.pooler.max", "resources.proxy.threads"};
    for (size_t i = 0; i < cli->override_count; i++) {
        const struct cli_override *set = &cli->overrides[i];
        char shown[WORDING_SIZE];
        double value;
        bool is_known = false;
        for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++)
            is_known |= strcmp(set->path, paths[p]) == 0;
        if (!is_known)
            return error_set(err, STATUS_USAGE,
                             "--set of import takes resources.pool.max, resources.pool.min, "
                             "resources.pooler.max and resources.proxy.threads; got %s (anything "
                             "else is for the run of the draft)",
                             wording_quote(set->path, shown));
        if (!slice_to_number(slice_of(set->value), false, &value) || value < 0 || value > 1e9)
            return error_set(err, STATUS_USAGE, "--set %s must be a number; got %s", set->path,
                             wording_quote(set->value, shown));
        bool is_proxy = strcmp(set->path, paths[3]) == 0;
        observed_set_setting(telemetry->observed, 0,
                             is_proxy ? "proxy.max" : set->path + strlen("resources."), value, "1",
                             set->value);
    }
    return true;
}

/* --as once for each file, or once for those that need it. */
static bool find_as(const struct cli *cli, size_t number, const char **as, struct error *err)
{
    const struct cli_values *given = &cli->given[CLI_OPTION_AS];
    *as = NULL;
    if (given->count == 0)
        return true;
    if (given->count != 1 && given->count != cli->file_count)
        return error_set(err, STATUS_USAGE,
                         "--as is given %zu times for %zu files: once for each in their order "
                         "(auto: by its beginning), or once in all",
                         given->count, cli->file_count);
    const char *value = given->values[given->count == 1 ? 0 : number];
    if (strcmp(value, "auto") != 0)
        *as = value;
    return true;
}

/* One --as for several files is for those that their beginning does not tell. */
static bool read_file(const struct cli *cli, size_t number, struct telemetry *telemetry,
                      struct error *err)
{
    const char *path = cli->files[number], *as;
    const char *shown = strcmp(path, "-") == 0 ? "standard input" : path;
    if (!find_as(cli, number, &as, err))
        return false;
    bool is_for_some = as && cli->given[CLI_OPTION_AS].count == 1 && cli->file_count > 1;
    return telemetry_read(telemetry, path, shown,
                          is_for_some && telemetry_is_told(path, shown) ? NULL : as, err);
}

static bool read_all(const struct cli *cli, struct telemetry *telemetry, struct error *err)
{
    if (!read_time("from", cli->from, &telemetry->from_ns, err) ||
        !read_time("to", cli->to, &telemetry->to_ns, err) ||
        !read_sampled(cli_value(cli, CLI_OPTION_SAMPLED), telemetry->observed, err) ||
        !read_labels(cli, telemetry, err))
        return false;
    const size_t *order = file_order_of(cli->files, cli->file_count, telemetry->arena);
    for (size_t i = 0; i < cli->file_count; i++)
        if (!read_file(cli, order[i], telemetry, err))
            return false;
    return take_sizes(cli, telemetry, err) && telemetry_finish(telemetry, err);
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_sound(FILE *out, struct error *err)
{
    return !ferror(out) || error_set(err, STATUS_IO, "cannot be written");
}

static bool write_json(const void *context, FILE *out, struct error *err)
{
    const struct imported *imported = context;
    observed_json_write(imported->telemetry->observed, out);
    return is_sound(out, err);
}

static bool write_text(const void *context, FILE *out, struct error *err)
{
    const struct imported *imported = context;
    observed_text_write(imported->telemetry->observed, imported->draft, imported->why_not, out);
    return is_sound(out, err);
}

static bool write_scenario(const void *context, FILE *out, struct error *err)
{
    const struct imported *imported = context;
    draft_write(imported->draft, out);
    return is_sound(out, err);
}

static bool write_trace(const void *context, FILE *out, struct error *err)
{
    const struct imported *imported = context;
    draft_write_trace(imported->draft, out);
    return is_sound(out, err);
}

static bool write_folder(const struct imported *imported, const char *folder,
                         const struct folder_file *more, size_t more_count, struct arena *arena,
                         struct error *err)
{
    struct folder_file *files = arena_array(arena, 4 + more_count, sizeof *files);
    size_t count = 0;
    files[count++] = (struct folder_file){"observed.json", write_json, imported};
    files[count++] = (struct folder_file){"import.txt", write_text, imported};
    if (imported->draft)
        files[count++] = (struct folder_file){"scenario.json", write_scenario, imported};
    if (imported->draft && imported->draft->trace_s) {
        imported->draft->trace_file = "arrivals.csv";
        files[count++] = (struct folder_file){"arrivals.csv", write_trace, imported};
    }
    for (size_t i = 0; i < more_count; i++)
        files[count++] = more[i];
    return folder_write(files, count, folder, err);
}

static bool write_file(const char *path,
                       bool (*write)(const void *context, FILE *out, struct error *err),
                       const struct imported *imported, struct arena *arena, struct error *err)
{
    struct atomic_file file = {0};
    bool is_written = atomic_file_open(&file, path, arena, err) &&
                      write(imported, file.stream, err) && atomic_file_finish(&file, err) &&
                      atomic_file_publish(&file, err);
    atomic_file_discard(&file);
    return is_written;
}

/* The trace, if there is one, stands beside the scenario. */
static bool write_beside(const struct imported *imported, const char *path, struct arena *arena,
                         struct error *err)
{
    if (!imported->draft)
        return error_set(err, STATUS_INPUT, "no scenario can be drafted: %s", imported->why_not);
    if (imported->draft->trace_s) {
        const char *trace = arena_printf(arena, "%s.arrivals.csv", path);
        const char *slash = strrchr(trace, '/');
        imported->draft->trace_file = slash ? slash + 1 : trace;
        if (!write_file(trace, write_trace, imported, arena, err))
            return false;
    }
    return write_file(path, write_scenario, imported, arena, err);
}

bool import_write(const struct cli *cli, const struct imported *imported,
                  const struct folder_file *more, size_t count, struct arena *arena,
                  struct error *err)
{
    const char *scenario = cli_value(cli, CLI_OPTION_SCENARIO);
    if (scenario && !write_beside(imported, scenario, arena, err))
        return false;
    return !cli->out || write_folder(imported, cli->out, more, count, arena, err);
}

bool import_has_contradiction(const struct imported *imported)
{
    const struct observed *observed = imported->telemetry->observed;
    for (size_t i = 0; i < observed->finding_count; i++)
        if (observed->findings[i].is_contradiction)
            return true;
    return false;
}

/* The name of the scenario: that of --name without an equals sign. */
static bool find_name(const struct cli *cli, const char **name, struct error *err)
{
    const struct cli_values *given = &cli->given[CLI_OPTION_NAME];
    char shown[WORDING_SIZE];
    *name = NULL;
    for (size_t i = 0; i < given->count; i++) {
        const char *equals = strchr(given->values[i], '=');
        const char *wanted = equals ? equals + 1 : given->values[i];
        if (!wording_is_identifier(wanted) || equals == given->values[i])
            return error_set(err, STATUS_USAGE,
                             "--name must be an identifier, or FOUND=NAME with one; got %s",
                             wording_quote(given->values[i], shown));
        if (!equals && *name)
            return error_set(err, STATUS_USAGE, "--name names the scenario twice: %s",
                             wording_quote(given->values[i], shown));
        *name = equals ? *name : wanted;
    }
    return true;
}

/* What else the draft calls so, in the end; names[count]: as found. */
static bool is_taken(const struct draft_rename *renames, size_t done, const char *const *names,
                     size_t count, const char *wanted)
{
    for (size_t i = 0; i < count; i++) {
        const char *now = names[i];
        for (size_t k = 0; k < done; k++)
            if (strcmp(renames[k].found, names[i]) == 0)
                now = renames[k].wanted;
        if (strcmp(now, wanted) == 0)
            return true;
    }
    return false;
}

static bool read_rename(const char *text, const char *const *names, size_t count,
                        struct draft_rename *rename, struct arena *arena, struct error *err)
{
    const char *equals = strchr(text, '=');
    char shown[WORDING_SIZE];
    rename->found = slice_copy((struct slice){text, (size_t)(equals - text)}, arena);
    rename->wanted = equals + 1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], rename->found) == 0)
            return true;
    const char *meant = spelling_nearest(rename->found, names, count), *all = names[0];
    for (size_t i = 1; i < count && i < 12; i++)
        all = arena_printf(arena, "%s, %s", all, names[i]);
    return error_set(err, STATUS_USAGE,
                     "--name: nothing that was found is called %s%s%s%s; found: %s",
                     wording_quote(rename->found, shown), meant ? "; did you mean '" : "",
                     meant ? meant : "", meant ? "'?" : "", all);
}

static bool rename_parts(const struct cli *cli, struct draft *draft, struct arena *arena,
                         struct error *err)
{
    const struct cli_values *given = &cli->given[CLI_OPTION_NAME];
    const char *names[DRAFT_CLASSES + 4];
    size_t count = draft_list_names(draft, names), made = 0;
    struct draft_rename *renames = arena_array(arena, given->count, sizeof *renames);
    for (size_t i = 0; i < given->count; i++) {
        if (!strchr(given->values[i], '='))
            continue;
        if (!read_rename(given->values[i], names, count, &renames[made], arena, err))
            return false;
        if (is_taken(renames, made, names, count, renames[made].wanted))
            return error_set(err, STATUS_USAGE, "--name %s: something else is called so",
                             given->values[i]);
        made++;
    }
    draft_rename(draft, renames, made);
    return true;
}

bool import_make(const struct cli *cli, struct arena *arena, struct imported *imported,
                 struct error *err)
{
    struct error draft_err = {0};
    const char *name;
    struct draft *draft = arena_alloc(arena, sizeof *draft);
    *imported = (struct imported){.telemetry = telemetry_create(arena), .why_not = ""};
    if (!find_name(cli, &name, err) || !read_all(cli, imported->telemetry, err))
        return false;
    if (!draft_make(imported->telemetry->observed, name ? name : "imported", arena, draft,
                    &draft_err)) {
        imported->why_not = arena_strdup(arena, draft_err.message);
        return true;
    }
    imported->draft = draft;
    return rename_parts(cli, draft, arena, err);
}

bool import_print(const struct cli *cli, const struct imported *imported, FILE *out,
                  struct error *err)
{
    return (cli->format == CLI_JSON ? write_json : write_text)(imported, out, err);
}
