/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand plot, and the pictures for pages. */
#include "inputs/cli/terminal.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/wording.h"
#include "inputs/program/main.h"
#include "plots/picture.h"
#include "reports/files/atomic_file.h"
#include "reports/files/memory_stream.h"
#include "reports/files/output.h"
#include "sim/base/spelling.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pictures for a page ---- */

struct page_extras main_draw_extras(bool (*write)(const void *, FILE *, struct error *),
                                    const void *findings, struct arena *arena)
{
    struct page_extras extras = {0};
    struct arena *scratch = arena_open();
    struct memory_stream text;
    struct error err = {0};
    memory_stream_open(&text, scratch);
    bool is_written = write(findings, text.stream, &err);
    memory_stream_close(&text);
    json_t *root = is_written ? json_loadb(text.bytes, text.size, 0, NULL) : NULL;
    arena_close(scratch);
    if (root)
        picture_fill_page(root, arena, &extras);
    json_decref(root);
    return extras;
}

/* ---- plot ---- */

static const char *list_kinds(struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < PICTURE_KINDS; i++)
        text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "", picture_kinds[i].name);
    return text;
}

static const struct picture_kind *find_kind(const char *name, struct arena *arena,
                                            struct error *err)
{
    const struct picture_kind *kind = picture_find_kind(name);
    const char *names[PICTURE_KINDS];
    char shown[WORDING_SIZE];
    for (size_t i = 0; i < PICTURE_KINDS; i++)
        names[i] = picture_kinds[i].name;
    const char *nearest = kind ? NULL : spelling_nearest(name, names, PICTURE_KINDS);
    if (!kind)
        error_set(err, STATUS_USAGE, "--kind must be one of %s, got %s%s%s%s", list_kinds(arena),
                  wording_quote(name, shown), nearest ? "; did you mean " : "",
                  nearest ? nearest : "", nearest ? "?" : "");
    return kind;
}

/* The first kind that the JSON has what is needed for. */
static const struct picture_kind *first_kind(const json_t *root, struct arena *arena)
{
    const char *names = picture_list_kinds(root, arena);
    return picture_find_kind(arena_printf(arena, "%.*s", (int)strcspn(names, ","), names));
}

static bool choose_format(const char *out, enum picture_format *format, struct error *err)
{
    const char *dot = out ? strrchr(out, '.') : NULL;
    char shown[WORDING_SIZE];
    *format = PICTURE_SVG;
    if (!out || (dot && strcmp(dot, ".svg") == 0))
        return true;
    *format = PICTURE_PNG;
    return (dot && strcmp(dot, ".png") == 0) ||
           error_set(err, STATUS_USAGE, "--out must end in .svg or .png, got %s",
                     wording_quote(out, shown));
}

static bool read_report(const char *path, struct arena *arena, json_t **root, struct error *err)
{
    const char *text;
    size_t length;
    if (!input_file_read(path, path, arena, &text, &length, err) ||
        !json_text_parse(path, text, length, "a report", arena, root, err))
        return false;
    if (json_object_get(*root, "capsim_report") || json_object_get(*root, "capsim_answer"))
        return true;
    json_decref(*root);
    *root = NULL;
    error_set_file(err, path);
    return error_set(err, STATUS_INPUT,
                     "is not what capsim writes: it has neither \"capsim_report\" nor "
                     "\"capsim_answer\"; 'capsim run --format json' writes a report");
}

/* What the JSON lacks, and what it could give instead. */
static void explain(const struct cli *cli, const char *kind, const json_t *root,
                    struct arena *arena, struct error *err)
{
    if (err->status != STATUS_INPUT)
        return;
    const char *reason = arena_strdup(arena, err->message);
    const char *kinds = picture_list_kinds(root, arena);
    *err = (struct error){0};
    error_set_file(err, cli->scenario);
    error_set(err, STATUS_INPUT, "no picture of kind %s: %s; kinds that it can give: %s", kind,
              reason, kinds[0] != '\0' ? kinds : "none");
}

static bool draw(const struct cli *cli, const json_t *root, struct picture_request *request,
                 const char **bytes, size_t *size, struct error *err)
{
    const char *name = cli_value(cli, CLI_OPTION_KIND);
    const struct picture_kind *kind =
        name ? find_kind(name, request->arena, err) : first_kind(root, request->arena);
    if (name && !kind)
        return false;
    if (!kind) {
        error_set_file(err, cli->scenario);
        return error_set(err, STATUS_INPUT, "it has nothing that a picture could be made of");
    }
    request->root = root;
    request->metric = cli_value(cli, CLI_OPTION_METRIC);
    if (picture_draw(kind, request, bytes, size, err))
        return true;
    explain(cli, kind->name, root, request->arena, err);
    return false;
}

static bool write_file(const char *path, const char *bytes, size_t size, struct arena *arena,
                       struct error *err)
{
    struct atomic_file file = {0};
    bool is_written = atomic_file_open(&file, path, arena, err);
    if (is_written) {
        fwrite(bytes, 1, size, file.stream);
        is_written = output_flush(file.stream, err) && atomic_file_finish(&file, err) &&
                     atomic_file_publish(&file, err);
    }
    if (!is_written)
        error_set_file(err, path);
    atomic_file_discard(&file);
    return is_written;
}

int main_plot(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    struct picture_request request = {.arena = arena};
    json_t *root = NULL;
    const char *bytes, *name = cli_value(cli, CLI_OPTION_KIND);
    size_t size;
    bool is_drawn = (!name || find_kind(name, arena, &err)) &&
                    choose_format(cli->out, &request.format, &err) &&
                    read_report(cli->scenario, arena, &root, &err) &&
                    draw(cli, root, &request, &bytes, &size, &err);
    json_decref(root);
    if (!is_drawn || (cli->out && !write_file(cli->out, bytes, size, arena, &err)))
        return main_complain(cli, &err);
    return cli->out ? EXIT_PASS : main_print(cli, bytes);
}
